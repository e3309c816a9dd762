"""Recipes → recipes that pass the checks, with the diets that each one keeps to."""

from pantrypilot.pipelines.validation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
