"""Recipe collections → one table; households' tables → snapshots; receipts → rows; and all that was left out."""

from kedro.pipeline import Pipeline

from pantrypilot.pipelines.ingestion.pantry.pipeline import create_pipeline as pantry
from pantrypilot.pipelines.ingestion.pipeline import create_pipeline as generator
from pantrypilot.pipelines.ingestion.receipts.pipeline import create_pipeline as receipts

__all__ = ["create_pipeline"]


def create_pipeline(**_: object) -> Pipeline:
    """The generator's nodes and the households'."""
    return generator() + pantry() + receipts()
