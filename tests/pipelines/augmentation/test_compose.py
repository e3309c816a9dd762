"""The node that composes what is missing, with the offline writer."""

import re
from collections import Counter

import pandas as pd
import pytest
from kitchen_toys import composer_params, labelled, shortfall, toy_frame, toy_recipes, toy_verdicts

from pantrypilot.diets import Knowledge, UnknownDiet, default_judge
from pantrypilot.kitchen.dishes import load_dishes
from pantrypilot.kitchen.frames import from_frame
from pantrypilot.kitchen.records import LabelledRecipe, Recipe
from pantrypilot.pipelines.augmentation import compose
from pantrypilot.pipelines.augmentation.compose import Check, Verdicts, compose_recipes
from pantrypilot.pipelines.augmentation.steps import write_missing_steps
from pantrypilot.pipelines.augmentation.writers import Rejected, Request
from project_toys import own_titles

KNOWLEDGE = Knowledge.load()
DISHES = load_dishes()
MISSING = shortfall(korean=20, italian=12)


def composed(missing=MISSING, frame=None, dishes=DISHES, **changes):
    frame = toy_frame() if frame is None else frame
    params = composer_params(**changes)
    table, rejects = compose_recipes(frame, missing, toy_verdicts(), params, None, KNOWLEDGE, dishes)
    return from_frame(table, LabelledRecipe), rejects


def test_what_is_missing_is_composed_for_each_cuisine():
    made, _ = composed()
    assert Counter(recipe.cuisine for recipe in made) == {"korean": 20, "italian": 12}
    assert all(recipe.source == "composer" for recipe in made)


def test_the_same_seed_composes_the_same_dishes_and_another_seed_others():
    first, again, other = composed()[0], composed()[0], composed(seed=8)[0]
    assert first == again
    assert [r.title for r in first] != [r.title for r in other]


def test_no_dish_comes_twice_nor_repeats_a_real_one():
    made, _ = composed()
    dishes = [*toy_recipes(), *made]
    assert len({recipe.title.lower() for recipe in dishes}) == len(dishes)
    assert len({(recipe.cuisine, frozenset(recipe.names)) for recipe in dishes}) == len(dishes)
    assert len({recipe.recipe_id for recipe in dishes}) == len(dishes)


def test_a_dish_uses_the_cuisines_own_ingredients_with_amounts_and_names_each_in_its_steps():
    own = {name for recipe in toy_recipes() if recipe.cuisine == "korean" for name in recipe.names}
    for recipe in (recipe for recipe in composed()[0] if recipe.cuisine == "korean"):
        assert set(recipe.names) <= own
        assert 5 <= len(recipe.ingredients) <= 8
        assert 3 <= len(recipe.steps) <= 5
        assert all(item.quantity > 0 and item.unit for item in recipe.ingredients)
        assert all(re.search(rf"\b{name}\b", " ".join(recipe.steps)) for name in recipe.names)


@pytest.mark.parametrize("diet", ["vegetarian", "vegan", "gluten-free", "dairy-free"])
def test_a_diet_that_is_asked_for_is_kept_by_every_ingredient(diet):
    made, _ = composed(diets=[{"diets": [diet], "share": 1}], missing=shortfall(korean=8))
    judge = default_judge()
    assert made
    assert all(judge.judge(name, diet).verdict == "allowed" for recipe in made for name in recipe.names)
    assert all(diet in recipe.diets for recipe in made)


def test_without_a_diet_some_dishes_hold_meat_or_fish():
    made, _ = composed(diets=[{"diets": [], "share": 1}])
    assert any("vegetarian" not in recipe.diets for recipe in made)


def test_a_cuisine_without_recipes_is_a_reject_with_a_reason():
    made, rejects = composed(missing=shortfall(thai=3), tries=2)
    assert not made
    assert len(rejects) == 6
    assert set(rejects["reason"]) == {"there is no thai recipe to learn from"}


def test_when_combinations_run_out_the_rest_stays_missing_with_reasons():
    frame = toy_frame()
    frame = frame[frame["recipe_id"].isin(["korean-0"])].reset_index(drop=True)
    made, rejects = composed(missing=shortfall(korean=200), frame=frame, tries=3)
    assert len(made) < 200
    assert rejects["reason"].str.contains("exists").any()
    assert (rejects["attempt"] == 2).sum() == 200 - len(made)


def test_what_stands_in_validation_teaches_the_writer_nothing():
    frame = toy_frame()
    frame["split"] = ["valid" if key == "korean-1" else "train" for key in frame["recipe_id"]]
    made, _ = composed(frame=frame, missing=shortfall(korean=30))
    used = {name for recipe in made for name in recipe.names}
    assert not used & {"tofu", "kimchi", "gochujang", "vegetable stock"}
    assert "carrot" in used


def test_nothing_missing_gives_empty_tables_with_columns():
    missing = shortfall(korean=0, any=5)
    table, rejects = compose_recipes(toy_frame(), missing, toy_verdicts(), composer_params(), None, KNOWLEDGE, DISHES)
    assert list(table.columns) == list(LabelledRecipe.model_fields)
    assert len(table) == len(rejects) == 0
    assert "reason" in rejects.columns


def test_an_unknown_diet_in_the_parameters_names_the_nearest():
    with pytest.raises(UnknownDiet, match="vegan"):
        composed(diets=[{"diets": ["vegann"], "share": 1}])


def test_a_composed_dish_carries_the_labels_that_real_dishes_carry():
    frame = toy_frame()
    frame["diets"] = [[diet for diet in diets if diet != "vegan"] for diets in frame["diets"]]
    labels = {diet for recipe in composed(frame=frame)[0] for diet in recipe.diets}
    assert "vegetarian" in labels
    assert "vegan" not in labels


def test_a_users_own_food_decides_what_is_composed():
    own = Knowledge.load({"classes": {"beef": {"names": ["zorgle"]}}})
    verdicts = Verdicts(pd.DataFrame({"name": []}), own)
    assert verdicts.of("zorgle", "vegan") == "forbidden"
    assert Verdicts(pd.DataFrame({"name": []}), KNOWLEDGE).of("zorgle", "vegan") == "unknown"


def test_a_cooks_own_forms_reach_composed_dishes_and_missing_steps():
    made, _ = composed(dishes=own_titles())
    bare = toy_frame().assign(steps=[()] * len(toy_frame()))
    titles = [recipe.title for recipe in made] + list(write_missing_steps(bare, own_titles(), 7)["title"])
    assert len(made) > 10 and all(title.startswith("Own ") for title in titles)


REQUEST = Request("korean", "dinner", ("vegetarian",), 0)


def offered(names, steps=("Fry it all.", "Serve it."), title="New Dish", cuisine="korean"):
    fields = dict(labelled("new", cuisine, names, title=title)) | {"steps": tuple(steps)}
    return Recipe(**{key: fields[key] for key in Recipe.model_fields})


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        (offered(["tofu", "fish sauce"]), "fish sauce is forbidden for vegetarian"),
        (offered(["tofu", "zorgle"]), "zorgle is unknown for vegetarian"),
        (offered(["tofu", "rice"], title="Chicken Bowl"), "'Chicken Bowl' is forbidden for vegetarian"),
        (offered(["tofu", "rice"], steps=["Add the bacon.", "Serve."]), "'Add the bacon.' is forbidden"),
        (offered(["tofu", "rice"], steps=["Eat."]), "fewer than 2 steps"),
        (offered(["tofu", "rice"], cuisine="thai"), "it is thai, not korean"),
        (offered(["tofu", "rice"], title="KOREAN-0 dish"), "a dish with this title exists"),
        (offered(toy_recipes()[2].names), "a dish with these ingredients exists"),
    ],
)
def test_a_dish_that_is_not_new_complete_and_within_its_diet_is_refused(recipe, reason):
    check = Check(toy_recipes(), Verdicts(toy_verdicts(), KNOWLEDGE), ["vegan"])
    with pytest.raises(Rejected, match=re.escape(reason)):
        check.take(recipe, REQUEST)


def test_to_chop_is_not_a_chop_of_meat():
    check = Check([], Verdicts(toy_verdicts(), KNOWLEDGE), ["vegan"])
    steps = ["Chop the tofu.", "Wash and chop the rice."]
    assert check.take(offered(["tofu", "rice"], steps=steps), REQUEST).diets


def test_a_writer_may_answer_in_any_order_and_the_result_is_the_same(monkeypatch):
    import time

    from pantrypilot.pipelines.augmentation.writers import Composer

    class Slow(Composer):
        concurrency = 4

        def write(self, request):
            time.sleep(0.002 * (request.number % 3))
            return super().write(request)

    one = composed()[0]
    monkeypatch.setattr(compose, "make_writer", Slow)
    assert composed()[0] == one
