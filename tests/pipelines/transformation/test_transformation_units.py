"""Conversions by distinct pair of food and unit; rows whose unit nobody knows are kept apart."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformation_toys import BOUGHT, FOODS, STOCKED, UNITS, inventory, many, many_foods, purchases

from pantrypilot.kitchen.measures import Kitchen, MeasuresError
from pantrypilot.pipelines.transformation import units
from pantrypilot.pipelines.transformation.keys import find_rows, shared_keys
from pantrypilot.pipelines.transformation.units import convert_units, known_rows, list_unit_rejects

EGG, MILK = {"item_id": "I_egg", "item_name": "eggs"}, {"item_id": "I_milk", "item_name": "whole milk"}
STRANGE = {"item_id": "I_teff", "item_name": "teff"}


def conversions(*stocked, bought=(), foods=FOODS, **params):
    return convert_units(inventory(*stocked), purchases(*bought), foods, UNITS.model_copy(update=params)).set_index(
        ["item_id", "unit"]
    )


def test_there_is_one_row_for_each_pair_of_either_table_with_its_rows():
    table = conversions({}, {"user_id": "user_002"}, {"unit": "cup"}, bought=[{}, MILK])
    assert table[["inventory_rows", "purchase_rows"]].to_dict("index") == {
        ("I_flour", "cup"): {"inventory_rows": 1, "purchase_rows": 0},
        ("I_flour", "lb"): {"inventory_rows": 2, "purchase_rows": 1},
        ("I_milk", "lb"): {"inventory_rows": 0, "purchase_rows": 1},
    }


def test_all_units_of_a_food_end_in_the_unit_that_the_food_table_counts_in():
    table = conversions({"unit": "cup"}, {"unit": "lb"}, {**MILK, "unit": "kg"}, {**EGG, "unit": "dozen"})
    assert table["canonical_unit"].to_dict() == {
        ("I_egg", "dozen"): "pcs", ("I_flour", "cup"): "g", ("I_flour", "lb"): "g", ("I_milk", "kg"): "ml"
    }  # fmt: skip
    assert table.loc[("I_milk", "kg"), "factor"] == pytest.approx(1000 / 1.03)
    assert table["is_canonical"].all()


def test_a_food_that_the_food_table_lacks_ends_in_the_dimension_of_most_rows():
    stocked = [{**STRANGE, "unit": unit} for unit in ("g", "cup", "cup", "tbsp")]
    table = conversions(*stocked, bought=[{**STRANGE, "unit": "oz"}])
    assert table["canonical_unit"].to_dict() == {
        ("I_teff", "cup"): "ml", ("I_teff", "tbsp"): "ml", ("I_teff", "g"): "g", ("I_teff", "oz"): "g"
    }  # fmt: skip
    assert table["is_canonical"].to_dict() == {
        ("I_teff", "cup"): True, ("I_teff", "tbsp"): True, ("I_teff", "g"): False, ("I_teff", "oz"): False
    }  # fmt: skip


def test_the_parameter_decides_which_unit_is_canonical():
    stocked = [{"unit": "cup"}, {"unit": "cup"}, {"unit": "kg"}]
    expected = {"foods": ["g", "g"], "most_rows": ["ml", "ml"], "own": ["ml", "g"]}
    for canonical, found in expected.items():
        table = conversions(*stocked, canonical=canonical)
        assert table["canonical_unit"].tolist() == found and table["is_canonical"].all()


def test_a_food_with_another_id_is_known_by_its_name():
    table = conversions({"item_id": "4711", "item_name": "Canned_Tuna", "unit": "can"})
    assert table["factor"].tolist() == [150]


def test_what_is_sold_by_the_can_is_counted_in_the_grams_that_the_food_table_says():
    tuna = {"item_id": "I_tuna", "item_name": "canned tuna"}
    table = conversions({**tuna, "unit": "tins"}, {**tuna, "unit": "g"}, {**tuna, "unit": "jar"})
    assert table["canonical_unit"].tolist() == ["g", "pcs", "g"]
    assert table["factor"].tolist() == [1, 1, 150]
    assert table["is_canonical"].tolist() == [True, False, True]


def test_the_locale_and_what_packages_hold_are_parameters():
    pint, bottle = {**MILK, "unit": "pint"}, {**MILK, "unit": "bottle"}
    assert conversions(pint)["factor"].tolist() == [pytest.approx(473.176473)]
    assert conversions(pint, locale="imperial")["factor"].tolist() == [568.26125]
    assert conversions(bottle)["canonical_unit"].tolist() == ["pcs"]
    assert conversions(bottle, packages={"bottle": {"milk": "1 quart"}})["factor"].tolist() == [946.352946]
    with pytest.raises(MeasuresError, match="no 'uk'"):
        conversions(pint, locale="uk")


def test_a_unit_is_looked_at_once_whatever_the_rows(monkeypatch):
    asked = []

    class Counted(Kitchen):
        def convert(self, text, target, food):
            asked.append((food.name, text))
            return super().convert(text, target, food)

    monkeypatch.setattr(units, "Kitchen", Counted)
    convert_units(many(STOCKED, 3_000, 50), many(BOUGHT, 9_000, 50), many_foods(), UNITS)
    assert len(asked) == len(set(asked)) <= 200 * 9


def test_rows_of_an_unknown_unit_are_kept_apart_with_the_reason():
    stocked = inventory({}, {"unit": "litters"}, {"unit": None}, {"item_id": None})
    bought = purchases({"unit": "firkin", "quantity_purchased": 2.0}, {})
    table = convert_units(stocked, bought, FOODS, UNITS)
    rejects = list_unit_rejects(stocked, bought, table).astype(object)
    assert rejects.to_numpy().tolist() == [
        ["inventory", 1, "user_001 I_flour", "unit", "litters",
         "'litters' is no known unit. Did you mean 'liters'?", "flour", 3.0],
        ["inventory", 2, "user_001 I_flour", "unit", np.nan, "no unit, or no item_id", "flour", 3.0],
        ["inventory", 3, np.nan, "unit", "lb", "no unit, or no item_id", "flour", 3.0],
        ["purchase_history", 0, "T_1", "unit", "firkin", "'firkin' is no known unit.", "flour", 2.0],
    ]  # fmt: skip
    for rows, left in ((stocked, 1), (bought, 1)):
        kept, conversion = known_rows(rows, table)
        assert len(kept) == len(conversion) == left
        assert kept["item_id"].tolist() == conversion["item_id"].tolist()


UNIT_TEXTS = st.sampled_from(["g", "KG", "cups", "each", "can", "firkin", "", None])
ROWS = st.lists(st.tuples(st.sampled_from(["I_flour", "I_egg", "I_teff", None]), UNIT_TEXTS), max_size=12)


@settings(max_examples=40, deadline=None)
@given(ROWS, ROWS)
def test_the_rows_add_up(stocked, bought):
    left = inventory(*({"item_id": item, "unit": unit} for item, unit in stocked))
    right = purchases(*({"item_id": item, "unit": unit} for item, unit in bought))
    table = convert_units(left, right, FOODS, UNITS)
    kept = [len(known_rows(rows, table)[0]) for rows in (left, right)]
    assert sum(kept) + len(list_unit_rejects(left, right, table)) == len(left) + len(right)
    assert table["factor"].notna().equals(table["reason"].isna())


def test_rows_meet_by_their_texts_whatever_the_order_of_their_categories():
    left = pd.DataFrame({"a": pd.Categorical(["x", "y", "x"]), "b": ["1", "1", "2"]})
    names = pd.Categorical(["y", "x", "z", None, "y"], ["z", "y", "x"])
    right = pd.DataFrame({"a": names, "b": ["1", "2", "1", "1", None]})
    assert find_rows(left, right, ["a", "b"]).tolist() == [1, 2, -1, -1, -1]
    ours, theirs = shared_keys(left, right, ["a", "b"])
    assert len(set(ours)) == 3 and theirs.tolist() == [ours[1], ours[2], -1, -1, -1]


def test_a_null_on_the_left_meets_nothing():
    left = pd.DataFrame({"a": ["x", "x", "y"], "b": ["1", "2", None]})
    assert find_rows(left, left, ["a", "b"]).tolist() == [0, 1, -1]
