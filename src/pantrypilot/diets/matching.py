"""Find the foods in a name: longest known names first, then what the words around them do.

`"chicken-flavoured tofu"` → tofu, and chicken softened to "may contain". Every step is linear in
the text. Not covered: amounts, and lists nested deeper than commas and "and".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from pantrypilot.diets.knowledge import Claim, Knowledge
from pantrypilot.diets.text import BREAK, tokens


class Role(Enum):
    """What a stretch of words does in a name."""

    FOOD = "food"
    NEUTRAL = "neutral"
    CLAIM = "claim"
    FREE = "free"
    WITHOUT = "without"
    FLAVOUR = "flavour"
    LINKER = "linker"
    JOINER = "joiner"
    BREAK = "break"
    STRANGE = "strange"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of words; `words` are stems. `start` and `end` count tokens."""

    role: Role
    words: str
    start: int
    end: int
    food: str = ""
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A food in a name: its class, the classes that claims took away, and whether it is only a flavour."""

    name: str
    food: str
    cleared: frozenset[str] = frozenset()
    flavour_only: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a name says: its foods, and the head noun if that is a word nobody knows."""

    foods: tuple[Found, ...]
    strange_head: str = ""


class Matcher:
    """Reads names by one `Knowledge`."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._entries: dict[str, tuple[Role, str, Claim | None]] = {}
        words = knowledge.modifiers
        for role in (Role.NEUTRAL, Role.LINKER, Role.JOINER, Role.FLAVOUR, Role.WITHOUT, Role.FREE):
            listed = words.get({Role.LINKER: "linkers", Role.JOINER: "joiners"}.get(role, role.value)) or []
            for word in listed:
                self._entries[knowledge.stems(word)] = (role, "", None)
        for claim in knowledge.claims:
            for word in claim.words:
                self._entries[knowledge.stems(word)] = (Role.CLAIM, "", claim)
        claims = {entry: claim for entry, (role, _, claim) in self._entries.items() if role is Role.CLAIM}
        for name, food in knowledge.class_by_name.items():
            # "vegan chocolate" as a name of its own still says "vegan" of what follows it.
            claim = next((c for words, c in claims.items() if f" {words} " in f" {name} "), None)
            self._entries[name] = (Role.FOOD, food, claim)
        self._longest: dict[str, int] = {}
        for entry in self._entries:
            first, *rest = entry.split(" ")
            self._longest[first] = max(self._longest.get(first, 0), len(rest) + 1)

    def parts(self, words: Sequence[str]) -> list[Part]:
        """Cover all tokens, left to right, each time by the longest known entry."""
        found, here = [], 0
        while here < len(words):
            word = words[here]
            if word == BREAK:
                found.append(Part(Role.BREAK, word, here, here + 1))
                here += 1
                continue
            for size in range(self._longest.get(word, 0), 0, -1):
                text = " ".join(words[here : here + size])
                if entry := self._entries.get(text):
                    role, food, claim = entry
                    found.append(Part(role, text, here, here + size, food, claim))
                    here += size
                    break
            else:
                role = Role.NEUTRAL if word.isdigit() or len(word) == 1 else Role.STRANGE
                found.append(Part(role, word, here, here + 1))
                here += 1
        return found

    def read(self, text: str) -> Reading:
        """The foods in `text`, with what claims, compounds and flavours did to them."""
        parts = self.parts(tokens(text, self.knowledge.spelling))
        scopes = _split(parts, {Role.BREAK, Role.JOINER})
        bare_claims = [s for s in scopes if not any(p.role in (Role.FOOD, Role.STRANGE) for p in s)]
        everywhere = [p for scope in bare_claims for p in scope if p.claim]
        foods: list[Found] = []
        for scope in scopes:
            foods += self._foods(scope, [*(p for p in scope if p.claim), *everywhere])
        return Reading(tuple(foods), _strange_head(parts))

    def _foods(self, scope: list[Part], claims: list[Part]) -> list[Found]:
        kept: list[Found] = []
        ends: list[int] = []
        cleared = {c for part in claims for c in part.claim.clears}
        after_without = False
        for place, part in enumerate(scope):
            if part.role is Role.WITHOUT:
                after_without = True
            elif part.role is Role.FOOD:
                following = scope[place + 1] if place + 1 < len(scope) else None
                follows = following.role if following else None
                if after_without or (follows is Role.FREE and not _starts_claim(scope, place)):
                    # "without cheese", "egg-free": the food is named only to say that it is not there.
                    cleared.add(part.food)
                    after_without = False
                else:
                    kept.append(Found(part.words, part.food, flavour_only=follows is Role.FLAVOUR))
                    ends.append(part.end if follows is not Role.FLAVOUR else -1)
                    self._compound(kept, ends, part.start)
            elif part.role is not Role.NEUTRAL:
                # "no fuss chicken" has chicken: only neutral words may stand between.
                after_without = False
        foods = [replace(f, cleared=frozenset(cleared)) for f in kept] if cleared else kept
        leaves = [
            Found(p.words, p.claim.leaves, frozenset(cleared))
            for p in claims
            if p.role is Role.CLAIM and p.claim.leaves
        ]
        return foods + leaves if foods else foods

    def _compound(self, kept: list[Found], ends: list[int], start: int) -> None:
        if len(kept) < 2 or ends[-2] != start:
            return
        first, head = kept[-2], kept[-1]
        kinds = self.knowledge.kinds
        for rule in self.knowledge.compounds:
            if kinds[head.food].isdisjoint(rule.head) or kinds[first.food].isdisjoint(rule.after):
                continue
            if rule.keeps == "head":
                del kept[-2], ends[-2]
            elif rule.keeps == "first":
                del kept[-1], ends[-2]
            else:
                kept[-1] = replace(head, name=f"{first.name} {head.name}", food=rule.becomes)
            return


def _split(parts: list[Part], at: set[Role]) -> list[list[Part]]:
    scopes: list[list[Part]] = [[]]
    for part in parts:
        if part.role in at:
            scopes.append([])
        else:
            scopes[-1].append(part)
    return [s for s in scopes if s]


def _starts_claim(scope: list[Part], place: int) -> bool:
    """Whether "free" belongs to what follows: "milk free range eggs" says nothing about milk."""
    return place + 2 < len(scope) and scope[place + 2].words == "from"


def _strange_head(parts: list[Part]) -> str:
    """The head noun when it is unknown, else "".

    The head is the last telling word before a linker ("sardines in oil" is sardines), of every
    joined piece ("cod and zorgle" has two) up to the first comma that follows one; words after
    that comma are preparation.
    """
    for segment in _split(parts, {Role.BREAK}):
        telling = False
        for piece in _split(segment, {Role.JOINER}):
            for chunk in _split(piece, {Role.LINKER, Role.WITHOUT}):
                last = next((p for p in reversed(chunk) if p.role in (Role.FOOD, Role.STRANGE, Role.FLAVOUR)), None)
                if last:
                    telling = True
                    if last.role is Role.STRANGE:
                        return last.words
                    break
        if telling:
            return ""
    return ""
