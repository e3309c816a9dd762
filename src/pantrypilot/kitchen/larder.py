"""The larder: every food that a pantry may show, and what each diet says of it.

One row of its table, `data/03_primary/generator/larder.csv`:

    name=bacon  n_recipes=4  category=pork  held_out=False  food_classes=pork;meat  breaks=vegan;vegetarian
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Food:
    """`breaks` are the diets that forbid it, `unsure` those that cannot tell; `category` is its shelf, if any."""

    name: str
    n_recipes: int
    category: str
    held_out: bool
    food_classes: tuple[str, ...]
    breaks: frozenset[str]
    unsure: frozenset[str]


def whole_words(names: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the names as whole words: "veal" in "veal shanks". Of no names it finds nothing."""
    return re.compile(rf"\b({'|'.join(map(re.escape, sorted(names))) or '(?!)'})\b")


class Larder:
    """Foods by name, with the questions that pantry synthesis asks."""

    def __init__(self, foods: Iterable[Food]) -> None:
        self.foods = {food.name: food for food in foods}
        self._sorted = sorted(self.foods.values(), key=lambda food: food.name)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Larder:
        def listed(value: object) -> tuple[str, ...]:
            return tuple(part for part in str(value).split(";") if part) if isinstance(value, str) else ()

        return cls(
            Food(
                row["name"],
                int(row["n_recipes"]),
                row["category"] if isinstance(row["category"], str) else "",
                bool(row["held_out"]),
                listed(row["food_classes"]),
                frozenset(listed(row["breaks"])),
                frozenset(listed(row["unsure"])),
            )
            for row in frame.to_dict("records")
        )

    def forbidden(self, name: str, diets: Iterable[str]) -> bool:
        """Whether one of the diets forbids the food. Names outside the larder raise KeyError."""
        return any(diet in self.foods[name].breaks for diet in diets)

    def allowed(self, name: str, diets: Iterable[str]) -> bool:
        """Whether every one of the diets surely allows it: neither forbidden nor unsure."""
        food = self.foods[name]
        return not any(diet in food.breaks or diet in food.unsure for diet in diets)

    def names(self, *, held_out: bool | None = None, in_recipes: bool | None = None) -> list[str]:
        """Names, sorted, so that a seeded draw is the same everywhere."""
        return [
            food.name
            for food in self._sorted
            if (held_out is None or food.held_out == held_out)
            and (in_recipes is None or (food.n_recipes > 0) == in_recipes)
        ]
