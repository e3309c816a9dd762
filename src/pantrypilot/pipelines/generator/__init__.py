"""`kedro run --pipelines generator`, and the default run: the main job, from raw recipes to scored models."""

from kedro.pipeline import Pipeline

from pantrypilot.pipelines import evaluation, finetune

__all__ = ["create_pipeline"]


def create_pipeline(**_: object) -> Pipeline:
    """finetune + evaluation of the generator."""
    return finetune.create_pipeline() + evaluation.create_pipeline().only_nodes_with_namespaces(["generator"])
