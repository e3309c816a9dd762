"""Judge a name by every diet: the strictest verdict of all foods found in it wins.

`judge("fish sauce", "vegetarian")` → forbidden, "fish sauce → fish → not vegetarian".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from pantrypilot.diets.knowledge import Diet, Knowledge
from pantrypilot.diets.matching import Found, Matcher, Reading

# Bounds memory: a reading is some hundred bytes, so a full cache is about 100 MB at most.
CACHED_NAMES = 200_000


class Verdict(StrEnum):
    """`unknown` is a value of its own, never a kind of `allowed`."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, the food classes recognised in the name, and the rule that fired, for a cook."""

    verdict: Verdict
    food_classes: tuple[str, ...]
    reason: str


class Judgements(Mapping[str, Judgement]):
    """All diets' judgements of one name, as a mapping; reasons are put together when looked at."""

    __slots__ = ("_ingredient", "_judge", "_read")

    def __init__(self, judge: Judge, ingredient: str, read: _Read) -> None:
        self._judge, self._ingredient, self._read = judge, ingredient, read

    def __getitem__(self, diet: str) -> Judgement:
        if diet not in self._judge.knowledge.diets:
            raise KeyError(diet)
        return self._judge._explain(self._ingredient, diet, self._read)

    def __iter__(self) -> Iterator[str]:
        return iter(self._judge.diets)

    def __len__(self) -> int:
        return len(self._judge.diets)


@dataclass(frozen=True, slots=True)
class _Read:
    """A reading with one bit a diet: forbidden by something, or unsure of something."""

    reading: Reading
    forbidden: int
    unsure: int


class Judge:
    """Judges names by one `Knowledge`; each distinct name is read once, for all diets together."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.diets: tuple[str, ...] = tuple(knowledge.diets)
        self._matcher = Matcher(knowledge)
        self._bits = {diet: 1 << place for place, diet in enumerate(self.diets)}
        self._forbidding = self._by_class(lambda diet: diet.forbids)
        self._doubting = self._by_class(lambda diet: diet.unsure)
        self._allowing = self._by_class(lambda diet: diet.allows)
        self._picky = sum(self._bits[d.key] for d in knowledge.diets.values() if d.allows)
        self._everything = (1 << len(self.diets)) - 1
        self._masks_of = lru_cache(maxsize=CACHED_NAMES)(self._find_masks)
        self._read = lru_cache(maxsize=CACHED_NAMES)(self._find_read)
        self._verdicts_of = lru_cache(maxsize=CACHED_NAMES)(self._spell_out)

    def _by_class(self, rule) -> dict[str, int]:
        masks: dict[str, int] = {}
        for diet in self.knowledge.diets.values():
            for food in rule(diet):
                masks[food] = masks.get(food, 0) | self._bits[diet.key]
        return masks

    def judge(self, ingredient: str, diet: str) -> Judgement:
        """The judgement of one name by one diet, in any of the diet's spellings.

        Raises:
            UnknownDiet: with the nearest right name.
        """
        return self._explain(ingredient, self.knowledge.diet(diet).key, self._read(ingredient))

    def judge_all(self, ingredient: str) -> Judgements:
        """The judgement of one name by every diet."""
        return Judgements(self, ingredient, self._read(ingredient))

    def verdicts(self, ingredient: str) -> Mapping[str, Verdict]:
        """Diet → verdict, without reasons: the fast form for whole columns. Read-only."""
        read = self._read(ingredient)
        return self._verdicts_of(read.forbidden, read.unsure)

    def _spell_out(self, forbidden: int, unsure: int) -> Mapping[str, Verdict]:
        spelled = {
            diet: (Verdict.FORBIDDEN if forbidden & bit else Verdict.UNKNOWN if unsure & bit else Verdict.ALLOWED)
            for diet, bit in self._bits.items()
        }
        return MappingProxyType(spelled)

    def forbidden(self, ingredients: Iterable[str], diets: Iterable[str]) -> list[tuple[str, str, str]]:
        """`(ingredient, diet, reason)` for everything that a diet forbids; `unknown` is not in it.

        Raises:
            UnknownDiet: with the nearest right name.
        """
        keys = [self.knowledge.diet(diet).key for diet in diets]
        found = []
        for ingredient in ingredients:
            read = self._read(ingredient)
            broken = [key for key in keys if read.forbidden & self._bits[key]]
            found += [(ingredient, key, self._explain(ingredient, key, read).reason) for key in broken]
        return found

    def strictest(self, ingredient: str, diets: Iterable[str]) -> Judgement:
        """The judgement of the diet that minds most: forbidden before unknown before allowed."""
        judgements = [self.judge(ingredient, diet) for diet in diets]
        order = (Verdict.FORBIDDEN, Verdict.UNKNOWN, Verdict.ALLOWED)
        if not judgements:
            raise ValueError("strictest() needs at least one diet.")
        return min(judgements, key=lambda j: order.index(j.verdict))

    def _find_read(self, ingredient: str) -> _Read:
        reading = self._matcher.read(ingredient)
        forbidden = unsure = 0
        for found in reading.foods:
            forbids, doubts = self._masks_of(found.food, found.cleared, found.flavour_only)
            forbidden |= forbids
            unsure |= doubts
        if not reading.foods or reading.strange_head:
            unsure = self._everything
        return _Read(reading, forbidden, unsure)

    def _find_masks(self, food: str, cleared: frozenset[str], flavour_only: bool) -> tuple[int, int]:
        sure, maybe = self._in_it(food, cleared, flavour_only)
        forbidden = doubtful = allowed = 0
        for key in sure:
            forbidden |= self._forbidding.get(key, 0)
            doubtful |= self._doubting.get(key, 0)
            allowed |= self._allowing.get(key, 0)
        for key in maybe:
            doubtful |= self._forbidding.get(key, 0) | self._doubting.get(key, 0)
        return forbidden, doubtful | (self._picky & ~allowed)

    def _in_it(self, food: str, cleared: frozenset[str], flavour_only: bool) -> tuple[dict[str, None], dict[str, None]]:
        """The classes certainly and possibly in a food, once `cleared` ones are taken away."""
        classes, kinds = self.knowledge.classes, self.knowledge.kinds

        def reach(starts: Iterable[str]) -> dict[str, None]:
            seen: dict[str, None] = {}
            todo = list(starts)
            while todo:
                key = todo.pop(0)
                if key not in seen and kinds[key].isdisjoint(cleared):
                    seen[key] = None
                    todo += (*classes[key].is_a, *classes[key].contains)
            return seen

        sure = reach([food])
        named = [m for key in sure for m in classes[key].may_contain]
        # What may be meat may be pork, so a doubt reaches down as well as up; but what may hold some cheese is not in
        # doubt for the wheat of cheese crackers, so of the kinds below only what they are counts, not what is in them.
        maybe = reach(named)
        for kind in (kind for m in named for kind in self.knowledge.descendants[m] if kind not in maybe):
            if kinds[kind].isdisjoint(cleared):
                maybe |= dict.fromkeys(kinds[kind])
        return ({}, {**sure, **maybe}) if flavour_only else (sure, maybe)

    def _explain(self, ingredient: str, key: str, read: _Read) -> Judgement:
        diet, bit, foods = self.knowledge.diets[key], self._bits[key], read.reading.foods
        classes = tuple(dict.fromkeys(found.food for found in foods))
        for index, verdict in ((0, Verdict.FORBIDDEN), (1, Verdict.UNKNOWN)):
            for found in foods:
                if self._masks_of(found.food, found.cleared, found.flavour_only)[index] & bit:
                    return Judgement(verdict, classes, self._reason(found, diet, verdict))
        if not foods:
            return Judgement(Verdict.UNKNOWN, classes, f"no food known in {ingredient!r}")
        if read.reading.strange_head:
            reason = f"{read.reading.strange_head!r} in {ingredient!r} is not known"
            return Judgement(Verdict.UNKNOWN, classes, reason)
        names = ", ".join(dict.fromkeys(found.name for found in foods))
        return Judgement(Verdict.ALLOWED, classes, f"{names} → nothing that {diet.key} forbids")

    def _reason(self, found: Found, diet: Diet, verdict: Verdict) -> str:
        sure, maybe = self._in_it(found.food, found.cleared, found.flavour_only)
        food = self.knowledge.classes[found.food]
        name = self.knowledge.written.get(found.name, found.name)
        because = f" ({food.why})" if food.why else ""
        maker = f"depends on the maker for {diet.key}{because}"
        if verdict is Verdict.FORBIDDEN:
            return f"{self._chain(name, found, diet.forbids, sure)} → not {diet.key}{because}"
        if any(key in diet.unsure for key in sure):
            return f"{self._chain(name, found, diet.unsure, sure)} → {maker}"
        if doubt := next((k for k in maybe if k in diet.forbids or k in diet.unsure), None):
            return f"{name} → may contain {self._doubt(found, doubt, sure)} → {maker}"
        return f"{name} → no clear rule for {diet.key}{because}"

    def _doubt(self, found: Found, doubt: str, sure: dict[str, None]) -> str:
        """The doubt as the knowledge words it: "fish", though a diet minds all that is animal."""
        classes = self.knowledge.classes
        named = [found.food] if found.flavour_only else [m for key in sure for m in classes[key].may_contain]
        reach = self.knowledge.content
        best = next((m for m in named if doubt in reach[m] or m in reach[doubt]), doubt)
        return self.knowledge.classes[best].label

    def _chain(self, name: str, found: Found, causes: tuple[str, ...], sure: dict[str, None]) -> str:
        """The shortest way up from a food to the class that a diet minds: "butter → dairy → animal"."""
        classes = self.knowledge.classes
        paths = [(found.food,)]
        for path in paths:
            if path[-1] in causes:
                labels = [name, *(classes[key].label for key in path)]
                return " → ".join(dict.fromkeys(labels))
            above = (*classes[path[-1]].is_a, *classes[path[-1]].contains)
            paths += [(*path, key) for key in above if key in sure]
        return name
