"""What a purchase costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pantrypilot.kitchen.foods import CUSTOMARY, Foods
from pantrypilot.pipelines.augmentation.pantry.draws import Draws
from pantrypilot.pipelines.augmentation.pantry.packs import food_places
from pantrypilot.pipelines.augmentation.pantry.params import HouseholdParams
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np

    from pantrypilot.pipelines.augmentation.pantry.rhythm import Purchases

PLAIN, BRANDED = 0.9, 1.08  # the shop's own, which is a category's first brand, and a maker's
BULK = -0.08  # twice as much costs 5 % less a unit


class Prices:
    """Prices of the foods that households keep, in US dollars."""

    def __init__(self, foods: Foods, households: Table, kept_foods: Table, params: HouseholdParams) -> None:
        import numpy as np

        every = list(foods.values())
        item = food_places(kept_foods["item_id"], foods)
        level = households["region"].map({name: one.prices for name, one in params.regions.items()}).to_numpy(float)
        plain = {category.brands[0] for category in foods.categories.values()}
        brand = np.array([PLAIN if name in plain else BRANDED for name in kept_foods["brand"].cat.categories])
        metric = (kept_foods["unit"] == _units(every)[item]).to_numpy()
        holds = np.where(metric, 1.0, np.array([CUSTOMARY.get(food.unit, ("", 1.0))[1] for food in every])[item])
        self._a_unit = (
            np.array([food.unit_cost for food in every])[item]
            * holds
            * np.repeat(level, len(kept_foods) // len(households))
            * brand[kept_foods["brand"].cat.codes.to_numpy()]
        )
        self._item = item
        self._usual = np.array([food.usual_quantity for food in every])[item] / holds
        in_season = np.array([[month in food.months for month in range(1, 13)] for food in every])
        self._surcharge = np.where(in_season, 1.0, 1 + params.off_season_surcharge)
        self._params = params

    def paid(self, bought: Purchases, start: int, draws: Draws) -> np.ndarray:
        """Dollars for each purchase; its pairs are counted from `start`."""
        import numpy as np

        pair = bought.pair + start
        month = (np.datetime64(self._params.until) - bought.age).astype("datetime64[M]").astype(int) % 12
        price = self._a_unit[pair] * bought.quantity * (bought.quantity / self._usual[pair]) ** BULK
        price *= self._surcharge[self._item[pair], month]
        price *= draws.factor("price", self._params.price_noise, len(pair)) * (1 - bought.discount)
        return np.round(price, 2).clip(min=0.01)


def _units(foods: list) -> np.ndarray:
    import numpy as np

    return np.array([food.unit for food in foods], dtype=object)
