"""Alerts, the bias check, the profile and the drift of the pantry tables, and their page."""

from pantrypilot.pipelines.monitoring.pipeline import create_pipeline

__all__ = ["create_pipeline"]
