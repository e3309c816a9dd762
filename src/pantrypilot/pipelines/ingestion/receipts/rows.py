"""Receipts as they came → one line an item, one row of sums a receipt, and all that was left out, counted."""

from __future__ import annotations

import datetime
import logging
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from pantrypilot.kitchen.receipt_sums import Account, account
from pantrypilot.kitchen.receipts import RawReceipt, Receipt, ReceiptError, parse_receipt
from pantrypilot.pipelines.ingestion.receipts.params import ReceiptsParams
from pantrypilot.pipelines.types import Table

logger = logging.getLogger(__name__)

LINES = {
    "receipt_id": "str", "line": "float64", "item_text": "str", "count": "float64", "unit_price": "float64",
    "price": "float64", "last_updated": "datetime64[s]",
}  # fmt: skip
TOTALS = {
    "receipt_id": "str", "file": "str", "row": "int64", "image": "str", "marks": "str", "odd_numbers": "int64",
    "lines": "int64", "items_sum": "float64", "subtotal": "float64", "charges": "float64", "total": "float64",
    "against": "str", "expected": "float64", "difference": "float64", "total_agrees": "boolean",
    "last_updated": "datetime64[s]",
}  # fmt: skip
REJECTS = {
    "file": "str", "row": "int64", "receipt_id": "str", "line": "Int64", "kind": "str", "text": "str", "reason": "str",
}  # fmt: skip


def read_receipts(
    receipt_collection: Iterable[RawReceipt], params: ReceiptsParams
) -> tuple[Table, Table, Table, dict[str, dict[str, int]]]:
    """Lines of all receipts, a row of sums for each, rejects, and counts.

    Rejects are of three kinds: a `receipt` that is none, an `item` that is left out, and a `value` that nobody can
    read, without which its line stays. Receipts read = kept + rejected; items read = kept + options + rejected.

    Raises:
        ReceiptError: not one line of the file is a receipt.
    """
    lines: list[dict[str, Any]] = []
    totals: list[dict[str, Any]] = []
    rejects: list[dict[str, Any]] = []
    first_with: dict[str, int] = {}
    options = read = 0
    for raw in receipt_collection:
        read += 1
        receipt = parse_receipt(raw)
        if isinstance(receipt, Receipt) and receipt.receipt_id in first_with:
            receipt = f"line {first_with[receipt.receipt_id]} has the id {receipt.receipt_id} already"
        if isinstance(receipt, str):
            rejects.append({"file": raw.file, "row": raw.row, "kind": "receipt", "reason": receipt})
            continue
        first_with[receipt.receipt_id] = receipt.row
        told = account(receipt, params.rounding)
        updated, date_problem = _day(receipt.date, params.received)
        base = {"receipt_id": receipt.receipt_id, "last_updated": updated}
        lines += ({**base, **_line(line)} for line in told.lines)
        totals.append({**base, **_sums(receipt, told)})
        place = {"file": raw.file, "row": raw.row, "receipt_id": receipt.receipt_id}
        if date_problem:
            rejects.append({**place, "kind": "value", "text": receipt.date, "reason": date_problem})
        for problem in told.problems:
            here = {"line": problem.place, "kind": problem.kind, "text": problem.text, "reason": problem.reason}
            rejects.append({**place, **here})
        options += told.options
    if not totals:
        reason = rejects[0]["reason"] if rejects else "the file is empty"
        raise ReceiptError(f"None of {read:,} lines is a receipt in CORD's shape; the first: {reason}.")
    counts = _counts(read, lines, totals, rejects, options)
    return _table(lines, LINES), _table(totals, TOTALS), _table(rejects, REJECTS), counts


def _counts(
    read: int, lines: list[dict[str, Any]], totals: list[dict[str, Any]], rejects: list[dict[str, Any]], options: int
) -> dict[str, dict[str, int]]:
    kinds = Counter(reject["kind"] for reject in rejects)
    agreeing = Counter(row["total_agrees"] for row in totals)
    counts = {
        "receipts": {"read": read, "kept": len(totals), "rejected": kinds["receipt"]},
        "items": {
            "read": len(lines) + options + kinds["item"],
            "kept": len(lines),
            "options": options,
            "rejected": kinds["item"],
        },
        "values": {"unreadable": kinds["value"]},
        "sums": {"agree": agreeing[True], "differ": agreeing[False], "not_told": agreeing[None]},
    }
    assert read == len(totals) + kinds["receipt"], counts
    logger.info("Receipts: %(read)d read, %(kept)d kept, %(rejected)d rejected", counts["receipts"])
    logger.info("Their sums: %(agree)d agree, %(differ)d differ, %(not_told)d tell none", counts["sums"])
    return counts


def _line(line: Any) -> dict[str, Any]:
    return {
        "line": line.place,
        "item_text": line.text,
        "count": _number(line.count),
        "unit_price": _number(line.unit_price),
        "price": _number(line.price),
    }


def _sums(receipt: Receipt, told: Account) -> dict[str, Any]:
    agreement = told.agreement
    return {
        "file": receipt.file,
        "row": receipt.row,
        "image": receipt.image,
        "marks": str(told.marks),
        "odd_numbers": told.odd_numbers,
        "lines": len(told.lines),
        "items_sum": _number(told.items_sum),
        "subtotal": _number(told.subtotal),
        "charges": _number(told.charges),
        "total": _number(told.total),
        "against": agreement.against,
        "expected": _number(agreement.expected),
        "difference": _number(agreement.difference),
        "total_agrees": agreement.agrees,
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _day(printed: str, received: datetime.date) -> tuple[datetime.datetime, str]:
    """The receipt's moment in UTC, or the day it came in; and why what it prints was not taken.

    Only ISO 8601 is read: 03/04/2026 is a day in March or in April.
    """
    came_in = datetime.datetime.combine(received, datetime.time())
    if not printed:
        return came_in, ""
    try:
        moment = datetime.datetime.fromisoformat(printed)
    except ValueError:
        return came_in, f"date: {printed!r:.40} is not year-month-day; {received} stands for it"
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    return moment.replace(microsecond=0), ""


def _table(rows: list[dict[str, Any]], columns: dict[str, str]) -> Table:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns)).astype(columns)
