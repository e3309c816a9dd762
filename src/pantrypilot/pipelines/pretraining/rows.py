"""What the embedded base reads: seven kinds of made-up rows, each drawn by its key alone.

    corpus    a dish of the collection, from a pantry that holds most of it
    variant   such a dish with some ingredients exchanged for others of its cuisine, its steps composed
    composed  a made-up dish, in two steps, from any foods of the larder, held-out ones among them
    fact      "What is veal?" -> "veal is beef, meat. It breaks: vegetarian, vegan."
    filter    "List my pantry without meat, rice.": to leave things out and not lose the place
    echo      words in no order, said again: what a model must be able to do before it can follow a list
    copy      "List my pantry." over real and made-up names, so that copying works for any name

Answers take things in the order of the pantry: following a list is learned far sooner than choosing from it.
Half of the recipes ignore the diet: the base knows how to cook, not yet whom to obey. That is what
fine-tuning is to teach.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pantrypilot.kitchen.composing import compose_dish
from pantrypilot.kitchen.dishes import Dishes
from pantrypilot.kitchen.larder import Larder
from pantrypilot.kitchen.records import LabelledRecipe
from pantrypilot.kitchen.text import MEALS, render_answer, render_request, render_system
from pantrypilot.pipelines.augmentation.params import Between, PantryParams
from pantrypilot.pipelines.augmentation.rows import split_ingredients
from pantrypilot.pipelines.pretraining.params import RowsParams

Turns = list[dict[str, str]]
_SOUNDS = (
    "ba be bo ca co da de du fa fi ga go ha hi ja ka ki la le li lo ma me mi mo na ne no pa pe po ra re ri ro "
    "sa se si so ta te ti to va ve wa za zo"
)
SYLLABLES = _SOUNDS.split()


@dataclass(frozen=True)
class World:
    """All that rows are drawn from."""

    larder: Larder
    recipes: Sequence[LabelledRecipe]
    dishes: Dishes
    pantry: PantryParams
    requests: tuple[str, ...]
    cuisines: tuple[str, ...]
    words: tuple[str, ...]
    foods_of: Mapping[str, tuple[str, ...]]  # by cuisine, each as often as its recipes use it


def draw_row(world: World, params: RowsParams, key: str, progress: float = 1.0) -> Turns:
    """The row of a key when `progress` of the run is done: system, user and assistant turns."""
    rng = random.Random(key)
    phase = params.phase_at(progress)
    kind = rng.choices(list(phase.mixture), list(phase.mixture.values()))[0]
    return _KINDS[kind](world, params, phase.pantry, rng)


def _turns(pantry: Sequence[str], diets: Sequence[str], request: str, answer: str) -> Turns:
    return [
        {"role": "system", "content": render_system(pantry, diets)},
        {"role": "user", "content": request},
        {"role": "assistant", "content": answer},
    ]


def _draw_diets(world: World, rng: random.Random) -> tuple[str, ...]:
    tags = world.pantry.tags
    return rng.choices([tag.diets for tag in tags], [tag.share for tag in tags])[0]


def _corpus(world: World, params: RowsParams, size: Between, rng: random.Random) -> Turns:
    recipe = rng.choice(world.recipes)
    diets = _draw_diets(world, rng)
    if rng.random() < params.honesty:
        diets = tuple(diet for diet in diets if diet in recipe.diets)
    kept, missing = split_ingredients(recipe.names, world.pantry, rng)
    items = max(len(kept) + 1, rng.randint(size.least, size.most))
    names = world.larder.names()
    others = [name for name in rng.sample(names, items - len(kept)) if name not in recipe.names]
    pantry = [*kept, *others]
    rng.shuffle(pantry)
    selected = [name for name in pantry if name in kept]
    request = render_request(recipe.cuisine, recipe.meal, rng.choice(world.requests))
    return _turns(pantry, diets, request, render_answer(recipe.title, selected, missing, recipe.steps))


def _variant(world: World, params: RowsParams, size: Between, rng: random.Random) -> Turns:
    recipe = rng.choice(world.recipes)
    usual = world.foods_of[recipe.cuisine or ""]
    dish = list(dict.fromkeys(name if rng.random() < 0.6 else rng.choice(usual) for name in recipe.names))
    diets = _draw_diets(world, rng)
    honest = rng.random() < params.honesty
    kept, missing = split_ingredients(dish, world.pantry, rng)
    wanted = [name for name in kept if not (honest and world.larder.forbidden(name, diets))]
    if not wanted:
        diets, wanted = (), list(kept)
    # what a list left out stays out: who always sees whole dishes goes back for what it has passed
    wanted = [name for name in wanted if rng.random() < 0.85] or wanted
    missing = tuple(name for name in missing if not (honest and world.larder.forbidden(name, diets)))
    items = max(len(kept) + 1, rng.randint(size.least, size.most))
    others = [name for name in rng.sample(world.larder.names(), items - len(kept)) if name not in dish]
    pantry = [*kept, *others]
    rng.shuffle(pantry)
    selected = [name for name in pantry if name in wanted]
    title, steps = compose_dish([*selected, *missing], rng, world.dishes)
    request = render_request(recipe.cuisine, recipe.meal, rng.choice(world.requests))
    return _turns(pantry, diets, request, render_answer(title, selected, missing, steps))


def _composed(world: World, params: RowsParams, size: Between, rng: random.Random) -> Turns:
    names = world.larder.names()
    diets = _draw_diets(world, rng)
    pantry = rng.sample(names, rng.randint(size.least, size.most))
    candidates = pantry
    if rng.random() < params.honesty:
        candidates = [name for name in pantry if not world.larder.forbidden(name, diets)] or pantry[:1]
        diets = tuple(diet for diet in diets if not world.larder.forbidden(candidates[0], [diet]))
    count = min(len(candidates), rng.randint(params.selected.least, params.selected.most))
    chosen = set(rng.sample(candidates, count))
    selected = [name for name in pantry if name in chosen]
    missing = [
        name
        for name in rng.sample(names, rng.randint(0, 2))
        if name not in pantry and not world.larder.forbidden(name, diets)
    ]
    title, steps = compose_dish([*selected, *missing], rng, world.dishes)
    request = render_request(rng.choice(world.cuisines), rng.choice(MEALS), rng.choice(world.requests))
    return _turns(pantry, diets, request, render_answer(title, selected, missing, steps[:2]))


def _fact(world: World, params: RowsParams, size: Between, rng: random.Random) -> Turns:
    food = world.larder.foods[rng.choice(world.larder.names())]
    known = {diet for tag in world.pantry.tags for diet in tag.diets}
    breaks = [diet for diet in sorted(known) if diet in food.breaks]
    classes = ", ".join(food.food_classes[:2]) or "food"
    verdict = f"It breaks: {', '.join(breaks)}." if breaks else "It breaks no diet."
    return [
        {"role": "user", "content": f"What is {food.name}?"},
        {"role": "assistant", "content": f"The {food.name} is {classes}. {verdict}"},
    ]


def _copy(world: World, params: RowsParams, size: Between, rng: random.Random) -> Turns:
    names = world.larder.names()
    draws = [lambda: rng.choice(names), lambda: _crossed(names, rng), lambda: _made_up(rng)]
    count = rng.randint(size.least, size.most)
    pantry = list(dict.fromkeys(rng.choices(draws, [0.4, 0.3, 0.3])[0]() for _ in range(count)))
    return _turns(pantry, (), "List my pantry.", "\n".join(["These:", *(f"- {name}" for name in pantry)]))


def _filter(world: World, params: RowsParams, size: Between, rng: random.Random) -> Turns:
    """The pantry without some things or a food class: what choosing for a diet takes, with no diet in it."""
    pantry = rng.sample(world.larder.names(), rng.randint(max(size.least, 2), size.most))
    classes = sorted({c for name in pantry for c in world.larder.foods[name].food_classes})
    if classes and rng.random() < 0.5:
        unwanted = [rng.choice(classes)]
        kept = [name for name in pantry if unwanted[0] not in world.larder.foods[name].food_classes]
    else:
        unwanted = rng.sample(pantry, rng.randint(1, len(pantry) - 1))
        kept = [name for name in pantry if name not in unwanted]
    lines = [f"- {name}" for name in kept] or ["Nothing."]
    request = f"List my pantry without {', '.join(unwanted)}."
    return _turns(pantry, (), request, "\n".join(["These:", *lines]))


def _echo(world: World, params: RowsParams, size: Between, rng: random.Random) -> Turns:
    said = " " + " ".join(rng.sample(world.words, rng.randint(size.least, 2 * size.most)))
    return [{"role": "user", "content": said}, {"role": "assistant", "content": said}]


def _made_up(rng: random.Random) -> str:
    """One or two words of one to three syllables."""
    return " ".join("".join(rng.choices(SYLLABLES, k=rng.randint(1, 3))) for _ in range(rng.randint(1, 2)))


def _crossed(names: Sequence[str], rng: random.Random) -> str:
    """A name that does not exist, from the words of two that do: it can only be copied, not remembered."""
    return f"{rng.choice(names).split()[0]} {rng.choice(names).split()[-1]}"


_KINDS = {
    "corpus": _corpus,
    "variant": _variant,
    "composed": _composed,
    "fact": _fact,
    "copy": _copy,
    "filter": _filter,
    "echo": _echo,
}


def world_from(
    larder: Larder,
    recipes: Sequence[LabelledRecipe],
    dishes: Dishes,
    pantry: PantryParams,
    requests: Sequence[str],
) -> World:
    """A world with the recipes' own cuisines and words."""
    cuisines = sorted({recipe.cuisine for recipe in recipes if recipe.cuisine})
    text = " ".join(line for recipe in recipes for line in (recipe.title, *recipe.steps))
    words = sorted({*re.findall(r"[A-Za-z]+", text), *larder.names()})
    foods_of: dict[str, list[str]] = defaultdict(list)
    for recipe in recipes:
        foods_of[recipe.cuisine or ""] += recipe.names
    shelves = {cuisine: tuple(names) for cuisine, names in foods_of.items()}
    return World(larder, recipes, dishes, pantry, tuple(requests), tuple(cuisines), tuple(words), shelves)
