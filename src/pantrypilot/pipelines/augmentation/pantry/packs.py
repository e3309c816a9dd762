"""How much of a food is bought at once, in which unit, and how long that lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pantrypilot.kitchen.foods import COUNTED, CUSTOMARY, Foods

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FRESH = 5  # days: even what keeps for less is not bought more often
SMALLEST = 0.6  # of the usual quantity, where it can be divided
STEPS = 25  # of the search for how much is eaten at home; it settles after fifteen


def lasting(pack: np.ndarray, least: np.ndarray, keeps: np.ndarray) -> np.ndarray:
    """Days that a purchase lasts: as long as the usual pack, but no more is bought than is eaten while it is good.

    `pack` and `least` (the smallest that is sold) are in days of usage.
    """
    import numpy as np

    return np.maximum(np.minimum(pack, keeps.clip(min=FRESH)), least)


def eaten_at_home(pack: np.ndarray, least: np.ndarray, keeps: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """A factor on usage for each household, with which it makes about `rate` purchases a day.

    `pack`, `least` and `keeps` as in `lasting`, (households, foods), at a factor of 1.
    """
    import numpy as np

    factor = np.ones((len(rate), 1))
    for _ in range(STEPS):
        days = lasting(pack / factor, least / factor, keeps).clip(min=1)
        factor = (factor * (rate / (1 / days).sum(axis=1))[:, None]).clip(0.02, 50)
    return factor[:, 0]


def significant(values: np.ndarray, digits: int) -> np.ndarray:
    """Rounded to so many digits, as a person would write a quantity."""
    import numpy as np

    scale = 10.0 ** (digits - 1 - np.floor(np.log10(np.maximum(values, 1e-12))))
    return np.round(values * scale) / scale


def food_places(items: pd.Series, foods: Foods) -> np.ndarray:
    """Places in the table of foods of a column of item ids."""
    return items.cat.set_categories(list(foods.by_id)).cat.codes.to_numpy()


class Sold:
    """What each food is sold in, twice: in metric units, then in customary ones. Figures are in the unit."""

    def __init__(self, foods: Foods) -> None:
        import numpy as np

        every = list(foods.values())
        into = [(food.unit, 1.0) for food in every] + [CUSTOMARY.get(food.unit, (food.unit, 1.0)) for food in every]
        holds = np.array([size for _, size in into])
        self.units = list(dict.fromkeys(unit for unit, _ in into))
        self.unit = np.array([self.units.index(unit) for unit, _ in into])
        self.usual = np.array([food.usual_quantity for food in every] * 2) / holds
        self.daily = np.array([food.daily_usage for food in every] * 2) / holds
        self.keeps = np.array([food.shelf_life_days or np.inf for food in every] * 2)
        self._counted = np.array([unit in COUNTED for unit, _ in into])
        self.least = np.where(self._counted, 1.0, SMALLEST * self.usual)
        self._foods = len(every)

        self.brands = sorted({brand for food in every for brand in food.brands})
        self._choice = np.array([len(food.brands) for food in every])
        self._brand = np.full((len(every), self._choice.max()), -1)
        for place, food in enumerate(every):
            self._brand[place, : len(food.brands)] = [self.brands.index(brand) for brand in food.brands]

    def place(self, item: np.ndarray, customary: np.ndarray) -> np.ndarray:
        """Places in the figures of the foods (households, foods), by whether a household buys in customary units."""
        return item + customary[:, None] * self._foods

    def rounded(self, quantity: np.ndarray, place: np.ndarray) -> np.ndarray:
        """As it is sold: whole pieces, else two digits."""
        import numpy as np

        return np.where(self._counted[place], np.round(quantity).clip(min=1), significant(quantity, 2))

    def brand(self, item: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        """Places in `brands`, one of those that the food comes in."""
        return self._brand[item, (drawn * self._choice[item]).astype(int)]
