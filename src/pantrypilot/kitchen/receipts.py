"""Parsed receipts in the shape of CORD (https://github.com/clovaai/cord), one JSON record each.

    {"id": "r07", "date": "2026-10-28", "image": "r07.png", "gt_parse": {
        "menu": [{"nm": "MILK 2% 1L", "cnt": "2 x", "unitprice": "@1.19", "price": "2.38"}],
        "sub_total": {"subtotal_price": "2.38", "tax_price": "0.17"}, "total": {"total_price": "2.55"}}}

The shapes that occur: `menu` is a dict where there is one item; a part (`sub`) likewise; any text may be a list of
texts or be missing; `void_menu` takes items back. `ground_truth`, the record as text in JSON, stands for `gt_parse`
in collections as Donut reads them. `id`, `date` and `image` are ours and may be missing.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictFloat, StrictInt, StrictStr, ValidationError

from pantrypilot.kitchen.readers.base import explain


class ReceiptError(ValueError):
    """Receipts cannot be read; the message names the file and what to do."""


@dataclass(frozen=True, slots=True)
class RawReceipt:
    """One line of a collection: a JSON object in `record`, or in `problem` the reason why it is none."""

    file: str
    row: int
    record: Mapping[str, Any] | None = None
    problem: str | None = None


def clean(text: str) -> str:
    """The text with one kind of blank, and without what neither Parquet nor PostgreSQL can keep."""
    kept = (char if unicodedata.category(char) not in ("Cc", "Cs") else " " for char in text)
    return " ".join("".join(kept).split())


def _listed(value: Any) -> Any:
    """One as a list of one, none as an empty list."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _joined(value: Any) -> Any:
    """A list of texts as one text, less the parts that are a bare mark ("-")."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = " ".join(part for part in value if any(map(str.isalnum, part)))
    return clean(value) if isinstance(value, str) else value


def _first(value: Any) -> Any:
    """Of several prices the first: ["283,338", "5962"] is an amount and the end of a card's number."""
    value = next(iter(value), None) if isinstance(value, list) else value
    return clean(value) if isinstance(value, str) else value


def _merged(value: Any) -> Any:
    """Several blocks as one, the first told of each key."""
    if isinstance(value, list) and all(isinstance(block, Mapping) for block in value):
        return {key: block[key] for block in reversed(value) for key in block}
    return {} if value is None else value


Text = Annotated[StrictStr, BeforeValidator(_joined)]
Finite = Annotated[StrictFloat, Field(allow_inf_nan=False)]
Printed = Annotated[StrictStr | StrictInt | Finite | None, BeforeValidator(_first)]


class _Block(BaseModel):
    """Other people's data: what is not known is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Item(_Block):
    """A line of a receipt as it is printed."""

    nm: Text = ""
    cnt: Printed = None
    unitprice: Printed = None
    price: Printed = None
    discountprice: Printed = None


class ListedItem(Item):
    """An item with its parts."""

    sub: Annotated[list[Item], BeforeValidator(_listed)] = []


class SubTotal(_Block):
    subtotal_price: Printed = None
    discount_price: Printed = None
    service_price: Printed = None
    othersvc_price: Printed = None
    tax_price: Printed = None
    etc: Printed = None


class Total(_Block):
    total_price: Printed = None
    cashprice: Printed = None
    changeprice: Printed = None


class Receipt(_Block):
    """A receipt; `row` is its line in `file`."""

    receipt_id: str
    file: str
    row: int
    date: str = ""
    image: str = ""
    menu: Annotated[list[ListedItem], BeforeValidator(_listed)]
    void_menu: Annotated[list[Item], BeforeValidator(_listed)] = []
    sub_total: Annotated[SubTotal, BeforeValidator(_merged)] = SubTotal()
    total: Annotated[Total, BeforeValidator(_merged)] = Total()

    @property
    def items(self) -> list[tuple[str, Item]]:
        """("item" | "part" | "void", what is printed), in the receipt's order; an item's place is the line number."""
        menu = [pair for item in self.menu for pair in (("item", item), *(("part", part) for part in item.sub))]
        return [*menu, *(("void", item) for item in self.void_menu)]


def parse_receipt(raw: RawReceipt) -> Receipt | str:
    """The receipt, or why the record is none."""
    if raw.record is None:
        return raw.problem or "nothing there"
    record, parsed = raw.record, raw.record.get("gt_parse")
    if parsed is None and isinstance(record.get("ground_truth"), str):
        try:
            parsed = json.loads(record["ground_truth"]).get("gt_parse")
        except (ValueError, AttributeError, RecursionError) as error:
            return f"ground_truth: no JSON object ({error})"
    if not isinstance(parsed, Mapping):
        return "gt_parse: missing, so this is no receipt in CORD's shape"
    if not _listed(parsed.get("menu")):
        return "gt_parse menu: missing, so there is no item"
    image = record.get("image") or record.get("file_name") or ""
    stem = raw.file.partition(".")[0]
    given = {
        "receipt_id": clean(str(record.get("id") or (str(image).rpartition(".")[0] or f"{stem}_{raw.row:04d}"))),
        "date": clean(str(record.get("date") or parsed.get("date") or "")),
        "image": image,
    }
    try:
        return Receipt(**{**parsed, **given, "file": raw.file, "row": raw.row})
    except ValidationError as error:
        return explain(error)
