"""Nodes: which recipes, how many of each cuisine, and on which side of the split.

Every choice is by the hash of seed and recipe id, never by position: shuffling the input changes nothing.
Recipes without a cuisine are balanced as one cuisine, `any`.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from pantrypilot.pipelines.augmentation.params import AugmentationParams
from pantrypilot.pipelines.augmentation.params_recipes import BalanceParams
from pantrypilot.pipelines.types import Table

log = logging.getLogger(__name__)

ANY_CUISINE = "any"
# From the strictest: a vegan dish is also vegetarian and pescatarian, and counts once.
MAIN_DIETS = ("vegan", "vegetarian", "pescatarian")
OMNIVORE = "omnivore"


class RecipeLike(Protocol):
    """What the split looks at; `LabelledRecipe` has it."""

    recipe_id: str
    cuisine: str | None
    diets: tuple[str, ...]


def main_diet(diets: Iterable[str]) -> str:
    """The strictest of vegan, vegetarian and pescatarian that a recipe fits, else 'omnivore'."""
    kept = set(diets)
    return next((diet for diet in MAIN_DIETS if diet in kept), OMNIVORE)


def hash_order(recipe_id: str, seed: int) -> bytes:
    """A sort key that depends on seed and id alone."""
    return hashlib.blake2b(f"{seed}:{recipe_id}".encode(), digest_size=16).digest()


def assign_split(recipes: Sequence[RecipeLike], valid_share: float, seed: int) -> dict[str, str]:
    """recipe_id -> 'train' or 'valid', stratified by cuisine and main diet.

    Recipes are put in order by cuisine, main diet and hash, and every 1/valid_share-th of them goes to valid:
    the whole gets its share to within one recipe, and so does each cuisine and each diet within it. An id
    that comes twice is one recipe, so that no recipe is on both sides.
    """
    strata = {
        recipe.recipe_id: (
            recipe.cuisine or ANY_CUISINE,
            main_diet(recipe.diets),
            hash_order(recipe.recipe_id, seed),
        )
        for recipe in recipes
    }
    ordered = sorted(strata, key=strata.__getitem__)
    return {
        recipe_id: "valid" if int((at + 1) * valid_share + 0.5) > int(at * valid_share + 0.5) else "train"
        for at, recipe_id in enumerate(ordered)
    }


def split_recipes(labelled_recipes: Table, augmentation: AugmentationParams, seed: int) -> Table:
    """The recipes with a column `split`."""
    sides = assign_split(list(_likes(labelled_recipes)), augmentation.valid_share, seed)
    return labelled_recipes.assign(split=[sides[key] for key in labelled_recipes["recipe_id"]])


def sample_balanced(labelled_recipes: Table, params: BalanceParams) -> tuple[Table, Table]:
    """About `per_cuisine` recipes of each cuisine -> (balanced, shortfall: cuisine, have, want, missing).

    Within a cuisine, `vegetarian_share` of the sample are vegetarian (vegan ones among them, in proportion),
    the rest pescatarian and omnivore in proportion; where one part has too few, the other fills up. A cuisine
    with fewer recipes than wanted keeps them all. Without `cuisines`, those with `least_recipes` are taken.

    Raises:
        ValueError: no cuisine has enough recipes.
    """
    import pandas as pd

    cuisines = labelled_recipes["cuisine"].map(lambda value: value if isinstance(value, str) else ANY_CUISINE)
    counts = cuisines.value_counts()
    chosen = params.cuisines or tuple(sorted(counts.index[counts >= params.least_recipes]))
    if not chosen:
        raise ValueError(
            f"no cuisine has {params.least_recipes} recipes or more (the largest has {max(counts, default=0)}): "
            "lower generator.balance.least_recipes, or read a larger collection"
        )
    kept, shortfall = [], []
    by_cuisine = defaultdict(list)
    for place, (cuisine, recipe) in enumerate(zip(cuisines, _likes(labelled_recipes), strict=True)):
        by_cuisine[cuisine].append((hash_order(recipe.recipe_id, params.seed), place, main_diet(recipe.diets)))
    for cuisine in dict.fromkeys(name.lower() for name in chosen):
        sampled = _stratified([(place, diet) for _, place, diet in sorted(by_cuisine[cuisine])], params)
        kept += sampled
        missing = max(0, params.per_cuisine - len(sampled))
        shortfall.append((cuisine, len(by_cuisine[cuisine]), params.per_cuisine, missing))
        if missing:
            log.info("%s: %d recipes of %d wanted, %d missing", cuisine, len(sampled), params.per_cuisine, missing)
    table = labelled_recipes.iloc[kept].reset_index(drop=True)
    return table, pd.DataFrame(shortfall, columns=["cuisine", "have", "want", "missing"])


def merge_recipes(
    balanced_recipes: Table,
    synthetic_recipes: Table,
    augmentation: AugmentationParams,
    seed: int,
) -> Table:
    """Real and composed recipes in one pool; composed ones get their side of the split here."""
    import pandas as pd

    if synthetic_recipes.empty:  # an empty JSONL file has no columns either
        return balanced_recipes
    composed = split_recipes(synthetic_recipes, augmentation, seed)
    return pd.concat([balanced_recipes, composed[list(balanced_recipes.columns)]], ignore_index=True)


def _stratified(recipes: Sequence[tuple[int, str]], params: BalanceParams) -> list[int]:
    """Places of the sampled recipes of one cuisine, from (place, main diet) in hash order."""
    by_diet: dict[str, list[int]] = {diet: [] for diet in (*MAIN_DIETS, OMNIVORE)}
    for place, diet in recipes:
        by_diet[diet].append(place)
    meatless, others = [by_diet["vegan"], by_diet["vegetarian"]], [by_diet["pescatarian"], by_diet[OMNIVORE]]
    have_meatless, have_others = sum(map(len, meatless)), sum(map(len, others))
    want = min(params.per_cuisine, have_meatless + have_others)
    take = min(have_meatless, round(params.vegetarian_share * params.per_cuisine))
    take = max(take, want - have_others)
    return sorted(_in_proportion(meatless, take) + _in_proportion(others, want - take))


def _in_proportion(groups: Sequence[list[int]], count: int) -> list[int]:
    """`count` items of the two groups, as many of each as its size asks."""
    first, second = groups
    total = len(first) + len(second)
    from_first = round(count * len(first) / total) if total else 0
    return first[:from_first] + second[: count - from_first]


class _Like:
    __slots__ = ("cuisine", "diets", "recipe_id")

    def __init__(self, recipe_id: str, cuisine: object, diets: Iterable[str]) -> None:
        self.recipe_id, self.diets = recipe_id, tuple(diets)
        self.cuisine = cuisine if isinstance(cuisine, str) else None


def _likes(recipes: Table) -> Iterable[_Like]:
    return map(_Like, recipes["recipe_id"], recipes["cuisine"], recipes["diets"])
