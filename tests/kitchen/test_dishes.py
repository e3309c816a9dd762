"""Dish forms: titles and steps for lists of ingredients."""

import random
import re
import time

import pytest

from pantrypilot.kitchen.composing import compose_dish
from pantrypilot.kitchen.dish_data import DishesError
from pantrypilot.kitchen.dishes import load_dishes

DISHES = load_dishes()
NAMES = sorted(name for role in DISHES.data.roles.values() for name in role.names)
MADE_UP = ["zorgle", "blin fasa", "quorpit", "mandu leaf", "part skim low moisture shredded cheese", "x"]


def drawn(count, seed=0):
    rng = random.Random(seed)
    lists = [rng.sample(NAMES + MADE_UP, rng.randint(2, 7)) for _ in range(count)]
    return [(names, *compose_dish(names, rng, DISHES)) for names in lists]


@pytest.mark.parametrize("names", [["tofu", "rice"], MADE_UP, ["salt"], ["beef steak", "figs", "yeast", "nori"]])
def test_every_ingredient_is_named_in_the_steps(names):
    for seed in range(50):
        _, steps = compose_dish(names, random.Random(seed), DISHES)
        assert all(re.search(rf"\b{re.escape(name)}\b", " ".join(steps)) for name in names)


def test_dishes_have_three_to_five_steps_of_plain_length():
    made = drawn(2000)
    assert all(3 <= len(steps) <= 5 for _, _, steps in made)
    lengths = [len(step.split()) for _, _, steps in made for step in steps]
    assert min(lengths) >= 5
    assert sum(length <= 13 for length in lengths) / len(lengths) > 0.97
    assert max(lengths) <= 18


def test_nothing_is_left_unfilled_and_no_food_is_named_that_is_not_there():
    for names, title, steps in drawn(500, seed=1):
        text = " ".join((title, *steps))
        assert not set("{}") & set(text)
        longer = " ".join(steps)
        for name in sorted(names, key=len, reverse=True):
            longer = longer.replace(name, "")
        assert not re.search(r"\b(chicken|tofu|butter|cheese|sugar|oil)\b", longer)


def test_the_same_seed_writes_the_same_dish_and_others_vary():
    names = ["tofu", "kale", "soy sauce", "garlic"]
    made = [compose_dish(names, random.Random(seed), DISHES) for seed in (1, 1, *range(2, 60))]
    assert made[0] == made[1]
    assert len({title for title, _ in made}) >= 15
    assert len({step for _, steps in made for step in steps}) >= 60


def test_a_title_names_the_cuisine_only_when_it_is_given():
    names = ["tofu", "kale", "soy sauce"]
    titles = [compose_dish(names, random.Random(i), DISHES, cuisine="korean")[0] for i in range(80)]
    assert any("Korean" in title for title in titles)
    assert not any("Korean" in compose_dish(names, random.Random(i), DISHES)[0] for i in range(80))


def test_a_cuisine_with_two_words_reads_well():
    titles = [compose_dish(["okra"], random.Random(i), DISHES, cuisine="southern_us")[0] for i in range(60)]
    assert any(title.startswith("Southern Us ") for title in titles)


def test_meat_is_browned_and_noodles_are_boiled():
    names = ["ground beef", "egg noodles", "garlic"]
    made = [compose_dish(names, random.Random(i), DISHES, form="noodle_bowl") for i in range(30)]
    text = " ".join(step for _, steps in made for step in steps)
    assert "Boil the egg noodles" in text or "Cook the egg noodles" in text
    assert not re.search(r"(Slice|Chop|Grate) the egg noodles", text)


def test_no_ingredient_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        compose_dish([], random.Random(0), DISHES)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Boneless Chicken Thighs", "meat"), ("extra-virgin olive oil", "fat"), ("low sodium soy sauce", "sauce"),
        ("red bell peppers", "vegetable"), ("coconut milk", "stock"), ("almond milk", "dairy"), ("zorgle", "other"),
        ("tomato", "vegetable"), ("peanut butter", "paste"),
    ],
)  # fmt: skip
def test_a_role_is_found_by_the_end_of_a_name(name, role):
    assert DISHES.role_of(name) == role


def test_five_thousand_dishes_take_less_than_a_second():
    start = time.perf_counter()
    drawn(5000, seed=2)
    assert time.perf_counter() - start < 1


def test_a_cook_can_add_a_form_and_a_phrase():
    own = load_dishes(
        {
            "phrases": {"smoke": {"any": ["Smoke {these} over wood for {20..40} minutes."]}},
            "forms": {
                "smoked": {
                    "titles": ["Smoked {first}"], "meals": ["dinner"], "needs": [["fish"]], "never": [],
                    "slots": {"fish": [1, 1]}, "phases": [{"takes": ["fish", "rest"], "say": "smoke"}],
                }
            },
        }
    )  # fmt: skip
    title, steps = compose_dish(["trout"], random.Random(0), own, form="smoked")
    assert title == "Smoked Trout"
    assert any(step.startswith("Smoke the trout over wood for") for step in steps)


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"form": {}}, "Did you mean 'forms'"),
        ({"amounts": {"meet": {"quantity": 1, "unit": "g"}}}, "Did you mean 'meat'"),
        ({"phrases": {"fry_base": {"any": ["Fry it."]}}}, "must hold {these} once"),
        ({"phrases": {"fry_base": {"fat": ["Heat {these}."]}}}, "no 'any' list"),
        ({"amounts": {"meat": {"quantity": "much", "unit": "g"}}}, "amounts.meat.quantity"),
        ({"roles": {"gadget": {"names": ["pan"]}}}, "gadget"),
    ],
)
def test_a_typo_in_the_dish_data_is_an_error_that_says_where(overrides, says):
    with pytest.raises(DishesError, match=re.escape(says)):
        load_dishes(overrides)
