"""Lines of receipts → rows of the table `receipts`: each item with its food of the inventory and its image."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from pantrypilot.diets import Knowledge
from pantrypilot.kitchen.tables import RECEIPTS
from pantrypilot.pipelines.ingestion.receipts.matching import ItemMatcher
from pantrypilot.pipelines.ingestion.receipts.params import ReceiptsParams
from pantrypilot.pipelines.types import Table

logger = logging.getLogger(__name__)


def match_items(
    receipt_lines: Table,
    receipt_images: Table,
    foods: Mapping[str, Any],
    diet_knowledge: Knowledge,
    params: ReceiptsParams,
) -> Table:
    """The columns of `kitchen.tables.RECEIPTS`; an item that is no food of the inventory stays without one.

    What lowers the sum and takes nothing back is a discount, whatever food it names: it has a price below nought and
    no count below nought.
    """
    import pandas as pd

    texts, index = receipt_lines["item_text"], receipt_lines.index
    brands = tuple({brand for food in foods.values() for brand in food.brands})
    matching = params.matching.model_copy(update={"brands": params.matching.brands + brands})
    matcher = ItemMatcher([(food.item_id, food.name) for food in foods.values()], diet_knowledge, matching)
    matches = {text: matcher.match(text) for text in texts.unique()}
    discounts = (receipt_lines["price"] < 0) & ~(receipt_lines["count"] < 0)
    found = [None if discount else matches[text] for text, discount in zip(texts, discounts, strict=True)]
    rows = receipt_lines.assign(
        item_id=pd.Series([match and match.item_id for match in found], index, dtype="str").astype("category"),
        item_name=pd.Series([match and match.item_name for match in found], index, dtype="str").astype("category"),
        match_score=pd.Series([match and match.score for match in found], index, dtype="float64"),
        image_url=receipt_lines["receipt_id"].map(receipt_images.set_index("receipt_id")["url"]).astype("str"),
    )
    logger.info("%d of %d lines are foods of the inventory", rows["item_id"].notna().sum(), len(rows))
    return rows[list(RECEIPTS.names)]


def upload_receipts(receipt_rows: Table) -> Table:
    """The rows as they are: the dataset upserts them by receipt and line."""
    return receipt_rows
