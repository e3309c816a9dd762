"""Canonical units, and the figures of a household's stock and purchases."""

from pantrypilot.pipelines.transformation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
