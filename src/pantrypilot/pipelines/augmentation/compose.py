"""Node: recipes for the cuisines that have too few, by the writer that `generator.composer.writer` names.

Whoever wrote it, a dish is taken only when it is new, keeps the diets it was asked for, and is complete.
What is not taken stays in `synthetic_rejects`, with reason and reply:

    {"cuisine": "korean", "diets": ["vegan"], "number": 12, "attempt": 0, "writer": "openai",
     "reason": "fish sauce is forbidden for vegan", "title": "Kimchi Stew", "reply": "Recipe: Kimchi Stew…"}
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pydantic import ValidationError

from pantrypilot.diets import Finder, Judge, Knowledge
from pantrypilot.kitchen.dishes import Dishes
from pantrypilot.kitchen.frames import from_frame, to_frame
from pantrypilot.kitchen.records import LabelledRecipe, Recipe, Record
from pantrypilot.kitchen.text import MEALS
from pantrypilot.pipelines.augmentation.balance import ANY_CUISINE
from pantrypilot.pipelines.augmentation.params_recipes import ComposerParams
from pantrypilot.pipelines.augmentation.replies import parse_reply
from pantrypilot.pipelines.augmentation.writers import (
    Rejected,
    Replies,
    Request,
    Workshop,
    Writer,
    make_writer,
)
from pantrypilot.pipelines.types import Table

log = logging.getLogger(__name__)

FEWEST_STEPS = 2
TELL_EVERY = 25


class SyntheticReject(Record):
    """One line of `synthetic_rejects.jsonl`: what a writer offered, and why it was not taken."""

    cuisine: str
    diets: tuple[str, ...]
    number: int
    attempt: int
    writer: str
    reason: str
    title: str | None = None
    reply: str | None = None


class Verdicts:
    """What diets say of names: from the verdict table, and from the judge for names that are new."""

    def __init__(self, ingredient_verdicts: Table, diet_knowledge: Knowledge) -> None:
        self.judge = Judge(diet_knowledge)
        columns = [diet for diet in self.judge.diets if diet in ingredient_verdicts.columns]
        self._known = {
            name: dict(zip(columns, map(str, row), strict=True))
            for name, *row in ingredient_verdicts[["name", *columns]].itertuples(index=False)
        }

    def of(self, name: str, diet: str) -> str:
        """'allowed', 'forbidden' or 'unknown'."""
        verdict = self._known.get(name, {}).get(self.judge.knowledge.diet(diet).key)
        return verdict or str(self.judge.judge(name, diet).verdict)

    def allowed(self, name: str, diets: Sequence[str]) -> bool:
        """Whether every diet surely allows the name."""
        return all(self.of(name, diet) == "allowed" for diet in diets)

    def label(self, recipe: Recipe, diets: Iterable[str]) -> LabelledRecipe:
        """The recipe with those of the diets that allow all of it."""
        kept = tuple(diet for diet in diets if all(self.allowed(name, [diet]) for name in recipe.names))
        unknown = sum(not next(iter(self.judge.judge_all(name).values())).food_classes for name in recipe.names)
        return LabelledRecipe(**dict(recipe), diets=kept, unknown_ingredients=unknown)


def compose_recipes(
    balanced_recipes: Table,
    cuisine_shortfall: Table,
    ingredient_verdicts: Table,
    params: ComposerParams,
    writer_cache: Replies,
    diet_knowledge: Knowledge,
    dishes: Dishes,
) -> tuple[Table, Table]:
    """New dishes for what is missing -> (synthetic_recipes, synthetic_rejects), labelled as real ones are.

    Writers learn from recipes of the train side alone, where a column `split` tells. Each missing dish is
    asked for at most `tries` times; the result does not depend on the order in which replies arrive.

    Raises:
        WriterError: a server is down or refuses; its replies so far are in the cache.
        UnknownDiet: `params.diets` names a diet that is not known.
    """
    verdicts = Verdicts(ingredient_verdicts, diet_knowledge)
    for diet in {name for entry in params.diets for name in entry.diets}:
        verdicts.judge.knowledge.diet(diet)  # a typo shows now, not when a dish happens to be asked for it
    columns = list(Recipe.model_fields)
    known = from_frame(balanced_recipes[columns], Recipe)
    train = balanced_recipes["split"] == "train" if "split" in balanced_recipes.columns else None
    learned = known if train is None else from_frame(balanced_recipes.loc[train, columns], Recipe)
    writer = make_writer(Workshop(learned, verdicts.allowed, dishes, params, writer_cache))
    # the diets that real recipes are labelled with, so that both kinds carry the same labels
    labelled = {diet for diets_of in balanced_recipes["diets"] for diet in diets_of}
    check = Check(known, verdicts, [diet for diet in verdicts.judge.diets if diet in labelled])
    made: list[LabelledRecipe] = []
    rejects: list[SyntheticReject] = []
    wave = plan_requests(learned, cuisine_shortfall, params)
    wanted = len(wave)
    for attempt in range(params.tries):
        again = []
        for request, reply in _written(writer, [replace(request, attempt=attempt) for request in wave]):
            title = reply.title if isinstance(reply, Recipe) else None
            try:
                if isinstance(reply, Rejected):
                    raise reply
                recipe = reply if isinstance(reply, Recipe) else _parsed(reply, request, writer.name)
                title = recipe.title
                made.append(check.take(recipe, request))
            except Rejected as reason:
                raw = reply if isinstance(reply, str) else None
                rejects.append(_reject(request, writer.name, str(reason), title, raw))
                again.append(request)
        wave = again
        if not wave:
            break
    writer.close()
    missing = Counter(request.cuisine for request in wave)
    for cuisine, count in sorted(missing.items()):
        log.warning("%s: %d recipes still missing; synthetic_rejects has the reasons", cuisine, count)
    log.info("%s: %d recipes of %d wanted, %d rejects", writer.name, len(made), wanted, len(rejects))
    return to_frame(made, LabelledRecipe), to_frame(rejects, SyntheticReject)


def plan_requests(recipes: Sequence[Recipe], shortfall: Table, params: ComposerParams) -> list[Request]:
    """One request a missing recipe: meals as the cuisine's own recipes have them, diets by their shares."""
    requests = []
    for cuisine, missing in zip(shortfall["cuisine"], shortfall["missing"], strict=True):
        if cuisine == ANY_CUISINE or not missing:
            continue
        own = Counter(recipe.meal for recipe in recipes if recipe.cuisine == cuisine and recipe.meal in MEALS)
        rng = random.Random(f"{params.seed}:{cuisine}:plan")
        meals = sorted(own) or ["dinner"]
        shares = [entry.share for entry in params.diets]
        requests += [
            Request(
                cuisine,
                rng.choices(meals, [own[meal] or 1 for meal in meals])[0],
                rng.choices(params.diets, shares)[0].diets,
                number,
            )
            for number in range(int(missing))
        ]
    return requests


class Check:
    """Takes a dish when it is complete, new and keeps its diets; what it took counts as known."""

    def __init__(self, known: Iterable[Recipe], verdicts: Verdicts, labels: Iterable[str]) -> None:
        self._verdicts, self._labels = verdicts, tuple(labels)
        self._finder = Finder(verdicts.judge)
        self._titles: set[str] = set()
        self._contents: set[tuple[str | None, frozenset[str]]] = set()
        for recipe in known:
            self._remember(recipe)

    def take(self, recipe: Recipe, request: Request) -> LabelledRecipe:
        """The recipe, labelled. Raises Rejected with the reason."""
        if recipe.cuisine != request.cuisine:
            raise Rejected(f"it is {recipe.cuisine}, not {request.cuisine}")
        if len(recipe.steps) < FEWEST_STEPS:
            raise Rejected(f"fewer than {FEWEST_STEPS} steps")
        if recipe.title.lower() in self._titles:
            raise Rejected("a dish with this title exists")
        if (recipe.cuisine, frozenset(recipe.names)) in self._contents:
            raise Rejected("a dish with these ingredients exists")
        for diet in request.diets:
            for name in recipe.names:
                if (verdict := self._verdicts.of(name, diet)) != "allowed":
                    raise Rejected(f"{name} is {verdict} for {diet}")
            for text in (recipe.title, *recipe.steps):
                if spans := self._finder.find(text, diet):
                    raise Rejected(f"{text!r} is forbidden for {diet}: {spans[0].reason}")
        self._remember(recipe)
        return self._verdicts.label(recipe, self._labels)

    def _remember(self, recipe: Recipe) -> None:
        self._titles.add(recipe.title.lower())
        self._contents.add((recipe.cuisine, frozenset(recipe.names)))


def _written(writer: Writer, requests: Sequence[Request]) -> Iterator[tuple[Request, Recipe | str | Rejected]]:
    """Replies in the order of the requests, asked for by `concurrency` threads."""

    def write(request: Request) -> Recipe | str | Rejected:
        try:
            return writer.write(request)
        except Rejected as reason:
            return reason

    pool = ThreadPoolExecutor(max_workers=writer.concurrency)
    try:
        for number, pair in enumerate(zip(requests, pool.map(write, requests), strict=True), 1):
            if number % TELL_EVERY == 0 or number == len(requests):
                log.info("%s: %d of %d replies", writer.name, number, len(requests))
            yield pair
    except BaseException:
        # After an error or Ctrl-C ask nothing more, and do not wait for answers.
        writer.close()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _parsed(reply: str, request: Request, source: str) -> Recipe:
    try:
        return parse_reply(reply, request, source)
    except ValidationError as error:
        first = error.errors()[0]
        raise Rejected(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _reject(request: Request, writer: str, reason: str, title: str | None, reply: str | None) -> SyntheticReject:
    return SyntheticReject(
        cuisine=request.cuisine, diets=request.diets, number=request.number, attempt=request.attempt,
        writer=writer, reason=reason, title=title, reply=reply,
    )  # fmt: skip
