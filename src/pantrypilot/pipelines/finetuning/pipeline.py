"""Fine-tuning: one adapter a data strategy, from the same base and the same parameters.

train_adapter(base, train, valid, finetuning, checkpoints, environment) -> adapter, loss_curve, run_card
plot_loss(loss_curve, run_card) -> loss_plot
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines.finetuning.nodes import plot_loss, train_adapter
from pantrypilot.pipelines.strategies import STRATEGIES


def create_pipeline(**_: object) -> Pipeline:
    """The template, once for every strategy."""
    template = [
        Node(
            train_adapter,
            ["base", "train", "valid", "params:finetuning", "checkpoints", "environment"],
            ["adapter", "loss_curve", "run_card"],
            name="train_adapter",
        ),
        Node(plot_loss, ["loss_curve", "run_card"], "loss_plot", name="plot_loss"),
    ]
    return sum(
        (
            Pipeline(
                template,
                namespace=f"generator.{strategy}",
                inputs={"base": "generator.base", "environment": "generator.environment"},
                parameters={"params:finetuning": "params:generator.finetuning"},
                tags=["finetuning"],
            )
            for strategy in STRATEGIES
        ),
        Pipeline([]),
    )
