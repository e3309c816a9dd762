"""Receipts: read, held against their own sums, matched to the inventory, with their images.

read_receipts(receipt_collection, receipts)                               -> receipt_lines, receipt_totals,
                                                                             receipt_rejects, receipt_counts
list_images(receipt_totals, receipt_pictures, receipts)                   -> receipt_images, receipt_bucket
match_items(receipt_lines, receipt_images, foods, diet_knowledge, receipts) -> receipt_rows
upload_receipts(receipt_rows)                                             -> receipts_table
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines.ingestion.receipts.images import list_images
from pantrypilot.pipelines.ingestion.receipts.items import match_items, upload_receipts
from pantrypilot.pipelines.ingestion.receipts.rows import read_receipts


def create_pipeline(**_: object) -> Pipeline:
    """From a collection of parsed receipts to the database and the bucket."""
    nodes = [
        Node(
            read_receipts,
            ["receipt_collection", "params:receipts"],
            ["receipt_lines", "receipt_totals", "receipt_rejects", "receipt_counts"],
            name="read_receipts",
        ),
        Node(
            list_images,
            ["receipt_totals", "receipt_pictures", "params:receipts"],
            ["receipt_images", "receipt_bucket"],
            name="list_images",
        ),
        Node(
            match_items,
            ["receipt_lines", "receipt_images", "foods", "diet_knowledge", "params:receipts"],
            "receipt_rows",
            name="match_items",
        ),
        Node(upload_receipts, "receipt_rows", "receipts_table", name="upload_receipts"),
    ]
    return Pipeline(
        nodes, namespace="pantry", inputs={"diet_knowledge": "generator.diet_knowledge"}, tags=["ingestion"]
    )
