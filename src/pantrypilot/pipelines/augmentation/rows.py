"""Nodes: from recipes to chat rows. The strategy decides what else stands in a vegetarian's pantry.

Both strategies draw the same recipes, wishes and pantries from the same seed; v3 then puts diverse forbidden
items into some of the vegetarian pantries. What differs between two models is this, and nothing else.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from pantrypilot.diets.knowledge import nearest
from pantrypilot.kitchen import ChatRow, Message, PantryItem, RowMetadata, frames
from pantrypilot.kitchen.larder import Larder, whole_words
from pantrypilot.kitchen.records import LabelledRecipe
from pantrypilot.kitchen.text import render_answer, render_request, render_system
from pantrypilot.pipelines.augmentation.households import listed
from pantrypilot.pipelines.augmentation.params import AugmentationParams, PantryParams, StrategyParams
from pantrypilot.pipelines.types import Table

MEATLESS = ("vegetarian", "vegan", "pescatarian")


def build_rows(
    recipe_pool: Table,
    larder: Table,
    household_pantries: Table,
    pantry: PantryParams,
    augmentation: AugmentationParams,
    strategy: StrategyParams,
    seed: int,
) -> Table:
    """Chat rows of one strategy, both splits; a column `split` beside the record's two.

    Recipes that hold a held-out food are never used. Raises ValueError when no recipe is left for a diet.
    """
    foods, homes = Larder.from_frame(larder), listed(household_pantries)
    held_out = whole_words(foods.names(held_out=True))
    recipes = [
        recipe
        for recipe in frames.from_frame(recipe_pool.drop(columns="split"), LabelledRecipe)
        if not shows_held_out(recipe, held_out)
    ]
    splits = dict(zip(recipe_pool["recipe_id"], recipe_pool["split"], strict=True))
    rows, sides = [], []
    for split, share in (("train", 1 - augmentation.valid_share), ("valid", augmentation.valid_share)):
        pool = [recipe for recipe in recipes if splits[recipe.recipe_id] == split]
        plan = plan_rows(
            pool, pantry, round(augmentation.rows * share), random.Random(f"{seed}:{split}:plan")
        )
        for number, (recipe, diets) in enumerate(plan):
            rows.append(
                build_row(
                    recipe,
                    diets,
                    foods,
                    homes,
                    pantry,
                    augmentation.requests,
                    strategy,
                    f"{seed}:{split}:{number}",
                    seed,
                )
            )
            sides.append(split)
    table = frames.to_frame(rows, ChatRow)
    table["split"] = sides
    return table


def shows_held_out(recipe: LabelledRecipe, held_out: re.Pattern[str]) -> bool:
    """Whether a recipe names a held-out food: as an ingredient, in a longer name ("veal shanks") or in a step."""
    text = " ".join([recipe.title, *recipe.names, *recipe.steps]).lower()
    return bool(held_out.search(text))


def plan_rows(
    recipes: Sequence[LabelledRecipe], pantry: PantryParams, count: int, rng: random.Random
) -> list[tuple[LabelledRecipe, tuple[str, ...]]]:
    """Which recipe is tagged with which diets: shares as asked, cuisines in turn, each recipe about equally often."""
    by_diets: dict[tuple[str, ...], list[LabelledRecipe]] = {}
    for tag in pantry.tags:
        fitting = [recipe for recipe in recipes if set(tag.diets) <= set(recipe.diets)]
        if not fitting:
            raise ValueError(_no_recipe_for(tag.diets, recipes))
        by_diets[tag.diets] = _cuisines_in_turn(fitting, rng)
    used: Counter[tuple[str, ...]] = Counter()
    planned = []
    for tag, rows in zip(pantry.tags, in_shares([tag.share for tag in pantry.tags], count), strict=True):
        for _ in range(rows):
            fitting = by_diets[tag.diets]
            planned.append((fitting[used[tag.diets] % len(fitting)], tag.diets))
            used[tag.diets] += 1
    rng.shuffle(planned)
    return planned


def in_shares(shares: Sequence[float], count: int) -> list[int]:
    """`count` in whole parts by their shares; the largest remainders get what rounding down leaves."""
    exact = [count * share / sum(shares) for share in shares]
    parts = [int(value + 1e-9) for value in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in by_remainder[: count - sum(parts)]:
        parts[index] += 1
    return parts


def _no_recipe_for(diets: Sequence[str], recipes: Sequence[LabelledRecipe]) -> str:
    labels = {label for recipe in recipes for label in recipe.diets}
    unknown = [diet for diet in diets if diet not in labels]
    if unknown and labels:
        return (
            f"no recipe is labelled {unknown[0]!r}.{nearest(unknown[0], labels)} Correct it in generator.pantry.tags "
            "or generator.evaluation.slices, or add it to generator.validation.diets"
        )
    return (
        f"no recipe fits the diets {', '.join(diets) or 'none'}: add recipes, or drop them from "
        "generator.pantry.tags and generator.evaluation.slices"
    )


def _cuisines_in_turn(recipes: Iterable[LabelledRecipe], rng: random.Random) -> list[LabelledRecipe]:
    shelves: dict[str, list[LabelledRecipe]] = defaultdict(list)
    for recipe in recipes:
        shelves[recipe.cuisine or ""].append(recipe)
    for shelf in shelves.values():
        rng.shuffle(shelf)
    longest = max(map(len, shelves.values()))
    return [shelf[i] for i in range(longest) for _, shelf in sorted(shelves.items()) if i < len(shelf)]


def build_row(
    recipe: LabelledRecipe,
    diets: tuple[str, ...],
    foods: Larder,
    homes: Sequence[Sequence[str]],
    pantry: PantryParams,
    requests: Sequence[str],
    strategy: StrategyParams,
    key: str,
    seed: int,
) -> ChatRow:
    """One chat row. `key` seeds it, so that it does not depend on the rows before it."""
    rng = random.Random(key)
    request = render_request(recipe.cuisine, recipe.meal, rng.choice(requests))
    kept, missing = split_ingredients(recipe.names, pantry, rng)
    others = draw_others(kept, missing, diets, foods, pantry, strategy, rng, draw_home(homes, pantry, key))
    # drawn last, from a generator of its own: v2 and v3 rows are alike up to here
    bad = draw_forbidden(diets, foods, pantry, strategy, random.Random(f"{key}:forbidden"))
    # they take the place of other food, so that no strategy has longer pantries; the stock stands last and stays
    others = [*others[min(len(bad), len(others) - 1) :], *bad]
    names = [*kept, *dict.fromkeys(others)]
    # each name has a place of its own, so that what two strategies share stands in the same order
    names.sort(key=lambda name: random.Random(f"{key}:{name}").random())
    # the answer reads the pantry from top to bottom: a small model can follow that, and a cook does not mind
    kept = tuple(name for name in names if name in kept)
    inventory = tuple(PantryItem(name=name, forbidden=foods.forbidden(name, diets)) for name in names)
    messages = (
        Message(role="system", content=render_system(names, diets)),
        Message(role="user", content=request),
        Message(role="assistant", content=render_answer(recipe.title, kept, missing, recipe.steps)),
    )
    metadata = RowMetadata(
        recipe_id=recipe.recipe_id,
        recipe_title=recipe.title,
        cuisine=recipe.cuisine,
        source=recipe.source,
        dietary_tags=diets,
        user_request=request,
        inventory=inventory,
        inventory_size=len(inventory),
        selected=kept,
        selected_count=len(kept),
        strategy=strategy.name,
        seed=seed,
    )
    return ChatRow(messages=messages, metadata=metadata)


def split_ingredients(
    names: Sequence[str], pantry: PantryParams, rng: random.Random
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what the pantry has, what it lacks), both in the recipe's order; at least two are there."""
    lacking = min(rng.randint(pantry.missing.least, pantry.missing.most), max(0, len(names) - 2))
    gone = set(rng.sample(range(len(names)), lacking))
    return (
        tuple(name for index, name in enumerate(names) if index not in gone),
        tuple(name for index, name in enumerate(names) if index in gone),
    )


def draw_others(
    kept: Sequence[str],
    missing: Sequence[str],
    diets: Sequence[str],
    foods: Larder,
    pantry: PantryParams,
    strategy: StrategyParams,
    rng: random.Random,
    home: Sequence[str] = (),
) -> list[str]:
    """The rest of the pantry: any food of the recipes, but no meat or fish that a meatless row's diet forbids.

    That absence is the documented flaw of v2; a stock is the exception, at `stock_share`. With a `home`, only what that
    household has, where that is anything.
    """
    meatless = [diet for diet in diets if diet in MEATLESS]
    taken = {*kept, *missing}
    usable = [
        name
        for name in foods.names(held_out=False, in_recipes=True)
        if name not in taken and not _is_meat_for(name, meatless, foods)
    ]
    candidates = [name for name in usable if name in home] or usable
    size = rng.randint(pantry.size.least, pantry.size.most)
    others = rng.sample(candidates, min(len(candidates), max(1, size - len(kept))))
    stocks = [name for name in pantry.stocks if name not in taken and foods.forbidden(name, meatless)]
    if meatless and stocks and rng.random() < strategy.stock_share:
        others[-1] = rng.choice(stocks)
    return others


def draw_home(homes: Sequence[Sequence[str]], pantry: PantryParams, key: str) -> Sequence[str]:
    """The household whose stock fills up the row of this key; empty for the rows that draw from all foods."""
    rng = random.Random(f"{key}:home")
    return rng.choice(homes) if rng.random() < pantry.household_share else ()


def draw_forbidden(
    diets: Sequence[str], foods: Larder, pantry: PantryParams, strategy: StrategyParams, rng: random.Random
) -> list[str]:
    """v3's diverse forbidden items: each from another category, for a share of the meatless rows."""
    meatless = [diet for diet in diets if diet in MEATLESS]
    if not meatless or rng.random() >= strategy.augmented_share:
        return []
    shelves = {
        category: fitting
        for category, names in pantry.categories.items()
        if (fitting := [name for name in names if foods.forbidden(name, meatless)])
    }
    count = min(rng.randint(strategy.items.least, strategy.items.most), len(shelves))
    return [rng.choice(shelves[category]) for category in rng.sample(sorted(shelves), count)]


def _is_meat_for(name: str, meatless: Sequence[str], foods: Larder) -> bool:
    """Meat, fish or a broth of them, for these diets: what vegetarian as well as the row's diet forbids."""
    if not meatless:
        return False
    fleshless = "vegetarian" if set(meatless) & {"vegetarian", "vegan"} else "pescatarian"
    return fleshless in foods.foods[name].breaks or fleshless in foods.foods[name].unsure
