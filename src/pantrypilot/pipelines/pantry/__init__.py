"""`kedro run --pipelines pantry`: households' tables from Postgres to validated, unit-normalised, watched data."""

from kedro.pipeline import Pipeline

from pantrypilot.pipelines import augmentation, ingestion, monitoring, transformation, validation

__all__ = ["create_pipeline"]


def create_pipeline(**_: object) -> Pipeline:
    """augmentation + ingestion + validation + transformation + monitoring, of the households alone."""
    stages = (augmentation, ingestion, validation, transformation, monitoring)
    whole = sum((stage.create_pipeline() for stage in stages), Pipeline([]))
    return Pipeline([node for node in whole.nodes if node.namespace == "pantry"])
