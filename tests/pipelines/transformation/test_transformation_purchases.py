"""Purchases in canonical units: prices, gaps between purchases, weekdays."""

import numpy as np
import pandas as pd
import pytest
from transformation_toys import FOODS, UNITS, inventory, purchases

from pantrypilot.pipelines.transformation.purchases import derive_purchases
from pantrypilot.pipelines.transformation.units import convert_units

EGG = {"item_id": "I_egg", "item_name": "eggs"}


def derive(*rows):
    bought = purchases(*rows)
    return derive_purchases(bought, convert_units(inventory(), bought, FOODS, UNITS))


def test_a_price_is_told_by_g_and_by_100_g():
    row = derive({"quantity_purchased": 5.0, "unit": "lb", "price_total": 6.8}).iloc[0]
    assert (row["unit"], row["unit_as_given"], row["quantity_as_given"]) == ("g", "lb", 5.0)
    assert row["quantity_purchased"] == pytest.approx(2267.96185)
    assert row["price_per_unit"] * row["quantity_purchased"] == pytest.approx(6.8)
    assert row["price_per_100"] == pytest.approx(0.2998, abs=1e-4)


def test_a_price_of_pieces_is_told_by_the_piece_alone():
    row = derive({**EGG, "quantity_purchased": 1, "unit": "dozen", "price_total": 3.6}).iloc[0]
    assert row["price_per_unit"] == pytest.approx(0.3) and np.isnan(row["price_per_100"])


UNTOLD = [(0, 3), (-1, 3), (np.nan, 3), (2, np.nan), (1e-320, 9e300), (1e308, 3)]


@pytest.mark.parametrize(("quantity", "price"), UNTOLD)
def test_a_price_that_cannot_be_told_is_null_and_never_infinite(quantity, price):
    table = derive({"quantity_purchased": quantity, "unit": "kg", "price_total": price})
    numbers = table.select_dtypes("number").to_numpy()
    assert not np.isinf(numbers).any()
    assert table["price_per_unit"].isna().all() and table["price_ratio"].isna().all()


def test_the_price_ratio_is_to_the_median_of_the_item_in_its_unit():
    rows = [{"unit": unit, "quantity_purchased": n, "price_total": price}
            for unit, n, price in [("g", 100, 1), ("kg", 1, 8), ("g", 100, 3)]]  # fmt: skip
    # flour by the piece has no way to grams, so its price is one of its own
    table = derive(*rows, {"unit": "pcs", "quantity_purchased": 1, "price_total": 9})
    assert table["price_ratio"].tolist() == pytest.approx([1.0, 0.8, 3.0, 1.0])


def test_days_since_last_are_of_the_same_item_in_the_same_household_whatever_the_order_of_rows():
    days = ["2026-10-20", "2026-10-01", "2026-10-20", "2026-10-08", None]
    rows = [{"purchase_date": day} for day in days]
    rows += [{"purchase_date": "2026-10-21", "user_id": "user_002"}, {**EGG, "purchase_date": "2026-10-22"}]
    table = derive(*rows)
    assert table["transaction_id"].tolist() == [f"T_{n}" for n in range(1, 8)]
    assert table["days_since_last"].fillna(-1).tolist() == [12, -1, 0, 7, -1, -1, -1]


def test_the_weekday_is_that_of_the_day_whatever_the_table_said():
    table = derive({"purchase_date": "2026-11-01", "weekday": "Monday"}, {"purchase_date": None})
    assert table["weekday"].astype(object).where(table["weekday"].notna(), None).tolist() == ["Sunday", None]


def test_a_purchase_of_an_unknown_unit_is_not_there():
    table = derive({"unit": "firkin"}, {})
    assert table["transaction_id"].tolist() == ["T_2"] and table.index.tolist() == [0]


def test_the_input_is_not_changed_and_no_rows_are_a_table_too():
    bought = purchases({}, {"unit": "cup"})
    before = bought.copy()
    conversions = convert_units(inventory(), bought, FOODS, UNITS)
    full = derive_purchases(bought, conversions)
    pd.testing.assert_frame_equal(bought, before)
    empty = derive_purchases(bought.head(0), conversions)
    assert empty.dtypes.equals(full.dtypes) and empty.empty
