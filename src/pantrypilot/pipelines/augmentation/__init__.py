"""Recipes → chat rows that teach a diet; foods → synthetic households."""

from kedro.pipeline import Pipeline

from pantrypilot.pipelines.augmentation.pantry.pipeline import create_pipeline as pantry
from pantrypilot.pipelines.augmentation.pipeline import create_pipeline as generator

__all__ = ["create_pipeline"]


def create_pipeline(**_: object) -> Pipeline:
    """The generator's nodes and the households'."""
    return generator() + pantry()
