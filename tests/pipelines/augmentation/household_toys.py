"""Synthetic households as the pipeline makes them, by the parameters of conf/base with changes."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import pandas as pd

from pantrypilot.diets import Knowledge
from pantrypilot.kitchen.foods import Foods, load_foods
from pantrypilot.pipelines.augmentation.pantry.choosing import choose_foods
from pantrypilot.pipelines.augmentation.pantry.households import make_households
from pantrypilot.pipelines.augmentation.pantry.inventory import take_stock
from pantrypilot.pipelines.augmentation.pantry.judging import judge_foods
from pantrypilot.pipelines.augmentation.pantry.params import HouseholdParams
from pantrypilot.pipelines.augmentation.pantry.shopping import shop
from project_toys import SEED, parameters

FOODS = load_foods()


class Made(NamedTuple):
    """All that the stage makes."""

    verdicts: pd.DataFrame
    households: pd.DataFrame
    kept: pd.DataFrame
    purchases: pd.DataFrame
    last: pd.DataFrame
    inventory: pd.DataFrame


def household_params(**changes: Any) -> HouseholdParams:
    return HouseholdParams.model_validate({**parameters()["pantry"]["households"], **changes})


def regions(**changes: Any) -> dict[str, Any]:
    """The regions of conf/base, each with the same changes."""
    told = parameters()["pantry"]["households"]["regions"]
    return {name: {**one, **changes} for name, one in told.items()}


def make(params: HouseholdParams, seed: int = SEED, foods: Foods = FOODS) -> Made:
    verdicts = _judged(params.diets) if foods is FOODS else judge_foods(foods, Knowledge.load(), params)
    households = make_households(foods, params, seed)
    kept = choose_foods(foods, households, verdicts, params, seed)
    purchases, last = shop(foods, households, kept, params, seed)
    inventory = take_stock(foods, households, verdicts, last, params, seed)
    return Made(verdicts, households, kept, purchases, last, inventory)


@functools.cache
def _judged(diets: tuple[str, ...]) -> pd.DataFrame:
    return judge_foods(FOODS, Knowledge.load(), household_params(allergens=dict.fromkeys(diets, 0.1)))


@functools.cache
def many() -> Made:
    """Four hundred households of conf/base; nobody changes them."""
    return make(household_params(users=400))


def of_food(field: str, rows: pd.DataFrame) -> pd.Series:
    """A field of the food of each row."""
    return rows["item_name"].astype("str").map({name: getattr(food, field) for name, food in FOODS.items()})
