"""Stock in canonical units: worth, what is low, how long it lasts, when it expires."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformation_toys import FOODS, UNITS, USAGE, inventory, purchases

from pantrypilot.pipelines.transformation.purchases import derive_purchases
from pantrypilot.pipelines.transformation.stock import derive_stock
from pantrypilot.pipelines.transformation.units import convert_units

AS_OF = "2026-11-01"


def derive(*rows, bought=(), as_of=AS_OF, **usage):
    stocked, purchased = inventory(*rows), purchases(*bought)
    conversions = convert_units(stocked, purchased, FOODS, UNITS)
    derived = derive_purchases(purchased, conversions)
    return derive_stock(stocked, derived, conversions, USAGE.model_copy(update=usage), as_of)


def test_a_row_is_told_in_the_canonical_unit_with_what_stood_there():
    row = derive({}).iloc[0]
    assert (row["unit"], row["unit_as_given"], row["quantity_as_given"], row["conversion"]) == (
        "g", "lb", 3.0, "1 lb = 453.592 g"
    )  # fmt: skip
    per_lb = 453.59237
    assert row["quantity"] == pytest.approx(3 * per_lb)
    assert row["unit_cost"] == pytest.approx(1.5 / per_lb)
    assert row["daily_usage_rate"] == pytest.approx(0.1 * per_lb)
    assert row["reorder_threshold"] == pytest.approx(1 * per_lb)
    assert row["stock_value"] == pytest.approx(4.5)
    assert (row["days_left"], row["run_out_date"]) == (pytest.approx(30), pd.Timestamp("2026-12-01"))
    assert (row["days_to_expiry"], row["is_expired"], row["is_low_stock"]) == (120, False, False)
    assert row["usage_source"] == "inventory" and row["is_canonical"]


SAME = [("lb", 1.0), ("kg", 0.45359237), ("oz", 16.0), ("g", 453.59237), ("cup", 453.59237 / 0.53 / 236.5882365)]
AMOUNTS = st.floats(1e-3, 1e4)


@settings(max_examples=40, deadline=None)
@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_the_same_stock_in_other_units_has_the_same_figures(quantity, cost, usage, threshold):
    rows = [
        {"unit": unit, "quantity": quantity * size, "unit_cost": cost / size, "daily_usage_rate": usage * size,
         "reorder_threshold": threshold * size}
        for unit, size in SAME
    ]  # fmt: skip
    table = derive(*rows)
    # stock_value = quantity × unit_cost, before and after
    assert table["stock_value"].tolist() == pytest.approx([quantity * cost] * len(SAME), rel=1e-12)
    for name in ("quantity", "unit_cost", "days_left", "reorder_threshold"):
        values = table[name].fillna(-1).tolist()
        assert values == pytest.approx([values[0]] * len(SAME), rel=1e-9)
    if abs(quantity / threshold - 1) > 1e-9:
        assert table["is_low_stock"].tolist() == [quantity <= threshold] * len(SAME)


@pytest.mark.parametrize(("unit", "size"), SAME)
def test_thirty_days_are_thirty_days_in_any_unit(unit, size):
    row = derive({"unit": unit, "quantity": 3.0 * size, "daily_usage_rate": 0.1 * size}).iloc[0]
    assert (row["days_left"], row["run_out_date"]) == (30.0, pd.Timestamp("2026-12-01"))


@settings(max_examples=40, deadline=None)
@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_more_stock_is_never_worth_less_lower_or_sooner_gone(one, other, usage):
    low, high = sorted((one, other))
    table = derive(*({"quantity": quantity, "daily_usage_rate": usage} for quantity in (low, high)), longest=100_000)
    assert table["stock_value"].is_monotonic_increasing
    assert table["is_low_stock"].astype(int).is_monotonic_decreasing
    assert table["days_left"].dropna().is_monotonic_increasing


@pytest.mark.parametrize(
    ("quantity", "threshold", "low"), [(1.0, 1.0, True), (1.01, 1.0, False), (0.0, None, True), (0.1, None, False)]
)
def test_stock_is_low_at_its_threshold_and_without_one_when_nothing_is_left(quantity, threshold, low):
    assert derive({"quantity": quantity, "reorder_threshold": threshold})["is_low_stock"].tolist() == [low]


@pytest.mark.parametrize(("usage", "left", "last"), [(0.4, 7.5, "2026-11-08"), (0.0, None, None), (-1.0, None, None)])
def test_days_left_are_quantity_over_usage_and_null_for_what_is_not_used(usage, left, last):
    row = derive({"daily_usage_rate": usage}).iloc[0]
    if left is None:
        assert np.isnan(row["days_left"]) and pd.isna(row["run_out_date"])
    else:
        assert (row["days_left"], row["run_out_date"]) == (pytest.approx(left), pd.Timestamp(last))


def test_what_is_used_up_or_less_than_nothing_runs_out_today():
    table = derive({"quantity": 0.0}, {"quantity": -2.0})
    assert table["days_left"].tolist() == [0, 0]
    assert table["run_out_date"].tolist() == [pd.Timestamp(AS_OF)] * 2


def test_beyond_the_longest_time_nobody_predicts():
    row = derive({"quantity": 3000.0, "daily_usage_rate": 0.1}).iloc[0]
    assert np.isnan(row["days_left"]) and pd.isna(row["run_out_date"])


NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["kg", "mg", "firkin"]))
def test_no_number_makes_an_infinite_one(quantity, cost, usage, threshold, unit):
    numbers = {"quantity": quantity, "unit_cost": cost, "daily_usage_rate": usage, "reorder_threshold": threshold}
    table = derive({**numbers, "unit": unit})
    derived = table.drop(columns="quantity_as_given").select_dtypes("number")
    assert not np.isinf(derived.to_numpy()).any()


@pytest.mark.parametrize(
    ("expiry", "days", "expired"),
    [("2026-11-08", 7, False), ("2026-11-01", 0, False), ("2026-10-31", -1, True), (None, None, False)],
)
def test_an_item_is_expired_from_the_day_after_on(expiry, days, expired):
    row = derive({"expiry_date": expiry}).iloc[0]
    assert (None if np.isnan(row["days_to_expiry"]) else row["days_to_expiry"], row["is_expired"]) == (days, expired)


def test_the_day_is_a_date_or_the_newest_update():
    rows = [{"last_updated": "2026-10-30 07:00:00"}, {"last_updated": "2026-11-02 23:59:00"}]
    assert derive(*rows, as_of="latest")["as_of"].unique().tolist() == [pd.Timestamp("2026-11-02")]
    later = derive(*rows, as_of="2026-12-24")
    assert later["as_of"].unique().tolist() == [pd.Timestamp("2026-12-24")]
    assert later["days_to_expiry"].tolist() == [67, 67]


@pytest.mark.parametrize("as_of", ["yesterday", "2026-13-01", "", "01.11.2026"])
def test_what_is_no_day_is_refused(as_of):
    with pytest.raises(ValueError, match="is no day"):
        derive({}, as_of=as_of)


def test_the_latest_day_of_no_rows_asks_for_a_day():
    with pytest.raises(ValueError, match="Give a day: --params as_of"):
        derive(as_of="latest")
    assert derive().empty


WEEKLY = [{"purchase_date": day, "quantity_purchased": quantity, "unit": "g"}
          for day, quantity in [("2026-10-02", 700), ("2026-10-09", 600), ("2026-10-16", 100), ("2026-10-16", 600),
                                ("2026-10-23", 900), ("2026-08-31", 700)]]  # fmt: skip


def test_a_usage_that_the_inventory_lacks_is_that_of_the_purchases():
    table = derive({"daily_usage_rate": None}, {"daily_usage_rate": 0.0}, bought=WEEKLY)
    assert table["usage_source"].tolist() == ["purchases", "inventory"]
    # 700, 600, 700 (two on one day) and 900 g, every 7 days; a month's holiday before does not count
    assert table["daily_usage_rate"].tolist() == pytest.approx([100, 0])
    assert table["days_left"].iloc[0] == pytest.approx(3 * 4.5359237)


@pytest.mark.parametrize(
    "bought",
    [
        WEEKLY[:2],
        [{**row, "user_id": "user_002"} for row in WEEKLY],
        [{**row, "item_id": "I_kale"} for row in WEEKLY],
        [{**row, "purchase_date": "2026-10-02"} for row in WEEKLY],
        [{**row, "purchase_date": row["purchase_date"].replace("-10-", "-12-")} for row in WEEKLY],
        [{**row, "quantity_purchased": np.nan} for row in WEEKLY],
    ],
    ids=["too few", "another household", "another item", "one day", "after the day", "no quantities"],
)
def test_purchases_that_tell_no_usage_leave_it_unknown(bought):
    table = derive({"daily_usage_rate": None}, bought=bought)
    assert table["usage_source"].tolist() == ["unknown"]
    assert table["daily_usage_rate"].isna().all() and table["days_left"].isna().all()


def test_purchases_in_a_unit_that_does_not_lead_there_do_not_count():
    kale = {"item_id": "I_kale", "item_name": "kale"}
    pieces = [{**row, **kale, "unit": "pcs"} for row in WEEKLY]
    assert derive({**kale, "daily_usage_rate": None}, bought=pieces)["usage_source"].tolist() == ["unknown"]


def test_rows_of_an_unknown_unit_are_not_in_stock_and_the_others_keep_their_order():
    table = derive({"item_id": "I_kale"}, {"unit": "firkin"}, {"item_id": "I_egg"})
    assert table["item_id"].tolist() == ["I_kale", "I_egg"] and table.index.tolist() == [0, 1]
