"""The household tables: columns, types and keys, once for the database, the snapshots and the checks.

One row of `inventory`:

    user_001, I_tofu, tofu, 2.0, pcs, protein, 2026-11-08, True, 2.49, 2026-11-01, fridge, House Foods,
    "vegan,gluten_free", 0.3, 0.5, 2026-10-29, synthetic

Text columns whose values repeat (`category=True`) are categoricals in a frame: five million rows then fit in memory.
Not covered: what values make sense, which the expectations of the validation say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "flag", "day", "time"]


@dataclass(frozen=True)
class Column:
    """`day` is a date, `time` a moment in UTC; `required` columns may not be null."""

    name: str
    kind: Kind = "text"
    category: bool = False
    required: bool = False


@dataclass(frozen=True)
class TableSchema:
    """A table; `key` names the columns that identify a row, `changed` the column that a snapshot goes by."""

    name: str
    key: tuple[str, ...]
    changed: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _text(name: str, **more: bool) -> Column:
    return Column(name, "text", **more)


def _choice(name: str, **more: bool) -> Column:
    return Column(name, "text", category=True, **more)


HOUSEHOLDS = TableSchema(
    "households",
    ("user_id",),
    "last_updated",
    (
        _text("user_id", required=True),
        _choice("region", required=True),
        _choice("cuisine", required=True),  # the one it cooks most
        Column("size", "number", required=True),  # persons
        _text("diets"),  # comma-separated names of diets that `diets.judge` knows; empty for none
        _text("allergens"),  # the same, of its allergen diets ("milk-free")
        Column("last_updated", "time", required=True),
    ),
)

INVENTORY = TableSchema(
    "inventory",
    ("user_id", "item_id"),
    "last_updated",
    (
        _choice("user_id", required=True),
        _choice("item_id", required=True),
        _choice("item_name", required=True),
        Column("quantity", "number", required=True),  # in `unit`
        _choice("unit", required=True),
        _choice("category", required=True),
        Column("expiry_date", "day"),  # null: keeps
        Column("allergen_flag", "flag"),  # holds an allergen of its household
        Column("unit_cost", "number"),  # US dollars a `unit`
        Column("last_updated", "time", required=True),
        _choice("storage_type"),
        _choice("brand"),
        _choice("nutritional_tags"),  # comma-separated
        Column("daily_usage_rate", "number"),  # `unit`s a day
        Column("reorder_threshold", "number"),  # in `unit`
        Column("purchase_date", "day"),
        _choice("source"),
    ),
)

PURCHASE_HISTORY = TableSchema(
    "purchase_history",
    ("transaction_id",),
    "last_updated",
    (
        _choice("user_id", required=True),
        _text("transaction_id", required=True),
        _choice("item_id", required=True),
        _choice("item_name", required=True),
        Column("quantity_purchased", "number", required=True),  # in `unit`
        _choice("unit", required=True),
        Column("price_total", "number"),  # US dollars, after the discount
        Column("purchase_date", "day", required=True),
        _choice("store_name"),
        _choice("payment_method"),
        Column("discount_applied", "flag"),
        _choice("category"),
        _choice("brand"),
        _choice("location"),
        _choice("receipt_source"),
        _choice("weekday"),
        _choice("purchase_channel"),
        Column("consumption_start_date", "day"),
        Column("expected_depletion_date", "day"),
        Column("last_updated", "time", required=True),  # the background tables lack it: their purchase day stands in
    ),
)

RECEIPTS = TableSchema(
    "receipts",
    ("receipt_id", "line"),
    "last_updated",
    (
        _text("receipt_id", required=True),
        Column("line", "number", required=True),  # from 1
        _text("item_text", required=True),  # as printed
        Column("count", "number"),
        Column("unit_price", "number"),  # in the receipt's currency
        Column("price", "number"),
        _choice("item_id"),  # of the inventory; null where nothing matches
        _choice("item_name"),
        Column("match_score", "number"),  # 0 to 1
        _text("image_url"),
        Column("last_updated", "time", required=True),
    ),
)

TABLES = {table.name: table for table in (HOUSEHOLDS, INVENTORY, PURCHASE_HISTORY, RECEIPTS)}
