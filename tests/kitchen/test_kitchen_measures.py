"""Units to g, ml and pcs: values from the definitions, locales, packages, and the way there and back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantrypilot.kitchen.measures import CANONICAL, FoodFacts, Kitchen, MeasuresError
from pantrypilot.kitchen.units import measure_data

US = Kitchen("us")
LOCALES = list(measure_data().locales)
FLOUR, KALE, EGGS = FoodFacts("flour", density=0.53), FoodFacts("kale"), FoodFacts("eggs", per_piece=50)
KNOWN = FoodFacts("apples", density=0.8, per_piece=180)
# not Pint's: NIST Handbook 44 appendix C, the UK's Units of Measurement Regulations 1995, and the makers of cups
MILLILITRES = {
    "us": {"tsp": 4.92892, "tbsp": 14.78676, "cup": 236.58824, "fl oz": 29.57353, "pint": 473.17647, "quart": 946.35295,
           "gallon": 3785.41178},
    "imperial": {"tsp": 5, "tbsp": 15, "cup": 284.13063, "fl oz": 28.41306, "pint": 568.26125, "quart": 1136.5225,
                 "gallon": 4546.09},
    "metric": {"tsp": 5, "tbsp": 15, "cup": 250, "pint": 568.26125},
    "australian": {"tsp": 5, "tbsp": 20, "cup": 250, "pint": 568.26125},
    "japanese": {"tsp": 5, "tbsp": 15, "cup": 200},
}  # fmt: skip
EVERYWHERE = {"mg": 0.001, "g": 1, "kg": 1000, "oz": 28.349523125, "lb": 453.59237, "ml": 1, "cl": 10, "dl": 100,
              "l": 1000, "pcs": 1, "piece": 1, "dozen": 12, "head": 1}  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
def test_a_unit_has_the_size_that_its_locale_gives_it(locale):
    for unit, size in {**MILLILITRES[locale], **EVERYWHERE}.items():
        assert Kitchen(locale).measure(unit).amount == pytest.approx(size, rel=1e-6), unit


def test_factors_are_exact():
    assert US.measure("lb").amount == 453.59237 and US.measure("cup").amount == 236.5882365


def test_the_locale_that_a_unit_says_goes_before_the_kitchens():
    assert US.measure("imperial pint").amount == Kitchen("imperial").measure("pint").amount
    assert Kitchen("imperial").measure("US pint") == US.measure("pint")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_unit_of_the_table_has_a_dimension_in_every_locale(locale):
    for unit in measure_data().units:
        measure = Kitchen(locale).measure(unit)
        assert measure.dimension in CANONICAL and measure.amount > 0


def test_pint_is_never_asked_what_a_text_means():
    """Its bag is 94 pounds and its can a hundredth of a year."""
    assert US.measure("bag").package and US.measure("can").package
    assert US.measure("parsec") is None and US.measure("1 g") is None


@pytest.mark.parametrize(
    ("unit", "target", "food", "canonical", "factor"),
    [
        ("cups", "mass", FLOUR, "g", 236.5882365 * 0.53),
        ("kg", "volume", FLOUR, "ml", 1000 / 0.53),
        ("dozen", "mass", EGGS, "g", 600),
        ("lb", "count", EGGS, "pcs", 453.59237 / 50),
        ("cup", "count", KNOWN, "pcs", 236.5882365 * 0.8 / 180),
        ("head", "volume", KNOWN, "ml", 180 / 0.8),
        ("cup", None, FLOUR, "ml", 236.5882365),
    ],
)
def test_density_and_weight_lead_from_one_dimension_to_another(unit, target, food, canonical, factor):
    conversion = US.convert(unit, target, food)
    assert (conversion.unit, conversion.factor) == (canonical, pytest.approx(factor))


def test_where_no_fact_leads_to_the_target_the_unit_keeps_its_own_dimension_and_says_why():
    assert US.convert("cup", "mass", KALE) == ("ml", 236.5882365, "1 cup = 236.588 ml; no density is known")
    assert US.convert("dozen", "mass", KALE) == ("pcs", 12, "1 dozen = 12 pcs; no weight of a piece is known")
    assert US.convert("g", "volume", EGGS) == ("g", 1, "1 g; no density is known")


@pytest.mark.parametrize("useless", [None, 0.0, -1.0, math.nan, math.inf])
def test_a_fact_that_is_no_positive_number_is_no_fact(useless):
    assert US.convert("cup", "mass", FoodFacts("flour", density=useless)).unit == "ml"


@pytest.mark.parametrize(
    ("unit", "target", "food", "canonical", "factor"),
    [
        ("can", "mass", FoodFacts("canned Tuna"), "g", 142),
        ("can", "mass", KALE, "g", 400),  # any can
        ("can", "volume", KALE, "pcs", 1),  # the 400 g of any can do not lead to ml
        ("can", "volume", FoodFacts("coconut milk"), "ml", 400),
        ("can", "mass", FoodFacts("coconut milk", density=0.97), "g", 388),
        ("cloves", "mass", FoodFacts("garlic"), "g", 3),
        ("clove", "count", FoodFacts("garlic", per_piece=40), "pcs", 3 / 40),
        ("can", "count", FoodFacts("kale", per_piece=40), "pcs", 1),  # only a size of its own says more than "one"
        ("bunch", "mass", FoodFacts("Spring Onion"), "g", 100),
        ("bunch", "mass", KALE, "pcs", 1),
        ("bunch", "mass", FoodFacts("kale", per_piece=200), "pcs", 1),  # a bunch is no piece
        ("bottle", "volume", FoodFacts("olive oil"), "pcs", 1),
        ("can", None, FoodFacts("canned tuna"), "pcs", 1),
        ("can", "mass", FoodFacts("canned tuna", per_piece=150, package="can"), "g", 150),  # its own
        ("can", "count", FoodFacts("canned tuna", per_piece=150, package="can"), "pcs", 1),
        ("jar", "mass", FoodFacts("canned tuna", per_piece=150, package="can"), "pcs", 1),
        ("can", "volume", FoodFacts("beans", density=0.8, per_piece=400, package="can"), "ml", 500),
    ],
)
def test_a_package_is_what_the_data_says_that_it_holds_or_one_piece(unit, target, food, canonical, factor):
    conversion = US.convert(unit, target, food)
    assert (conversion.unit, conversion.factor) == (canonical, pytest.approx(factor)), conversion.how


def test_a_user_says_what_packages_hold_beyond_the_table():
    own = Kitchen("us", {"bottle": {"olive oil": "500 ml", "any": "1 pint"}, "can": {"tuna": "80 g"}})
    assert own.convert("bottle", "volume", FoodFacts("olive oil")).factor == 500
    assert own.convert("bottle", "volume", KALE).factor == pytest.approx(473.176473)
    assert own.convert("can", "mass", FoodFacts("tuna")).factor == 80
    assert own.convert("can", "mass", FoodFacts("sardines")).factor == 106


@pytest.mark.parametrize(
    ("locale", "holds", "told"),
    [
        ("imperal", {}, "locale: there is no 'imperal'. Did you mean 'imperial'"),
        ("us", {"botle": {"any": "1 l"}}, "no 'botle'. Did you mean 'bottle'"),
        ("us", {"bottle": {"olive oil": "1 mile"}}, "packages.bottle.olive oil: '1 mile' is no amount"),
        ("us", {"bottle": {"any": "500"}}, "'500' is no amount"),
        ("us", {"bottle": {"any": "0 ml"}}, "'0 ml' is no amount"),
        ("us", {"bottle": {"any": "2 cans"}}, "'2 cans' is no amount"),
    ],
)
def test_a_kitchen_that_cannot_be_says_what_to_mend(locale, holds, told):
    with pytest.raises(MeasuresError, match=told):
        Kitchen(locale, holds)


def test_an_unknown_unit_is_an_error_with_the_nearest():
    with pytest.raises(MeasuresError, match="'litters' is no known unit"):
        US.convert("litters", "mass", FLOUR)


UNITS = st.sampled_from([unit for unit, data in measure_data().units.items() if data.means != "package"])
TARGETS = st.sampled_from(list(CANONICAL))
FACTS = st.builds(
    FoodFacts,
    density=st.none() | st.floats(0.05, 20),
    per_piece=st.none() | st.floats(0.01, 20_000),
)
QUANTITIES = st.floats(1e-6, 1e6)


@given(UNITS, TARGETS, FACTS, QUANTITIES, st.sampled_from(LOCALES))
def test_there_and_back_is_the_same_quantity(unit, target, food, quantity, locale):
    kitchen = Kitchen(locale)
    there = kitchen.convert(unit, target, food)
    start = kitchen.measure(unit)
    back = kitchen.convert(there.unit, start.dimension, food)
    assert back.unit == CANONICAL[start.dimension]
    assert quantity * there.factor * back.factor / start.amount == pytest.approx(quantity, rel=1e-12)


@given(UNITS, TARGETS, TARGETS, FACTS)
def test_a_way_through_a_third_unit_is_the_same_way(unit, first, second, food):
    through = US.convert(unit, first, food)
    direct, onward = US.convert(unit, second, food), US.convert(through.unit, second, food)
    if direct.unit == onward.unit:
        assert through.factor * onward.factor == pytest.approx(direct.factor, rel=1e-12)


@given(UNITS, TARGETS, FACTS, QUANTITIES, QUANTITIES)
def test_more_of_a_unit_is_more_of_the_canonical_one(unit, target, food, one, other):
    factor = US.convert(unit, target, food).factor
    assert math.isfinite(factor) and factor > 0
    low, high = sorted((one, other))
    assert low * factor <= high * factor
