"""What a recipe must satisfy: one rule a function, one registry; the parameters name those that run.

A check returns why the recipe fails, or None:

    {"name": "salt", "quantity": 900.0, "unit": "cup"} -> "900 cup of salt is more than 40"
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pantrypilot.kitchen.records import Recipe

if TYPE_CHECKING:
    from pantrypilot.pipelines.validation.params import ValidationParams

Check = Callable[[Recipe, "ValidationParams"], str | None]


def names_are_words(recipe: Recipe, params: ValidationParams) -> str | None:
    """Every ingredient's name has a letter in it."""
    for place, item in enumerate(recipe.ingredients, 1):
        if not any(character.isalpha() for character in item.name):
            return f"ingredient {place} has no name: {item.name!r}"
    return None


def quantities_are_plausible(recipe: Recipe, params: ValidationParams) -> str | None:
    """No quantity is zero or more than a household kitchen would use."""
    for item in recipe.ingredients:
        largest = params.largest_quantity.get(item.unit or "", params.largest_count)
        if item.quantity is not None and not 0 < item.quantity <= largest:
            amount = f"{item.quantity:g} {item.unit or ''}".strip()
            return (
                f"{amount} of {item.name} is {'nothing' if item.quantity == 0 else f'more than {largest:g}'}"
            )
    return None


def steps_are_there(recipe: Recipe, params: ValidationParams) -> str | None:
    """Every recipe has steps, unless its source has none to give."""
    if recipe.source not in params.sources_without_steps and not any(recipe.steps):
        return "no steps"
    return None


def list_fits_an_answer(recipe: Recipe, params: ValidationParams) -> str | None:
    """A recipe has no more ingredients than pantries and answers are made for."""
    if (count := len(recipe.names)) > params.most_ingredients:
        return f"{count} ingredients are more than {params.most_ingredients}"
    return None


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (names_are_words, quantities_are_plausible, steps_are_there, list_fits_an_answer)
}
