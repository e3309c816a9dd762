"""From raw records to one table of recipes; what is left out is kept with its place and reason."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable

from pantrypilot.kitchen.frames import to_frame
from pantrypilot.kitchen.readers import CollectionError, RawRecipe
from pantrypilot.kitchen.records import Recipe, RecipeReject
from pantrypilot.pipelines.types import Table

logger = logging.getLogger(__name__)

# A dish of one ingredient teaches nothing about choosing.
FEWEST_INGREDIENTS = 2


def read_recipes(
    recipe_collection: Iterable[RawRecipe],
) -> tuple[Table, Table, dict[str, int]]:
    """Recipes, rejects, and counts with read = kept + duplicate + rejected.

    Of two recipes with one `content_key` the first is kept.

    Raises:
        CollectionError: nothing can be read, or not one record is a recipe.
    """
    kept: list[Recipe] = []
    rejects: list[RecipeReject] = []
    first_with: dict[str, str] = {}
    ids: set[str] = set()
    read = 0
    for record in recipe_collection:
        read += 1
        if record.fatal:
            logger.warning("%s", record.problem)
        if problem := _problem(record):
            rejects.append(_reject(record, "malformed", problem))
            continue
        recipe = record.payload
        key = recipe.content_key
        if key in first_with:
            rejects.append(_reject(record, "duplicate", f"the same dish as {first_with[key]}"))
        elif recipe.recipe_id in ids:
            rejects.append(_reject(record, "malformed", f"another dish has the id {recipe.recipe_id}"))
        else:
            first_with[key] = record.origin
            ids.add(recipe.recipe_id)
            kept.append(recipe)
    counts = _counts(read, len(kept), rejects)
    if not kept:
        raise CollectionError(f"None of {read:,} records is a usable recipe; the first: {rejects[0].reason}.")
    logger.info(
        "%(read)d records read: %(kept)d kept, %(duplicate)d duplicates, %(rejected)d rejected", counts
    )
    return to_frame(kept, Recipe), to_frame(rejects, RecipeReject), counts


def _problem(record: RawRecipe) -> str | None:
    if record.payload is None:
        return record.problem
    if (found := len(record.payload.names)) < FEWEST_INGREDIENTS:
        return f"{found} ingredient; a dish has at least {FEWEST_INGREDIENTS}"
    return None


def _reject(record: RawRecipe, kind: str, reason: str) -> RecipeReject:
    return RecipeReject(file=record.file, row=record.row, title=record.title, kind=kind, reason=reason)


def _counts(read: int, kept: int, rejects: list[RecipeReject]) -> dict[str, int]:
    kinds = Counter(reject.kind for reject in rejects)
    counts = {"read": read, "kept": kept, "duplicate": kinds["duplicate"], "rejected": kinds["malformed"]}
    assert read == counts["kept"] + counts["duplicate"] + counts["rejected"], counts
    return counts
