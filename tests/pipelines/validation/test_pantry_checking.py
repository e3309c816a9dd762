"""Faults in the household tables: what is found, which rows are kept apart, and what is said of them."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from household_checks import (
    DAY,
    UNTIL,
    checked,
    failed,
    households,
    inventory,
    limits,
    only,
    purchases,
    put,
    receipts,
    suite,
)
from pantrypilot.pipelines.validation.pantry.columns import distinct
from pantrypilot.pipelines.validation.pantry.failing import FAILING

INVENTORY_FAULTS = [
    ("quantity", np.nan, "is_filled.quantity"),
    ("quantity", 0.0, "quantity_above_zero"),
    ("quantity", -3.0, "quantity_above_zero"),
    ("quantity", 1e9, "quantity_is_plausible"),
    ("quantity", np.inf, "quantity_is_plausible"),
    ("quantity", -np.inf, "quantity_above_zero"),
    ("unit", "blorps", "unit_is_known"),
    ("unit", None, "is_filled.unit"),
    ("unit", "L", "unit_fits_food"),
    ("category", "produce", "category_fits_food"),
    ("category", "gadgets", "category_is_known; category_fits_food"),
    ("storage_type", "attic", "storage_is_known"),
    ("expiry_date", UNTIL - 400 * DAY, "expires_after_purchase"),
    ("purchase_date", UNTIL + DAY, "bought_before_update"),
    ("unit_cost", -1.0, "unit_cost_is_plausible"),
    ("unit_cost", 1e6, "unit_cost_is_plausible"),
    ("daily_usage_rate", -0.1, "usage_is_plausible"),
    ("daily_usage_rate", 1e5, "usage_is_plausible"),
    ("reorder_threshold", -1.0, "threshold_is_plausible"),
    ("user_id", "user_999", "user_is_known"),
]
PURCHASE_FAULTS = [
    ("quantity_purchased", -1.0, "quantity_above_zero"),
    ("quantity_purchased", 5e6, "quantity_is_plausible"),
    ("unit", "L", "unit_fits_food"),
    ("price_total", -0.5, "price_is_plausible"),
    ("weekday", "Moonday", "weekday_is_right"),
    ("weekday", lambda frame, row: "Sunday" if frame["weekday"][row] == "Monday" else "Monday", "weekday_is_right"),
    ("consumption_start_date", UNTIL - 900 * DAY, "consumed_after_purchase"),
    ("expected_depletion_date", UNTIL - 900 * DAY, "depleted_after_start"),
    ("item_id", "I_moon", "item_is_known"),
    ("user_id", "user_999", "user_is_known"),
]


@pytest.mark.parametrize(
    ("table", "frame", "faults"),
    [("inventory", inventory(60), INVENTORY_FAULTS), ("purchase_history", purchases(60), PURCHASE_FAULTS)],
)
def test_every_fault_of_a_row_is_named_and_its_row_alone_is_kept_apart(table, frame, faults):
    rows = [1 + 6 * number for number in range(len(faults))]  # each of another household's tofu
    for row, (column, value, _) in zip(rows, faults, strict=True):
        frame = put(frame, column, [row], value(frame, row) if callable(value) else value)
    checks, failing = checked(table, frame, households=households(60))
    found = dict(zip(failing["row"], failing["expectation"], strict=True))
    assert found == {row: names for row, (_, _, names) in zip(rows, faults, strict=True)}
    assert checks["invalid_rows"] == len(faults) and not checks["stops"]


def test_faults_of_households_and_receipts_are_named():
    frame = put(put(put(households(), "size", [0], 0.0), "diets", [1], "vegan, vegann"), "allergens", [2], "milk")
    found = failed(checked("households", frame)[0])
    assert set(found) == {"size_is_plausible", "diets_are_known", "allergens_are_known"}
    frame = put(put(put(receipts(), "count", [0], 0.0), "item_id", [1], "I_moon"), "line", [2], 0.0)
    found = failed(checked("receipts", frame)[0])
    assert set(found) == {
        "count_above_zero", "count_is_not_zero", "item_is_known", "line_from_one", "items_are_matched",
    }  # fmt: skip
    assert found["items_are_matched"] == 1, "the bag: reported only"


def test_a_void_line_is_told_and_not_kept_apart():
    checks, failing = checked("receipts", put(receipts(), "count", [0], -1.0))
    assert set(failed(checks)) == {"count_above_zero", "items_are_matched"}
    assert failing.empty


def test_a_reason_is_one_that_a_person_understands_and_the_row_is_there_as_json():
    _, failing = checked("inventory", put(put(inventory(), "unit", [1], "L"), "quantity", [1], -2.0))
    assert tuple(failing.columns) == FAILING
    row = failing.iloc[0]
    assert (row["table"], row["key"], row["severity"]) == ("inventory", "user_000 / I_tofu", "critical")
    assert row["reason"] == (
        "what is in a pantry has a quantity above zero (quantity: -2.0); the food is measured in a unit that fits its "
        "category (item_id: I_tofu, item_name: tofu, category: protein, unit: L)"
    )
    record = json.loads(row["record"])
    assert record["quantity"] == -2.0 and record["purchase_date"] == "2026-10-31T00:00:00"


def test_a_doubled_key_is_critical_and_all_its_rows_are_kept_apart():
    frame = pd.concat([inventory(), inventory().iloc[[3]]], ignore_index=True)
    checks, failing = checked("inventory", frame)
    assert checks["stops"] == ["key_is_unique"] and list(failing["row"]) == [3, 24]
    checks, failing = checked("purchase_history", put(purchases(), "transaction_id", [5], "T_0000000"))
    assert checks["stops"] == ["key_is_unique"] and list(failing["row"]) == [0, 5]


def test_few_bad_rows_go_apart_and_many_stop_the_run():
    few, many = [0, 1], list(range(6))  # of 24, and a tenth is the limit
    checks, failing = checked("inventory", put(inventory(), "quantity", few, -1.0))
    assert checks["passed"] and not checks["stops"] and len(failing) == 2
    checks, failing = checked("inventory", put(inventory(), "quantity", many, -1.0))
    assert checks["stops"] == ["quantity_above_zero"] and not checks["passed"] and len(failing) == 6


def test_severity_decides_info_rows_stay_and_warnings_do_not_stop():
    frame = put(inventory(), "quantity", range(24), -1.0)
    for severity, stops, apart in (("info", [], 0), ("warning", [], 24), ("critical", ["quantity_above_zero"], 24)):
        checks, failing = checked("inventory", frame, suite("inventory", quantity_above_zero={"severity": severity}))
        assert (checks["stops"], len(failing)) == (stops, apart)
        assert failed(checks) == {"quantity_above_zero": 24}


def test_an_empty_table_stops_the_run_and_says_so():
    for table, frame in (("inventory", inventory()), ("purchase_history", purchases())):
        checks, failing = checked(table, frame.iloc[:0])
        assert "rows_are_there" in checks["stops"] and failing.empty and checks["rows"] == 0
        found = {record["name"]: record["observed"] for record in checks["expectations"]}
        assert found["rows_are_there"] == "0"


def test_without_households_that_table_warns_and_no_row_of_another_is_blamed():
    checks, _ = checked("households", households().iloc[:0])
    assert not checks["stops"] and "rows_are_there" in failed(checks)
    checks, failing = checked("inventory", inventory(), households=households().iloc[:0])
    assert checks["passed"] and failing.empty


def test_no_receipts_are_no_fault():
    checks, failing = checked("receipts", receipts().iloc[:0])
    assert checks["passed"] and failing.empty


def test_a_missing_column_stops_the_run_names_it_and_nothing_that_needs_it_passes():
    checks, _ = checked("inventory", inventory().drop(columns="unit"))
    found = {record["name"]: record for record in checks["expectations"]}
    assert found["has_its_columns"]["observed"] == "missing: unit"
    assert {"has_its_columns", "unit_is_known", "unit_fits_food", "quantity_is_plausible"} <= set(checks["stops"])
    assert found["unit_fits_food"]["observed"] == "could not be worked out: no unit_fits_food"
    assert found["quantity_above_zero"]["passed"]


def test_what_great_expectations_cannot_work_out_has_failed_and_stops_the_run():
    texts = inventory().assign(quantity=pd.Series(["many"] * 24, dtype=object))
    between = {"type": "ExpectColumnValuesToBeBetween", "kwargs": {"column": "quantity", "min_value": 0}}
    checks, _ = checked("inventory", texts, only("inventory", amount=between))
    assert checks["stops"] == ["amount"] and "could not be worked out" in checks["expectations"][0]["observed"]


def test_ten_thousand_malformed_rows_are_counted_and_each_is_there():
    frame = purchases(users=100, each=1100)
    bad = np.arange(10_000) * 11
    for column, value in (("quantity_purchased", np.nan), ("unit", "blorps"), ("price_total", -1.0)):
        frame = put(frame, column, bad, value)
    checks, failing = checked("purchase_history", frame, households=households(100))
    assert checks["rows"] == 110_000 and checks["invalid_rows"] == len(failing) == 10_000
    assert list(failing["row"]) == list(bad) and failing["key"].is_unique
    names = ("is_filled.quantity_purchased", "unit_is_known", "price_is_plausible")
    assert failed(checks) == dict.fromkeys(names, 10_000)


def test_an_old_snapshot_warns_that_it_is_not_fresh_and_a_later_one_than_the_day_too():
    for as_of, fresh in (("2026-11-05", True), ("2026-11-20", False), ("2026-10-01", False), ("latest", True)):
        checks, _ = checked("inventory", inventory(), as_of=as_of)
        assert ("is_fresh" in failed(checks)) != fresh and not checks["stops"], as_of
    with pytest.raises(ValueError, match="as_of"):
        checked("inventory", inventory(), as_of="yesterday")


def test_a_purchase_of_the_future_is_kept_apart():
    frame = put(purchases(), "last_updated", [0], UNTIL)
    frame = put(put(frame, "purchase_date", [0], UNTIL + 2 * DAY), "weekday", [0], "Tuesday")
    frame = put(frame, "consumption_start_date", [0], None)
    assert set(failed(checked("purchase_history", frame)[0])) == {"not_in_the_future"}


def test_foods_that_nobody_knows_are_held_against_the_category_of_their_row():
    frame = put(put(inventory(), "item_id", [1], "I_moon"), "item_name", [1], "moon cheese")
    assert failed(checked("inventory", frame)[0]) == {"food_is_known": 1}
    assert set(failed(checked("inventory", put(frame, "unit", [1], "L"))[0])) == {"food_is_known", "unit_fits_food"}


def test_a_wrong_category_does_not_excuse_a_wrong_unit():
    frame = put(put(inventory(), "category", [1], "dairy"), "unit", [1], "L")  # tofu
    assert failed(checked("inventory", frame)[0]) == {"category_fits_food": 1, "unit_fits_food": 1}


def test_the_same_table_gives_the_same_result_and_rows():
    frame = put(inventory(), "quantity", [2, 5], -1.0)
    (first, rows), (second, again) = checked("inventory", frame), checked("inventory", frame)
    assert json.dumps(first) == json.dumps(second) and rows.equals(again)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["x", "y", "z", None])), max_size=30))
def test_distinct_combinations_give_back_every_row(rows):
    frame = pd.DataFrame(rows, columns=["one", "two"], dtype="str")
    places, combinations = distinct(frame, ["one", "two"])
    assert [combinations[place] for place in places] == rows
    assert len(combinations) == len(set(rows))


def test_of_very_many_failing_rows_the_first_are_told_in_detail_and_all_are_there():
    bad = put(put(inventory(), "quantity", range(24), -1.0), "unit", [20], "blorps")
    few = limits().model_copy(update={"detailed_rows": 3})
    _, whole = checked("inventory", bad)
    _, short = checked("inventory", bad, params=few)
    assert short.head(3).equals(whole.head(3))
    pd.testing.assert_frame_equal(short.drop(columns=["reason", "record"]), whole.drop(columns=["reason", "record"]))
    assert set(short["record"][3:]) == {""} and short["reason"][3] == "what is in a pantry has a quantity above zero"
    assert short["expectation"][20] == "quantity_above_zero; unit_is_known" and "; the unit is" in short["reason"][20]
