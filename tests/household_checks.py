"""Toy household tables as the snapshots hold them, good in every row, and what they are checked against."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from pantrypilot.kitchen.tables import TABLES
from pantrypilot.pipelines.validation.pantry.checking import check_table
from pantrypilot.pipelines.validation.pantry.columns import WEEKDAYS
from pantrypilot.pipelines.validation.pantry.params import PantryValidation, Suite
from project_toys import parameters

UNTIL = np.datetime64("2026-11-01", "s")
DAY = np.timedelta64(86_400, "s")
# name, category, storage, unit
FOODS = (
    ("milk", "dairy", "fridge", "L"),
    ("tofu", "protein", "fridge", "g"),
    ("rice", "grains_cereals", "pantry", "kg"),
    ("onion", "produce", "pantry", "pcs"),
    ("olive oil", "oils", "pantry", "ml"),
    ("frozen peas", "frozen", "freezer", "g"),
)
NAMES = [name for name, *_ in FOODS]
IDS = [f"I_{name.replace(' ', '_')}" for name in NAMES]
DIETS = ("vegan", "vegetarian", "milk-free")


class ToyFoods(dict):
    """What the checks use of `kitchen.foods.Foods`."""

    def __init__(self) -> None:
        super().__init__({
            name: SimpleNamespace(name=name, item_id=item_id, category=category)
            for (name, category, *_), item_id in zip(FOODS, IDS, strict=True)
        })  # fmt: skip
        places = ("pantry", "fridge", "freezer")
        self.categories = {category: SimpleNamespace(storages=places) for _, category, *_ in FOODS}
        self.regions = {"europe": (), "east_asia": ()}
        self.by_id = {food.item_id: food for food in self.values()}


KNOWLEDGE = SimpleNamespace(diets=dict.fromkeys(DIETS))


@functools.cache
def suites() -> Mapping[str, Suite]:
    """The shipped ones, by table."""
    declared = parameters()["pantry"]["suites"]
    return {name: Suite.model_validate(suite) for name, suite in declared.items()}


@functools.cache
def limits() -> PantryValidation:
    return PantryValidation.model_validate(parameters()["pantry"]["validation"])


def suite(table: str, **changed: Mapping[str, Any]) -> Suite:
    """The shipped suite of a table with keys of some expectations changed."""
    given = suites()[table].model_dump()
    for name, keys in changed.items():
        given["expectations"][name] = {**given["expectations"].get(name, {}), **keys}
    return Suite.model_validate(given)


def only(table: str, **expectations: Mapping[str, Any]) -> Suite:
    """A suite of these expectations alone; they warn, and give a reason."""
    filled = {name: {"severity": "warning", "reason": f"{name} holds", **keys} for name, keys in expectations.items()}
    return Suite.model_validate({"name": f"{table}_suite", "table": table, "expectations": filled})


def households(users: int = 4) -> pd.DataFrame:
    return _frame("households", {
        "user_id": _users(users),
        "region": ["europe"] * users,
        "cuisine": ["italian"] * users,
        "size": [2.0] * users,
        "diets": ["vegan"] + [""] * (users - 1),
        "allergens": [""] * (users - 1) + ["milk-free"],
        "last_updated": [UNTIL] * users,
    })  # fmt: skip


def inventory(users: int = 4) -> pd.DataFrame:
    """Every household has every food once."""
    count, foods = users * len(FOODS), np.tile(np.arange(len(FOODS)), users)
    bought = UNTIL - (np.arange(count) % 20) * DAY
    expiry = pd.Series(bought + 30 * DAY)
    expiry[foods == 2] = pd.NaT  # rice keeps
    return _frame("inventory", {
        "user_id": np.repeat(_users(users), len(FOODS)),
        **_foods(foods),
        "quantity": 1.0 + np.arange(count) % 3,
        "expiry_date": expiry,
        "allergen_flag": [False] * count,
        "unit_cost": [2.5] * count,
        "last_updated": [UNTIL] * count,
        "storage_type": [FOODS[food][2] for food in foods],
        "brand": ["House"] * count,
        "nutritional_tags": ["vegan,organic"] * count,
        "daily_usage_rate": [0.1] * count,
        "reorder_threshold": [0.5] * count,
        "purchase_date": bought,
        "source": ["synthetic"] * count,
    })  # fmt: skip


def purchases(users: int = 4, each: int = 12) -> pd.DataFrame:
    count = users * each
    foods = np.arange(count) % len(FOODS)
    day = UNTIL - (np.arange(count) % 300) * DAY
    return _frame("purchase_history", {
        "user_id": np.repeat(_users(users), each),
        "transaction_id": [f"T_{number:07}" for number in range(count)],
        **_foods(foods),
        "quantity_purchased": 1.0 + np.arange(count) % 3,
        "price_total": [4.5] * count,
        "purchase_date": day,
        "store_name": ["Corner"] * count,
        "payment_method": ["cash"] * count,
        "discount_applied": [False] * count,
        "brand": ["House"] * count,
        "location": ["Boston, MA"] * count,
        "receipt_source": ["in_app"] * count,
        "weekday": [WEEKDAYS[number] for number in pd.Series(day).dt.dayofweek],
        "purchase_channel": ["in_store"] * count,
        "consumption_start_date": day + DAY,
        "expected_depletion_date": day + 9 * DAY,
        "last_updated": day,
    })  # fmt: skip


def receipts() -> pd.DataFrame:
    return _frame("receipts", {
        "receipt_id": ["r1", "r1", "r2"],
        "line": [1.0, 2.0, 1.0],
        "item_text": ["SOY MLK", "ONION", "BAG"],
        "count": [1.0, 2.0, None],
        "unit_price": [3.0, 0.5, 0.1],
        "price": [3.0, 1.0, 0.1],
        "item_id": ["I_milk", "I_onion", None],
        "item_name": ["milk", "onion", None],
        "match_score": [0.8, 1.0, None],
        "image_url": ["", "", ""],
        "last_updated": [UNTIL] * 3,
    })  # fmt: skip


def tables() -> dict[str, pd.DataFrame]:
    return {
        "households": households(),
        "inventory": inventory(),
        "purchase_history": purchases(),
        "receipts": receipts(),
    }


def checked(
    table: str, frame: pd.DataFrame, declared: Suite | None = None, as_of: str = "latest",
    params: PantryValidation | None = None, **others: pd.DataFrame,
) -> tuple[dict[str, Any], pd.DataFrame]:  # fmt: skip
    """(checks, failing rows) of one table among toy ones."""
    around = {**tables(), table: frame, **others}
    against = around["inventory"], around["households"], ToyFoods(), KNOWLEDGE
    return check_table(frame, *against, declared or suites()[table], params or limits(), as_of)


def failed(checks: Mapping[str, Any]) -> dict[str, int]:
    """Names of the expectations with a finding, and how many rows fail."""
    return {
        record["name"]: record["failing_rows"]
        for record in checks["expectations"]
        if record["failing_rows"] or not record["passed"]
    }


def put(frame: pd.DataFrame, column: str, rows: Any, value: Any) -> pd.DataFrame:
    """A copy with another value in some rows, whatever the column's type."""
    changed = frame.copy()
    if isinstance(changed[column].dtype, pd.CategoricalDtype) and value is not None:
        changed[column] = changed[column].cat.add_categories({value} - set(changed[column].cat.categories))
    changed.loc[rows, column] = value
    return changed


def _users(count: int) -> list[str]:
    return [f"user_{number:03}" for number in range(count)]


def _foods(foods: np.ndarray) -> dict[str, list[str]]:
    return {
        "item_id": [IDS[food] for food in foods],
        "item_name": [NAMES[food] for food in foods],
        "unit": [FOODS[food][3] for food in foods],
        "category": [FOODS[food][1] for food in foods],
    }


def _frame(table: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    """With the types that snapshots have."""
    kinds = {"number": "float64", "flag": "boolean", "day": "datetime64[s]", "time": "datetime64[s]"}
    types = {c.name: "category" if c.category else kinds.get(c.kind, "str") for c in TABLES[table].columns}
    return pd.DataFrame(columns)[list(types)].astype(types)
