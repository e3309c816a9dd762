"""`kedro run --pipelines diets`: how good the judge is. The task has one stage."""

from kedro.pipeline import Pipeline

from pantrypilot.pipelines import measuring

__all__ = ["create_pipeline"]


def create_pipeline(**_: object) -> Pipeline:
    """measuring, of the task `diets`."""
    return measuring.create_pipeline().only_nodes_with_namespaces(["diets"])
