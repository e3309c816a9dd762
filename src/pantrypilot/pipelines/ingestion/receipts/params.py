"""What the receipts can be told; conf/base/pantry/parameters_receipts.yml gives the reasons."""

from __future__ import annotations

import datetime

from pydantic import Field

from pantrypilot.kitchen.settings import Settings


class MatchingParams(Settings):
    """`pantry.receipts.matching`: when a printed item is a food of the inventory."""

    threshold: float = Field(ge=0, le=1)
    spelling: float = Field(gt=0, le=1)
    word_before: float = Field(ge=0, le=1)
    word_after: float = Field(ge=0, le=1)
    plain: tuple[str, ...]
    another: tuple[str, ...]
    brands: tuple[str, ...]
    reads_as: dict[str, str]


class ReceiptsParams(Settings):
    """`pantry.receipts`."""

    received: datetime.date
    rounding: float = Field(ge=0)
    bucket: str
    public_url: str = ""
    matching: MatchingParams
