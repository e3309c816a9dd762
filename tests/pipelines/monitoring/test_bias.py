import numpy as np
import pandas as pd
import pytest
from monitoring_toys import REGIONS, big_purchases, big_stock, toy_bias_params, toy_foods, toy_households
from pydantic import ValidationError

from pantrypilot.pipelines.monitoring.alerts import ISSUES
from pantrypilot.pipelines.monitoring.bias import check_bias, resolve_targets

# what the toys buy: two foods each of north and east, one of south, each as often
AS_BOUGHT = {"foods_region": {"north": 2, "south": 1, "east": 2}, "foods_cuisine": {
    "nordic": 1, "baltic": 1, "coastal": 0.5, "highland": 0.5, "steppe": 2,
}}  # fmt: skip
NO_ALERTS = pd.DataFrame({"user_id": [], "item_id": [], "issue_type": []}).astype(str)


def checks(households=None, stock=None, purchases=None, alerts=NO_ALERTS, seed=7, **changes):
    given = (
        stock if stock is not None else big_stock(1000),
        purchases if purchases is not None else big_purchases(3000, users=20),
        households if households is not None else toy_households(20),
    )
    found = check_bias(*given, alerts, toy_foods(), toy_bias_params(**{**AS_BOUGHT, **changes}), seed)
    return {check["check"]: check for check in found["checks"]}


def alerts_of(users, issue="Low Stock"):
    return pd.DataFrame({"user_id": users, "item_id": "I_rice", "issue_type": issue})


def test_households_and_foods_of_the_target_are_called_biased_one_time_in_twenty_at_most():
    runs = 60
    fired = 0
    for seed in range(runs):
        found = checks(
            toy_households(60, seed=seed), big_stock(300, seed, 60), big_purchases(1200, seed, 60), seed=seed
        )
        fired += any(check["p_adjusted"] is not None and check["p_adjusted"] < 0.05 for check in found.values())
    assert fired <= 8  # 3 of 60 are to be expected; more than 8 would come once in 300 times


def test_too_many_households_of_a_region_are_found_and_named():
    households = toy_households(100).assign(region=["north"] * 80 + ["south"] * 10 + ["east"] * 10)
    check = checks(households)["regions of the households"]
    assert check["biased"] and check["verdict"].startswith("differs (w = 0.99): north 80.0% instead of 33.3%")
    north = check["shares"][0]
    assert north["low"] < 0.8 < north["high"] and north["low"] == pytest.approx(0.711, abs=1e-3)


def test_foods_of_a_region_that_are_bought_too_seldom_are_found():
    check = checks(foods_region="even")["regions of the foods bought"]
    assert check["biased"] and "south" in check["verdict"] and check["left_out"].keys() == {"global"}


def test_a_difference_too_small_to_matter_is_not_called_bias():
    check = checks(foods_region="even", smallest_effect=0.9)["regions of the foods bought"]
    assert not check["biased"] and check["verdict"].startswith("differs by less than matters")


def test_alerts_that_fall_on_one_region_are_found():
    households, stock = toy_households(60), big_stock(3000)
    north = set(households.loc[households["region"] == "north", "user_id"])
    hit = stock.loc[stock["user_id"].isin(north), "user_id"].astype(str).iloc[::2]
    found = checks(households, stock, alerts=alerts_of(hit))
    assert found["low stock by region of the household"]["biased"]
    assert "north 50" in found["low stock by region of the household"]["verdict"]
    assert not found["expired by region of the household"]["biased"]
    assert {f"{issue.lower()} by region of the household" for issue in ISSUES} <= set(found)


def test_what_the_target_or_the_tables_lack_is_counted_apart():
    households = toy_households(20).astype({"region": str})
    households.loc[0, "region"] = "atlantis"
    purchases = big_purchases(3000, users=20)
    purchases["item_id"] = purchases["item_id"].cat.rename_categories({"I_salt": "I_moondust"})
    found = checks(households.iloc[:15], purchases=purchases)
    assert found["regions of the households"]["left_out"] == {"atlantis": 1}
    assert "left out: not in the food table" in found["regions of the foods bought"]["verdict"]
    assert found["low stock by region of the household"]["left_out"] == {"in no known household": 250}


def test_one_household_is_too_few_to_tell():
    found = checks(toy_households(1), big_stock(50), big_purchases(50, users=1))
    assert {check["verdict"].split(";")[0] for check in found.values()} == {"too few households to tell"}


def test_empty_tables_are_no_bias():
    found = checks(toy_households(0), big_stock(50).head(0), big_purchases(300).head(0))
    assert not any(check["biased"] for check in found.values())


def test_an_even_target_gives_every_region_the_same_and_every_cuisine_its_part_of_its_region():
    regions, cuisines = resolve_targets("even", "even", toy_foods())
    assert regions == pytest.approx(dict.fromkeys(REGIONS, 1 / 3))
    assert cuisines["steppe"] == pytest.approx(1 / 3) and cuisines["nordic"] == pytest.approx(1 / 6)
    _, cuisines = resolve_targets({"north": 0.8, "east": 0.2}, "even", toy_foods())
    assert cuisines == pytest.approx({"nordic": 0.4, "baltic": 0.4, "steppe": 0.2})


def test_a_target_is_refused_where_it_names_what_there_is_not_or_is_none():
    with pytest.raises(ValueError, match=r"no region or cuisine 'nort'.*Did you mean 'north'"):
        checks(households_region={"nort": 1, "south": 1})
    for target in ({"north": 1}, {"north": 1, "south": 0}, "evenly"):
        with pytest.raises(ValidationError):
            toy_bias_params(households_region=target)
    weighed = toy_bias_params(households_region={"north": 1, "south": 3}).households_region
    assert weighed == {"north": 0.25, "south": 0.75}


def test_the_same_seed_gives_the_same_figures():
    assert checks(seed=3) == checks(seed=3)


def test_p_values_are_adjusted_for_all_checks_together():
    found = [check for check in checks().values() if check["p_value"] is not None]
    smallest = min(found, key=lambda check: check["p_value"])
    assert smallest["p_adjusted"] == pytest.approx(min(1, len(found) * smallest["p_value"]))
    assert np.isfinite([check["effect"] for check in found]).all()
