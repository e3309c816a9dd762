"""A title and steps for a list of ingredients, from the sentences in `dishes.yml`.

    >>> compose_dish(["tofu", "soy sauce", "kale", "garlic"], random.Random(1), load_dishes())
    ('Tofu and Kale Stir-Fry', ('Warm the garlic in a wide pan for 2 minutes.', 'Fry the tofu ...', ...))

Every ingredient is named once in the steps. Not covered: amounts in the steps, and whether a cook would
put these ingredients into one dish.
"""

from __future__ import annotations

import difflib
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from string import capwords
from typing import Any

import yaml
from pydantic import Field, ValidationError, model_validator

from pantrypilot.kitchen.settings import Settings

OTHER, REST, ANY = "other", "rest", "any"
LONGEST_STEP, SHORTEST_STEP, LONGEST_TITLE = 13, 5, 6
MOST_STEPS, FEWEST_STEPS = 5, 3
NAMES_A_STEP, WORDS_A_STEP = 3, 9
MINUTES_TO_THE_FIVE = 10  # above, a cook reads 15 or 20 minutes off the clock, not 17
CACHED_NAMES = 100_000

# Who gives a dish its name: the first role that is present, then the next.
LEADS = (
    "meat", "joint", "fish", "tofu", "bean", "vegetable", "leaf", "raw", "noodle", "fruit", OTHER, "cheese",
    "starch", "bread", "topping", "aromatic", "egg", "paste", "dairy", "sweet", "flour", "citrus", "scent",
    "herb", "spice", "relish", "sauce", "wine", "stock", "fat",
)  # fmt: skip


PACKING = {"canned", "dried", "fresh", "frozen"}


class DishesError(ValueError):
    """The dish data is wrong; the message names the place and the nearest right word."""


def _nearest(word: str, known: Iterable[str]) -> str:
    match = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean {match[0]!r}?" if match else ""


class RoleData(Settings):
    """Names of a role, matched whole or at the end; `words` match anywhere in a name."""

    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class PhaseData(Settings):
    """One step of cooking: the roles it takes and the phrases that it says."""

    takes: tuple[str, ...]
    say: str


class FormData(Settings):
    """A kind of dish. `only` narrows a role to the names that suit; no `cuisines` means all of them."""

    titles: tuple[str, ...]
    meals: tuple[str, ...]
    cuisines: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...]
    never: tuple[str, ...]
    slots: dict[str, tuple[int, int]]
    phases: tuple[PhaseData, ...]
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Amount(Settings):
    """`quantity` counts `unit`s, for two servings."""

    quantity: float
    unit: str


class DishData(Settings):
    """The whole of `dishes.yml`, checked: every role and phrase that is named exists."""

    roles: dict[str, RoleData]
    phrases: dict[str, dict[str, tuple[str, ...]]]
    openers: tuple[str, ...]
    closers: tuple[str, ...]
    forms: dict[str, FormData]
    amounts: dict[str, Amount]
    apart: tuple[tuple[str, ...], ...] = ()

    @model_validator(mode="after")
    def refer_to_what_exists(self) -> DishData:
        roles = {*self.roles, OTHER}
        unranked = roles.difference(LEADS)
        if unranked:
            raise ValueError(f"roles: {', '.join(sorted(unranked))}: not one of {', '.join(LEADS)}.")
        for where, words, known in self._references():
            for word in words:
                if word not in known(roles):
                    raise ValueError(f"{where}: there is no {word!r}.{_nearest(word, known(roles))}")
        for name, form in self.forms.items():
            if not any(REST in phase.takes for phase in form.phases):
                raise ValueError(f"forms.{name}: no phase takes 'rest', so ingredients would be left out.")
        for name, groups in self.phrases.items():
            if ANY not in groups:
                raise ValueError(f"phrases.{name}: there is no 'any' list for mixed groups.")
            for sentence in (s for group in groups.values() for s in group):
                if sentence.count("{these}") != 1:
                    raise ValueError(f"phrases.{name}: {sentence!r} must hold {{these}} once.")
        return self

    def _references(self):
        def roles(known):
            return known

        for name, form in self.forms.items():
            yield f"forms.{name}.never", form.never, roles
            yield f"forms.{name}.needs", [role for needed in form.needs for role in needed], roles
            yield f"forms.{name}.slots", [role for slot in form.slots for role in slot.split("|")], roles
            yield f"forms.{name}.only", form.only, roles
            for phase in form.phases:
                yield f"forms.{name}.phases", phase.takes, lambda known: known | {REST}
                yield f"forms.{name}.phases", [phase.say], lambda _: self.phrases
        for name, groups in self.phrases.items():
            yield f"phrases.{name}", groups, lambda known: known | {ANY}
        yield "amounts", self.amounts, roles


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
    """Roles, forms and sentences, ready for `compose_dish`. Make one with `load_dishes`."""

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
            raise DishesError(f"dishes: there is no key {key!r}.{_nearest(key, raw)}")
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


def compose_dish(
    names: Sequence[str],
    rng: random.Random,
    templates: Dishes,
    *,
    form: str | None = None,
    cuisine: str | None = None,
) -> tuple[str, tuple[str, ...]]:
    """A title and 3 to 5 steps for 2 to 7 ingredients, each named once in the steps, unknown ones too.

    `form` fixes the kind of dish (a key of `forms` in dishes.yml), else one that suits the ingredients is
    drawn. Titles name the cuisine only where it is given. A step has 5 to 13 words unless a name is longer.
    """
    if not names:
        raise ValueError("compose_dish needs at least one ingredient.")
    roles = [templates.role_of(name) for name in names]
    chosen = templates.forms[form] if form else _draw_form(names, roles, rng, templates)
    title = _title(names, roles, chosen, rng, cuisine)
    groups = _groups(names, roles, chosen)
    steps = [_step(group, place, chosen, rng, templates) for place, group in groups]
    if len(steps) < FEWEST_STEPS:
        steps.insert(0, rng.choice(templates.data.openers))
    if len(steps) < FEWEST_STEPS:
        steps.append(rng.choice(templates.data.closers))
    return title, tuple(steps)


def _draw_form(names: Sequence[str], roles: Sequence[str], rng: random.Random, templates: Dishes) -> Form:
    suiting = templates.suiting(frozenset(roles))
    strict = [form for form in suiting if all(templates.allowed_in(form, name) for name in names)]
    return rng.choice(strict or suiting)


Group = list[tuple[str, str]]


def _groups(names: Sequence[str], roles: Sequence[str], form: Form) -> list[tuple[int, Group]]:
    """(phase, [(name, role)]) in the order of cooking, each group short enough for one sentence."""
    phases: list[Group] = [[] for _ in form.phrases]
    left = []
    for name, role in zip(names, roles, strict=True):
        place = form.place_of.get(role)
        if place is None:
            left.append((name, role))
        else:
            phases[place].append((name, role))
    for item in left:
        phases[min(form.rest_places, key=lambda place: len(phases[place]))].append(item)
    groups = []
    for place, items in enumerate(phases):
        group: Group = []
        words = 0
        for item in items:
            size = item[0].count(" ") + 1
            if group and (len(group) == NAMES_A_STEP or words + size > WORDS_A_STEP - 2):
                groups.append((place, group))
                group, words = [], 0
            group.append(item)
            words += size
        if group:
            groups.append((place, group))
    while len(groups) > MOST_STEPS:
        shortest = min(range(len(groups) - 1), key=lambda at: len(groups[at][1]) + len(groups[at + 1][1]))
        (_, earlier), (place, later) = groups[shortest : shortest + 2]
        groups[shortest : shortest + 2] = [(place, earlier + later)]
    return groups


def _step(group: Group, place: int, form: Form, rng: random.Random, templates: Dishes) -> str:
    fats = [name for name, role in group if role == "fat"]
    fat = fats[0] if len(fats) == 1 and len(group) > 1 else None
    kinds = {role for _, role in group if role != "fat"} if fat else {role for _, role in group}
    words = sum(name.count(" ") + 1 for name, _ in group) + 1 + (len(group) > 1)
    # A sentence with {fat} needs exactly one fat beside the others, and then the list leaves it out.
    usable = templates.fitting(form, place, kinds.pop() if len(kinds) == 1 else ANY, words, fat is not None)
    sentence = rng.choice(usable)
    listed = [name for name, _ in group if not (sentence.with_fat and name == fat)]
    these = f"the {', '.join(listed[:-1])} and {listed[-1]}" if len(listed) > 1 else f"the {listed[0]}"
    number = rng.randint(sentence.low, sentence.high) if sentence.high else 0
    if number > MINUTES_TO_THE_FIVE:
        number = number // 5 * 5
    return sentence.text.format(these=these, fat=fat, number=number)


def _title(names: Sequence[str], roles: Sequence[str], form: Form, rng: random.Random, cuisine: str | None) -> str:
    order = sorted(range(len(names)), key=lambda at: _LEAD_PLACE.get(roles[at], len(LEADS)))
    first = _short(names[order[0]])
    second = _short(names[order[1]]) if len(order) > 1 else first
    adjective = capwords(cuisine.replace("_", " ")) if cuisine else ""
    made = []
    for pattern in form.data.titles:
        if "{cuisine}" in pattern and not cuisine:
            continue
        if "{second}" in pattern and len(order) < 2:
            continue
        made.append(pattern.format(first=first, second=second, cuisine=adjective))
    fitting = [title for title in made if title.count(" ") < LONGEST_TITLE]
    # A lone ingredient may meet a form whose titles all want a second one.
    return rng.choice(fitting or made or [first])


_LEAD_PLACE = {role: place for place, role in enumerate(LEADS)}


@cache
def _short(name: str) -> str:
    """The last two words of a name without those of its packing, as they stand in a title."""
    words = [word for word in name.split() if word not in PACKING] or [name]
    return capwords(" ".join(words[-2:]))
