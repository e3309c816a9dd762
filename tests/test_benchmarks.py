"""The benchmarks' own parts that a wrong figure could come from; the figures are not tested."""

import importlib.util

import pytest

from pantrypilot.diets import default_judge
from project_toys import ROOT


def loaded(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bench():
    return loaded("diet_judge")


@pytest.mark.parametrize(
    "given",
    [
        "Boil it.",
        ["Boil it."],
        [{"@type": "HowToStep", "text": "Boil it."}],
        [{"@type": "HowToSection", "itemListElement": [{"text": "Boil it."}]}],
    ],
)
def test_steps_are_read_from_every_form_that_schema_org_allows(given):
    assert loaded("diet_text").steps_of(given) == ["Boil it."]
    assert loaded("diet_text").steps_of(None) == []


def test_the_naive_loop_does_all_the_diets_that_the_judge_does(bench):
    assert set(bench.naive("tofu")) == set(default_judge().diets)


def test_the_naive_loop_is_naive(bench):
    assert bench.naive("Chicken stock")["vegetarian"] == "forbidden"
    assert bench.naive("eggplant")["vegan"] == "forbidden"
    assert bench.naive("prosciutto crudo")["halal"] == "forbidden"


def test_made_up_names_are_distinct_and_always_the_same(bench):
    names = bench.make_names(500)
    assert len(set(names)) == 500 and names == bench.make_names(500)


def test_no_round_starts_with_what_another_has_cached(bench):
    from pantrypilot.diets import Judge

    seen = []
    original = Judge.verdicts
    Judge.verdicts = lambda self, name: seen.append(self) or original(self, name)
    try:
        for _ in range(2):
            bench.judge_all(["tofu", "tofu"])()
    finally:
        Judge.verdicts = original
    assert len({id(judge) for judge in seen}) == len(seen) == 2
