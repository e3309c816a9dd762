"""`kedro run --pipelines finetune`: the generator from raw recipes to adapters, without evaluation."""

from kedro.pipeline import Pipeline

from pantrypilot.pipelines import augmentation, finetuning, ingestion, validation

__all__ = ["create_pipeline"]


def create_pipeline(**_: object) -> Pipeline:
    """ingestion + validation + augmentation + finetuning, of the generator alone."""
    stages = (ingestion, validation, augmentation, finetuning)
    whole = sum((stage.create_pipeline() for stage in stages), Pipeline([]))
    return whole.only_nodes_with_namespaces(["generator"])
