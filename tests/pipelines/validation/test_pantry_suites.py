"""The shipped suites, and what a typo in one is told."""

import pytest
from pydantic import ValidationError

from household_checks import ToyFoods, checked, inventory, limits, only, suite, suites, tables
from pantrypilot.kitchen.foods import load_foods
from pantrypilot.kitchen.tables import TABLES
from pantrypilot.pipelines.validation.pantry.columns import HELPERS
from pantrypilot.pipelines.validation.pantry.expectations import SuiteError
from pantrypilot.pipelines.validation.pantry.params import PantryValidation


def told(change):
    with pytest.raises((SuiteError, ValidationError)) as problem:
        checked("inventory", inventory(), change())
    return str(problem.value)


def test_every_table_has_a_suite_that_good_rows_pass():
    assert set(suites()) == set(TABLES)
    for table, frame in tables().items():
        checks, failing = checked(table, frame)
        assert checks["passed"] and not checks["stops"] and failing.empty, (table, checks)
        assert len(checks["expectations"]) == len(list(suites()[table].each())) >= 12


def test_every_expectation_may_be_named_either_way():
    for written in ("ExpectColumnValuesToNotBeNull", "expect_column_values_to_not_be_null"):
        checks, _ = checked("inventory", inventory(), only("inventory", x={"type": written, "for_each": ["unit"]}))
        assert [record["name"] for record in checks["expectations"]] == ["x.unit"] and checks["passed"]


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"type": "ExpectColumnValuesToBeBetwen"}, "Did you mean 'ExpectColumnValuesToBeBetween'"),
        ({"type": "expect_column_value_to_be_betwen"}, "Did you mean 'ExpectColumnValuesToBeBetween'"),
        ({"kwargs": {"column": "quantity", "min_valu": 0}}, "no kwarg 'min_valu'. Did you mean 'min_value'"),
        ({"kwargs": {"column": "quantitty", "min_value": 0}}, "no column 'quantitty'. Did you mean 'quantity'"),
        ({"kwargs": {"column": "unit_fits_foods"}}, "Did you mean 'unit_fits_food'"),
        ({"severity": "fatal"}, "severity"),
        ({"kwarg": {}}, "kwarg"),
        ({"kwargs": {"column": "quantity", "min_value": "many", "mostly": 7}}, "mostly"),
    ],
)
def test_a_typo_is_told_with_its_place_and_the_nearest_right_word(change, hint):
    message = told(lambda: suite("inventory", quantity_above_zero=change))
    assert "quantity_above_zero" in message and hint in message


def test_unknown_words_tables_and_kinds_of_unit_are_refused_with_the_nearest():
    values = {"type": "ExpectColumnValuesToBeInSet", "kwargs": {"column": "unit", "value_set": {"of": "unit"}}}
    assert "no values of 'unit'. Did you mean 'units'" in told(lambda: only("inventory", x=values))
    with pytest.raises(ValidationError, match="Did you mean 'inventory'"):
        type(suites()["inventory"]).model_validate({**suites()["inventory"].model_dump(), "table": "inventori"})
    with pytest.raises(ValidationError, match=r"kinds_of_category\.dairy.*Did you mean 'volume'"):
        PantryValidation.model_validate({**limits().model_dump(), "kinds_of_category": {"dairy": ["volum"]}})


def test_every_category_of_the_toy_foods_has_units_and_every_helper_column_is_used_by_a_suite():
    assert set(ToyFoods().categories) <= set(limits().kinds_of_category)
    for table, helpers in HELPERS.items():
        used = {column for _, expectation in suites()[table].each() for column in expectation.columns}
        assert set(helpers) <= used, table


def test_an_expectation_of_each_column_is_one_result_of_its_own():
    names = [name for name, _ in suites()["inventory"].each()]
    assert {"is_filled.quantity", "is_filled.unit"} <= set(names) and len(names) == len(set(names))


def test_no_expectation_is_left_without_a_word_for_the_cook():
    for table in suites().values():
        for name, expectation in table.expectations.items():
            assert len(expectation.reason.split()) >= 4, name


def test_every_category_of_the_shipped_foods_may_be_measured_in_all_that_it_is_sold_in():
    for name, category in load_foods().categories.items():
        assert set(category.sold_in) <= limits().units_of(name), name
    for food in load_foods().values():
        assert food.usual_quantity * 10 <= limits().units[food.unit].largest, food.name
