"""Recipes → recipes that pass the checks, with the diets that each one keeps to."""

from kedro.pipeline import Pipeline

from pantrypilot.pipelines.validation.pantry.pipeline import create_pipeline as pantry
from pantrypilot.pipelines.validation.pipeline import create_pipeline as generator

__all__ = ["create_pipeline"]


def create_pipeline(**_: object) -> Pipeline:
    """The generator's nodes and the households'."""
    return generator() + pantry()
