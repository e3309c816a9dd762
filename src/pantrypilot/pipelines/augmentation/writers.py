"""Who writes a recipe that is missing. One interface, one registry; `composer` works offline.

The composer draws a dish form, fills its slots with the cuisine's own ingredients (common ones more often,
and those that its recipes already combine), and takes amounts from these recipes.
Not covered: flavours that only a cook could balance.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from pantrypilot.kitchen.composing import compose_dish
from pantrypilot.kitchen.dishes import Dishes, Form
from pantrypilot.kitchen.records import Ingredient, Recipe, make_recipe_id
from pantrypilot.pipelines.augmentation.params_recipes import ComposerParams

SERVES = 2
STRANGERS = 0.1  # weight of an ingredient that no recipe combines with a chosen one; each that does adds 1
WHOLE_UNITS = {"pcs", "clove", "slice", "can", "bunch", "pinch"}


class WriterError(ValueError):
    """A writer cannot go on; the message says what to do and what was kept."""


class Rejected(ValueError):
    """One reply is no recipe; the message is the reason."""


@dataclass(frozen=True)
class Request:
    """A recipe to write. `number` counts the cuisine's requests, `attempt` the times that it was asked."""

    cuisine: str
    meal: str
    diets: tuple[str, ...]
    number: int
    attempt: int = 0

    @property
    def label(self) -> str:
        return f"{self.cuisine} #{self.number}.{self.attempt}"


class Replies(Protocol):
    """The cache that a writer may use: `datasets.reply_cache.Replies`."""

    def get(self, key: str) -> str | None: ...
    def put(self, key: str, reply: str, **about: str) -> None: ...


class Writer(Protocol):
    """`write` gives a recipe, or the text of one. Raises `Rejected` when it has nothing to offer for this
    request, `WriterError` when going on makes no sense. Must be safe to call from `concurrency` threads."""

    name: str
    concurrency: int

    def write(self, request: Request) -> Recipe | str: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Workshop:
    """What writers are made from: recipes to learn from, `allowed(name, diets)`, dish forms, parameters, cache."""

    recipes: Sequence[Recipe]
    allowed: Callable[[str, Sequence[str]], bool]
    dishes: Dishes
    params: ComposerParams
    cache: Replies


class CuisineBook:
    """The ingredient statistics of one cuisine's recipes."""

    def __init__(self, recipes: Sequence[Recipe], dishes: Dishes) -> None:
        self.counts = Counter(name for recipe in recipes for name in recipe.names)
        self.by_role: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self.counts):
            self.by_role[dishes.role_of(name)].append(name)
        self.together: dict[str, Counter[str]] = defaultdict(Counter)
        self._amounts: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for recipe in recipes:
            for name in recipe.names:
                self.together[name].update(recipe.names)
            for item in recipe.ingredients:
                if item.quantity and item.unit:
                    self._amounts[item.name].append((item.unit, item.quantity / (recipe.serves or SERVES) * SERVES))

    def amount(self, name: str, dishes: Dishes) -> tuple[float, str]:
        """(quantity, unit) for two: the median of the cuisine's recipes, else the amount of the role."""
        if found := self._amounts.get(name):
            unit = Counter(unit for unit, _ in found).most_common(1)[0][0]
            return rounded(median(quantity for used, quantity in found if used == unit), unit), unit
        role = dishes.role_of(name)
        usual = dishes.data.amounts.get(role, dishes.data.amounts["other"])
        return usual.quantity, usual.unit

    def draw(self, candidates: Sequence[str], chosen: Sequence[str], rng: random.Random) -> str:
        """One of the candidates, by how common it is and how often it goes with what is chosen."""
        weights = [
            self.counts[name] * (STRANGERS + sum(self.together[other][name] for other in chosen)) for name in candidates
        ]
        return rng.choices(candidates, weights)[0]


def rounded(quantity: float, unit: str) -> float:
    """A quantity as a cook would write it: whole pieces, 10 g steps, quarters or halves of a spoon or cup."""
    if unit in WHOLE_UNITS:
        return float(max(1, round(quantity)))
    if unit in ("g", "ml"):
        step = 10 if quantity >= 30 else 5
        return float(max(step, round(quantity / step) * step))
    parts = 4 if quantity < 1 else 2
    return max(0.25, round(quantity * parts) / parts)


class Composer:
    """The offline writer: dish forms filled with a cuisine's own ingredients."""

    name = "composer"
    concurrency = 1

    def __init__(self, workshop: Workshop) -> None:
        self._params, self._allowed, self._dishes = workshop.params, workshop.allowed, workshop.dishes
        by_cuisine: dict[str, list[Recipe]] = defaultdict(list)
        for recipe in workshop.recipes:
            by_cuisine[recipe.cuisine or ""].append(recipe)
        self._books = {cuisine: CuisineBook(found, self._dishes) for cuisine, found in by_cuisine.items()}
        self._shelves: dict[tuple[str, tuple[str, ...]], Mapping[str, list[str]]] = {}

    def write(self, request: Request) -> Recipe:
        """A dish for the request. Raises Rejected when the cuisine has too little to make one of."""
        if request.cuisine not in self._books:
            raise Rejected(f"there is no {request.cuisine} recipe to learn from")
        book = self._books[request.cuisine]
        shelves = self._shelf(request)
        rng = random.Random(f"{self._params.seed}:{request.label}")
        forms = [form for form in self._dishes.forms.values() if self._can_make(form, request, shelves)]
        fitting = [form for form in forms if request.meal in form.data.meals]
        if not forms:
            diets = ", ".join(request.diets) or "no diet"
            raise Rejected(f"the {request.cuisine} recipes have too few ingredients ({diets}) for any dish form")
        form = rng.choice(fitting or forms)
        names = self._fill(form, book, shelves, rng)
        if len(names) < self._params.least_ingredients:
            raise Rejected(f"only {len(names)} ingredients fit a {form.name}")
        title, steps = compose_dish(names, rng, self._dishes, form=form.name, cuisine=request.cuisine)
        ingredients = []
        for name in names:
            quantity, unit = book.amount(name, self._dishes)
            ingredients.append(Ingredient(name=name, quantity=quantity, unit=unit))
        return Recipe(
            recipe_id=make_recipe_id(request.cuisine, title, "|".join([title, *names, *steps])),
            title=title,
            cuisine=request.cuisine,
            meal=request.meal if fitting else form.data.meals[0],
            serves=SERVES,
            source=self.name,
            origin=f"{self.name}:{form.name}:{request.label}",
            ingredients=tuple(ingredients),
            steps=steps,
        )

    def close(self) -> None:
        """Nothing is open."""

    def _shelf(self, request: Request) -> Mapping[str, list[str]]:
        key = (request.cuisine, request.diets)
        if key not in self._shelves:
            self._shelves[key] = {
                role: [name for name in names if self._allowed(name, request.diets)]
                for role, names in self._books[request.cuisine].by_role.items()
            }
        return self._shelves[key]

    def _candidates(self, form: Form, slot: str, shelves: Mapping[str, list[str]]) -> list[str]:
        return [
            name for role in slot.split("|") for name in shelves.get(role, ()) if self._dishes.allowed_in(form, name)
        ]

    def _can_make(self, form: Form, request: Request, shelves: Mapping[str, list[str]]) -> bool:
        if form.data.cuisines and request.cuisine not in form.data.cuisines:
            return False
        return all(len(self._candidates(form, slot, shelves)) >= least for slot, (least, _) in form.data.slots.items())

    def _fill(self, form: Form, book: CuisineBook, shelves: Mapping[str, list[str]], rng: random.Random) -> list[str]:
        slots = form.data.slots
        counts = {slot: rng.randint(least, most) for slot, (least, most) in slots.items()}
        spare = [slot for slot, (least, _) in slots.items() for _ in range(counts[slot] - least)]
        room = [slot for slot, (_, most) in slots.items() for _ in range(most - counts[slot])]
        rng.shuffle(spare)
        rng.shuffle(room)
        while sum(counts.values()) > self._params.most_ingredients and spare:
            counts[spare.pop()] -= 1
        chosen: list[str] = []
        # The slots that had room come last: they fill up a dish that is too small.
        for slot in [*(slot for slot, count in counts.items() for _ in range(count)), *room]:
            if len(chosen) >= self._params.least_ingredients and len(chosen) >= sum(counts.values()):
                break
            rivals = {name for group in self._dishes.data.apart if not set(chosen).isdisjoint(group) for name in group}
            candidates = self._candidates(form, slot, shelves)
            free = [name for name in candidates if name not in chosen and name not in rivals]
            if free:
                chosen.append(book.draw(free, chosen, rng))
        return chosen


def make_writer(workshop: Workshop) -> Writer:
    """The writer that `params.writer` names."""
    return WRITERS[workshop.params.writer](workshop)


def _openai(workshop: Workshop) -> Writer:
    from pantrypilot.pipelines.augmentation.writers_openai import OpenAIWriter

    return OpenAIWriter(workshop)


WRITERS: dict[str, Callable[[Workshop], Writer]] = {"composer": Composer, "openai": _openai}
