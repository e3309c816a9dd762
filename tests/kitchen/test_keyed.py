"""Rows by key: duplicates, and a snapshot brought up to date."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantry_toys import inventory, purchases
from pantrypilot.kitchen.keyed import distinct, merge, sort_by_key
from pantrypilot.kitchen.tables import INVENTORY, PURCHASE_HISTORY
from pantrypilot.kitchen.typed import typed


def toy(quantities: dict[str, float], moment: str = "2026-11-01") -> pd.DataFrame:
    """Rows of one user by item."""
    frame = inventory(1, 1).iloc[[0] * len(quantities)].reset_index(drop=True)
    frame = frame.astype({"item_id": "str"})
    frame["item_id"], frame["quantity"] = list(quantities), list(quantities.values())
    frame["last_updated"] = pd.to_datetime([moment] * len(frame)).astype("datetime64[s]")
    return typed(frame, INVENTORY)[0]


def held(frame: pd.DataFrame) -> dict[str, float]:
    return dict(zip(frame["item_id"].astype(str), frame["quantity"], strict=True))


def test_of_rows_with_one_key_the_last_that_changed_is_kept_and_the_others_are_told():
    frame = pd.concat([toy({"a": 1}, "2026-11-05"), toy({"a": 2, "b": 3}), toy({"a": 4, "b": 5}, "2026-11-01")])
    frame = typed(frame.reset_index(drop=True), INVENTORY)[0]
    rows, rejects = distinct(frame, INVENTORY)
    assert held(rows) == {"a": 1, "b": 5}
    assert rejects["row"].tolist() == [1, 2, 3] and set(rejects["key"]) == {"user_00000 a", "user_00000 b"}
    assert rejects["reason"].str.startswith("the key of another row").all()


def test_rows_of_one_index_are_not_taken_for_one_row():
    frame = toy({"a": 1, "b": 2, "c": 3}).iloc[[0, 1, 2, 0]].set_axis([5, 5, 5, 5])
    assert held(distinct(frame, INVENTORY)[0]) == {"b": 2, "c": 3, "a": 1}


def test_different_keys_are_left_alone():
    frame = inventory()
    assert distinct(frame, INVENTORY)[0] is frame


def test_a_first_snapshot_is_all_new():
    merged = merge(None, toy({"b": 1, "a": 2}), INVENTORY, complete=True)
    assert held(merged.frame) == {"a": 2, "b": 1} and list(held(merged.frame)) == ["a", "b"]
    assert (merged.new, merged.changed, merged.unchanged, merged.gone) == (2, 0, 0, 0)


def test_changes_replace_rows_of_their_key_and_leave_the_others():
    merged = merge(toy({"a": 1, "b": 2, "c": 3}), toy({"b": 9, "c": 3, "d": 4}), INVENTORY, complete=False)
    assert held(merged.frame) == {"a": 1, "b": 9, "c": 3, "d": 4}
    assert (merged.new, merged.changed, merged.unchanged, merged.gone) == (1, 1, 1, 0)


def test_a_complete_read_drops_what_it_lacks():
    merged = merge(toy({"a": 1, "b": 2}), toy({"b": 2}), INVENTORY, complete=True)
    assert held(merged.frame) == {"b": 2}
    assert (merged.new, merged.changed, merged.unchanged, merged.gone) == (0, 0, 1, 1)


def test_nothing_changed_is_the_same_snapshot():
    previous = toy({"a": 1})
    pd.testing.assert_frame_equal(merge(previous, previous.head(0), INVENTORY, complete=False).frame, previous)


def test_a_column_of_nulls_that_a_file_gave_back_without_its_type_is_no_hindrance():
    frame = toy({"a": 1, "b": 2})
    bare = frame.assign(brand=pd.Categorical([None, None]))
    assert bare["brand"].cat.categories.dtype != "str"
    frame["brand"] = pd.Categorical([None, None], categories=pd.Index([], dtype="str"))
    for changes in (frame.head(0), frame.tail(1)):
        pd.testing.assert_frame_equal(merge(bare, changes, INVENTORY, complete=False).frame, frame)


def test_nulls_are_equal_to_nulls():
    frame = inventory(10, 10)
    assert frame.isna().any(axis=None)
    assert merge(frame, frame, INVENTORY, complete=True).unchanged == len(frame)


items = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([1.0, 2.0]))


@settings(deadline=None, max_examples=40)
@given(items, items)
def test_a_merge_is_what_a_dictionary_would_do(old, new):
    none = toy({"a": 1}).head(0)
    merged = merge(toy(old) if old else none, toy(new) if new else none, INVENTORY, complete=False)
    assert held(merged.frame) == old | new
    same = sum(old.get(key) == value for key, value in new.items())
    assert (merged.new, merged.unchanged) == (len(new.keys() - old.keys()), same)
    assert merged.changed == len(new) - merged.new - same


@pytest.mark.parametrize(("frame", "schema"), [(inventory(), INVENTORY), (purchases(), PURCHASE_HISTORY)])
def test_rows_are_sorted_by_key_from_any_order(frame, schema):
    pd.testing.assert_frame_equal(sort_by_key(frame.sample(frac=1, random_state=1), schema), frame)


def test_the_parts_of_a_merge_make_the_same_table_as_the_whole():
    whole = purchases(6, 20)
    parts = [typed(whole[::2], PURCHASE_HISTORY)[0], typed(whole[1::2], PURCHASE_HISTORY)[0]]
    pd.testing.assert_frame_equal(merge(*parts, PURCHASE_HISTORY, complete=False).frame, whole)
