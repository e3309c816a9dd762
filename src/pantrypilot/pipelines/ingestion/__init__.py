"""Recipe collections of any format → one table of recipes, and all that was left out."""

from pantrypilot.pipelines.ingestion.pipeline import create_pipeline

__all__ = ["create_pipeline"]
