"""The judge measured: recall, false alarms and coverage, on any labelled file and any recipe collection."""

from pantrypilot.pipelines.measuring.pipeline import create_pipeline

__all__ = ["create_pipeline"]
