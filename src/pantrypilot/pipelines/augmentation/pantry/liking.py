"""How likely a household keeps a food: by its cuisine, its region, its diet and its allergies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pantrypilot.kitchen.foods import GLOBAL, Foods
from pantrypilot.pipelines.augmentation.pantry.draws import Draws
from pantrypilot.pipelines.augmentation.pantry.params import HouseholdParams
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np


class Liking:
    """Weights of the foods for each household, as logarithms; minus infinity is never."""

    def __init__(self, foods: Foods, households: Table, verdicts: Table, params: HouseholdParams) -> None:
        import numpy as np
        import pandas as pd

        regions, cuisines = households["region"].cat, households["cuisine"].cat
        self._region, self._cuisine = regions.codes.to_numpy(), cuisines.codes.to_numpy()
        self._weights = _affinity(foods, list(regions.categories), list(cuisines.categories), params)
        self._weights += np.log(even_popularity(foods))
        self._diet, self._diets = pd.factorize(households["diets"])
        self._allergen, self._allergens = pd.factorize(households["allergens"])
        self._by_diet = said_of_foods(verdicts, self._diets)
        self._by_allergen = said_of_foods(verdicts, self._allergens)
        self._lapses, self._doubt = params.lapses, np.log(params.doubt)

    def of(self, block: slice, draws: Draws) -> np.ndarray:
        """(households, foods) of a block of households. What is forbidden is open to few, by lapse."""
        import numpy as np

        weights = self._weights[self._region[block], self._cuisine[block]]
        lapse = draws.uniform("lapses", *weights.shape)
        for (forbidden, unsure), kind, share in (
            (self._by_diet, self._diet[block], self._lapses.diets),
            (self._by_allergen, self._allergen[block], self._lapses.allergens),
        ):
            weights[unsure[kind]] += self._doubt
            weights[forbidden[kind] & (lapse >= share)] = -np.inf
        return weights

    def kept_to(self, household: int) -> str:
        """The diets and allergens of a household, for an error."""
        return ",".join(filter(None, (self._diets[self._diet[household]], self._allergens[self._allergen[household]])))


def said_of_foods(verdicts: Table, kinds: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """For each kind of household (names of diets, joined by commas) and each food: whether one of the diets forbids it,
    and whether none does but one cannot tell."""
    import numpy as np

    diets = [[diet for diet in kind.split(",") if diet] for kind in kinds]
    none = np.zeros(len(verdicts), dtype=bool)

    def any_says(verdict: str) -> np.ndarray:
        return np.array([sum(((verdicts[diet] == verdict).to_numpy() for diet in kind), none) for kind in diets])

    forbidden = any_says("forbidden")
    return forbidden, any_says("unknown") & ~forbidden


def even_popularity(foods: Foods) -> np.ndarray:
    """Of each food; a region that has many foods in the table is not bought more for it."""
    import numpy as np

    regions = [food.region for food in foods.values()]
    popularity = np.array([food.popularity for food in foods.values()])
    sums = {region: popularity[[other == region for other in regions]].sum() for region in set(regions) - {GLOBAL}}
    usual = np.mean(list(sums.values()))
    return popularity * [usual / sums.get(region, usual) for region in regions]


def _affinity(foods: Foods, regions: list[str], cuisines: list[str], params: HouseholdParams) -> np.ndarray:
    """(regions, cuisines, foods), logarithms."""
    import numpy as np

    every = list(foods.values())
    own = np.array([[cuisine in food.cuisines for food in every] for cuisine in cuisines])
    everywhere = np.array([food.region == GLOBAL for food in every])
    near = [{foods.region_of[cuisine] for cuisine in food.cuisines} for food in every]
    here = np.array([[region in of_food for of_food in near] for region in regions])
    log = {whose: np.log(weight) for whose, weight in params.affinity.model_dump().items()}
    others = np.where(here, log["neighbour"], log["foreign"])[:, None]
    return np.where(everywhere, log["everywhere"], np.where(own, log["own"], others))
