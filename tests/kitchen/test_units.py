"""How units are written: every spelling of the table, and any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pantrypilot.kitchen.quantities import parse_line
from pantrypilot.kitchen.units import MeasureData, explain, measure_data, read_unit, recipe_spellings

SPELLINGS = [(word, name) for name, unit in measure_data().units.items() for word in (*unit.spellings, *unit.also)]


@pytest.mark.parametrize(("word", "name"), SPELLINGS)
def test_every_spelling_is_read_in_any_case_and_with_a_full_stop(word, name):
    for written in (word, word.upper(), word.title(), f" {word}. "):
        assert read_unit(written) == (name, None), written


@pytest.mark.parametrize(
    ("text", "name", "locale"),
    [
        ("Litre", "l", None),
        ("L", "l", None),
        ("lbs", "lb", None),
        ("fl. oz", "fl oz", None),
        ("FL_OZ", "fl oz", None),
        ("fl-oz", "fl oz", None),
        ("KG", "kg", None),
        ("㎏", "kg", None),
        ("each", "pcs", None),
        ("can(s)", "can", None),
        ("US cup", "cup", "us"),
        ("U.S. customary cups", "cup", "us"),
        ("imperial pints", "pint", "imperial"),
        ("UK fl oz", "fl oz", "imperial"),
        ("Australian tablespoon", "tbsp", "australian"),
    ],
)
def test_a_unit_is_read_as_people_write_it(text, name, locale):
    assert read_unit(text) == (name, locale)


@pytest.mark.parametrize("text", ["", " ", "litters", "500 g", "kg/week", "firkin", "US gram", "imperial", "T", "µg"])
def test_what_is_not_known_is_not_guessed(text):
    assert read_unit(text) is None


def test_the_reason_names_the_nearest_spelling():
    assert explain("litters") == "'litters' is no known unit. Did you mean 'liters'?"
    assert explain("firkin").startswith("'firkin' is no known unit.")
    assert explain("  ") == "no unit"


@given(st.text(max_size=200))
def test_any_text_is_a_unit_or_none(text):
    read = read_unit(text)
    assert read is None or read.name in measure_data().units
    assert explain(text)


def test_an_ingredient_line_knows_the_same_units_but_for_words_that_may_be_the_foods():
    assert set(recipe_spellings().items()) <= set(SPELLINGS)
    assert tuple(parse_line("2 tins tomatoes")) == ("tomatoes", 2.0, "can", None)
    assert parse_line("1 block tofu").name == "block tofu" and read_unit("block").name == "package"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"units": {"g": {"is": "gram", "spellings": ["g"]}, "gg": {"is": "gram", "also": ["G"]}}}, "'G' is g already"),
        ({"units": {"cup": {"is": {"uss": "cup"}}}}, "no 'uss'. Did you mean 'us'"),
        ({"locales": {"us": {"names": []}, "metric": {"like": "su", "names": []}}}, "no 'su'"),
        ({"holds": {"g": {"any": "1 g"}}}, "no 'g'"),
    ],
)
def test_a_slip_in_the_table_is_refused(change, told):
    table = {"locales": {"us": {"names": ["us"]}}, "units": {"can": {"is": "package"}}, "holds": {}}
    MeasureData.model_validate(table)
    with pytest.raises(ValidationError, match=told):
        MeasureData.model_validate({**table, **change})
