"""From raw records to one table of recipes; what is left out is kept with its place and reason."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator

from pantrypilot.kitchen.frames import to_frame
from pantrypilot.kitchen.readers import CollectionError, RawRecipe
from pantrypilot.kitchen.records import Recipe, RecipeReject
from pantrypilot.pipelines.types import Table

logger = logging.getLogger(__name__)

# A dish of one ingredient teaches nothing about choosing.
FEWEST_INGREDIENTS = 2
LONGEST_TITLE = 200  # characters of a reject's title: a broken file may hold anything there


def read_recipes(
    recipe_collection: Iterable[RawRecipe],
) -> tuple[Table, Table, dict[str, int]]:
    """Recipes, rejects, and counts with read = kept + duplicate + rejected.

    Of two recipes with one `content_key` the first is kept.

    Raises:
        CollectionError: nothing can be read, or not one record is a recipe.
    """
    rejects: list[RecipeReject] = []
    counts = Counter(read=0, kept=0, duplicate=0, malformed=0)
    recipes = to_frame(_distinct(recipe_collection, rejects, counts), Recipe)
    if not counts["kept"]:
        raise CollectionError(f"None of {counts['read']:,} records is a usable recipe; the first: {rejects[0].reason}.")
    told = {
        "read": counts["read"],
        "kept": counts["kept"],
        "duplicate": counts["duplicate"],
        "rejected": counts["malformed"],
    }
    assert told["read"] == told["kept"] + told["duplicate"] + told["rejected"], told
    logger.info("%(read)d records read: %(kept)d kept, %(duplicate)d duplicates, %(rejected)d rejected", told)
    return recipes, to_frame(rejects, RecipeReject), told


def _distinct(
    recipe_collection: Iterable[RawRecipe], rejects: list[RecipeReject], counts: Counter[str]
) -> Iterator[Recipe]:
    """The recipes to keep, one by one; what is left out goes to `rejects`, and both are counted.

    Of the others nothing stays but a line each, and of all a hash: duplicates of any length cost nothing more.
    """
    first_with: dict[str, str] = {}
    ids: set[str] = set()

    def reject(record: RawRecipe, kind: str, reason: str) -> None:
        counts[kind] += 1
        long = record.title and len(record.title) > LONGEST_TITLE
        title = f"{record.title[:LONGEST_TITLE]} …" if long else record.title
        rejects.append(RecipeReject(file=record.file, row=record.row, title=title, kind=kind, reason=reason))

    for record in recipe_collection:
        counts["read"] += 1
        if record.fatal:
            logger.warning("%s", record.problem)
        if problem := _problem(record):
            reject(record, "malformed", problem)
            continue
        recipe = record.payload
        key = recipe.content_key
        if key in first_with:
            reject(record, "duplicate", f"the same dish as {first_with[key]}")
        elif recipe.recipe_id in ids:
            reject(record, "malformed", f"another dish has the id {recipe.recipe_id}")
        else:
            first_with[key] = record.origin
            ids.add(recipe.recipe_id)
            counts["kept"] += 1
            yield recipe


def _problem(record: RawRecipe) -> str | None:
    if record.payload is None:
        return record.problem
    if (found := len(record.payload.names)) < FEWEST_INGREDIENTS:
        return f"{found} ingredient; a dish has at least {FEWEST_INGREDIENTS}"
    return None
