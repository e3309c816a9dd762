"""The words of a name as parts with a role each, and the stretches of parts that belong together.

`"vegan butter or lard"` → CLAIM, FOOD, JOINER, FOOD, in two scopes: what is said of one says nothing of the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from pantrypilot.diets.knowledge import Claim


class Role(Enum):
    """What a stretch of words does in a name."""

    FOOD = "food"
    NEUTRAL = "neutral"
    CLAIM = "claim"
    FREE = "free"
    WITHOUT = "without"
    FLAVOUR = "flavour"
    IMITATION = "imitation"
    LINKER = "linker"
    OF = "of"
    JOINER = "joiner"
    BREAK = "break"
    STRANGE = "strange"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of words; `words` are stems. `start` and `end` count tokens.

    A NEUTRAL part with a `food` is one only where the name has no other: "leaves", "2 fillets".
    """

    role: Role
    words: str
    start: int
    end: int
    food: str = ""
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Parts that belong together, and the mark or word before them that parted them from the rest."""

    parts: tuple[Part, ...]
    after: Part | None = None

    def has(self, *roles: Role) -> bool:
        return any(part.role in roles for part in self.parts)


def split(parts: Iterable[Part], at: tuple[Role, ...]) -> list[Scope]:
    """The parts between those with a role in `at`; empty stretches are left out."""
    scopes: list[Scope] = []
    here: list[Part] = []
    after: Part | None = None
    for part in parts:
        if part.role in at:
            if here:
                scopes.append(Scope(tuple(here), after))
                here, after = [], part
            elif after is None or part.role is not Role.BREAK:
                # "butter, or lard": the word says more than the comma before it.
                after = part
        else:
            here.append(part)
    if here:
        scopes.append(Scope(tuple(here), after))
    return scopes


def claims_at_large(scopes: list[Scope]) -> dict[int, list[Part]]:
    """Scope → the claims that stand in a scope of their own and speak of it.

    "butter (dairy-free)" and "butter, vegan" speak of what is before; "gluten-free, vegan cookies" of what
    follows. "vegan or regular butter" leaves the choice open, so that claim covers nothing.
    """
    told: dict[int, list[Part]] = {}
    target: int | None = None
    waiting: list[Part] = []
    for place, scope in enumerate(scopes):
        if scope.has(Role.FOOD, Role.STRANGE):
            joined = scope.after is not None and scope.after.role is Role.JOINER
            if waiting and (not joined or (scope.after.words != "or" and scope.parts[0].claim)):
                told.setdefault(place, []).extend(waiting)
            waiting, target = [], place
        elif claims := [part for part in scope.parts if part.claim]:
            if target is None:
                waiting += claims
            elif scope.after is None or scope.after.words != "or":
                told.setdefault(target, []).extend(claims)
    return told
