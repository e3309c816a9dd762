"""Synthetic purchases and what is left of them: rhythm, season, prices, trips, and that the tables tell one story."""

import functools

import numpy as np
import pandas as pd
import pytest
from household_toys import FOODS, Made, household_params, make, many, of_food, regions
from hypothesis import given
from hypothesis import strategies as st

from pantrypilot.kitchen.foods import CUSTOMARY
from pantrypilot.pipelines.augmentation.pantry.packs import eaten_at_home, lasting, significant
from pantrypilot.pipelines.augmentation.pantry.rhythm import season_calendar

PARAMS = household_params()
UNTIL = pd.Timestamp(PARAMS.until)
PAIR = ["user_id", "item_id"]


@functools.cache
def a_year() -> Made:
    """Sixty households over more than a year, where strawberries and oranges are liked everywhere."""
    return make(household_params(users=60, purchases=1400, days=450))


def with_usage(made: Made) -> pd.DataFrame:
    """Purchases with usage, the days that each lasts by it, and the days to the next (missing for the last)."""
    rows = made.purchases.merge(made.kept[[*PAIR, "daily_usage_rate"]], on=PAIR)
    rows["lasts"] = rows["quantity_purchased"] / rows["daily_usage_rate"]
    rows["gap"] = -rows.groupby(PAIR, observed=True)["purchase_date"].diff(-1).dt.days
    return rows


def test_a_food_is_bought_again_about_when_it_runs_out():
    rows = with_usage(many())
    rows = rows[rows["gap"].notna() & (of_food("season", rows).isna()) & rows["lasts"].between(2, 30)]
    ratio = rows["gap"] / rows["lasts"]
    assert ratio.median() == pytest.approx(1, abs=0.05)
    assert ratio.quantile(0.1) > 0.5 and ratio.quantile(0.9) < 1.6
    assert np.corrcoef(np.log(rows["gap"]), np.log(rows["lasts"]))[0, 1] > 0.8


def test_without_noise_and_shopping_days_the_rhythm_is_exact_to_a_day():
    made = make(household_params(users=30, rhythm=0.0, main_trip=0.0, off_season=1.0))
    rows = with_usage(made).dropna(subset="gap")
    assert ((rows["gap"] - rows["lasts"].clip(lower=1)).abs() <= 1).all()


def test_a_household_buys_a_food_once_a_day_at_most_and_in_the_order_of_the_ids():
    rows = many().purchases
    assert not rows.duplicated([*PAIR, "purchase_date"]).any()
    for _, of_user in rows.groupby("user_id", observed=True):
        assert of_user["transaction_id"].is_monotonic_increasing and of_user["purchase_date"].is_monotonic_increasing
    assert rows["transaction_id"].iloc[0] == "T_user_001_0001"


def test_purchases_spread_over_about_the_days_that_were_asked_for():
    for days in (60, 100, 180):
        rows = make(household_params(users=40, days=days)).purchases
        dates = rows.groupby("user_id", observed=True)["purchase_date"]
        assert (dates.max() - dates.min()).dt.days.median() == pytest.approx(days, rel=0.1)


def test_produce_is_bought_in_its_season():
    rows = a_year().purchases
    rows = rows[rows["purchase_date"] > UNTIL - pd.Timedelta(days=365)]
    for name in ("strawberries", "orange", "grapes", "asparagus", "watermelon"):
        months = rows.loc[rows["item_name"] == name, "purchase_date"].dt.month.value_counts()
        season = list(FOODS[name].months)
        inside = months.reindex(season, fill_value=0).mean()
        outside = months.drop(season, errors="ignore").sum() / (12 - len(season))
        assert inside > 3 * outside, name
    strawberries = rows.loc[rows["item_name"] == "strawberries", "purchase_date"].dt.month.value_counts()
    assert strawberries.idxmax() in FOODS["strawberries"].months
    carrots = rows.loc[rows["item_name"] == "carrot", "purchase_date"].dt.month.value_counts()
    assert carrots.max() < 2.5 * carrots.min()


def test_a_year_of_buying_takes_a_year_in_season_or_out():
    foods = [FOODS[name] for name in ("strawberries", "orange", "carrot")]
    calendar = season_calendar(foods, PARAMS)
    assert (abs(calendar[:, 365] - 365) <= 2).all()
    assert (np.diff(calendar, axis=1) >= 0).all() and (calendar[:, 0] == 0).all()
    assert (calendar[2] == np.arange(calendar.shape[1])).all()


def test_produce_is_dearer_out_of_season():
    even = {"price_noise": 0.0, "discounts": {"share": 0, "least": 0, "most": 0}}
    params = household_params(users=60, purchases=1400, days=450, **even)
    made = make(params)
    rows = made.purchases[(made.purchases["item_name"] == "tomatoes") & (made.purchases["unit"] == "kg")]
    rows = rows[rows["quantity_purchased"].between(0.5, 2)]
    price = rows["price_total"] / rows["quantity_purchased"]
    inside = rows["purchase_date"].dt.month.isin(FOODS["tomatoes"].months)
    by_region = made.households.set_index("user_id")["region"].astype("str")
    levels = rows["user_id"].astype("str").map(by_region).map({n: r.prices for n, r in params.regions.items()})
    price /= levels.astype(float)
    assert price[~inside].median() / price[inside].median() == pytest.approx(1.25, abs=0.06)


def test_a_pound_costs_what_its_kilograms_cost():
    made = make(household_params(users=150, regions=regions(prices=1.0)))
    rows = made.purchases[made.purchases["item_name"].isin(["chicken breast", "milk", "olive oil"])]
    price = rows["price_total"] / rows["quantity_purchased"]
    price = price.groupby([rows["item_name"], rows["unit"]], observed=True).median()
    for name in ("chicken breast", "milk", "olive oil"):
        unit = FOODS[name].unit
        customary, holds = CUSTOMARY[unit]
        assert price[name, customary] == pytest.approx(price[name, unit] * holds, rel=0.12), name


def test_food_is_as_dear_as_the_region_is():
    told = regions()
    told["africa"]["prices"], told["europe"]["prices"] = 0.5, 2.0
    made = make(household_params(users=150, regions=told))
    rows = made.purchases[made.purchases["item_name"] == "onion"]
    region = rows["user_id"].astype("str").map(made.households.set_index("user_id")["region"].astype("str"))
    price = (rows["price_total"] / rows["quantity_purchased"]).groupby(region).median()
    assert price["europe"] / price["africa"] == pytest.approx(4, rel=0.15)


def test_a_discount_lowers_the_price_and_what_keeps_is_then_bought_twice_now_and_then():
    made = many()
    rows = made.purchases.merge(made.kept[[*PAIR, "usual_quantity", "daily_usage_rate"]], on=PAIR)
    keeps = of_food("shelf_life_days", rows).fillna(9999) > 60
    twice = rows["quantity_purchased"] >= 1.9 * rows["usual_quantity"]
    cut = rows["discount_applied"].astype(bool)
    assert cut.mean() == pytest.approx(PARAMS.discounts.share, abs=0.02)
    # of what lasts for months, the double purchases are often older than the table
    often = rows["usual_quantity"] / rows["daily_usage_rate"] < 20
    assert twice[cut & keeps & often].mean() == pytest.approx(0.5, abs=0.08)
    assert twice[~cut].mean() == 0 and twice[~keeps].mean() == 0
    price = rows["price_total"] / rows["quantity_purchased"]
    usual = price[~cut].groupby([rows["user_id"], rows["item_id"]], observed=True).median().rename("usual")
    told = rows[cut].merge(usual.reset_index(), on=PAIR)
    assert (told["price_total"] / told["quantity_purchased"] / told["usual"]).median() == pytest.approx(0.76, abs=0.06)


def test_what_is_bought_on_one_day_is_one_trip():
    rows = many().purchases
    trips = rows.groupby(["user_id", "purchase_date"], observed=True)
    for column in ("store_name", "payment_method", "purchase_channel", "receipt_source", "last_updated", "location"):
        assert trips[column].nunique().max() == 1, column


def test_trips_are_where_and_how_the_region_shops():
    made = many()
    region = made.purchases["user_id"].astype("str").map(made.households.set_index("user_id")["region"].astype("str"))
    for name, of_region in made.purchases.groupby(region.to_numpy()):
        told = PARAMS.regions[name]
        assert set(of_region["store_name"]) <= set(told.stores) and set(of_region["location"]) <= set(told.cities)
        assert set(of_region["payment_method"]) <= set(told.payments)
        trips = of_region.drop_duplicates(["user_id", "purchase_date"])
        assert (trips["purchase_channel"] == "online").mean() == pytest.approx(told.online, abs=0.04), name
        assert not ((trips["purchase_channel"] == "online") & (trips["payment_method"] == "cash")).any()
    stores = made.purchases.groupby("user_id", observed=True)["store_name"]
    assert stores.value_counts(normalize=True).groupby("user_id", observed=True).max().median() > 0.6


def test_the_weekday_is_that_of_the_date_and_the_weekend_is_busiest():
    rows = many().purchases
    assert (rows["weekday"].astype("str") == rows["purchase_date"].dt.day_name()).all()
    days = rows["weekday"].value_counts(normalize=True)
    assert days.idxmax() == "Saturday" and days["Saturday"] + days["Sunday"] > 0.4


def test_what_is_bought_is_begun_soon_and_expected_to_last_by_its_usage():
    rows = with_usage(many())
    delay = (rows["consumption_start_date"] - rows["purchase_date"]).dt.days
    assert delay.between(0, 4).all()
    assert (delay[of_food("shelf_life_days", rows) <= 4] == 0).all()
    lasts = (rows["expected_depletion_date"] - rows["consumption_start_date"]).dt.days
    assert (lasts == rows["lasts"].round()).all() and (lasts >= 0).all()
    assert (rows["last_updated"].dt.normalize() == rows["purchase_date"]).all()


def test_what_is_left_is_left_of_the_last_purchase():
    made = many()
    shared = [*PAIR, "purchase_date", "quantity_purchased", "price_total", "brand"]
    last = made.purchases.drop_duplicates(PAIR, keep="last")[shared]
    rows = made.inventory.merge(last, on=PAIR, suffixes=("", "_last"))
    assert len(rows) > 0.9 * len(made.inventory)
    assert (rows["purchase_date"] == rows["purchase_date_last"]).all()
    assert (rows["brand"].astype("str") == rows["brand_last"].astype("str")).all()
    assert (rows["quantity"] <= rows["quantity_purchased"]).all() and (rows["quantity"] > 0).all()
    assert np.allclose(rows["unit_cost"], rows["price_total"] / rows["quantity_purchased"], atol=6e-5)
    older = made.inventory.merge(last[PAIR], on=PAIR, how="left", indicator=True)["_merge"] == "left_only"
    begins = made.purchases.groupby("user_id", observed=True)["purchase_date"].min()
    before = made.inventory["user_id"].map(begins).astype("datetime64[s]")
    assert (made.inventory["purchase_date"] <= before)[older].all()


def test_what_is_left_follows_from_usage_and_the_days_since():
    rows = many().inventory.merge(many().last[[*PAIR, "quantity_purchased"]], on=PAIR)
    age = (UNTIL - rows["purchase_date"]).dt.days
    lasts = rows["quantity_purchased"] / rows["daily_usage_rate"]
    keeps = of_food("shelf_life_days", rows).fillna(9999)
    steady = (lasts < keeps / 3) & age.between(5, 60) & (lasts > 1.5 * age)
    expected = rows["quantity_purchased"] - age * rows["daily_usage_rate"]
    assert (rows["quantity"] / expected)[steady].median() == pytest.approx(1, abs=0.06)
    assert (rows["quantity"] == rows["quantity_purchased"])[age == 0].all()


def test_pieces_are_counted_by_wholes_or_halves():
    rows = many().inventory
    counted = rows["unit"].isin(["pcs", "can", "bunch"])
    assert (rows.loc[counted, "quantity"] * 2 % 1 == 0).all()
    eggs = rows.loc[rows["item_name"] == "eggs", "quantity"]
    assert (eggs % 1 == 0).all() and len(eggs) > 100


def test_some_food_is_past_its_date_and_some_is_low_and_what_keeps_has_no_date():
    rows = many().inventory
    assert 0.01 < (rows["expiry_date"] < UNTIL).mean() < 0.06
    assert 0.05 < (rows["quantity"] <= rows["reorder_threshold"]).mean() < 0.2
    assert (rows["expiry_date"].isna() == of_food("shelf_life_days", rows).isna()).all()
    assert (rows["expiry_date"].dropna() > rows.loc[rows["expiry_date"].notna(), "purchase_date"]).all()
    shelf = (rows["expiry_date"] - rows["purchase_date"]).dt.days / of_food("shelf_life_days", rows)
    assert shelf.median() == pytest.approx(1, abs=0.05)
    assert shelf[of_food("shelf_life_days", rows) > 20].between(0.5, 2).all()


def test_the_reorder_threshold_is_a_few_days_of_usage():
    rows = many().inventory.merge(many().kept[[*PAIR, "usual_quantity"]], on=PAIR)
    expected = np.minimum(rows["daily_usage_rate"] * PARAMS.reorder_days, rows["usual_quantity"] / 2)
    assert np.allclose(rows["reorder_threshold"], expected, rtol=0.06)


def test_tags_are_what_the_table_and_the_knowledge_say():
    rows = many().inventory.drop_duplicates("item_name").set_index("item_name")["nutritional_tags"].astype("str")
    assert rows["tofu"] == "high_protein,vegan,dairy_free,gluten_free"
    assert rows["milk"] == "high_calcium,vegetarian,gluten_free"
    assert "gluten_free" not in rows["bread"]
    assert "vegan" not in rows["chicken breast"] and "vegetarian" not in rows["chicken breast"]


def test_a_purchase_lasts_no_longer_than_it_is_good_unless_it_cannot_be_smaller():
    keeps = np.array([8.0, 8.0, 2.0, np.inf])
    days = lasting(np.array([4.0, 20.0, 9.0, 200.0]), np.array([1.0, 1.0, 7.0, 50.0]), keeps)
    assert list(days) == [4, 8, 7, 200]


def test_usage_is_scaled_to_the_purchases_that_are_wanted():
    rng = np.random.default_rng(1)
    pack, least, keeps = rng.uniform(3, 90, (5, 40)), rng.uniform(1, 3, (5, 40)), rng.uniform(5, 400, (5, 40))
    rate = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    factor = eaten_at_home(pack, least, keeps, rate)[:, None]
    made = (1 / lasting(pack / factor, least / factor, keeps).clip(min=1)).sum(axis=1)
    assert made == pytest.approx(rate, rel=0.03)


@given(st.floats(1e-6, 1e9), st.integers(1, 6))
def test_rounding_to_digits_is_near_and_stable(value, digits):
    rounded = significant(np.array([value]), digits)
    assert rounded[0] == pytest.approx(value, rel=10.0 ** (1 - digits))
    assert significant(rounded, digits)[0] == pytest.approx(rounded[0], rel=1e-12)
