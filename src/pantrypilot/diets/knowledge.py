"""What there is to know: food classes, the names of foods, modifiers and diets.

One class as `knowledge/*.yml` states it:

    worcestershire_sauce:
      is_a: [sauce]
      contains: []                  # what is always in it; forbids as `is_a` does
      may_contain: [fish, gluten]   # depends on the maker: such diets answer `unknown`
      names: [worcestershire sauce, worcester sauce]

Everything is checked on load. Not covered: amounts ("traces of"), and certificates (halal, kosher).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pantrypilot.diets.text import tokens


class KnowledgeError(ValueError):
    """The knowledge or an override is wrong; the message names the place and the nearest right word."""


class UnknownDiet(ValueError):
    """No diet goes by this name; the message names the nearest one that there is."""


@dataclass(frozen=True)
class FoodClass:
    """A kind of food. `is_a` and `contains` are certain, `may_contain` depends on the maker."""

    key: str
    is_a: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    may_contain: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    why: str = ""

    @property
    def label(self) -> str:
        return self.key.replace("_", " ")


@dataclass(frozen=True)
class Diet:
    """A rule over food classes: `forbids` and `unsure` reach all descendants of a class.

    With `allows`, a food is safe only inside these classes and `unknown` elsewhere.
    """

    key: str
    description: str = ""
    source: str = ""
    forbids: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    allows: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """Words on a label that take classes away: "vegan", "gluten-free"."""

    words: tuple[str, ...]
    clears: tuple[str, ...]
    leaves: str = ""


@dataclass(frozen=True)
class Compound:
    """Two neighbours that mean something else together: nut + milk → plant milk.

    The head `becomes` another class, or the pair `keeps` only its `head` or its `first`.
    """

    after: tuple[str, ...]
    head: tuple[str, ...]
    becomes: str = ""
    keeps: str = ""


def nearest(word: str, known: Iterable[str]) -> str:
    """`" Did you mean 'x'?"` for an error message, or nothing when no known word is near."""
    match = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.5)
    return f" Did you mean {match[0]!r}?" if match else ""


@dataclass(frozen=True)
class Knowledge:
    """All that the judge knows. Make one with `Knowledge.load`."""

    classes: Mapping[str, FoodClass]
    diets: Mapping[str, Diet]
    modifiers: Mapping[str, Any]
    claims: tuple[Claim, ...] = ()
    compounds: tuple[Compound, ...] = ()
    spelling: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, overrides: Mapping[str, Any] | None = None) -> Knowledge:
        """The packaged knowledge, with `overrides` (`{"classes": {...}, "diets": {...}}`) laid over it.

        An override of a known class adds its names and replaces its other keys; a name that it gives
        moves there from where it was. An override of a diet replaces the keys that it gives.

        Raises:
            KnowledgeError: naming the place, what is wrong, and the nearest right word.
        """
        from pantrypilot.diets.loading import overridden, packaged

        return overridden(packaged(), overrides) if overrides else packaged()

    def stems(self, text: str) -> str:
        """`text` as it is compared: "Chicken Thighs" → "chicken thigh"."""
        return " ".join(tokens(text, self.spelling))

    @cached_property
    def class_by_name(self) -> dict[str, str]:
        """Stemmed name → class key."""
        return {self.stems(name): c.key for c in self.classes.values() for name in c.names}

    @cached_property
    def written(self) -> dict[str, str]:
        """Stemmed name → the name as the knowledge writes it."""
        return {self.stems(name): name for c in reversed(self.classes.values()) for name in reversed(c.names)}

    @cached_property
    def kinds(self) -> dict[str, frozenset[str]]:
        """Class key → itself and all that it is a kind of (`is_a` alone)."""
        return {key: self._closure(key, ("is_a",)) for key in self.classes}

    @cached_property
    def content(self) -> dict[str, frozenset[str]]:
        """Class key → itself and all that is certainly in it (`is_a` and `contains`)."""
        return {key: self._closure(key, ("is_a", "contains")) for key in self.classes}

    @cached_property
    def descendants(self) -> dict[str, tuple[str, ...]]:
        """Class key → every kind of it, itself left out."""
        below: dict[str, list[str]] = {key: [] for key in self.classes}
        for key, kinds in self.kinds.items():
            for kind in kinds - {key}:
                below[kind].append(key)
        return {key: tuple(kinds) for key, kinds in below.items()}

    def _closure(self, start: str, links: tuple[str, ...]) -> frozenset[str]:
        seen, todo = {start}, [start]
        while todo:
            here = self.classes[todo.pop()]
            for parent in (p for link in links for p in getattr(here, link)):
                if parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        return frozenset(seen)

    def classes_of(self, name: str) -> set[str]:
        """The classes of a known name, ancestors and contents included; empty for an unknown name."""
        key = self.class_by_name.get(self.stems(name))
        return set(self.content[key]) if key else set()

    def names_of(self, food_class: str, contents: bool = True) -> list[str]:
        """Every name in a class or its descendants, in the order of the files.

        With `contents=False`, only kinds of it: mayonnaise contains egg but is not a kind of egg.

        Raises:
            KnowledgeError: there is no such class.
        """
        if food_class not in self.classes:
            raise KnowledgeError(f"There is no food class {food_class!r}.{nearest(food_class, self.classes)}")
        reach = self.content if contents else self.kinds
        return [name for c in self.classes.values() if food_class in reach[c.key] for name in c.names]

    @cached_property
    def _diet_by_spelling(self) -> dict[str, str]:
        known = {}
        for diet in self.diets.values():
            for spelling in (diet.key, *diet.aliases):
                known[diet_spelling(spelling)] = diet.key
                if spelling.endswith("-free"):
                    thing = spelling.removesuffix("-free")
                    for form in (f"no {thing}", f"no-{thing}s", f"without {thing}", f"{thing} allergy"):
                        known.setdefault(diet_spelling(form), diet.key)
        return known

    def diet(self, name: str) -> Diet:
        """The diet by its key or any spelling of it: "dairy free", "gluten_free", "Vegan".

        Raises:
            UnknownDiet: with the nearest right name.
        """
        key = self._diet_by_spelling.get(diet_spelling(name))
        if key is None:
            hint = nearest(diet_spelling(name), self._diet_by_spelling)
            raise UnknownDiet(f"There is no diet {name!r}.{hint} Known diets: {', '.join(self.diets)}.")
        return self.diets[key]


def diet_spelling(name: str) -> str:
    return "-".join(tokens(str(name)))
