"""Any frame becomes a table of the project, or says which cells do not let it."""

import datetime as dt
import logging
import time

import numpy as np
import pandas as pd
import pytest

from pantry_toys import households, inventory, purchases
from pantrypilot.kitchen.tables import HOUSEHOLDS, INVENTORY, PURCHASE_HISTORY
from pantrypilot.kitchen.typed import REJECT_COLUMNS, TableError, refuse_when_nothing_is_left, typed


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """As a CSV that was read without types."""
    return frame.astype(object).where(frame.notna(), None).map(lambda value: None if value is None else str(value))


@pytest.mark.parametrize(
    ("frame", "schema"), [(inventory(), INVENTORY), (purchases(), PURCHASE_HISTORY), (households(), HOUSEHOLDS)]
)
def test_a_typed_table_stays_what_it_is_and_comes_back_from_text(frame, schema):
    for given in (frame, as_text(frame), frame[frame.columns[::-1]]):
        rows, rejects = typed(given, schema)
        pd.testing.assert_frame_equal(rows, frame)
        assert not len(rejects) and tuple(rejects) == REJECT_COLUMNS


def test_the_types_are_those_that_the_other_stages_count_on():
    found = typed(as_text(inventory()), INVENTORY)[0].dtypes.map(str)
    kinds = {"number": "float64", "flag": "boolean", "day": "datetime64[s]", "time": "datetime64[s]"}
    for column in INVENTORY.columns:
        assert found[column.name] == ("category" if column.category else kinds.get(column.kind, "str"))


def test_a_frame_of_python_objects_is_typed_too():
    frame = inventory(1, 3).astype(object)
    frame["expiry_date"] = [dt.date(2026, 11, 8), None, pd.Timestamp("2026-11-09 10:00")]
    in_seoul = pd.Timestamp("2026-11-01 10:00", tz="Asia/Seoul")
    frame["last_updated"] = [dt.datetime(2026, 11, 1, 8), "2026-11-01", in_seoul]
    frame["allergen_flag"] = [True, "f", 0]
    frame["quantity"] = [1, "2.5", 3.0]
    rows, rejects = typed(frame, INVENTORY)
    assert not len(rejects)
    assert rows["expiry_date"].dt.day.tolist()[::2] == [8, 9] and pd.isna(rows["expiry_date"][1])
    assert rows["last_updated"].dt.hour.tolist() == [8, 0, 1]
    assert rows["allergen_flag"].tolist() == [True, False, False] and rows["quantity"].tolist() == [1, 2.5, 3]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("quantity", "two", "not a finite number"),
        ("quantity", "inf", "not a finite number"),
        ("expiry_date", "11/08/2026", "not a date; write 2026-11-08"),
        ("last_updated", "yesterday", "not a moment; write 2026-11-08 18:30:00"),
        ("allergen_flag", "perhaps", "neither true nor false"),
        ("brand", "a\x00b", "holds a NUL character, which no database takes"),
        ("item_id", None, "empty, so the row cannot be told from others"),
        ("item_id", "", "empty, so the row cannot be told from others"),
        ("last_updated", "", "empty, so the row cannot be told from others"),
    ],
)
def test_a_cell_that_cannot_be_typed_takes_its_row_out_and_says_why(column, value, reason):
    frame = as_text(inventory())
    frame.loc[3, column] = value
    rows, rejects = typed(frame, INVENTORY)
    assert rows.index.tolist() == [n for n in range(20) if n != 3]
    [reject] = rejects.to_dict("records")
    assert (reject["table"], reject["row"], reject["column"]) == ("inventory", 3, column)
    assert reject["value"] == (value or "") and reject["reason"] == reason
    assert reject["key"] == ("user_00000 " if column == "item_id" else "user_00000 I_003")


def test_a_null_that_may_be_one_is_none_however_it_is_written():
    frame = as_text(inventory(1, 4))
    frame["unit_cost"], frame["expiry_date"] = ["", "NaN", None, float("nan")], ["", "NaT", None, "nan"]
    frame["allergen_flag"] = ["", None, float("nan"), "nan"]
    rows, rejects = typed(frame, INVENTORY)
    assert len(rows) == 4 and not len(rejects)
    assert rows[["unit_cost", "expiry_date", "allergen_flag"]].isna().all(axis=None)


def test_an_infinity_among_numbers_is_a_reject_and_a_nan_a_null():
    frame = inventory(1, 3).assign(unit_cost=[float("inf"), float("nan"), 1.0])
    rows, rejects = typed(frame, INVENTORY)
    assert rows.index.tolist() == [1, 2] and rejects["value"].tolist() == ["inf"]


def test_an_empty_text_is_not_a_null():
    frame = households(2).assign(allergens=["", None])
    assert typed(frame, HOUSEHOLDS)[0]["allergens"].isna().tolist() == [False, True]


def test_a_row_with_two_bad_cells_is_told_twice_and_left_out_once():
    frame = as_text(inventory())
    frame.loc[2, ["quantity", "unit_cost"]] = "?"
    rows, rejects = typed(frame, INVENTORY)
    assert len(rows) == 19 and rejects["column"].tolist() == ["quantity", "unit_cost"]


def test_a_missing_required_column_is_named_with_its_table_and_what_to_do():
    with pytest.raises(TableError, match=r"table inventory lacks the column quantity, unit; it has .*Rename or add it"):
        typed(inventory().drop(columns=["quantity", "unit"]), INVENTORY)


def test_other_missing_columns_are_empty_and_unknown_ones_dropped_with_a_word(caplog):
    with caplog.at_level(logging.WARNING):
        rows, _ = typed(inventory().drop(columns=["brand", "unit_cost"]).assign(mood="good"), INVENTORY)
    assert rows["brand"].isna().all() and rows["unit_cost"].dtype == "float64"
    assert "inventory lacks brand, unit_cost" in caplog.text.replace("unit_cost, brand", "brand, unit_cost")
    assert "dropped: mood" in caplog.text


def test_purchases_without_a_moment_of_change_take_their_day():
    rows, _ = typed(purchases().drop(columns="last_updated"), PURCHASE_HISTORY)
    assert rows["last_updated"].equals(rows["purchase_date"].rename("last_updated"))


def test_equal_rows_are_equal_whatever_their_categories_were():
    frame = inventory()
    other = frame.copy()
    other["unit"] = other["unit"].cat.set_categories(["pcs", "g", "kg", "ml", "bushel", "L"])
    pd.testing.assert_frame_equal(typed(other, INVENTORY)[0], frame)
    assert frame["unit"].cat.categories.tolist() == sorted(frame["unit"].unique())


def test_a_frame_without_rows_has_the_types_as_well():
    rows, rejects = typed(as_text(inventory()).head(0), INVENTORY)
    kinds = lambda frame: frame.dtypes.map(str).to_dict()  # noqa: E731
    assert kinds(rows) == kinds(inventory()) and not len(rejects)


def test_ten_thousand_malformed_rows_are_ten_thousand_rejects():
    frame = as_text(inventory(400, 50))
    frame.loc[::2, "last_updated"] = "some day"
    rows, rejects = typed(frame, INVENTORY)
    assert (len(rows), len(rejects)) == (10_000, 10_000)


def test_a_table_of_which_nothing_is_left_is_refused():
    rows, rejects = typed(as_text(inventory()).assign(quantity="?"), INVENTORY)
    with pytest.raises(TableError, match=r"None of the 20 rows of inventory .* row 0: quantity '\?' is not a finite"):
        refuse_when_nothing_is_left(rows, rejects, "inventory")
    refuse_when_nothing_is_left(*typed(inventory().head(0), INVENTORY), "inventory")


def test_half_a_million_rows_of_text_take_seconds():
    frame = inventory(100, 50)
    for name in frame.columns[frame.dtypes == "category"]:
        frame[name] = frame[name].astype("str")
    frame["last_updated"] = frame["last_updated"].astype(str)
    frame = frame.iloc[np.tile(np.arange(len(frame)), 100)]
    start = time.perf_counter()
    assert len(typed(frame, INVENTORY)[0]) == 500_000
    assert time.perf_counter() - start < 15  # about 2 alone on two cores
