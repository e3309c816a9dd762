"""The benchmarks' own parts that a wrong figure could come from; the figures are not tested."""

import importlib.util
import sys

import pytest

from pantrypilot.diets import default_judge
from project_toys import ROOT


def load(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bench():
    return load("diet_judge")


@pytest.fixture(scope="module")
def pantry_scale():
    return load("pantry_scale")


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
    assert load("diet_text").steps_of(given) == ["Boil it."]
    assert load("diet_text").steps_of(None) == []


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


def test_a_stage_has_the_time_and_the_most_memory_of_its_nodes(pantry_scale):
    run = pantry_scale.Run(
        began=10, first=12, ended=21,
        nodes=[("a", 14), ("b", 15), ("c", 20)],
        samples=[(11, 1), (13, 5), (14.5, 7), (19, 6), (20.5, 2)],
    )  # fmt: skip
    stages = run.by_stage({"a": "ingestion", "b": "validation", "c": "ingestion"})
    assert (stages["ingestion"].seconds, stages["ingestion"].memory) == (7, 6)
    assert (stages["validation"].seconds, stages["validation"].memory) == (1, 7)
    assert (stages["start"].seconds, stages["start"].memory) == (3, 2)
    assert sum(stage.seconds for stage in stages.values()) == run.whole.seconds == 11
    assert run.whole.memory == 7


def test_every_node_of_the_pantry_counts_for_a_stage(pantry_scale):
    from pantrypilot.pipelines.pantry import create_pipeline

    assert set(pantry_scale.stages_of_nodes()) == {node.name for node in create_pipeline().nodes}


def test_the_copy_that_is_measured_has_no_snapshots_and_no_settings_of_the_machine(pantry_scale, tmp_path):
    pantry_scale.copy_project(tmp_path)
    assert not list((tmp_path / "conf/local").iterdir()) and not (tmp_path / "data/01_raw/pantry").exists()
    assert (tmp_path / "data/01_raw/recipes").is_dir()


def test_memory_counts_a_process_that_holds_it(pantry_scale):
    import psutil

    me = psutil.Process()
    before = pantry_scale.memory_of([me], False)
    held = b"x" * 200_000_000
    assert 150e6 < pantry_scale.memory_of([me], False) - before < 250e6 and len(held)
