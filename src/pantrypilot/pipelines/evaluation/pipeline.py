"""Evaluation: the same prompts to base and adapters, every answer judged.

make_prompts(recipe_pool, larder, household_pantries, pantry, ...)     -> prompts
generate_answers(prompts, base, [adapter])                             -> generations_base, _v2, _v3
score_generations(prompts, diet_knowledge, evaluation, generations...) -> samples
compute_metrics(samples, evaluation)                                   -> metrics
    and the tuned models again with both lists closed over the pantry, as answer_closed_as_v2, _v3,
    score_closed_lists, compute_closed_metrics                         -> closed_samples, closed_metrics
table_for_terminal(metrics, closed_metrics)                            -> summary
write_report(metrics, closed_metrics, samples, distribution, curves, cards) -> report
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines.evaluation.answers import answer_as_base, answer_with_adapter, answer_with_closed_lists
from pantrypilot.pipelines.evaluation.prompts import make_prompts
from pantrypilot.pipelines.evaluation.reporting import write_report
from pantrypilot.pipelines.evaluation.scoring import compute_metrics, score_generations, table_for_terminal
from pantrypilot.pipelines.strategies import STRATEGIES

MODELS = ("base", *STRATEGIES)


def create_pipeline(**_: object) -> Pipeline:
    """Prompts once, answers once a model, one judgement over all."""
    nodes = [
        Node(
            make_prompts,
            [
                "recipe_pool",
                "larder",
                "household_pantries",
                "params:pantry",
                "params:augmentation",
                "params:evaluation",
                "params:reference",
                "params:seed",
            ],
            "prompts",
            name="make_prompts",
        ),
        *(_answers(model) for model in MODELS),
        Node(
            score_generations,
            ["prompts", "diet_knowledge", "params:evaluation", *(f"generations_{model}" for model in MODELS)],
            "samples",
            name="score_generations",
        ),
        Node(compute_metrics, ["samples", "params:evaluation"], "metrics", name="compute_metrics"),
        *(_closed(strategy) for strategy in STRATEGIES),
        Node(
            score_generations,
            ["prompts", "diet_knowledge", "params:evaluation", *(f"closed_generations_{s}" for s in STRATEGIES)],
            "closed_samples",
            name="score_closed_lists",
        ),
        Node(
            compute_metrics,
            ["closed_samples", "params:evaluation"],
            "closed_metrics",
            name="compute_closed_metrics",
        ),
        Node(table_for_terminal, ["metrics", "closed_metrics"], "summary", name="table_for_terminal"),
        Node(
            write_report,
            {
                "metrics": "metrics",
                "closed_metrics": "closed_metrics",
                "samples": "samples",
                "distribution": "distribution",
                **{name: name for s in STRATEGIES for name in (f"loss_curve_{s}", f"run_card_{s}")},
            },
            "report",
            name="write_report",
        ),
    ]
    return Pipeline(
        nodes,
        namespace="generator",
        inputs={
            f"{what}_{s}": f"generator.{s}.{what}"
            for s in STRATEGIES
            for what in ("loss_curve", "run_card", "adapter")
        },
        parameters={
            "params:seed": "params:seed",
            # the same-distribution slice shows the pantries that the first strategy was validated on
            "params:reference": f"params:generator.strategies.{STRATEGIES[0]}",
        },
        tags=["evaluation"],
    )


def _answers(model: str) -> Node:
    inputs = ["prompts", "base", "params:evaluation"]
    if model == "base":
        return Node(answer_as_base, inputs, "generations_base", name="answer_as_base")
    inputs += [f"adapter_{model}", f"run_card_{model}"]
    return Node(answer_with_adapter, inputs, f"generations_{model}", name=f"answer_as_{model}")


def _closed(strategy: str) -> Node:
    trained = [f"{what}_{strategy}" for what in ("adapter", "run_card", "generations")]
    inputs = ["prompts", "base", "params:evaluation", *trained, "diet_knowledge"]
    return Node(
        answer_with_closed_lists, inputs, f"closed_generations_{strategy}", name=f"answer_closed_as_{strategy}"
    )
