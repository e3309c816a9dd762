"""Running text as known phrases, each with what it does there: "roast the beef" → an order, beside, a food.

The phrases are the knowledge's names and modifiers and the words of `steps.yml`. One automaton
(Aho-Corasick) finds them in one pass over the stems, the longest from the left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

import ahocorasick
import yaml

from pantrypilot.diets.knowledge import Knowledge
from pantrypilot.diets.places import STOP, Placed
from pantrypilot.diets.text import BREAK


class Kind:
    """What a phrase can be, as bits of a number: many are several things ("roast"). An enum takes twice as long."""

    NOTHING = 0
    FOOD = 1
    BESIDE = 2  # an amount, "chopped": belongs to the food beside it
    CLAIM = 4  # "vegan", "gluten-free"
    CLAUSE = 8  # ends at a comma or a bracket
    SENTENCE = 16
    JOINER = 32
    OR = 64
    LEFT_OUT = 128  # "instead of"; with BESIDE, the judge takes away what follows: "no"
    IDIOM = 256
    TOOL = 512
    VERB = 1024
    ORDER = 2048
    BEFORE_VERB = 4096
    AFTER_VERB = 8192
    MADE_HERE = 16384
    DEFINITE = 32768
    NUMBER = 65536
    FOR = 131072
    TO = 262144
    LINKER = 524288


class Phrase(NamedTuple):
    """What it can be, and its tokens, from `first` up to `end`."""

    kind: int
    first: int
    end: int


IN_A_NAME = Kind.FOOD | Kind.BESIDE | Kind.CLAIM
_MODIFIERS = {
    "linkers": Kind.LINKER,
    "joiners": Kind.JOINER,
    "without": Kind.BESIDE | Kind.LEFT_OUT,
    "verbs": Kind.VERB,
}
_STEPS = {
    "idioms": Kind.IDIOM,
    "tools": Kind.TOOL,
    "likeness": Kind.LEFT_OUT,
    "left_out": Kind.LEFT_OUT,
    "verbs": Kind.VERB,
    "orders": Kind.ORDER,
    "before_verbs": Kind.BEFORE_VERB,
    "after_verbs": Kind.AFTER_VERB,
    "made_here": Kind.MADE_HERE,
    "definite": Kind.DEFINITE,
}
# The automaton reads one character a token: these, and one of private use or beyond for every stem it knows.
_STRANGE, _NUMBER, _CLAUSE, _SENTENCE = "\0\1\2\3"
_ALONE = {_NUMBER: Kind.NUMBER | Kind.BESIDE, _CLAUSE: Kind.CLAUSE, _SENTENCE: Kind.SENTENCE}
_FIRST_STEM = 0xE000


@cache
def _steps() -> dict[str, list[str]]:
    return yaml.safe_load((resources.files("pantrypilot.diets") / "steps.yml").read_text("utf-8"))


class Phrases:
    """The phrases of one `Knowledge`."""

    def __init__(self, knowledge: Knowledge) -> None:
        kinds: dict[str, int] = {}

        def add(phrases: Iterable[str], kind: int) -> None:
            for phrase in phrases:
                stems = knowledge.stems(phrase)
                kinds[stems] = kinds.get(stems, Kind.NOTHING) | kind

        for key, words in knowledge.modifiers.items():
            if isinstance(words, list) and all(isinstance(word, str) for word in words):
                add(words, _MODIFIERS.get(key, Kind.BESIDE))
        for claim in knowledge.claims:
            add(claim.words, Kind.BESIDE | Kind.CLAIM)
            # "no meat, milk or eggs" goes on as "no milk, meat or eggs" does.
            add((word for word in claim.words if word.split("-")[0].split()[0] == "no"), Kind.LEFT_OUT)
        add(knowledge.class_by_name, Kind.FOOD)
        for key, words in _steps().items():
            add(words, _STEPS[key])
        add(["or", "nor"], Kind.OR)
        add(["for"], Kind.FOR)
        add(["to"], Kind.TO)
        self._letters: dict[str, str] = {BREAK: _CLAUSE, STOP: _SENTENCE}
        self._automaton = ahocorasick.Automaton()
        for phrase, kind in kinds.items():
            stems = phrase.split(" ")
            if phrase and BREAK not in stems:
                letters = [self._letters.setdefault(s, chr(_FIRST_STEM + len(self._letters))) for s in stems]
                self._automaton.add_word("".join(letters), (kind, len(stems)))
        self._automaton.make_automaton()

    def read(self, words: Sequence[Placed]) -> list[Phrase]:
        """All words as phrases, in order, each as what it is in its place; strange words are NOTHING."""
        letters = "".join([self._letter(word.stem) for word in words])
        found: list[Phrase] = []
        here = 0
        for last, (kind, size) in self._automaton.iter_long(letters):
            found += [Phrase(_ALONE.get(letters[at], Kind.NOTHING), at, at + 1) for at in range(here, last + 1 - size)]
            found.append(Phrase(kind, last + 1 - size, last + 1))
            here = last + 1
        found += [Phrase(_ALONE.get(letters[at], Kind.NOTHING), at, at + 1) for at in range(here, len(letters))]
        return [_in_place(found, at) if phrase.kind & Kind.FOOD else phrase for at, phrase in enumerate(found)]

    def _letter(self, stem: str) -> str:
        known = self._letters.get(stem)
        return known or (_NUMBER if stem.isdigit() or len(stem) == 1 else _STRANGE)


def _in_place(found: Sequence[Phrase], at: int) -> Phrase:
    """The food there, or NOTHING when the words around it say that it is none."""
    here, before, after = found[at], _kind(found, at - 1), _kind(found, at + 1)
    is_food = not (
        here.kind & Kind.IDIOM
        or after & Kind.TOOL
        or (here.kind & Kind.VERB and _is_verb(here.kind, before, after, _kind(found, at + 2)))
        or (here.kind & Kind.MADE_HERE and not after & Kind.FOOD and _is_definite(found, at))
    )
    return here if is_food else here._replace(kind=Kind.NOTHING)


def _kind(found: Sequence[Phrase], at: int) -> int:
    return found[at].kind if 0 <= at < len(found) else Kind.SENTENCE


def _is_verb(here: int, before: int, after: int, later: int) -> bool:
    begins = before & (Kind.SENTENCE | Kind.CLAUSE)
    if here & Kind.ORDER and after & IN_A_NAME and (begins or before & Kind.TO):
        return True
    goes_on = after & Kind.AFTER_VERB or (after & Kind.FOR and later & Kind.NUMBER)
    return bool((begins or before & Kind.BEFORE_VERB) and goes_on)


def _is_definite(found: Sequence[Phrase], at: int) -> bool:
    """Whether "the" stands before it, with at most two words between ("the hot soup")."""
    for place in range(at - 1, at - 4, -1):
        kind = _kind(found, place)
        if kind & Kind.DEFINITE:
            return True
        if kind & Kind.FOOD or not kind & Kind.BESIDE:
            return False
    return False
