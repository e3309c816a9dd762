"""Pretraining: the embedded base, from the project's own recipes and diet knowledge. Not part of the default run.

(ingestion, validation and the first nodes of augmentation)       -> split_recipes, larder
sample_rows(split_recipes, larder, dishes, ...)                   -> sample_rows
train_tokenizer(split_recipes, larder, dishes, ...)               -> tokenizer
train_base(tokenizer, split_recipes, larder, dishes, checkpoints) -> base, loss_curve, run_card
write_model_card(run_card)                                        -> model_card
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines import augmentation, ingestion, validation
from pantrypilot.pipelines.pretraining.nodes import sample_rows, train_base, train_tokenizer, write_model_card


def create_pipeline(**_: object) -> Pipeline:
    """The generator's way to split recipes and larder, then the base."""
    data = ingestion.create_pipeline() + validation.create_pipeline() + augmentation.create_pipeline()
    data = data.to_outputs("generator.split_recipes", "generator.larder")
    world = ["split_recipes", "larder", "dishes", "params:pantry", "params:augmentation", "params:pretraining"]
    base = Pipeline(
        [
            Node(sample_rows, world, "sample_rows", name="sample_rows"),
            Node(train_tokenizer, world, "tokenizer", name="train_tokenizer"),
            Node(
                train_base,
                ["tokenizer", *world, "checkpoints", "environment"],
                ["base", "loss_curve", "run_card"],
                name="train_base",
            ),
            Node(write_model_card, "run_card", "model_card", name="write_model_card"),
        ],
        namespace="pretraining",
        inputs={name: f"generator.{name}" for name in ("split_recipes", "larder", "dishes", "environment")},
        parameters={
            "params:pantry": "params:generator.pantry",
            "params:augmentation": "params:generator.augmentation",
            "params:pretraining": "params:pretraining",
        },
        tags=["pretraining"],
    )
    return data + base
