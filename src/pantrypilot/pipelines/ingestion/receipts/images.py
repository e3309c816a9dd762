"""Which image shows which receipt, where it can be seen, and what goes to the bucket."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from urllib.parse import quote

from pantrypilot.pipelines.ingestion.receipts.params import ReceiptsParams
from pantrypilot.pipelines.types import Table

logger = logging.getLogger(__name__)

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".pdf")


def list_images(
    receipt_totals: Table, receipt_pictures: Mapping[str, Callable[[], bytes]], params: ReceiptsParams
) -> tuple[Table, dict[str, Callable[[], bytes]]]:
    """(receipt_id, image_file, url) for receipts that have an image, and the images to upload by file name.

    An image is the one that the receipt names, or else the one that bears its id. One that is named and missing has
    no url. Images of no receipt stay where they are: nobody asked to publish them.
    """
    import pandas as pd

    rows, images = [], {}
    for receipt_id, named in zip(receipt_totals["receipt_id"], receipt_totals["image"], strict=True):
        by_id = (f"{receipt_id}{suffix}" for suffix in SUFFIXES)
        image = named or next((name for name in by_id if name in receipt_pictures), "")
        if not image:
            continue
        there = image in receipt_pictures
        rows.append({"receipt_id": receipt_id, "image_file": image, "url": _url(image, params) if there else None})
        if there:
            images[image] = receipt_pictures[image]
    table = pd.DataFrame(rows, columns=["receipt_id", "image_file", "url"], dtype="str")
    if missing := int(table["url"].isna().sum()):
        logger.warning("%d images that receipts name are not in the folder of images: no url", missing)
    return table, images


def _url(image: str, params: ReceiptsParams) -> str:
    if params.public_url:
        return f"{params.public_url.rstrip('/')}/{quote(image)}"
    return f"{params.bucket.rstrip('/')}/{image}"
