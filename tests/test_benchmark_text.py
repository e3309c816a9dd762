"""The parts of benchmarks/diet_text.py that a wrong figure could come from; the figures are not tested."""

import importlib.util

import pytest

from project_toys import ROOT


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("diet_text", ROOT / "benchmarks" / "diet_text.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "given",
    [
        "Boil it.",
        ["Boil it."],
        [{"@type": "HowToStep", "text": "Boil it."}],
        [{"@type": "HowToSection", "itemListElement": [{"text": "Boil it."}]}],
    ],
)
def test_steps_are_read_from_every_form_that_schema_org_allows(bench, given):
    assert bench.steps_of(given) == ["Boil it."]
    assert bench.steps_of(None) == []
