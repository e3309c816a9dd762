"""Recipes that pass the checks, labelled with the diets that they keep to; the others with the reason."""

from __future__ import annotations

import logging

from pantrypilot.diets import UnknownDiet
from pantrypilot.diets.knowledge import nearest
from pantrypilot.kitchen.frames import from_frame, to_frame
from pantrypilot.kitchen.records import LabelledRecipe, Recipe, RecipeReject
from pantrypilot.pipelines.types import Table
from pantrypilot.pipelines.validation.checks import CHECKS
from pantrypilot.pipelines.validation.params import ValidationParams

logger = logging.getLogger(__name__)


def label_recipes(
    recipes: Table, ingredient_verdicts: Table, params: ValidationParams
) -> tuple[Table, Table]:
    """Labelled recipes and rejects. A recipe keeps to a diet when every ingredient is `allowed`.

    One `unknown` ingredient is enough to lose the label: unknown is never safe.

    Raises:
        UnknownDiet: a diet to label is not among the verdicts; the message names the nearest.
        ValueError: no recipe passes the checks.
    """
    names = ingredient_verdicts["name"]
    allowed = {
        diet: frozenset(names[_verdicts(ingredient_verdicts, diet) == "allowed"]) for diet in params.diets
    }
    nameless = frozenset(names[ingredient_verdicts["food_classes"].map(len) == 0])
    labelled, rejects = [], []
    for recipe in from_frame(recipes, Recipe):
        if reason := _failure(recipe, params):
            file, _, row = recipe.origin.rpartition(":")
            rejects.append(
                RecipeReject(file=file, row=int(row), title=recipe.title, kind="implausible", reason=reason)
            )
            continue
        used = set(recipe.names)
        labelled.append(
            LabelledRecipe.model_construct(
                **dict(recipe),
                diets=tuple(diet for diet in params.diets if used <= allowed[diet]),
                unknown_ingredients=len(used & nameless),
            )
        )
    if not labelled:
        raise ValueError(
            f"None of {len(rejects):,} recipes passes the checks; the first: {rejects[0].reason}."
        )
    logger.info("%d recipes labelled, %d rejected by the checks", len(labelled), len(rejects))
    return to_frame(labelled, LabelledRecipe), to_frame(rejects, RecipeReject)


def _verdicts(ingredient_verdicts: Table, diet: str) -> object:

    known = ingredient_verdicts.columns[3:]
    if diet not in known:
        raise UnknownDiet(
            f"There is no diet {diet!r}.{nearest(diet, known)} Known diets: {', '.join(known)}."
        )
    return ingredient_verdicts[diet]


def _failure(recipe: Recipe, params: ValidationParams) -> str | None:
    return next((reason for name in params.checks if (reason := CHECKS[name](recipe, params))), None)
