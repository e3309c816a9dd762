"""Node: steps for recipes that came without any, as What's Cooking's do."""

from __future__ import annotations

import logging
import random

from pantrypilot.kitchen.composing import compose_dish
from pantrypilot.kitchen.dishes import Dishes
from pantrypilot.pipelines.types import Table

logger = logging.getLogger(__name__)


def write_missing_steps(merged_recipes: Table, dishes: Dishes, seed: int) -> Table:
    """Composed title and steps where there are no steps; `source` then says so.

    Each recipe's text depends on its id and the seed alone.
    """
    table = merged_recipes.copy()
    bare = table["steps"].map(len) == 0
    if not bare.any():
        return table
    logger.info("%d recipes came without steps; they are composed", int(bare.sum()))
    written = [
        compose_dish(list(dict.fromkeys(item["name"] for item in items)), random.Random(f"{seed}:{key}"), dishes)
        for key, items in zip(table.loc[bare, "recipe_id"], table.loc[bare, "ingredients"], strict=True)
    ]
    table.loc[bare, "title"] = [title for title, _ in written]
    # an object Series, because a list of lists would be taken for a table
    steps = table["steps"].copy()
    for place, (_, lines) in zip(table.index[bare], written, strict=True):
        steps.at[place] = list(lines)
    table["steps"] = steps
    table.loc[bare, "source"] = table.loc[bare, "source"] + ", steps composed"
    return table
