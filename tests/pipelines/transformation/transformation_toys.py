"""Small household tables with the project's own dtypes, and large ones for the measurements of speed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pantrypilot.kitchen.tables import INVENTORY, PURCHASE_HISTORY, TableSchema
from pantrypilot.pipelines.transformation.params import UnitParams, UsageParams

UNITS = UnitParams(locale="us", canonical="foods", packages={})
USAGE = UsageParams(fewest_purchases=3, longest=3650)


class ToyFood(NamedTuple):
    item_id: str
    name: str
    unit: str
    density_g_per_ml: float | None = None
    grams_per_piece: float | None = None


FOODS = {
    food.name: food
    for food in (
        ToyFood("I_flour", "flour", "kg", 0.53),
        ToyFood("I_milk", "milk", "L", 1.03),
        ToyFood("I_egg", "eggs", "pcs", None, 50.0),
        ToyFood("I_tuna", "canned tuna", "can", None, 150.0),
        ToyFood("I_kale", "kale", "g"),
    )
}
STOCKED = {
    "user_id": "user_001", "item_id": "I_flour", "item_name": "flour", "quantity": 3.0, "unit": "lb",
    "category": "grains_cereals", "expiry_date": "2027-03-01", "allergen_flag": False, "unit_cost": 1.5,
    "last_updated": "2026-11-01", "storage_type": "pantry", "brand": "Own", "nutritional_tags": "vegan",
    "daily_usage_rate": 0.1, "reorder_threshold": 1.0, "purchase_date": "2026-10-20", "source": "synthetic",
}  # fmt: skip
BOUGHT = {
    "user_id": "user_001", "transaction_id": "T_1", "item_id": "I_flour", "item_name": "flour",
    "quantity_purchased": 5.0, "unit": "lb", "price_total": 7.5, "purchase_date": "2026-10-20", "store_name": "Own",
    "payment_method": "cash", "discount_applied": False, "category": "grains_cereals", "brand": "Own",
    "location": "Boston, MA", "receipt_source": "photo_scan", "weekday": "Tuesday", "purchase_channel": "in_store",
    "consumption_start_date": "2026-10-21", "expected_depletion_date": "2026-11-20", "last_updated": "2026-10-20",
}  # fmt: skip


def inventory(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of `inventory` that differ from STOCKED as told."""
    return _table(INVENTORY, [{**STOCKED, **row} for row in rows])


def purchases(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of `purchase_history` that differ from BOUGHT as told; each a transaction of its own."""
    return _table(PURCHASE_HISTORY, [{**BOUGHT, "transaction_id": f"T_{n}", **row} for n, row in enumerate(rows, 1)])


def _table(schema: TableSchema, rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(schema.names))
    kinds = {"number": "float64", "flag": "boolean", "day": "datetime64[s]", "time": "datetime64[s]", "text": "str"}
    return frame.astype({c.name: "category" if c.category else kinds[c.kind] for c in schema.columns})


def many(rows: dict[str, Any], count: int, households: int, seed: int = 0) -> pd.DataFrame:
    """`count` rows like those of `purchases` or `inventory`, drawn over households, foods, units and days."""
    rng = np.random.default_rng(seed)
    build = inventory if rows is STOCKED else purchases
    frame = build({}).iloc[np.zeros(count, int)].reset_index(drop=True)
    users, items = [f"user_{n:05}" for n in range(households)], [f"I_{n:03}" for n in range(200)]
    units = ["g", "kg", "lb", "oz", "ml", "L", "cup", "pcs", "can", "firkin"]
    item = rng.integers(len(items), size=count)
    days = np.datetime64("2025-11-01", "s") + rng.integers(365, size=count) * np.timedelta64(86_400, "s")
    drawn = {
        "user_id": pd.Categorical.from_codes(rng.integers(households, size=count), users),
        "item_id": pd.Categorical.from_codes(item, items),
        "item_name": pd.Categorical.from_codes(item, [name[2:] for name in items]),
        "unit": pd.Categorical.from_codes(rng.integers(len(units), size=count), units),
        "quantity_purchased" if "quantity_purchased" in frame else "quantity": rng.random(count) * 3,
        "purchase_date": days,
    }
    if "transaction_id" in frame:
        drawn |= {"transaction_id": pd.Series(np.arange(count)).astype("str"), "price_total": rng.random(count) * 20}
    else:
        drawn |= {"daily_usage_rate": np.where(rng.random(count) < 0.2, np.nan, rng.random(count))}
    return frame.assign(**drawn)


def many_foods() -> dict[str, ToyFood]:
    """Foods for the items of `many`; every third has a density, every second a weight."""
    sold = ("g", "ml", "pcs")
    return {
        f"{n:03}": ToyFood(f"I_{n:03}", f"{n:03}", sold[n % 3], None if n % 3 else 0.8, None if n % 2 else 60.0)
        for n in range(200)
    }
