"""Find the foods in a name: longest known names first, then what the words around them do.

`"chicken-flavoured tofu"` → tofu, and chicken softened to "may contain". Every step is linear in
the text. Not covered: amounts, and lists nested deeper than commas and "and".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pantrypilot.diets.knowledge import Claim, Compound, Knowledge
from pantrypilot.diets.parts import Part, Role, Scope, claims_at_large, split
from pantrypilot.diets.text import BREAK, tokens

__all__ = ["Found", "Matcher", "Part", "Reading", "Role"]

_SCOPES = (Role.BREAK, Role.JOINER)
_PARTERS = (Role.BREAK, Role.JOINER, Role.LINKER)
_ALTERNATIVES = ("or", "nor")
_NOTHING: frozenset[str] = frozenset()
# Letters of an ending that is a food, and of what stands before it.
_SHORTEST_ENDING, _LONGEST_ENDING, _SHORTEST_START = 4, 8, 3


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
        for role in (
            Role.NEUTRAL,
            Role.LINKER,
            Role.OF,
            Role.JOINER,
            Role.FLAVOUR,
            Role.IMITATION,
            Role.WITHOUT,
            Role.FREE,
        ):
            listed = words.get({Role.LINKER: "linkers", Role.JOINER: "joiners"}.get(role, role.value)) or []
            for word in listed:
                self._entries[knowledge.stems(word)] = (role, "", None)
        for food, names in (words.get("alone") or {}).items():
            for name in names:
                self._entries[knowledge.stems(name)] = (Role.NEUTRAL, food, None)
        for claim in knowledge.claims:
            for word in claim.words:
                self._entries[knowledge.stems(word)] = (Role.CLAIM, "", claim)
        claims = {entry: claim for entry, (role, _, claim) in self._entries.items() if role is Role.CLAIM}
        for name, food in knowledge.class_by_name.items():
            # "vegan chocolate" as a name of its own still says "vegan" of what follows it.
            claim = next((c for words, c in claims.items() if f" {words} " in f" {name} "), None)
            if claim and not _held(knowledge, food).isdisjoint(claim.clears):
                claim = None  # mock turtle soup is of calf's head, and a creamer called non-dairy may hold casein
            self._entries[name] = (Role.FOOD, food, claim)
        # Latin: what follows the genus only says which species of it.
        self._genera = {knowledge.stems(word) for word in words.get("genera") or ()}
        # Every pair of classes is looked up once: there are some ten thousand that names bring together.
        self._rule_for = lru_cache(maxsize=None)(self._find_rule)
        self._verbs = {knowledge.stems(word) for word in words.get("verbs") or []}
        self._endings = {
            knowledge.stems(ending): food for food, listed in (words.get("endings") or {}).items() for ending in listed
        }
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
                found.append(self._unlisted(word, here))
                here += 1
        return found

    def _unlisted(self, word: str, here: int) -> Part:
        """A word of no entry: a number, a compound of a language that writes them as one ("Rookworst"), or strange."""
        if word.isdigit() or len(word) == 1:
            return Part(Role.NEUTRAL, word, here, here + 1)
        for size in range(min(_LONGEST_ENDING, len(word) - _SHORTEST_START), _SHORTEST_ENDING - 1, -1):
            if food := self._endings.get(word[-size:]):
                return Part(Role.FOOD, word, here, here + 1, food)
        return Part(Role.STRANGE, word, here, here + 1)

    def read(self, text: str) -> Reading:
        """The foods in `text`, with what claims, compounds and flavours did to them."""
        parts = self._settled(self.parts(tokens(text, self.knowledge.spelling)))
        roles = [part.role for part in parts]
        scopes = split(parts, _SCOPES) if Role.BREAK in roles or Role.JOINER in roles else [Scope(tuple(parts))]
        claimed = any(part.claim for part in parts)
        plain = not claimed and Role.LINKER not in roles
        told = claims_at_large(scopes) if claimed and len(scopes) > 1 else {}
        foods: list[Found] = []
        absent = False
        for place, scope in enumerate(scopes):
            if scope.after is None or scope.after.words not in _ALTERNATIVES:
                absent = False
            # Most names have no claim and no linker, so they are one chunk.
            one = self._chunk(scope.parts, [], _NOTHING, absent) if plain else None
            found, absent = one or self._foods(scope, told.get(place, []), absent)
            foods += found
        return Reading(tuple(foods), strange_head(parts) if Role.STRANGE in roles else "")

    def _settled(self, parts: list[Part]) -> list[Part]:
        """The parts with the words settled that are a food in one place and none in another."""
        if not any(part.role in (Role.FOOD, Role.STRANGE) for part in parts):
            alone = next((place for place in reversed(range(len(parts))) if parts[place].food), None)
            if alone is not None:
                parts[alone] = replace(parts[alone], role=Role.FOOD)
            return parts
        if any(part.role is Role.STRANGE for part in parts):
            self._settle_species(parts)
        if not any(part.words in self._verbs for part in parts):
            return parts
        for place, part in enumerate(parts):
            if part.words in self._verbs and _orders(parts, place):
                parts[place] = replace(part, role=Role.NEUTRAL, food="")
        return parts

    def _settle_species(self, parts: list[Part]) -> None:
        """ "Vaccinium myrtillus L.": after a genus, strange words up to the next known one are no head noun."""
        of_genus = False
        for place, part in enumerate(parts):
            if part.role is Role.STRANGE and of_genus:
                parts[place] = replace(part, role=Role.NEUTRAL)
            else:
                of_genus = part.words in self._genera or (of_genus and part.role is Role.NEUTRAL)

    def _foods(self, scope: Scope, at_large: list[Part], absent: bool) -> tuple[list[Found], bool]:
        """The foods of one scope; a claim reaches to the next linker ("with", "in") only."""
        everywhere = frozenset(c for part in at_large for c in part.claim.clears)
        foods: list[Found] = []
        ahead: list[Part] = []
        for chunk in split(scope.parts, (Role.LINKER,)):
            claims = [*ahead, *(part for part in chunk.parts if part.claim)]
            ahead = []
            if claims and not chunk.has(Role.FOOD):
                # "vegan substitute for butter" speaks of the butter.
                ahead = claims
                continue
            found, absent = self._chunk(chunk.parts, claims, everywhere, absent)
            foods += found
        leaves = [p for p in (*at_large, *(p for p in scope.parts if p.role is Role.CLAIM)) if p.claim.leaves]
        if foods and leaves:
            cleared = everywhere | {c for part in leaves for c in part.claim.clears}
            foods += [Found(part.words, part.claim.leaves, cleared) for part in leaves]
        return foods, absent

    def _chunk(
        self, parts: Sequence[Part], claims: list[Part], everywhere: frozenset[str], absent: bool
    ) -> tuple[list[Found], bool]:
        kept: list[Found] = []
        ends: list[int] = []
        starts: list[int] = []
        cleared = set(everywhere)
        after_without, imitation = absent, False
        for place, part in enumerate(parts):
            if part.role is Role.WITHOUT:
                after_without = True
            elif part.role is Role.IMITATION:
                imitation = True
            elif part.role is Role.FOOD:
                follows = parts[place + 1].role if place + 1 < len(parts) else None
                if after_without or (follows is Role.FREE and not _starts_claim(parts, place)):
                    # "without cheese", "egg-free": the food is named only to say that it is not there.
                    cleared.add(part.food)
                    absent, after_without = after_without, False
                else:
                    flavour = imitation or follows is Role.FLAVOUR
                    kept.append(Found(part.words, part.food, flavour_only=flavour))
                    ends.append(part.end if follows is not Role.FLAVOUR else -1)
                    starts.append(part.start)
                    self._compound(kept, ends, starts)
                    absent = False
                imitation = False
            elif part.role not in (Role.NEUTRAL, Role.OF):
                # "no fuss chicken" has chicken: only neutral words may stand between.
                after_without = absent = False
        if not cleared and not claims:
            return kept, absent
        covered = frozenset(cleared)
        foods = [
            replace(food, cleared=covered | _cleared_by(claims, start, starts))
            for food, start in zip(kept, starts, strict=True)
        ]
        return foods, absent

    def _compound(self, kept: list[Found], ends: list[int], starts: list[int]) -> None:
        if len(kept) < 2 or ends[-2] != starts[-1]:
            return
        first, head = kept[-2], kept[-1]
        rule = self._rule_for(first.food, head.food)
        if rule is None:
            return
        if rule.keeps == "head":
            del kept[-2], ends[-2], starts[-2]
        elif rule.keeps == "first":
            del kept[-1], ends[-2], starts[-1]
        else:
            kept[-1] = replace(head, name=f"{first.name} {head.name}", food=rule.becomes)

    def _find_rule(self, first: str, head: str) -> Compound | None:
        kinds = self.knowledge.kinds
        for rule in self.knowledge.compounds:
            if not kinds[head].isdisjoint(rule.head) and not kinds[first].isdisjoint(rule.after):
                return rule
        return None


def _held(knowledge: Knowledge, food: str) -> set[str]:
    """What is in a food for certain or may be."""
    sure = knowledge.content[food]
    return {*sure, *(kind for key in sure for m in knowledge.classes[key].may_contain for kind in knowledge.kinds[m])}


def _cleared_by(claims: list[Part], start: int, starts: list[int]) -> frozenset[str]:
    """What claims take from the food at `start`: they speak of what follows them, or else of what is before."""
    return frozenset(
        c
        for part in claims
        if part.start <= start or not any(other >= part.start for other in starts)
        for c in part.claim.clears
    )


def _orders(parts: list[Part], place: int) -> bool:
    """Whether a verb says what to do: "mince the onion", and "2 onions, mince" but not "tofu, eggs, mince"."""
    if place + 1 < len(parts) and parts[place + 1].words == "the":
        return True
    if any(part.role is not Role.NEUTRAL for part in parts[place + 1 :]):
        return False
    before = [part.role for part in parts[:place] if part.role is not Role.NEUTRAL]
    return before[-1:] == [Role.BREAK] and sum(role in _PARTERS for role in before) == 1


def _starts_claim(parts: Sequence[Part], place: int) -> bool:
    """Whether "free" belongs to what follows: "milk free range eggs" says nothing about milk."""
    return place + 2 < len(parts) and parts[place + 2].words == "from"


def strange_head(parts: list[Part]) -> str:
    """The head noun when it is unknown, else "".

    The head is the last telling word before a linker ("sardines in oil" is sardines) or an "of" of a language that
    has the head first ("saucisse de Vire"), of every
    joined piece ("cod and zorgle" has two) up to the first comma that follows one; words after
    that comma are preparation.
    """
    for segment in split(parts, (Role.BREAK,)):
        telling = False
        for piece in split(segment.parts, (Role.JOINER,)):
            for chunk in split(piece.parts, (Role.LINKER, Role.OF, Role.WITHOUT)):
                last = next(
                    (p for p in reversed(chunk.parts) if p.role in (Role.FOOD, Role.STRANGE, Role.FLAVOUR)), None
                )
                if last:
                    telling = True
                    if last.role is Role.STRANGE:
                        return last.words
                    break
        if telling:
            return ""
    return ""
