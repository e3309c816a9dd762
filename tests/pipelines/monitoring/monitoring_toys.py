"""Toy pantries of any size, with the columns and types that the transformation writes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from pantrypilot.kitchen.tables import HOUSEHOLDS, INVENTORY, PURCHASE_HISTORY, TableSchema
from pantrypilot.pipelines.monitoring.params import AlertParams, BiasParams, DriftParams, PageParams
from project_toys import parameters

DAY = pd.Timestamp("2026-11-01")
REGIONS = {"north": ("nordic", "baltic"), "south": ("coastal", "highland"), "east": ("steppe",)}
FOODS_OF = {"rice": "east", "milk": "north", "tofu": "east", "beans": "south", "bread": "north", "salt": "global"}
UNITS = ("g", "ml", "pcs")
KINDS = {"text": "str", "number": "float64", "flag": "boolean", "day": "datetime64[s]", "time": "datetime64[s]"}


class ToyFoods(dict):
    """Quacks like `kitchen.foods.Foods`."""

    regions = REGIONS

    @property
    def by_id(self) -> dict[str, Any]:
        return {food.item_id: food for food in self.values()}


def toy_foods() -> ToyFoods:
    every = tuple(cuisine for cuisines in REGIONS.values() for cuisine in cuisines)
    return ToyFoods(
        {
            name: SimpleNamespace(item_id=f"I_{name}", region=region, cuisines=REGIONS.get(region, every))
            for name, region in FOODS_OF.items()
        }
    )


def settings(name: str, model: type) -> Any:
    """A group of the shipped parameters with changes."""
    return lambda **changes: model.model_validate({**parameters()["pantry"]["monitoring"][name], **changes})


alert_params = settings("alerts", AlertParams)
drift_params = settings("drift", DriftParams)
page_params = settings("page", PageParams)


def toy_bias_params(**changes: Any) -> BiasParams:
    """Quick, and for the toys' own regions."""
    given = {"draws": 499, "deals": 199, "households_region": "even", **changes}
    return BiasParams.model_validate({**parameters()["pantry"]["monitoring"]["bias"], **given})


def stock_of(*rows: dict[str, Any]) -> pd.DataFrame:
    """Stock rows; what a row leaves out is an item that gives no alert."""
    usual = {
        "user_id": "user_001", "item_id": "I_rice", "item_name": "rice", "quantity": 900.0, "unit": "g",
        "category": "grains", "expiry_date": None, "allergen_flag": False, "unit_cost": 0.002,
        "last_updated": DAY, "storage_type": "pantry", "brand": None, "nutritional_tags": None,
        "daily_usage_rate": None, "reorder_threshold": None, "purchase_date": DAY, "source": "toy",
        "stock_value": 1.8, "is_low_stock": False, "days_left": None, "run_out_date": None,
        "days_to_expiry": None, "is_expired": False,
    }  # fmt: skip
    return typed(pd.DataFrame([{**usual, **row} for row in rows], columns=list(usual)), INVENTORY)


def expiring(days: int, **more: Any) -> dict[str, Any]:
    """What a stock row says of an item that expires in so many days."""
    return {"expiry_date": DAY + pd.Timedelta(days=days), "days_to_expiry": days, "is_expired": days < 0, **more}


def typed(frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    own = {c.name: "category" if c.category else KINDS[c.kind] for c in schema.columns if c.name in frame}
    derived = {
        "stock_value": "float64", "is_low_stock": "boolean", "days_left": "float64", "run_out_date": "datetime64[s]",
        "days_to_expiry": "float64", "is_expired": "boolean", "price_per_unit": "float64",
    }  # fmt: skip
    return frame.astype(own | {name: kind for name, kind in derived.items() if name in frame})


def names(prefix: str, codes: np.ndarray, n: int) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, [f"{prefix}{number:05}" for number in range(n)])


def big_stock(rows: int, seed: int = 0, users: int | None = None) -> pd.DataFrame:
    """A made-up stock of so many rows, 50 a household."""
    random = np.random.default_rng(seed)
    users = users or max(1, rows // 50)
    foods = list(FOODS_OF)
    food = random.integers(0, len(foods), rows)
    unit = food % 3
    quantity = np.round(random.gamma(2, 300, rows) / np.array([1, 1, 100])[unit], 2)
    usage = np.round(random.gamma(2, 20, rows) / np.array([1, 1, 100])[unit], 3) + 0.01
    threshold = 4 * usage
    to_expiry = random.integers(-10, 120, rows).astype(float)
    to_expiry[random.random(rows) < 0.2] = np.nan
    left = quantity / usage
    frame = pd.DataFrame(
        {
            "user_id": names("user_", np.arange(rows) % users, users),
            "item_id": pd.Categorical.from_codes(food, [f"I_{name}" for name in foods]),
            "item_name": pd.Categorical.from_codes(food, foods),
            "quantity": quantity,
            "unit": pd.Categorical.from_codes(unit, UNITS),
            "category": pd.Categorical.from_codes(food % 3, ["grains", "dairy", "protein"]),
            "expiry_date": DAY + pd.to_timedelta(to_expiry, unit="D"),
            "allergen_flag": random.random(rows) < 0.1,
            "unit_cost": np.round(random.gamma(2, 0.01, rows), 4),
            "last_updated": DAY - pd.to_timedelta(random.integers(0, 90, rows), unit="D"),
            "storage_type": pd.Categorical.from_codes(random.integers(0, 3, rows), ["fridge", "freezer", "pantry"]),
            "brand": names("brand ", random.integers(0, 40, rows), 40),
            "nutritional_tags": pd.Categorical.from_codes(random.integers(0, 2, rows), ["vegan", "vegan,low_fat"]),
            "daily_usage_rate": usage,
            "reorder_threshold": threshold,
            "purchase_date": DAY - pd.to_timedelta(random.integers(0, 60, rows), unit="D"),
            "source": pd.Categorical(["toy"] * rows),
            "days_left": left,
            "run_out_date": DAY + pd.to_timedelta(np.floor(left), unit="D"),
            "days_to_expiry": to_expiry,
            "is_expired": to_expiry < 0,
            "is_low_stock": quantity <= threshold,
        }
    )
    return typed(frame.assign(stock_value=frame["quantity"] * frame["unit_cost"]), INVENTORY)


def big_purchases(rows: int, seed: int = 1, users: int | None = None) -> pd.DataFrame:
    """Made-up purchases of fifteen months, 300 a household, whose prices rise a little."""
    random = np.random.default_rng(seed)
    users = users or max(1, rows // 300)
    foods = list(FOODS_OF)
    food = random.integers(0, len(foods), rows)
    ago = random.integers(0, 456, rows)
    quantity = np.round(random.gamma(4, 200, rows) + 50, 1)
    price = np.round(quantity * (food + 1) * 0.002 * (1 - ago / 4000) * random.lognormal(0, 0.2, rows), 2)
    day = DAY - pd.to_timedelta(ago, unit="D")
    choices = {"store_name": 8, "payment_method": 5, "category": 9, "brand": 40, "location": 12, "receipt_source": 3}
    frame = pd.DataFrame(
        {
            "user_id": names("user_", np.arange(rows) % users, users),
            "transaction_id": pd.Series(np.arange(rows)).astype(str).radd("T_"),
            "item_id": pd.Categorical.from_codes(food, [f"I_{name}" for name in foods]),
            "item_name": pd.Categorical.from_codes(food, foods),
            "quantity_purchased": quantity,
            "unit": pd.Categorical.from_codes(food % 3, UNITS),
            "price_total": price,
            "purchase_date": day,
            "discount_applied": random.random(rows) < 0.2,
            **{name: names(f"{name} ", random.integers(0, n, rows), n) for name, n in choices.items()},
            "weekday": names("day ", np.asarray(day.weekday), 7),
            "purchase_channel": names("channel ", random.integers(0, 2, rows), 2),
            "consumption_start_date": day + pd.Timedelta(days=1),
            "expected_depletion_date": day + pd.to_timedelta(random.integers(2, 40, rows), unit="D"),
            "last_updated": day,
            "price_per_unit": price / quantity,
        }
    )
    return typed(frame, PURCHASE_HISTORY)


def toy_households(users: int, seed: int = 2) -> pd.DataFrame:
    """Households of `REGIONS`, evenly at random."""
    random = np.random.default_rng(seed)
    region = random.integers(0, len(REGIONS), users)
    cuisines = [REGIONS[list(REGIONS)[place]] for place in region]
    frame = pd.DataFrame(
        {
            "user_id": [f"user_{number:05}" for number in range(users)],
            "region": [list(REGIONS)[place] for place in region],
            "cuisine": [own[random.integers(0, len(own))] for own in cuisines],
            "size": random.integers(1, 6, users),
            "diets": random.choice(["", "vegan", "vegetarian"], users),
            "allergens": "",
            "last_updated": DAY,
        }
    )
    return typed(frame, HOUSEHOLDS)


def set_aside(**rows: int) -> pd.DataFrame:
    """So many rows of each table that were set aside."""
    return pd.DataFrame({"table": [table for table, n in rows.items() for _ in range(n)]}, dtype="category")


def validation_summary(times: int = 1) -> pd.DataFrame:
    """A line a run, as the validation appends them; `rows` tells the runs apart."""
    line = {"dataset": "inventory", "suite": "inventory_suite", "status": "PASS", "failed_expectations": None}
    return pd.DataFrame(
        [{"time": f"2026-11-0{time}", **line, "rows": time, "invalid_rows": 0} for time in range(1, times + 1)]
    )
