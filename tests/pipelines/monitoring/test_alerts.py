"""Each cause of an alert, by hand."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitoring_toys import alert_params, big_stock, expiring, stock_of

from pantrypilot.pipelines.monitoring.alerts import COLUMNS, EXPIRED, EXPIRING, LOW, RUN_OUT, raise_alerts
from pantrypilot.pipelines.monitoring.alerts import readable_quantity as written

PARAMS = alert_params(run_out_days=3, expiring_days=3, expiring_days_by_storage={"pantry": 7})


def told(*rows):
    """(issue, days, detail) of each alert."""
    alerts = raise_alerts(stock_of(*rows), PARAMS)
    days = [None if pd.isna(day) else int(day) for day in alerts["days"]]
    return list(zip(alerts["issue_type"], days, alerts["detail"], strict=True))


@pytest.mark.parametrize(
    ("row", "alert"),
    [
        (expiring(-3), (EXPIRED, -3, "expired 3 days ago")),
        (expiring(-1), (EXPIRED, -1, "expired 1 day ago")),
        (expiring(0), (EXPIRING, 0, "expires today")),
        (expiring(3, storage_type="fridge"), (EXPIRING, 3, "expires in 3 days")),
        (expiring(7, storage_type="pantry"), (EXPIRING, 7, "expires in 7 days")),
        (expiring(3, storage_type=None), (EXPIRING, 3, "expires in 3 days")),
        ({"days_left": 0.9}, (RUN_OUT, 0, "used up today")),
        ({"days_left": 3.9}, (RUN_OUT, 3, "used up in 3 days")),
        ({"days_left": 1.9}, (RUN_OUT, 1, "used up in 1 day")),
        ({"days_left": 0.0, "quantity": 0.0}, (RUN_OUT, 0, "nothing left")),
        ({"is_low_stock": True, "reorder_threshold": 1000.0, "days_left": 9.5}, (LOW, 9, "reorder at 1 kg")),
        ({"is_low_stock": True, "quantity": 0.0}, (LOW, None, "nothing left")),
    ],
)
def test_every_cause_is_told_with_its_days_and_why(row, alert):
    assert told(row) == [alert]


@pytest.mark.parametrize(
    "row",
    [
        {},
        expiring(4, storage_type="fridge"),
        expiring(8),
        expiring(-3, quantity=0.0),
        {"days_left": 4.0},
        {"days_left": None},
        {"is_low_stock": None, "is_expired": None},
    ],
)
def test_what_is_in_order_raises_no_alert(row):
    assert told(row) == []


def test_an_item_with_two_causes_has_a_row_for_each():
    both = expiring(-2, is_low_stock=True, reorder_threshold=50.0)
    assert [issue for issue, *_ in told(both)] == [EXPIRED, LOW]


def test_the_table_has_the_documents_columns_and_reads_like_it():
    row = expiring(30, is_low_stock=True, quantity=450.0, reorder_threshold=500.0)
    alerts = raise_alerts(stock_of(row), PARAMS)
    assert tuple(alerts.columns) == COLUMNS and COLUMNS[:4] == ("item_name", "issue_type", "quantity", "expiry_date")
    assert alerts.iloc[0][["item_name", "issue_type", "quantity"]].tolist() == ["rice", "Low Stock", "0.45 kg"]


def test_no_stock_gives_a_table_without_rows():
    alerts = raise_alerts(stock_of(), PARAMS)
    assert alerts.empty and tuple(alerts.columns) == COLUMNS


def test_the_most_urgent_come_first():
    alerts = raise_alerts(big_stock(2000), PARAMS)
    assert list(alerts["issue_type"].unique()) == [EXPIRED, EXPIRING, RUN_OUT, LOW]
    for _, kind in alerts.groupby("issue_type"):
        assert kind["days"].is_monotonic_increasing


def test_the_order_of_the_stock_does_not_matter():
    keys = [(f"user_{user}", f"I_{item}") for user in "213" for item in "cab"]
    rows = [expiring(-1, user_id=user, item_id=item, item_name=item[2:]) for user, item in keys]
    alerts = raise_alerts(stock_of(*rows), PARAMS)
    assert list(zip(alerts["user_id"], alerts["item_id"], strict=True)) == sorted(keys)


def test_amounts_are_written_as_a_person_would():
    amounts = [450, 45, 99.99, 1234, 0.1234, 2, 1500, 0, 12345, 0.5, 7]
    units = ["g", "g", "g", "ml", "g", "pcs", "pcs", "ml", "kg", "g", None]
    series = written(pd.Series(amounts, dtype=float), pd.Series(units, dtype="category"))
    assert list(series) == [
        "0.45 kg", "45 g", "100 g", "1.23 L", "0.123 g", "2 pcs", "1,500 pcs", "0 ml", "12,300 kg", "0.5 g", "7",
    ]  # fmt: skip


@given(st.floats(0.001, 1e6), st.sampled_from(["g", "ml", "pcs"]))
def test_a_written_amount_is_within_half_a_percent_of_the_amount(amount, unit):
    number, name = written(pd.Series([amount]), pd.Series([unit])).iloc[0].split()
    factor = 1000 if name in ("kg", "L") else 1
    assert float(number.replace(",", "")) * factor == pytest.approx(amount, rel=0.0051)
