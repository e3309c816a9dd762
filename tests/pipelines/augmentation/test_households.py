"""Synthetic households: who they are, what they keep, and that more of them change nothing of the first ones."""

import datetime

import numpy as np
import pandas as pd
import pytest
from household_toys import FOODS, household_params, make, many, of_food, regions
from pydantic import ValidationError

from pantrypilot.diets import Knowledge, UnknownDiet
from pantrypilot.kitchen.foods import load_foods
from pantrypilot.kitchen.tables import HOUSEHOLDS, INVENTORY, PURCHASE_HISTORY
from pantrypilot.pipelines.augmentation.pantry.choosing import choose_foods
from pantrypilot.pipelines.augmentation.pantry.draws import Draws, pick
from pantrypilot.pipelines.augmentation.pantry.households import UnknownRegion, make_households
from pantrypilot.pipelines.augmentation.pantry.inventory import take_stock
from pantrypilot.pipelines.augmentation.pantry.judging import judge_foods
from pantrypilot.pipelines.augmentation.pantry.liking import even_popularity, said_of_foods
from pantrypilot.pipelines.augmentation.pantry.shopping import shop
from project_toys import SEED

DTYPES = {"number": "float64", "flag": "boolean", "day": "datetime64[s]", "time": "datetime64[s]"}


@pytest.mark.parametrize(
    ("table", "schema"), [("households", HOUSEHOLDS), ("inventory", INVENTORY), ("purchases", PURCHASE_HISTORY)]
)
def test_a_table_has_the_columns_types_and_keys_of_its_schema(table, schema):
    frame = getattr(many(), table)
    assert tuple(frame.columns) == schema.names
    for column in schema.columns:
        expected = "category" if column.category else DTYPES.get(column.kind, "str")
        assert str(frame[column.name].dtype) == expected, column.name
        assert not (column.required and frame[column.name].isna().any()), column.name
    assert not frame.duplicated(list(schema.key)).any()


def test_the_documented_numbers_are_the_default():
    made = make(household_params())
    assert len(made.households) == 20
    assert set(made.inventory.groupby("user_id", observed=True).size()) == {50}
    assert set(made.purchases.groupby("user_id", observed=True).size()) == {300}
    assert made.inventory["item_id"].iloc[0].startswith("I_")


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    params = household_params(users=12)
    once, again, other = make(params), make(params), make(params, seed=8)
    for name in once._fields:
        getattr(once, name).to_parquet(tmp_path / "once.parquet")
        getattr(again, name).to_parquet(tmp_path / "again.parquet")
        assert (tmp_path / "once.parquet").read_bytes() == (tmp_path / "again.parquet").read_bytes(), name
    assert not once.purchases.equals(other.purchases) and not once.households.equals(other.households)


def test_more_households_change_no_row_of_the_first_ones():
    """3,000 go over the size of a block, too."""
    small = {"items": 8, "gone": 2, "purchases": 12}
    few, more = make(household_params(users=25, **small)), make(household_params(users=3000, **small))
    for name in ("households", "inventory", "purchases"):
        expected, found = getattr(few, name), getattr(more, name).head(len(getattr(few, name)))
        pd.testing.assert_frame_equal(found, expected, check_categorical=False)


def test_what_went_through_files_is_the_same(tmp_path):
    params, made = household_params(users=5), make(household_params(users=5))
    for name in made._fields:
        getattr(made, name).to_parquet(tmp_path / f"{name}.parquet")
    read = {name: pd.read_parquet(tmp_path / f"{name}.parquet") for name in made._fields}
    households, verdicts = read["households"], read["verdicts"]
    kept = choose_foods(FOODS, households, verdicts, params, SEED)
    purchases, _ = shop(FOODS, households, read["kept"], params, SEED)
    inventory = take_stock(FOODS, households, verdicts, read["last"], params, SEED)
    for name, again in {"kept": kept, "purchases": purchases, "inventory": inventory}.items():
        pd.testing.assert_frame_equal(again, getattr(made, name))


def test_regions_are_near_their_shares_even_when_households_are_few():
    params = household_params(users=20)
    found = many().households["region"].value_counts(normalize=True)
    few = make_households(FOODS, params, 3)["region"].value_counts(normalize=True)
    for name, region in params.regions.items():
        assert found[name] == pytest.approx(region.share, abs=0.01), name
        assert few[name] == pytest.approx(region.share, abs=0.06), name


def test_a_household_cooks_a_cuisine_of_its_region_but_for_those_from_abroad():
    households = many().households
    at_home = households["cuisine"].astype("str").map(FOODS.region_of) == households["region"].astype("str")
    assert 1 - at_home.mean() == pytest.approx(household_params().abroad, abs=0.05)


def test_households_have_persons_diets_and_allergens_as_their_region_says():
    wanted = regions(sizes=[1, 0, 3], diets={"vegan": 0.5, "halal,low-fodmap": 0.25})
    households = make_households(FOODS, household_params(users=2000, regions=wanted, allergens={"egg-free": 0.3}), 5)
    assert set(households["size"]) == {1.0, 3.0}
    assert (households["size"] == 3).mean() == pytest.approx(0.75, abs=0.04)
    shares = households["diets"].value_counts(normalize=True)
    assert shares["vegan"] == pytest.approx(0.5, abs=0.04)
    assert shares["halal,low-fodmap"] == pytest.approx(0.25, abs=0.04)
    assert (households["allergens"] == "egg-free").mean() == pytest.approx(0.3, abs=0.04)


def test_what_a_diet_says_is_not_said_again_as_an_allergen():
    wanted = regions(diets={"gluten-free": 1.0})
    households = make_households(FOODS, household_params(regions=wanted, allergens={"gluten-free": 1.0}), 5)
    assert set(households["allergens"]) == {""}


def test_a_diet_that_nobody_knows_is_refused_with_the_nearest_name():
    params = household_params(regions=regions(diets={"vegna": 0.5}))
    with pytest.raises(UnknownDiet, match="vegan"):
        judge_foods(FOODS, Knowledge.load(), params)


def test_a_region_that_the_foods_do_not_know_is_refused_with_the_nearest_name():
    told = regions()
    told["europa"] = told.pop("europe")
    with pytest.raises(UnknownRegion, match=r"no region 'europa'. Did you mean 'europe'"):
        make_households(FOODS, household_params(regions=told), 1)


def test_shares_that_do_not_add_up_are_refused():
    with pytest.raises(ValidationError, match="add up to 8, not to 1"):
        household_params(regions=regions(share=1.0))
    with pytest.raises(ValidationError, match=r"`diets` add up to 1.2"):
        household_params(regions=regions(diets={"vegan": 0.7, "halal": 0.5}))


def test_more_purchases_than_days_and_foods_allow_are_refused():
    with pytest.raises(ValidationError, match="more than one of each a day"):
        household_params(items=5, gone=0, purchases=600, days=100)


def test_a_household_whose_diet_leaves_too_few_foods_is_an_error_that_says_what_to_do():
    params = household_params(items=300, regions=regions(diets={"vegan,gluten-free": 1.0}))
    with pytest.raises(ValueError, match=r"keeps to vegan,gluten-free.* may eat \d+ of \d+ foods.*lower pantry"):
        make(params)


def forbidden_share(made, diet: str, rows: pd.DataFrame) -> float:
    said = dict(zip(made.verdicts["name"], made.verdicts[diet].astype("str"), strict=True))
    return (rows["item_name"].astype("str").map(said) == "forbidden").mean()


@pytest.mark.parametrize("diet", ["vegan", "vegetarian", "halal"])
def test_a_household_keeps_to_its_diet_but_for_few_lapses(diet):
    made = make(household_params(users=150, regions=regions(diets={diet: 1.0}), allergens={}))
    share = household_params().lapses.diets
    for rows in (made.inventory, made.purchases):
        assert 0 < forbidden_share(made, diet, rows) < share
    strict = {"diets": 0.0, "allergens": 0.0}
    made = make(household_params(users=40, regions=regions(diets={diet: 1.0}), allergens={}, lapses=strict))
    assert forbidden_share(made, diet, made.inventory) == 0
    if diet == "vegan":
        names = made.inventory["item_name"].astype("str")
        assert not names.isin(["cheddar", "parmesan", "milk", "eggs", "honey", "chicken breast", "fish sauce"]).any()


def test_households_without_a_diet_eat_what_others_may_not():
    made = make(household_params(users=60, regions=regions(diets={}), allergens={}))
    assert forbidden_share(made, "vegan", made.inventory) > 0.15


def test_the_allergen_flag_is_what_the_knowledge_says_of_the_households_allergens():
    made = make(household_params(users=200, allergens={"dairy-free": 0.5, "soy-free": 0.5}))
    kept_to = made.households.set_index("user_id")["allergens"]
    said = made.verdicts.set_index("item_id")[["dairy-free", "soy-free"]].astype("str")
    rows = made.inventory
    words = [
        {said.at[item, allergen] for allergen in kept_to[user].split(",") if allergen}
        for user, item in zip(rows["user_id"], rows["item_id"], strict=True)
    ]
    expected = [True if "forbidden" in w else pd.NA if "unknown" in w else False for w in words]
    pd.testing.assert_series_equal(rows["allergen_flag"], pd.Series(expected, dtype="boolean"), check_names=False)
    flagged = rows["allergen_flag"].mean()
    assert 0 < flagged < household_params().lapses.allergens and rows["allergen_flag"].isna().any()


def test_category_unit_and_storage_of_every_row_are_those_of_its_food():
    made = many()
    region = made.households.set_index("user_id")["region"]
    for rows in (made.inventory, made.purchases):
        for category, units in rows.groupby("category", observed=True)["unit"]:
            assert set(units) <= set(FOODS.categories[category].sold_in), category
        assert (rows["category"].astype("str") == of_food("category", rows)).all()
        assert (rows["item_id"].astype("str") == of_food("item_id", rows)).all()
        customary = rows["unit"].isin(["oz", "lb", "fl oz"])
        american = (rows["user_id"].astype("str").map(region) == "north_america").to_numpy()
        assert not (customary & ~american).any() and not (rows["unit"].isin(["g", "kg", "ml", "L"]) & american).any()
    assert (made.inventory["storage_type"].astype("str") == of_food("storage", made.inventory)).all()


def test_brands_are_those_of_the_food_and_stay_the_same_in_a_household():
    purchases = many().purchases
    names, brands = purchases["item_name"].astype("str"), purchases["brand"].astype("str")
    assert all(brand in FOODS[name].brands for name, brand in set(zip(names, brands, strict=True)))
    assert purchases.groupby(["user_id", "item_id"], observed=True)["brand"].nunique().max() == 1


def test_the_households_own_cuisine_fills_most_of_its_pantry():
    made = many()
    cuisine = made.households.set_index("user_id")["cuisine"].astype("str")
    eats = made.inventory["user_id"].astype("str").map(cuisine)
    own = [c in cuisines for c, cuisines in zip(eats, of_food("cuisines", made.inventory), strict=True)]
    assert 0.75 < np.mean(own) < 0.95
    with_kimchi = cuisine.index.isin(made.kept[made.kept["item_id"] == "I_kimchi"]["user_id"])
    assert with_kimchi[cuisine == "korean"].mean() > 5 * with_kimchi[cuisine != "korean"].mean()


def test_a_users_own_food_is_kept_too():
    own = {"unit": "g", "buy": 450, "cost": 0.01, "keeps": 20, "use": 25, "popularity": 50, "cuisines": ["all"]}
    foods = load_foods({"categories": {"dairy": {"foods": {"skyr": own}}}})
    made = make(household_params(users=20), foods=foods)
    assert (made.inventory["item_name"] == "skyr").sum() > 5


def test_more_persons_eat_more_and_buy_larger_packs():
    made = many()
    size = made.households.set_index("user_id")["size"]
    rice = made.kept[(made.kept["item_id"] == "I_rice") & (made.kept["unit"] == "kg")]
    persons = rice["user_id"].astype("str").map(size)
    few, more = rice[persons.to_numpy() <= 1], rice[persons.to_numpy() >= 4]
    assert more["usual_quantity"].mean() > 1.5 * few["usual_quantity"].mean()
    assert more["daily_usage_rate"].mean() > 1.5 * few["daily_usage_rate"].mean()


def test_until_is_the_day_that_everything_ends_on():
    made = make(household_params(users=5, until=datetime.date(2025, 3, 9)))
    assert made.purchases["purchase_date"].max() <= pd.Timestamp("2025-03-09")
    assert made.inventory["last_updated"].dt.normalize().eq("2025-03-09").all()


def test_draws_of_one_purpose_are_the_same_in_one_call_or_many():
    one, two = Draws(3), Draws(3)
    many_calls = np.concatenate([two.factor("x", 0.2, n) for n in (1, 7, 92)])
    assert (one.factor("x", 0.2, 100) == many_calls).all()
    assert (one.uniform("y", 50)[:20] == Draws(3).uniform("y", 20)).all()
    assert not (Draws(3).uniform("y", 20) == Draws(3).uniform("z", 20)).any()


def test_places_are_picked_by_weight():
    drawn = (np.arange(1000) + 0.5) / 1000
    assert list(np.bincount(pick([1, 0, 3], drawn))) == [250, 0, 750]
    rows = np.tile([[1.0, 0.0], [0.0, 2.0]], (500, 1))
    assert list(pick(rows, drawn)) == [0, 1] * 500


def test_what_one_diet_forbids_is_forbidden_whatever_another_cannot_tell():
    says = {"item_id": ["a", "b", "c"], "name": ["a", "b", "c"]}
    says |= {"x": ["forbidden", "unknown", "allowed"], "y": ["unknown", "allowed", "allowed"]}
    forbidden, unsure = said_of_foods(pd.DataFrame(says), ["", "x", "x,y"])
    assert forbidden.tolist() == [[False] * 3, [True, False, False], [True, False, False]]
    assert unsure.tolist() == [[False] * 3, [False, True, False], [False, True, False]]


def test_a_region_with_many_foods_in_the_table_is_not_bought_more_for_it():
    foods = load_foods()
    weights = pd.Series(even_popularity(foods), index=[food.region for food in foods.values()])
    sums = weights.drop("global").groupby(level=0).sum()
    assert np.allclose(sums, sums.mean())
    given = pd.Series([food.popularity for food in foods.values()], index=weights.index)
    assert np.allclose(weights["global"], given["global"])
    assert np.allclose(weights["europe"] / weights["europe"].sum(), given["europe"] / given["europe"].sum())
