"""The larder: every food that a pantry may show, judged once."""

import pandas as pd
import pytest

from pantrypilot.diets import Knowledge, default_judge
from pantrypilot.kitchen.larder import Larder
from pantrypilot.pipelines.augmentation.larder import stock_larder
from project_toys import corpus, pantry_params

KNOWLEDGE = Knowledge.load()
VERDICTS = pd.DataFrame({"name": ["tofu", "butter", "zorblax"], "n_recipes": [3, 2, 1]})


def small(**changes):
    """Parameters with one food on each kind of shelf."""
    shelves = {"categories": {"pork": ("bacon",)}, "stocks": ("beef stock",), "held_out": {"beef": ("veal",)}}
    return pantry_params(**{**shelves, **changes})


def test_foods_of_recipes_and_of_parameters_are_each_there_once():
    table = stock_larder(VERDICTS, small(), KNOWLEDGE)
    assert list(table["name"]) == ["bacon", "beef stock", "butter", "tofu", "veal", "zorblax"]
    assert dict(zip(table["name"], table["category"], strict=True)) == {
        "bacon": "pork", "beef stock": "stock", "butter": "", "tofu": "", "veal": "beef", "zorblax": "",
    }  # fmt: skip
    assert list(table[table["held_out"]]["name"]) == ["veal"]


def test_what_the_larder_says_of_a_food_is_what_the_judge_says():
    judge = default_judge()
    foods = Larder.from_frame(corpus()[1])
    for name in sorted(foods.foods)[::7]:
        for diet in ("vegetarian", "vegan", "pescatarian", "dairy-free", "gluten-free"):
            verdict = judge.judge(name, diet).verdict
            assert foods.forbidden(name, [diet]) == (verdict == "forbidden"), (name, diet)
            assert foods.allowed(name, [diet]) == (verdict == "allowed"), (name, diet)


def test_a_food_that_nobody_knows_is_allowed_for_no_diet():
    foods = Larder.from_frame(stock_larder(VERDICTS, small(), KNOWLEDGE))
    assert not foods.allowed("zorblax", ["vegan"]) and not foods.forbidden("zorblax", ["vegan"])
    assert foods.allowed("zorblax", [])


def test_a_harmless_food_in_a_forbidden_category_is_an_error_that_names_it():
    with pytest.raises(ValueError, match=r"no vegetarian rule forbids tofu.*conf/base/diets\.yml"):
        stock_larder(VERDICTS, small(categories={"pork": ("bacon", "tofu")}), KNOWLEDGE)


def test_a_users_own_food_takes_part():
    table = stock_larder(VERDICTS, small(), Knowledge.load({"classes": {"pork": {"names": ["zorblax"]}}}))
    assert "vegan" in table.set_index("name").loc["zorblax", "breaks"]


def test_a_food_cannot_be_trained_on_and_held_out():
    with pytest.raises(ValueError, match="held out and in a category at once: bacon"):
        small(held_out={"pork": ("bacon",)})


def test_the_table_reads_back_from_csv_as_it_was(tmp_path):
    table = stock_larder(VERDICTS, small(), KNOWLEDGE)
    table.to_csv(tmp_path / "larder.csv", index=False)
    once, again = Larder.from_frame(table), Larder.from_frame(pd.read_csv(tmp_path / "larder.csv"))
    assert once.foods == again.foods


def test_every_shelf_of_the_project_but_the_plants_has_foods_that_a_tagged_diet_forbids():
    foods, pantry = Larder.from_frame(corpus()[1]), pantry_params()
    tagged = {diet for tag in pantry.tags for diet in tag.diets}
    for shelf, names in {**pantry.categories, **pantry.held_out}.items():
        forbidden = [name for name in names if foods.forbidden(name, tagged)]
        assert forbidden == ([] if shelf == "plants" else list(names)), shelf
