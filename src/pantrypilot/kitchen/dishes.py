"""Dish forms and their sentences, read from `dishes.yml` and made ready for `composing.compose_dish`.

    >>> load_dishes().role_of("smoked pork ribs")
    'joint'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import ValidationError

from pantrypilot.kitchen.dish_data import ANY, OTHER, REST, DishData, DishesError, FormData, nearest

LONGEST_STEP, SHORTEST_STEP = 13, 5  # words
CACHED_NAMES = 100_000


@dataclass(frozen=True, slots=True)
class Sentence:
    """A phrase ready to fill: `text` for `str.format`, its own words, and the range of its number."""

    text: str
    words: int
    low: int = 0
    high: int = 0
    with_fat: bool = False

    @classmethod
    def parse(cls, pattern: str) -> Sentence:
        number = re.search(r"\{(\d+)\.\.(\d+)\}", pattern)
        text = re.sub(r"\{\d+\.\.\d+\}", "{number}", pattern)
        words = len(text.replace("{these}", "").split())
        low, high = (int(number[1]), int(number[2])) if number else (0, 0)
        return cls(text, words, low, high, "{fat}" in text)


@dataclass(frozen=True, slots=True)
class Form:
    """A form ready to use: role → place of its phase, the phases for the rest, and sentences by phase."""

    name: str
    data: FormData
    place_of: Mapping[str, int]
    rest_places: tuple[int, ...]
    phrases: tuple[Mapping[str, tuple[Sentence, ...]], ...]


@dataclass(frozen=True)
class Dishes:
    """Roles, forms and sentences, ready for `composing.compose_dish`. Make one with `load_dishes`."""

    data: DishData
    forms: Mapping[str, Form]
    _by_name: Mapping[tuple[str, ...], str]
    _by_word: Mapping[str, str]
    _roles: dict[str, str] = field(default_factory=dict)
    _suiting: dict[frozenset[str], tuple[Form, ...]] = field(default_factory=dict)
    _fitting: dict[tuple[str, int, str, int, bool], tuple[Sentence, ...]] = field(default_factory=dict)

    def role_of(self, name: str) -> str:
        """What an ingredient does in a dish: 'meat', 'sauce' … or 'other'."""
        if (role := self._roles.get(name)) is None:
            if len(self._roles) >= CACHED_NAMES:
                self._roles.clear()
            role = self._roles[name] = self._find_role(name)
        return role

    def _find_role(self, name: str) -> str:
        words = _stems(name)
        for start in range(len(words)):
            if role := self._by_name.get(words[start:]):
                return role
        return next((self._by_word[word] for word in reversed(words) if word in self._by_word), OTHER)

    def suiting(self, roles: frozenset[str]) -> tuple[Form, ...]:
        """The forms that these roles can make: those that refuse the fewest of them, at least three.

        An odd list (beef, figs and yeast) suits no form, and still gets more than one.
        """
        if (found := self._suiting.get(roles)) is None:
            able = [
                (len(roles.intersection(form.data.never)), form)
                for form in self.forms.values()
                if all(not roles.isdisjoint(need) for need in form.data.needs)
            ]
            limit = sorted(refused for refused, _ in able)[min(2, len(able) - 1)]
            found = self._suiting[roles] = tuple(form for refused, form in able if refused <= limit)
        return found

    def allowed_in(self, form: Form, name: str) -> bool:
        """Whether a form takes this name: `only` narrows some roles to a few names."""
        only = form.data.only.get(self.role_of(name))
        return only is None or name in only

    def fitting(self, form: Form, place: int, role: str, words: int, with_fat: bool) -> tuple[Sentence, ...]:
        """The sentences of a role that keep to the step length with a list of so many words; where none
        does, those of mixed groups; where again none does, the shortest of these."""
        key = (form.name, place, role, words, with_fat)
        if (found := self._fitting.get(key)) is None:
            phrases = form.phrases[place]
            lists = (phrases.get(role, phrases[ANY]), phrases[ANY])
            usable = [[s for s in sentences if s.with_fat == with_fat] for sentences in lists]
            if not any(usable):
                usable = [[s for s in sentences if not s.with_fat] for sentences in lists]
            lengths = range(SHORTEST_STEP - words, LONGEST_STEP - words + 1)
            fitting = [[s for s in group if s.words in lengths] for group in usable]
            shortest = [min(usable[1] or usable[0], key=lambda s: s.words)]
            found = self._fitting[key] = tuple(fitting[0] or fitting[1] or shortest)
        return found


def _stems(name: str) -> tuple[str, ...]:
    es = ("oes", "ches", "shes")
    return tuple(word[:-2] if word.endswith(es) else word.removesuffix("s") for word in name.lower().split())


def load_dishes(overrides: Mapping[str, Any] | None = None) -> Dishes:
    """The packaged dishes, with a user's own on top: `overrides` has the keys of `dishes.yml`, and a role,
    phrase list, form or amount given there replaces the packaged one of the same name.

    Raises:
        DishesError: a key, role or phrase is not known; the message names the nearest that is.
    """
    packaged = _packaged()
    if not overrides:
        return packaged
    raw = packaged.data.model_dump()
    for key, value in overrides.items():
        if key not in raw:
            raise DishesError(f"dishes: there is no key {key!r}.{nearest(key, raw)}")
        raw[key] = {**raw[key], **value} if isinstance(value, Mapping) else value
    return _prepare(raw)


@cache
def _packaged() -> Dishes:
    text = resources.files("pantrypilot.kitchen").joinpath("dishes.yml").read_text(encoding="utf-8")
    return _prepare(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def _prepare(raw: Mapping[str, Any]) -> Dishes:
    try:
        data = DishData.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DishesError(f"dishes: {place}: {first['msg'].removeprefix('Value error, ')}") from None
    phrases = {
        name: {role: tuple(map(Sentence.parse, group)) for role, group in groups.items()}
        for name, groups in data.phrases.items()
    }
    forms = {}
    for name, form in data.forms.items():
        place_of = {role: place for place, phase in enumerate(form.phases) for role in phase.takes}
        rest = tuple(place for place, phase in enumerate(form.phases) if REST in phase.takes)
        forms[name] = Form(name, form, place_of, rest, tuple(phrases[phase.say] for phase in form.phases))
    by_name = {_stems(name): role for role, one in data.roles.items() for name in one.names}
    by_word = {_stems(word)[0]: role for role, one in data.roles.items() for word in one.words}
    return Dishes(data, forms, by_name, by_word)


