"""Balancing and splitting, on recipes that are no more than an id, a cuisine and diets."""

import random
from collections import Counter

import pandas as pd
import pytest
from kitchen_toys import balance_params, labelled, toy_frame

from pantrypilot.kitchen.frames import to_frame
from pantrypilot.kitchen.records import LabelledRecipe
from pantrypilot.pipelines.augmentation.balance import (
    assign_split,
    main_diet,
    merge_recipes,
    sample_balanced,
    split_recipes,
)

VEGAN, MEAT, FISH = ["tofu"], ["beef steak"], ["salmon fillet"]


class Settings:
    valid_share = 0.1


def many(cuisine, vegan=0, meat=0, fish=0):
    kinds = [("vegan", VEGAN, vegan), ("meat", MEAT, meat), ("fish", FISH, fish)]
    return [labelled(f"{cuisine}-{kind}-{i}", cuisine, names) for kind, names, n in kinds for i in range(n)]


def frame(recipes):
    return to_frame(recipes, LabelledRecipe)


def test_a_tenth_of_the_recipes_is_validation_in_every_cuisine_and_diet():
    recipes = many("thai", vegan=40, meat=60) + many("greek", meat=50)
    sides = assign_split(recipes, 0.1, seed=1)
    valid = Counter((r.cuisine, main_diet(r.diets)) for r in recipes if sides[r.recipe_id] == "valid")
    assert valid == {("thai", "vegan"): 4, ("thai", "omnivore"): 6, ("greek", "omnivore"): 5}


def test_the_order_of_the_recipes_does_not_change_their_side():
    recipes = many("thai", vegan=23, meat=31)
    shuffled = random.Random(0).sample(recipes, len(recipes))
    assert assign_split(recipes, 0.1, seed=3) == assign_split(shuffled, 0.1, seed=3)


def test_another_seed_chooses_other_recipes():
    recipes = many("thai", meat=60)
    assert assign_split(recipes, 0.1, seed=1) != assign_split(recipes, 0.1, seed=2)


def test_a_recipe_that_comes_twice_is_on_one_side():
    recipes = many("thai", meat=30)
    table = split_recipes(frame(recipes + recipes), Settings, 5)
    assert (table.groupby("recipe_id")["split"].nunique() == 1).all()
    assert set(table["split"]) == {"train", "valid"}


def test_a_vegan_dish_counts_as_vegan_and_not_as_vegetarian_too():
    assert main_diet(("pescatarian", "vegan", "vegetarian")) == "vegan"
    assert main_diet(("gluten-free",)) == "omnivore"


def test_the_sample_has_the_asked_number_and_the_vegetarian_share():
    table, shortfall = sample_balanced(
        frame(many("thai", vegan=100, meat=80, fish=20)), balance_params(per_cuisine=50, vegetarian_share=0.3)
    )
    kinds = Counter(recipe_id.split("-")[1] for recipe_id in table["recipe_id"])
    assert kinds == {"vegan": 15, "meat": 28, "fish": 7}
    assert shortfall.to_dict("records") == [{"cuisine": "thai", "have": 200, "want": 50, "missing": 0}]


@pytest.mark.parametrize(("vegan", "meat"), [(5, 100), (100, 5)])
def test_where_one_diet_is_scarce_the_other_fills_up(vegan, meat):
    table, _ = sample_balanced(
        frame(many("thai", vegan=vegan, meat=meat)), balance_params(per_cuisine=40, vegetarian_share=0.5)
    )
    kinds = Counter(recipe_id.split("-")[1] for recipe_id in table["recipe_id"])
    assert len(table) == 40
    assert min(kinds.values()) == 5


def test_a_cuisine_with_too_few_recipes_keeps_all_and_reports_what_is_missing():
    table, shortfall = sample_balanced(
        frame(many("thai", meat=9, vegan=3) + many("greek", meat=30)), balance_params(per_cuisine=20)
    )
    assert Counter(table["cuisine"]) == {"thai": 12, "greek": 20}
    assert shortfall.set_index("cuisine")["missing"].to_dict() == {"greek": 0, "thai": 8}


def test_the_sample_is_the_same_whatever_the_order_of_the_table():
    table = frame(many("thai", vegan=30, meat=30))
    again = table.sample(frac=1, random_state=4)
    params = balance_params(per_cuisine=20)
    assert set(sample_balanced(table, params)[0]["recipe_id"]) == set(sample_balanced(again, params)[0]["recipe_id"])


def test_only_the_listed_cuisines_are_taken_even_one_with_no_recipe():
    table, shortfall = sample_balanced(toy_frame(), balance_params(per_cuisine=4, cuisines=["korean", "thai"]))
    assert set(table["cuisine"]) == {"korean"}
    assert shortfall.set_index("cuisine")["missing"].to_dict() == {"korean": 0, "thai": 4}


def test_recipes_without_a_cuisine_are_balanced_as_one():
    recipes = [labelled(f"x-{i}", None, MEAT) for i in range(7)]
    table, shortfall = sample_balanced(frame(recipes), balance_params(per_cuisine=5))
    assert len(table) == 5
    assert list(shortfall["cuisine"]) == ["any"]


def test_a_collection_that_is_too_small_is_an_error_with_a_remedy():
    with pytest.raises(ValueError, match="least_recipes"):
        sample_balanced(toy_frame(), balance_params(least_recipes=7))


def test_the_pool_has_both_kinds_and_a_side_for_each():
    real = split_recipes(frame(many("thai", meat=20)), Settings, 1)
    composed = frame(many("greek", meat=20))
    pool = merge_recipes(real, composed, Settings, 1)
    assert list(pool.columns) == list(real.columns)
    assert Counter(pool["split"]) == {"train": 36, "valid": 4}
    for nothing in (composed.iloc[:0], pd.DataFrame()):
        pd.testing.assert_frame_equal(merge_recipes(real, nothing, Settings, 1), real)
