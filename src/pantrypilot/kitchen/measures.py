"""From any unit of the kitchen to g, ml or pcs, by Pint, and between the three by what is known of a food.

    >>> Kitchen("us").convert("Cups", "mass", FoodFacts("flour", density=0.53))
    Conversion(unit='g', factor=125.39..., how='1 cup = 236.588 ml = 125.392 g')
    >>> Kitchen("us").convert("cup", "mass", FoodFacts("kale"))
    Conversion(unit='ml', factor=236.5882365, how='1 cup = 236.588 ml; no density is known')

Units are read by `units.read_unit`, never by Pint itself, for which a bag is 94 pounds of cement and a can a hundredth
of a year. Not covered: how tightly a cup is packed, drained against net weight, and prices of deposits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any, Literal, NamedTuple

from pantrypilot.kitchen.units import ANY, PACKAGE, ReadUnit, check_name, explain, measure_data, read_unit

Dimension = Literal["mass", "volume", "count"]
CANONICAL: dict[Dimension, str] = {"mass": "g", "volume": "ml", "count": "pcs"}
MISSING = {"mass": "", "volume": "density", "count": "weight of a piece"}


class MeasuresError(ValueError):
    """A unit, a locale or an amount is wrong; the message names the nearest right word."""


class FoodFacts(NamedTuple):
    """What is needed of a food: `density` in g/ml and grams `per_piece`; None where it is not known.

    `package`: the unit that `per_piece` weighs where the food is sold by the can or the bunch.
    """

    name: str = ""
    density: float | None = None
    per_piece: float | None = None
    package: str | None = None


class Measure(NamedTuple):
    """So many canonical units; of a package, `amount` is what it is counted as, one piece."""

    name: str
    dimension: Dimension
    amount: float
    package: bool = False


class Conversion(NamedTuple):
    """One of a unit is `factor` times the canonical `unit`; `how` tells a person which way that was found."""

    unit: str
    factor: float
    how: str


class Kitchen:
    """Units as a locale means them: us, imperial, metric, australian, japanese.

    Args:
        locale: whose cups, pints and spoons, where the text itself does not say.
        holds: what packages hold beyond `measures.yml`: {"bottle": {"olive oil": "500 ml", "any": "750 ml"}}.

    Raises:
        MeasuresError: there is no such locale or package, or an amount is none.
    """

    def __init__(self, locale: str = "us", holds: Mapping[str, Mapping[str, str]] | None = None) -> None:
        data = measure_data()
        try:
            check_name("locale", locale, data.locales)
            for unit in holds or {}:
                check_name("packages", unit, data.packages)
        except ValueError as error:
            raise MeasuresError(str(error)) from None
        self.locale = locale
        self._measures: dict[str, Measure | None] = {}
        self._holds = {unit: self._sizes(unit, (holds or {}).get(unit, {})) for unit in data.packages}

    def measure(self, text: str) -> Measure | None:
        """What a unit is, whatever the food; None where the unit is not known."""
        if text not in self._measures:
            unit = read_unit(text)
            self._measures[text] = None if unit is None else self._define(unit)
        return self._measures[text]

    def convert(self, text: str, target: Dimension | None, food: FoodFacts) -> Conversion:
        """One of a unit of a food in the canonical unit of `target`; in that of its own where there is no way.

        Raises:
            MeasuresError: the unit is not known.
        """
        measure = self.measure(text)
        if measure is None:
            raise MeasuresError(explain(text))
        if measure.package and (size := self._contents(measure, target, food)):
            inside = _reach(size._replace(name=measure.name), target, food)
            if inside.unit == CANONICAL[target]:
                return inside
        return _reach(measure, target, food)

    def _contents(self, package: Measure, target: Dimension | None, food: FoodFacts) -> Measure | None:
        """What a package holds: as the food itself says, else by its name, by the end of that, by any name."""
        if target is None:
            return None
        if food.package == package.name and (grams := _known(food.per_piece)):
            return Measure(package.name, "mass", grams)
        words = _singular(food.name).split()
        names = [" ".join(words[start:]) for start in range(len(words))]
        # where pieces are wanted, only what is known of this food says more than "one"
        names += [] if target == "count" else [ANY]
        sizes = self._holds[package.name]
        return next((sizes[name] for name in names if name in sizes), None)

    def _sizes(self, unit: str, given: Mapping[str, str]) -> dict[str, Measure]:
        sizes = {**measure_data().holds.get(unit, {}), **given}
        return {_singular(food): self._size(amount, f"packages.{unit}.{food}") for food, amount in sizes.items()}

    def _size(self, text: str, where: str) -> Measure:
        """A number and a unit."""
        match = re.fullmatch(r"\s*([0-9]+\.?[0-9]*|\.[0-9]+)\s*([^0-9\s].*)", text)
        measure = self.measure(match[2]) if match else None
        if measure is None or measure.package or not _known(amount := float(match[1]) * measure.amount):
            raise MeasuresError(f"{where}: {text!r} is no amount. Write a number and a unit, as in '400 g'.")
        return measure._replace(amount=amount)

    def _define(self, unit: ReadUnit) -> Measure:
        means, locale = measure_data().units[unit.name].means, unit.locale or self.locale
        if means == PACKAGE:
            return Measure(unit.name, "count", 1.0, package=True)
        while isinstance(means, Mapping) and locale not in means:
            locale = measure_data().locales[locale].like
        quantity = registry().Quantity(means if isinstance(means, str) else means[locale])
        dimension = next(side for side, canonical in CANONICAL.items() if quantity.is_compatible_with(canonical))
        return Measure(unit.name, dimension, float(quantity.to(CANONICAL[dimension]).magnitude))


def _reach(measure: Measure, target: Dimension | None, food: FoodFacts) -> Conversion:
    """A measure in the canonical unit of `target`, by what one piece and one ml of the food weigh."""
    start, amount = measure.dimension, measure.amount
    how = f"1 {measure.name}" + ("" if measure.name == CANONICAL[start] else f" = {_told(amount, start)}")
    if target in (None, start):
        return Conversion(CANONICAL[start], amount, how)
    if measure.package:
        return Conversion(CANONICAL[start], amount, f"{how}; what it holds is not known")
    grams = {"mass": 1.0, "volume": _known(food.density), "count": _known(food.per_piece)}
    if missing := [MISSING[side] for side in (start, target) if grams[side] is None]:
        return Conversion(CANONICAL[start], amount, f"{how}; no {missing[0]} is known")
    reached = amount * grams[start] / grams[target]
    return Conversion(CANONICAL[target], reached, f"{how} = {_told(reached, target)}")


@cache
def registry() -> Any:
    """Pint's own units, and the piece. In fractions: 16 ounces are a pound to the last digit."""
    import pint

    units = pint.UnitRegistry(non_int_type=Fraction)
    units.define("piece = [pieces] = pcs")
    return units


def _known(fact: float | None) -> float | None:
    """A fact that can be reckoned with: a finite number above zero."""
    return float(fact) if fact is not None and math.isfinite(fact) and fact > 0 else None


def _singular(name: str) -> str:
    """Names meet whatever their case and number: "Spring Onions", "spring onion"."""
    return " ".join(word.removesuffix("s") for word in name.casefold().split())


def _told(amount: float, dimension: Dimension) -> str:
    return f"{amount:g} {CANONICAL[dimension]}"
