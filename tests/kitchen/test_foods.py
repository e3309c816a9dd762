"""The food table: every row agrees with itself, and a user's own goes over it."""

import re

import pytest
import yaml

from pantrypilot.diets import default_judge
from pantrypilot.kitchen.foods import COUNTED, CUSTOMARY, UNITS, FoodsError, load_foods
from project_toys import ROOT

FOODS = load_foods()


def laid_over(category: str, **foods: dict) -> dict:
    return {"categories": {category: {"foods": foods}}}


def test_there_are_foods_enough_of_every_part_of_the_world():
    assert len(FOODS) >= 220
    for region in FOODS.regions:
        assert sum(food.region == region for food in FOODS.values()) >= 15, region
    for cuisine in FOODS.region_of:
        assert sum(cuisine in food.cuisines for food in FOODS.values()) >= 60, cuisine


def test_foods_of_the_corpus_go_by_the_corpus_names():
    files = (ROOT / "data/01_raw/recipes").glob("*.yml")
    recipes = [recipe for file in files for recipe in yaml.safe_load(file.read_text(encoding="utf-8"))]
    names = [i["name"].lower() for recipe in recipes for i in recipe["ingredients"]]
    assert sum(name in FOODS for name in names) > 0.9 * len(names)


@pytest.mark.parametrize(
    ("name", "category", "storage", "unit"),
    [
        ("milk", "dairy", "fridge", "L"),
        ("tofu", "protein", "fridge", "g"),
        ("eggs", "protein", "fridge", "pcs"),
        ("rice", "grains_cereals", "pantry", "kg"),
        ("injera", "bakery", "pantry", "pcs"),
        ("ice cream", "frozen", "freezer", "ml"),
        ("coconut milk", "canned", "pantry", "can"),
        ("palm oil", "oils", "pantry", "L"),
        ("cilantro", "produce", "fridge", "bunch"),
    ],
)
def test_category_storage_and_unit_are_those_of_a_shop(name, category, storage, unit):
    food = FOODS[name]
    assert (food.category, food.storage, food.unit) == (category, storage, unit)


def test_only_liquids_are_sold_by_volume_and_only_what_is_counted_has_no_other_measure():
    judge = default_judge()
    for food in FOODS.values():
        if food.unit in ("ml", "L"):
            assert food.category in ("dairy", "condiments", "oils", "beverages", "baking", "frozen"), food.name
            assert 0.5 <= food.density_g_per_ml <= 1.45, food.name
        if food.category in ("meat", "poultry"):
            assert judge.judge(food.name, "vegetarian").verdict == "forbidden", food.name
        if food.category in ("produce", "spices", "nuts_seeds", "oils", "dried_foods"):
            assert judge.judge(food.name, "vegan").verdict == "allowed", food.name


def test_a_person_who_eats_only_a_food_group_eats_no_absurd_amount_of_it():
    """Usage in grams a day: what is in milligrams or kilograms by a slip of the unit stands out."""
    for food in FOODS.values():
        each = food.grams_per_piece if food.unit in COUNTED else {"g": 1, "kg": 1000}.get(food.unit)
        grams = food.daily_usage * (each or food.density_g_per_ml * {"ml": 1, "L": 1000}[food.unit])
        assert 0.005 <= grams <= 180, (food.name, grams)
        price = food.unit_cost * food.daily_usage
        assert 0.001 <= price <= 0.6, (food.name, price)


def test_a_purchase_lasts_days_or_weeks_and_is_eaten_while_it_is_good():
    for food in FOODS.values():
        days = food.usual_quantity / (food.daily_usage * 2.5)
        assert 2 <= days <= 250, (food.name, days)
        assert days <= 2.5 * (food.shelf_life_days or 1000), (food.name, days)


def test_item_ids_are_the_names_with_underscores():
    assert FOODS["soy sauce"].item_id == "I_soy_sauce"
    assert FOODS["za'atar"].item_id == "I_za_atar"
    assert len(FOODS.by_id) == len(FOODS)
    assert all(re.fullmatch(r"I_[a-z0-9]+(_[a-z0-9]+)*", key) for key in FOODS.by_id)


def test_a_season_may_go_over_the_new_year():
    assert FOODS["orange"].months == (11, 12, 1, 2, 3)
    assert FOODS["strawberries"].months == (4, 5, 6, 7)
    assert FOODS["carrot"].months == tuple(range(1, 13))


def test_allergens_and_diets_are_left_to_the_diet_knowledge():
    words = {tag for food in FOODS.values() for tag in food.tags}
    assert not {word for word in words if word.endswith("_free") or word in ("vegan", "vegetarian")}


def test_the_frame_has_a_row_a_food_and_numbers_where_numbers_are():
    frame = FOODS.frame()
    assert list(frame["name"]) == list(FOODS)
    assert {"item_id", "category", "region", "density_g_per_ml", "grams_per_piece", "months"} <= set(frame.columns)
    milk = frame.set_index("name").loc["milk"]
    assert (milk["item_id"], milk["density_g_per_ml"], milk["region"]) == ("I_milk", 1.03, "global")
    assert frame["shelf_life_days"].isna().sum() == sum(food.shelf_life_days is None for food in FOODS.values())


def test_a_category_is_sold_in_its_units_and_their_customary_ones():
    assert FOODS.categories["dairy"].sold_in == ("g", "ml", "L", "oz", "fl oz")
    assert FOODS.categories["canned"].sold_in == ("can",)
    assert {unit for unit, _ in CUSTOMARY.values()} == {"oz", "lb", "fl oz"}
    assert set(CUSTOMARY) < set(UNITS)


def test_a_users_own_food_goes_over_the_packaged_ones_down_to_one_key():
    skyr = {"unit": "g", "buy": 450, "cost": 0.008, "keeps": 21, "use": 25, "cuisines": ["europe"]}
    foods = load_foods(laid_over("dairy", milk={"cost": 1.6}, skyr=skyr))
    assert (foods["milk"].unit_cost, foods["milk"].usual_quantity) == (1.6, FOODS["milk"].usual_quantity)
    assert foods["skyr"].region == "europe" and "german" in foods["skyr"].cuisines
    assert len(foods) == len(FOODS) + 1
    assert load_foods({}) is load_foods()


BAD = {"unit": "g", "buy": 1, "cost": 1, "use": 1, "cuisines": ["all"]}


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"categores": {}}, "categores: there is no such key. Did you mean 'categories'?"),
        ({"categories": {"diary": {"foods": {}}}}, "there is no category 'diary'. Did you mean 'dairy'?"),
        (laid_over("dairy", milk={"cots": 1}), "dairy.foods.milk.cots: there is no such key. Did you mean 'cost'?"),
        (laid_over("dairy", milk={"unit": "mll"}), "milk.unit: there is no 'mll'. Did you mean 'ml'?"),
        (laid_over("dairy", milk={"storage": "frige"}), "milk.storage: there is no 'frige'. Did you mean 'fridge'?"),
        (laid_over("dairy", milk={"cuisines": ["koraen"]}), "there is no 'koraen'. Did you mean 'korean'?"),
        (laid_over("protein", tofu={"unit": "ml"}), "protein.foods.tofu.unit: there is no 'ml'"),
        (laid_over("dairy", tofu=BAD), "categories.protein.foods.tofu: it is in dairy too"),
        (laid_over("bakery", bun={**BAD, "unit": "pcs"}), "bakery.foods.bun: what is sold by the pcs needs `piece`"),
        (laid_over("oils", ghi={**BAD, "unit": "ml"}), "oils.foods.ghi: what is sold by the ml needs `density`"),
        (laid_over("dairy", milk={"cost": -1}), "categories.dairy.foods.milk.cost: Input should be greater than 0"),
        (laid_over("dairy", milk={"season": [5, 13]}), "milk.season.1: Input should be less than or equal to 12"),
        ({"customary": ["europ"]}, "customary: there is no 'europ'. Did you mean 'europe'?"),
    ],
)
def test_a_wrong_food_is_refused_with_its_place_and_the_nearest_right_word(overrides, told):
    with pytest.raises(FoodsError, match=re.escape(told)):
        load_foods(overrides)
