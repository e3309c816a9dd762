"""Made-up household tables of any size with the project's types, and PostgreSQL servers to put them in."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from pantrypilot.datasets import PostgresTableDataset
from pantrypilot.datasets.postgres_database import Database
from pantrypilot.kitchen.tables import HOUSEHOLDS, INVENTORY, PURCHASE_HISTORY, TableSchema
from pantrypilot.kitchen.typed import typed

os.environ.pop("DATABASE_URL", None)  # tests write, and drop what they wrote: never in a developer's own database

FOODS = ("tofu", "rice", "milk", "kimchi", "gochujang", "naan", "soy sauce", 'jam "extra"', "crème fraîche", "ginger")
UNTIL = np.datetime64("2026-11-01T00:00:00")
DAY = 86_400


def inventory(users: int = 4, items: int = 5, seed: int = 0) -> pd.DataFrame:
    """`users` times `items` rows; every item of a user is another."""
    rng = np.random.default_rng(seed)
    rows = users * items
    item = np.tile(np.arange(items), users)
    brand = np.array(["House", None, "Silk", ""], dtype=object)
    return as_table(
        INVENTORY,
        user_id=some([f"user_{n:05}" for n in range(users)], np.repeat(np.arange(users), items)),
        item_id=some([f"I_{n:03}" for n in range(items)], item),
        item_name=some([f"{FOODS[n % len(FOODS)]} {n // len(FOODS) or ''}".strip() for n in range(items)], item),
        quantity=rng.uniform(0, 5, rows).round(2),
        unit=some(["kg", "g", "L", "ml", "pcs"], rng.integers(0, 5, rows)),
        category=some(["protein", "dairy", "produce"], rng.integers(0, 3, rows)),
        expiry_date=nulls(days(rng.integers(-10, 400, rows)), rng, 0.1),
        allergen_flag=pd.array(rng.random(rows) < 0.2, dtype="boolean"),
        unit_cost=nulls(rng.uniform(1, 20, rows).round(2), rng, 0.05),
        last_updated=UNTIL - rng.integers(0, 30 * DAY, rows).astype("timedelta64[s]"),
        storage_type=some(["fridge", "freezer", "pantry"], rng.integers(0, 3, rows)),
        brand=pd.Categorical(brand[rng.integers(0, 4, rows)]),
        nutritional_tags=some(["vegan,gluten_free", "organic"], rng.integers(-1, 2, rows)),
        daily_usage_rate=rng.uniform(0, 1, rows).round(3),
        reorder_threshold=rng.uniform(0, 2, rows).round(2),
        purchase_date=days(-rng.integers(1, 60, rows)),
        source=some(["synthetic"], np.zeros(rows, dtype=int)),
    )


def purchases(users: int = 4, each: int = 10, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = users * each
    user, number, item = np.repeat(np.arange(users), each), np.tile(np.arange(each), users), rng.integers(0, 50, rows)
    bought = days(-rng.integers(0, 500, rows))
    places = np.char.mod("T_user_%05d", user).astype(object) + np.char.mod("_%04d", number).astype(object)
    return as_table(
        PURCHASE_HISTORY,
        user_id=some([f"user_{n:05}" for n in range(users)], user),
        transaction_id=pd.Series(places, dtype="str"),
        item_id=some([f"I_{n:03}" for n in range(50)], item),
        item_name=some([f"{FOODS[n % len(FOODS)]} {n}" for n in range(50)], item),
        quantity_purchased=rng.uniform(0.2, 4, rows).round(2),
        unit=some(["kg", "g", "L", "ml", "pcs"], rng.integers(0, 5, rows)),
        price_total=rng.uniform(1, 60, rows).round(2),
        purchase_date=bought,
        store_name=some(["H Mart", "Trader Joe's", "Costco"], rng.integers(0, 3, rows)),
        payment_method=some(["cash", "credit_card"], rng.integers(0, 2, rows)),
        discount_applied=pd.array(rng.random(rows) < 0.3, dtype="boolean"),
        category=some(["protein", "dairy", "produce"], rng.integers(0, 3, rows)),
        brand=some(["House", "Silk"], rng.integers(-1, 2, rows)),
        location=some(["Boston, MA", "Brookline, MA"], rng.integers(0, 2, rows)),
        receipt_source=some(["photo_scan", "manual_entry"], rng.integers(0, 2, rows)),
        weekday=some(["Monday", "Tuesday"], rng.integers(0, 2, rows)),
        purchase_channel=some(["in_store", "online"], rng.integers(0, 2, rows)),
        consumption_start_date=nulls(bought + np.timedelta64(1, "D"), rng, 0.2),
        expected_depletion_date=nulls(bought + np.timedelta64(9, "D"), rng, 0.2),
        last_updated=bought,
    )


def households(users: int = 4) -> pd.DataFrame:
    rows = np.arange(users)
    return as_table(
        HOUSEHOLDS,
        user_id=pd.Series([f"user_{n:05}" for n in rows], dtype="str"),
        region=some(["Asia", "Europe"], rows % 2),
        cuisine=some(["korean", "italian"], rows % 2),
        size=1.0 + rows % 4,
        diets=pd.Series(["vegan", ""] * users, dtype="str").head(users),
        allergens=pd.Series([""] * users, dtype="str"),
        last_updated=np.full(users, UNTIL),
    )


def as_table(schema: TableSchema, **columns: object) -> pd.DataFrame:
    rows, rejects = typed(pd.DataFrame(columns), schema)
    assert not len(rejects), rejects
    return rows


def some(values: list[str], codes: np.ndarray) -> pd.Categorical:
    """A category column; the code -1 is a null."""
    return pd.Categorical.from_codes(codes, pd.Index(values, dtype="str"))


def days(from_the_last: np.ndarray) -> np.ndarray:
    return UNTIL + from_the_last.astype("timedelta64[D]").astype("timedelta64[s]")


def nulls(values: np.ndarray, rng: np.random.Generator, share: float) -> pd.Series:
    return pd.Series(values).mask(rng.random(len(values)) < share)


@functools.cache
def server() -> Path:
    """The folder of an embedded server that all tests of a process share; each takes a schema of its own in it."""
    folder = Path(tempfile.mkdtemp(prefix="pantrypilot-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after the server stopped, which registers later
    return folder / "postgres"


def embedded() -> Database:
    return Database(None, server())


def table(name: str, place: Path, schema: str, **more: object) -> PostgresTableDataset:
    """A table's dataset, with its snapshot in `place`."""
    given = {"folder": str(server()), **more}
    snapshot, mark = place / f"{name}.parquet", place / f"{name}.mark.json"
    return PostgresTableDataset(table=name, schema=schema, snapshot=str(snapshot), mark=str(mark), **given)


def execute(database: Database, query: str, *values: object) -> list[tuple]:
    with database.connect() as connection:
        found = connection.execute(query, values or None)
        return found.fetchall() if found.description else []


