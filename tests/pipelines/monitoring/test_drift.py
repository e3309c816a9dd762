"""Profile and drift: what is the same is called the same, and a planted shift is found."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from monitoring_toys import DAY, big_purchases, big_stock, drift_params, stock_of, toy_households

from pantrypilot.pipelines.monitoring.drift import FIRST, ROWS, find_drift
from pantrypilot.pipelines.monitoring.profiling import KNOTS, profile_tables, sketch_tables

PARAMS = drift_params()
STOCK = big_stock(3000)


def sketch(stock, last=None, as_of="latest", **tables):
    return sketch_tables(last or {}, PARAMS, as_of, stock=stock, **tables)


def drift(before, after):
    """The drift from one stock to another, by column."""
    return find_drift(sketch(after, sketch(before)), PARAMS).set_index("column")


def test_a_first_run_says_that_there_is_no_earlier_snapshot():
    found = find_drift(sketch(STOCK, purchases=big_purchases(100)), PARAMS)
    assert list(found["verdict"]) == [FIRST, FIRST] and set(found["column"]) == {ROWS}


def test_the_same_data_again_leaves_what_was_known_as_it_was():
    first, second = sketch(STOCK), sketch(big_stock(3000, seed=9), sketch(STOCK))
    assert sketch(STOCK, first) == first
    again = sketch(big_stock(3000, seed=9), second)
    assert again == second and again["before"] == first["snapshot"]


def test_rows_in_another_order_are_the_same_data():
    assert sketch(STOCK.sample(frac=1, random_state=0)) == sketch(STOCK)


def test_another_sample_of_the_same_households_has_not_drifted():
    assert set(drift(STOCK, big_stock(3000, seed=9))["verdict"]) == {"stable"}


@pytest.mark.parametrize(
    ("change", "column", "test"),
    [
        (lambda s: s.assign(quantity=s["quantity"] * 3), "quantity", "Kolmogorov-Smirnov"),
        (lambda s: s.assign(unit_cost=s["unit_cost"].where(s.index % 2 == 0)), "unit_cost", "Kolmogorov-Smirnov"),
        (lambda s: s.assign(storage_type="fridge"), "storage_type", "chi-square"),
        (lambda s: s.assign(is_low_stock=True), "is_low_stock", "chi-square"),
        (lambda s: s.assign(expiry_date=s["expiry_date"] + pd.Timedelta(days=60)), "expiry_date", "Kolmogorov-Smirnov"),
    ],
)
def test_a_planted_shift_is_found_in_its_column_alone(change, column, test):
    found = drift(STOCK, change(STOCK.copy()))
    assert found.loc[column, "verdict"] == "drifted" and found.loc[column, "test"] == test
    assert found.loc[column, "psi"] > PARAMS.psi_drifted and found.loc[column, "p_value"] < 1e-6
    assert set(found.drop(index=column)["verdict"]) == {"stable"}


def test_a_day_that_passes_is_no_drift():
    later = STOCK.assign(**{c: STOCK[c] + pd.Timedelta(days=30) for c in STOCK.select_dtypes("datetime").columns})
    found = drift(STOCK, later)
    assert set(found["verdict"]) == {"stable"} and found.loc["purchase_date", "psi"] == 0


def test_new_and_vanished_values_are_named():
    renamed = STOCK.assign(item_name=STOCK["item_name"].cat.rename_categories({"salt": "pepper"}))
    found = drift(STOCK, renamed).loc["item_name"]
    assert (found["new_values"], found["vanished"]) == ("pepper", "salt")
    few = STOCK.assign(item_name=STOCK["item_name"].astype(str).mask(STOCK.index == 5, "saffron"))
    assert drift(STOCK, few).loc["item_name", ["verdict", "new_values"]].tolist() == ["new values", "saffron"]


def test_columns_and_rows_that_come_or_go_are_told():
    found = drift(STOCK.drop(columns="brand"), STOCK.drop(columns="source").head(2000))
    assert (found.loc["brand", "verdict"], found.loc["source", "verdict"]) == ("new", "vanished")
    assert found.loc[ROWS, ["verdict", "before", "after"]].tolist() == ["drifted", "3,000", "2,000"]


def test_a_column_of_another_kind_is_told():
    found = drift(STOCK, STOCK.assign(quantity="much")).loc["quantity"]
    assert (found["verdict"], found["before"], found["after"]) == ("drifted", "a number", "a choice")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6) | st.none(), max_size=300))
def test_identical_columns_never_drift(values):
    stock = stock_of({}).iloc[[0] * len(values)].assign(quantity=pd.Series(values, dtype=float).to_numpy())
    same = sketch(stock, as_of="2026-11-01")
    found = find_drift({**same, "before": same["snapshot"]}, PARAMS)
    assert set(found["verdict"]) == {"stable"} and (found["psi"].fillna(0) == 0).all()


def test_the_distribution_between_the_knots_is_within_a_percent():
    from pantrypilot.pipelines.monitoring.drift import _at_or_below
    from pantrypilot.pipelines.monitoring.records import Numbers

    values = np.random.default_rng(0).gamma(2, 10, 50_000)
    column = sketch(stock_of({}).iloc[[0] * 50_000].assign(quantity=values))["snapshot"]["tables"]["stock"]["columns"]
    points = np.linspace(0, 100, 333)
    exact = np.searchsorted(np.sort(values), points, side="right") / len(values)
    known = Numbers.model_validate(column["quantity"])
    assert len(known.knots) == KNOTS and np.abs(_at_or_below(known, points) - exact).max() < 0.01


def test_the_profile_has_every_column_of_every_table():
    tables = {"purchases": big_purchases(500), "households": toy_households(9)}
    profile = profile_tables(sketch(STOCK, **tables)).set_index(["table", "column"])
    assert len(profile) == STOCK.shape[1] + sum(table.shape[1] for table in tables.values())
    quantity = profile.loc[("stock", "quantity")]
    assert (quantity["rows"], quantity["nulls"], quantity["distinct"]) == (3000, 0, STOCK["quantity"].nunique())
    assert float(quantity["median"]) == pytest.approx(STOCK["quantity"].median(), rel=0.02)
    assert (float(quantity["min"]), float(quantity["max"])) == pytest.approx(
        (STOCK["quantity"].min(), STOCK["quantity"].max()), rel=1e-4
    )
    assert profile.loc[("stock", "expiry_date"), "min"] == str((DAY - pd.Timedelta(days=10)).date())
    assert profile.loc[("stock", "source"), "top_values"] == "toy (3,000)"
    assert profile.loc[("purchases", "transaction_id"), ["kind", "distinct"]].tolist() == ["choice", 500]


def test_a_column_of_many_texts_is_only_counted():
    sketched = sketch_tables({}, drift_params(most_categories=50), "latest", stock=STOCK, purchases=big_purchases(500))
    profile = profile_tables(sketched).set_index(["table", "column"])
    assert profile.loc[("purchases", "transaction_id"), ["kind", "distinct"]].tolist() == ["name", 500]


def test_a_file_that_is_none_of_ours_is_refused_with_what_to_do():
    with pytest.raises(ValueError, match=r"pantry.last_distributions.*Delete that file"):
        sketch(STOCK, {"snapshot": 3})
