"""The stage's topology: every model gets the same prompts, and all are judged together."""

from pantrypilot.pipelines import evaluation
from pantrypilot.pipelines.evaluation.pipeline import MODELS
from pantrypilot.pipelines.strategies import STRATEGIES

PIPELINE = evaluation.create_pipeline()


def node(name: str):
    return next(node for node in PIPELINE.nodes if node.short_name == name)


def test_base_and_every_strategy_are_compared():
    assert list(MODELS) == ["base", *STRATEGIES]
    answers = [name for name in node("score_generations").inputs if "generations" in name]
    assert answers == [f"generator.generations_{model}" for model in MODELS]


def test_all_models_get_the_same_prompts_base_and_settings():
    shared = {"generator.prompts", "generator.base", "params:generator.evaluation"}
    for model in MODELS:
        inputs = set(node(f"answer_as_{model}").inputs)
        assert shared <= inputs
        own = {f"generator.{model}.adapter", f"generator.{model}.run_card"} if model != "base" else set()
        assert inputs - shared == own


def test_the_tuned_models_answer_again_with_closed_lists_and_are_scored_apart():
    answers = [name for name in node("score_closed_lists").inputs if "generations" in name]
    assert answers == [f"generator.closed_generations_{strategy}" for strategy in STRATEGIES]
    for strategy in STRATEGIES:
        assert set(node(f"answer_as_{strategy}").inputs) < set(node(f"answer_closed_as_{strategy}").inputs)


def test_same_distribution_pantries_are_those_of_the_first_strategy():
    assert f"params:generator.strategies.{STRATEGIES[0]}" in node("make_prompts").inputs


def test_scoring_again_needs_no_model():
    again = PIPELINE.from_nodes("generator.score_generations")
    assert not {name for name in again.inputs() if "adapter" in name or name == "generator.base"}
