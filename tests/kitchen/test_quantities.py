"""Ingredient lines: the ones that cooks write, and any text at all."""

import csv
import gzip
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantrypilot.diets import judge
from pantrypilot.diets.lines import as_name
from pantrypilot.kitchen.quantities import clean_name, parse_line
from pantrypilot.kitchen.readers.allrecipes import repair


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        (
            "2 (14 oz) cans low-sodium chicken broth, warmed",
            ("low-sodium chicken broth", 2.0, "can", "14 oz; warmed"),
        ),
        ("1½ cups flour", ("flour", 1.5, "cup", None)),
        ("1-1/2 cups flour", ("flour", 1.5, "cup", None)),
        ("⅓ cup lemon curd", ("lemon curd", 0.3333, "cup", None)),
        (".5 lb. ground beef", ("ground beef", 0.5, "lb", None)),
        ("500g flour", ("flour", 500.0, "g", None)),
        ("2 to 3 tablespoons finely chopped onion", ("onion", 2.5, "tbsp", "finely chopped")),
        ("1/2-1 cup sugar", ("sugar", 0.75, "cup", None)),
        ("1 T sugar", ("sugar", 1.0, "tbsp", None)),
        ("1 t sugar", ("sugar", 1.0, "tsp", None)),
        ("1 fluid ounce pineapple juice", ("pineapple juice", 1.0, "fl oz", None)),
        ("1 28-ounce can tomatoes", ("tomatoes", 1.0, "can", "28-ounce")),
        ("1 cup plus 2 tablespoons flour", ("flour", 1.0, "cup", "plus 2 tablespoons")),
        ("a pinch of salt", ("salt", 1.0, "pinch", None)),
        ("half a lemon", ("lemon", 0.5, "pcs", None)),
        ("juice of 1 lemon", ("lemon juice", 1.0, "pcs", None)),
        ("3 cloves garlic, minced", ("garlic", 3.0, "clove", "minced")),
        ("3 cloves", ("cloves", 3.0, "pcs", None)),
        ("1 cup 2% milk", ("2% milk", 1.0, "cup", None)),
        ("2 large EGGS, beaten", ("eggs", 2.0, "pcs", "large; beaten")),
        (
            "2 pounds skinless, boneless chicken breast halves",
            ("chicken breast halves", 2.0, "lb", "skinless boneless"),
        ),
        ("salt and pepper to taste", ("salt and pepper", None, None, "to taste")),
        ("1 head romaine lettuce - rinsed, dried", ("romaine lettuce", 1.0, "head", "rinsed, dried")),
        ("1 cup lightly salted butter", ("lightly salted butter", 1.0, "cup", None)),
        # A comma after words that only describe: the food is still to come.
        ("1 cup seeded, diced tomato", ("tomato", 1.0, "cup", "seeded diced")),
        ("7 cups peeled, seeded, and chopped tomatoes", ("tomatoes", 7.0, "cup", "peeled seeded and chopped")),
        (
            "4 cups low-fat, low sodium chicken broth",
            ("low-fat low sodium chicken broth", 4.0, "cup", None),
        ),
        ("3 cups high-quality, low-sodium beef broth", ("high-quality low-sodium beef broth", 3.0, "cup", None)),
        (
            "3 whole skinless, boneless chicken breasts",
            ("whole skinless boneless chicken breasts", 3.0, "pcs", None),
        ),
        ("1 cup cold, strong, brewed coffee", ("cold strong brewed coffee", 1.0, "cup", None)),
        ("1 package sugar free, instant pudding", ("sugar free instant pudding", 1.0, "package", None)),
        (
            "12 pieces of yellow, orange, and white candy corn",
            ("yellow orange and white candy corn", 12.0, "piece", None),
        ),
        ("24 unopened, fresh, live medium oysters", ("live medium oysters", 24.0, "pcs", "unopened fresh")),
        ("1 orange, zested", ("orange", 1.0, "pcs", "zested")),
        ("1 cup sugar, divided", ("sugar", 1.0, "cup", "divided")),
        ("2 whites, beaten", ("whites", 2.0, "pcs", "beaten")),
    ],
)
def test_a_line_comes_apart_into_name_quantity_unit_and_note(line, parsed):
    assert tuple(parse_line(line)) == parsed


@pytest.mark.parametrize("line", ["", "   ", "2 cups", "1/2", "(optional)", "---", "½"])
def test_a_line_that_names_nothing_gives_none(line):
    assert parse_line(line) is None


@given(st.text(max_size=600))
def test_any_text_gives_a_lower_case_name_and_a_finite_quantity_or_nothing(text):
    parsed = parse_line(text)
    if parsed is not None:
        assert parsed.name == parsed.name.strip() == parsed.name.lower() != ""
        assert parsed.quantity is None or (math.isfinite(parsed.quantity) and parsed.quantity >= 0)
        assert (parsed.quantity is None) == (parsed.unit is None)


AMOUNTS = st.one_of(
    st.integers(1, 999).map(lambda n: (str(n), float(n))),
    st.sampled_from([("½", 0.5), ("1 1/2", 1.5), ("2¾", 2.75), ("1/4", 0.25), ("0.75", 0.75)]),
)


@given(
    AMOUNTS,
    st.sampled_from(["cup", "cups", "tbsp", "tablespoons", "can", "lb.", "cloves"]),
    st.sampled_from(["tofu", "fish sauce", "red lentils", "chicken breast"]),
)
def test_an_amount_a_unit_and_a_name_are_found_again(amount, unit, name):
    parsed = parse_line(f"{amount[0]} {unit} {name}")
    assert (parsed.name, parsed.quantity) == (name, amount[1])
    assert parsed.unit not in (None, "pcs")


@given(st.integers(1, 20), st.integers(1, 20))
def test_a_range_lies_between_its_ends(low, more):
    parsed = parse_line(f"{low} to {low + more} cups rice")
    assert low < parsed.quantity < low + more


@pytest.mark.parametrize("line", ["\ud800 egg", "9" * 500 + " eggs", "(" * 5000, "1/0 cup milk", "1" + "-" * 399])
def test_hostile_lines_do_not_raise(line):
    parse_line(line)


SHARED = Path(__file__).parents[3] / "shared" / "data" / "allrecipes" / "allrecipes.csv.gz"


@pytest.mark.realdata
@pytest.mark.skipif(not SHARED.exists(), reason="development data ../shared is not here")
def test_no_food_that_the_judge_knows_is_lost_with_the_notes_of_a_line():
    """Left are a place ("frozen Hatch, New Mexico ...") and foods of Mexico and Japan explained in brackets."""
    with gzip.open(SHARED, "rt", encoding="cp1252", errors="replace") as file:
        lines = {line for row in csv.DictReader(file) for line in repair(row["ingredient"]).split(" + ")}

    def names_a_food(name):
        return bool(judge(name, "vegan").food_classes)

    parsed = {line: parse_line(line) for line in lines}
    lost = [x for x in lines if names_a_food(as_name(x)) and not (parsed[x] and names_a_food(parsed[x].name))]
    assert len(lines) > 15_000
    assert len(lost) <= 5, lost


def test_names_lose_capitals_marks_and_brackets():
    assert clean_name("(10 oz.) frozen  Chopped Spinach") == "frozen chopped spinach"
    assert clean_name("KRAFT® Mayo") == "kraft mayo"
