"""Receipts, foods and parameters for the tests of the receipts."""

from __future__ import annotations

import csv
import functools
from types import SimpleNamespace
from typing import Any

from pantrypilot.diets import Knowledge
from pantrypilot.kitchen.receipts import RawReceipt
from pantrypilot.pipelines.ingestion.receipts.matching import ItemMatcher
from pantrypilot.pipelines.ingestion.receipts.params import MatchingParams, ReceiptsParams
from project_toys import ROOT, parameters

SAMPLE = ROOT / "data/01_raw/receipts"
KNOWLEDGE = Knowledge.load()


def params(**changes: Any) -> ReceiptsParams:
    return ReceiptsParams.model_validate({**parameters()["pantry"]["receipts"], **changes})


def matcher(*names: str, **changes: Any) -> ItemMatcher:
    """Over an inventory of these names, whose ids are `I_<name>`."""
    settings = MatchingParams.model_validate({**params().matching.model_dump(), **changes})
    return ItemMatcher([(f"I_{name}", name) for name in names], KNOWLEDGE, settings)


def foods(*names: str) -> dict[str, SimpleNamespace]:
    """What `pantry.foods` loads, as far as receipts look at it."""
    return {name: SimpleNamespace(name=name, item_id=f"I_{name}", brands=("Zorb & Sons",)) for name in names}


def raw(*records: dict[str, Any] | str) -> list[RawReceipt]:
    """A collection; a text is a line that is no JSON object, for this reason."""
    return [
        RawReceipt("r.jsonl", row, problem=record) if isinstance(record, str) else RawReceipt("r.jsonl", row, record)
        for row, record in enumerate(records, start=1)
    ]


def record(receipt_id: str, *menu: dict[str, Any], total: str | None = None, **more: Any) -> dict[str, Any]:
    parsed = {"menu": list(menu), "total": {"total_price": total} if total else {}}
    return {"id": receipt_id, "gt_parse": parsed, **more}


@functools.cache
def labelled() -> list[dict[str, str]]:
    """Printed items with the food that a person says they are; empty where it is none of the inventory."""
    with (SAMPLE / "expected.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
