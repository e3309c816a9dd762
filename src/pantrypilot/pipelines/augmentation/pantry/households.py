"""Node: who the households are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pantrypilot.kitchen.dish_data import nearest
from pantrypilot.kitchen.foods import Foods
from pantrypilot.pipelines.augmentation.pantry.draws import Draws, pick
from pantrypilot.pipelines.augmentation.pantry.params import HouseholdParams
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np

# The golden ratio's fractions spread evenly, however many are taken: twenty households have the shares already.
GOLDEN = 0.6180339887498949


class UnknownRegion(ValueError):
    """A region of the parameters that the foods do not know."""


def make_households(foods: Foods, households: HouseholdParams, seed: int) -> Table:
    """One row a household, as `kitchen.tables.HOUSEHOLDS`: region, main cuisine, persons, diets and allergens.

    Raises UnknownRegion, with the nearest right name.
    """
    import numpy as np
    import pandas as pd

    for name in households.regions:
        if name not in foods.regions:
            raise UnknownRegion(
                f"pantry.households.regions: the foods know no region {name!r}.{nearest(name, foods.regions)}"
            )
    draws, users = Draws(seed), households.users
    names, told = list(households.regions), list(households.regions.values())
    evenly = (draws.uniform("first region", 1)[0] + GOLDEN * np.arange(users)) % 1
    region = pick([one.share for one in told], evenly)

    cuisines = list(foods.region_of)
    at_home = np.array([[foods.region_of[cuisine] == name for cuisine in cuisines] for name in names])
    abroad = (draws.uniform("abroad", users) < households.abroad)[:, None]
    cuisine = pick(np.where(abroad, ~at_home[region], at_home[region]), draws.uniform("cuisine", users))

    size, diet = np.empty(users), np.empty(users, dtype=object)
    size_drawn, diet_drawn = draws.uniform("size", users), draws.uniform("diet", users)
    for place, one in enumerate(told):
        here = region == place
        size[here] = 1 + pick(one.sizes, size_drawn[here])
        choices = np.array([*one.diets, ""], dtype=object)
        shares = [*one.diets.values(), 1 - sum(one.diets.values()) + 1e-12]
        diet[here] = choices[pick(shares, diet_drawn[here])]
    return pd.DataFrame(
        {
            "user_id": pd.Series([f"user_{number:03d}" for number in range(1, users + 1)], dtype="str"),
            "region": pd.Categorical.from_codes(region, categories=names),
            "cuisine": pd.Categorical.from_codes(cuisine, categories=cuisines),
            "size": size,
            "diets": pd.Series(diet, dtype="str"),
            "allergens": pd.Series(_allergens(households, diet, draws), dtype="str"),
            "last_updated": np.datetime64(households.until, "s"),
        }
    )


def _allergens(households: HouseholdParams, diets: np.ndarray, draws: Draws) -> np.ndarray:
    """Names joined by commas; what a household's diet says already is not said again."""
    import numpy as np

    hit = draws.uniform("allergens", households.users, len(households.allergens)) < list(households.allergens.values())
    return np.array(
        [
            ",".join(name for name, has in zip(households.allergens, row, strict=True) if has and name not in kept)
            for row, kept in zip(hit, (diet.split(",") for diet in diets), strict=True)
        ],
        dtype=object,
    )
