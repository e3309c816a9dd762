"""`kedro run --pipelines finetune`: the generator from raw recipes and households to adapters, without evaluation."""

from kedro.pipeline import Pipeline

from pantrypilot.pipelines import augmentation, finetuning, ingestion, pantry, validation

__all__ = ["create_pipeline"]


def create_pipeline(**_: object) -> Pipeline:
    """ingestion + validation + augmentation + finetuning of the generator, and what makes the households' stock."""
    stages = (ingestion, validation, augmentation, finetuning)
    whole = sum((stage.create_pipeline() for stage in stages), Pipeline([]))
    return whole.only_nodes_with_namespaces(["generator"]) + pantry.create_pipeline().to_outputs("pantry.stock")
