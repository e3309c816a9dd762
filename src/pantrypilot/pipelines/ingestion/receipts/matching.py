"""Printed items → foods of the inventory: "ORG WHL MLK 2% 1L" → milk, "COCONUT MILK" → nothing, if no food is that.

All words of the food's name must stand in the item, in any order. The words that are left decide: what only describes
("whole", "large") costs nothing, a strange word costs something (before the name it is mostly a brand, after it mostly
another thing: "rice cooker"), and another food, or a word that makes another food of it ("powder"), is a refusal. What
is a food, and which words belong together ("sweet potato"), the diets' knowledge says; rapidfuzz mends misprints.
Not covered: names cut off by the printer that `reads_as` does not list, and languages other than English.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from pantrypilot.diets import Knowledge
from pantrypilot.diets.matching import Matcher, Part, Role
from pantrypilot.diets.text import BREAK, tokens
from pantrypilot.pipelines.ingestion.receipts.params import MatchingParams

_UNITS = "ml|cl|dl|l|ltr|litres?|liters?|mg|g|gr|kg|oz|floz|lbs?|ct|pk|pcs?|pce|pack|doz|ea|gal|qt|pt|cm|x|s"
# A size, a share of fat, a shelf number: "1L", "16OZ", "2%", "6 X", "4003-"; also glued to the name ("MILK1L").
_SIZE = re.compile(rf"^[0-9]{{3,}}-?|x[0-9]+\b|[0-9]+(?:[.,/x][0-9]+)*\s*(?:%|(?:{_UNITS})\b)|@\s*[0-9.,]+|#\w+", re.I)
_DIGIT_IN_WORD = re.compile(r"(?<=[a-z])[015](?=[a-z])|\b0(?=[a-z]{2})", re.I)
_LETTER_OF = {"0": "o", "1": "l", "5": "s"}
_SHORTEST_MENDED = 4  # letters; shorter words are too near to too many others


class Match(NamedTuple):
    """A food of the inventory, and how sure it is, 0 to 1."""

    item_id: str
    item_name: str
    score: float


class _Food(NamedTuple):
    item_id: str
    name: str
    words: Counter[str]
    kind: str  # the knowledge's class that goes by this very name ("cheese"): its foods are kinds of it
    named: str  # the class that it is in itself, "cheese" for cheddar
    labels: frozenset[str]  # what that class and those above it are called


class ItemMatcher:
    """Matches by one inventory and one knowledge; make one and keep it."""

    def __init__(self, foods: Iterable[tuple[str, str]], knowledge: Knowledge, params: MatchingParams) -> None:
        self._knowledge, self._params, self._matcher = knowledge, params, Matcher(knowledge)
        self._class_called = {knowledge.stems(food.label): key for key, food in knowledge.classes.items()}
        self._foods = [self._food(item_id, name) for item_id, name in foods]
        self._places: dict[str, set[int]] = {}  # word → the foods that have it in their name
        for place, food in enumerate(self._foods):
            for word in food.words:
                self._places.setdefault(word, set()).add(place)
        self._plain, self._another, self._brands = (
            {word for text in texts for word in self._stems(text)}
            for texts in (params.plain, params.another, params.brands)
        )
        spoken = {" ".join(self._stems(short)): " ".join(self._stems(full)) for short, full in params.reads_as.items()}
        self._reads_as = sorted(spoken.items(), key=lambda pair: -len(pair[0]))

    def match(self, text: str) -> Match | None:
        """The food that the item is, or None; of equal ones the one with more words, then the first."""
        words, likeness = self._words(text)
        parts = self._matcher.parts(words)
        found = Counter(words)
        near = {place for word in words for place in self._places.get(word, ())}
        scored = []
        for place in near:
            if (food := self._foods[place]).words <= found:
                score = round(likeness * self._score(parts, words, food), 3)
                scored.append((score, food.words.total(), -place))
        best = max(scored, default=(0.0, 0, 0))
        if best[0] < self._params.threshold or not scored:
            return None
        food = self._foods[-best[2]]
        return Match(food.item_id, food.name, best[0])

    def _food(self, item_id: str, name: str) -> _Food:
        words = self._stems(name)
        named = self._knowledge.class_by_name.get(" ".join(words), "")
        kinds = self._knowledge.kinds.get(named, ())
        labels = frozenset(self._knowledge.stems(self._knowledge.classes[kind].label) for kind in kinds)
        return _Food(item_id, name, Counter(words), self._class_called.get(" ".join(words), ""), named, labels)

    def _stems(self, text: str) -> list[str]:
        return [word for word in tokens(text, self._knowledge.spelling) if word != BREAK]

    def _words(self, text: str) -> tuple[list[str], float]:
        """The item's words, sizes and numbers left out, misprints mended; and how alike they were before."""
        bare = _DIGIT_IN_WORD.sub(lambda digit: _LETTER_OF[digit.group()], _SIZE.sub(" ", text))
        spoken = " ".join(word for word in self._stems(bare) if len(word) > 1 and not word.isdigit())
        for short, full in self._reads_as:
            spoken = re.sub(rf"\b{re.escape(short)}\b", full, spoken)
        words, likeness = [], 1.0
        for part in self._matcher.parts(spoken.split()):
            for word in part.words.split():
                mended, alike = self._mended(word) if part.role is Role.STRANGE else (word, 1.0)
                words.append(mended)
                likeness *= alike
        return words, likeness

    def _mended(self, word: str) -> tuple[str, float]:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if word in self._places or word in self._brands or len(word) < _SHORTEST_MENDED:
            return word, 1.0
        cutoff = self._params.spelling
        near = process.extractOne(word, list(self._places), scorer=OSA.normalized_similarity, score_cutoff=cutoff)
        return (near[0], near[1]) if near else (word, 1.0)

    def _score(self, parts: list[Part], words: list[str], food: _Food) -> float:
        """1 less what the words beside the food's name cost; 0 where one of them makes it another food."""
        last = max(place for place, word in enumerate(words) if word in food.words)
        cost = 0.0
        for part in parts:
            rest = [word for word in part.words.split() if word not in food.words]
            if not rest:
                continue
            if self._another & set(rest):
                return 0.0
            if self._describes(part, rest, food):
                continue
            if not self._may_describe(part, rest, food):
                return 0.0
            cost += self._params.word_before if part.start <= last else self._params.word_after
        return max(0.0, 1.0 - cost)

    def _describes(self, part: Part, rest: list[str], food: _Food) -> bool:
        """The words leave the food what it is: plain ones, brands, or which kind of it ("cheddar" of cheese)."""
        if set(rest) <= self._plain | self._brands or " ".join(rest) in food.labels:
            return True
        found, kinds = self._matcher.parts(rest), self._knowledge.kinds
        if all(one.food and food.kind in kinds[one.food] for one in found):
            return True
        if part.words.split() == rest:
            return part.role is Role.NEUTRAL
        # "frozen peas" and "romaine lettuce" are names of their own in the class of peas and of lettuce
        variety = part.words.split()[: len(rest)] == rest and all(one.food == food.named for one in found)
        return part.food == food.named and (variety or all(one.role is Role.NEUTRAL for one in found))

    def _may_describe(self, part: Part, rest: list[str], food: _Food) -> bool:
        """A strange word: alone, or in a longer name that is known and of the food's class ("iceberg lettuce")."""
        if part.words.split() == rest:
            return part.role is Role.STRANGE
        strange = all(one.role in (Role.STRANGE, Role.NEUTRAL) for one in self._matcher.parts(rest))
        return strange and part.food == food.named
