"""The background project's own tables: its suites let the inventory pass; here both fail, by name."""

import pandas as pd
import pytest

from household_checks import KNOWLEDGE, failed, limits, suites
from pantrypilot.kitchen.foods import load_foods
from pantrypilot.kitchen.tables import TABLES
from pantrypilot.pipelines.validation.pantry.checking import check_table
from project_toys import ROOT

FOLDER = ROOT.parent / "shared/data/pantrypilot"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not FOLDER.exists(), reason=f"the development data is not at {FOLDER}"),
]


def read(name, table):
    """As typed by hand: the purchases lack `last_updated`, and their purchase day stands in."""
    schema = TABLES[table]
    frame = pd.read_csv(FOLDER / name, dtype=str)
    frame["last_updated"] = frame.get("last_updated", frame["purchase_date"])
    for column in schema.columns:
        if column.kind in ("day", "time"):
            frame[column.name] = pd.to_datetime(frame[column.name]).astype("datetime64[s]")
        elif column.kind == "number":
            frame[column.name] = frame[column.name].astype("float64")
        elif column.kind == "flag":
            frame[column.name] = (frame[column.name] == "True").astype("boolean")
        elif column.category:
            frame[column.name] = frame[column.name].astype("category")
    return frame[list(schema.names)]


@pytest.fixture(scope="module")
def background():
    found = {
        "inventory": read("pantrypilot_inventory_u20_i60_shared_ids.csv", "inventory"),
        "purchase_history": read("pantrypilot_purchase_u20_i60_shared_ids.csv", "purchase_history"),
    }
    users = found["inventory"]["user_id"].unique()
    households = pd.DataFrame({"user_id": users.astype(str)})
    return {
        name: check_table(
            frame, found["inventory"], households, load_foods(), KNOWLEDGE, suites()[name], limits(), "2025-10-24"
        )
        for name, frame in found.items()
    }


def about(failing, expectation, *words):
    """How many rows fail an expectation and say all of these words."""
    named = failing[failing["expectation"].str.contains(expectation, regex=False)]
    return sum(all(word in reason for word in words) for reason in named["reason"])


def test_its_inventory_fails_in_named_ways_and_would_stop_the_run(background):
    checks, failing = background["inventory"]
    found = failed(checks)
    assert set(found) == {
        "category_is_known", "category_fits_food", "unit_fits_food", "storage_is_known", "expires_after_purchase",
        "food_is_known",
    }  # fmt: skip
    assert found["expires_after_purchase"] == 78 and found["storage_is_known"] == 248, "refrigerator: here it is fridge"
    assert {"category_is_known", "category_fits_food", "unit_fits_food"} == set(checks["stops"])
    assert about(failing, "category_fits_food", "item_name: milk", "category: produce") == 3
    assert about(failing, "unit_fits_food", "item_name: tofu", "unit: L") == 1
    assert about(failing, "unit_fits_food", "item_name: tofu", "unit: ml") == 1
    assert len(failing) > 800 and not failing["row"].duplicated().any()


def test_its_purchases_fail_in_named_ways_and_would_stop_the_run(background):
    """Quantities below 1 (1,188 rows), for which its own suite failed, are no fault: half a kilo is half a kilo."""
    checks, failing = background["purchase_history"]
    found = failed(checks)
    assert set(found) == {"category_is_known", "category_fits_food", "unit_fits_food", "is_fresh"}
    assert about(failing, "category_fits_food", "item_name: milk", "category: produce") == 6
    assert about(failing, "unit_fits_food", "item_name: tofu", "unit: L") == 16
    newest = next(record for record in checks["expectations"] if record["name"] == "is_fresh")
    assert newest["observed"] == "23", "the last purchase is three weeks older than the inventory"
