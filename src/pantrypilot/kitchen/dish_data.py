"""What `dishes.yml` may say: roles, phrases, forms and amounts, checked when they are read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from pydantic import Field, model_validator

from pantrypilot.kitchen.settings import Settings

OTHER, REST, ANY = "other", "rest", "any"

# Who gives a dish its name: the first role that is present, then the next.
LEADS = (
    "meat", "joint", "fish", "tofu", "bean", "vegetable", "leaf", "raw", "noodle", "fruit", OTHER, "cheese",
    "starch", "bread", "topping", "aromatic", "egg", "paste", "dairy", "sweet", "flour", "citrus", "scent",
    "herb", "spice", "relish", "sauce", "wine", "stock", "fat",
)  # fmt: skip


class DishesError(ValueError):
    """The dish data is wrong; the message names the place and the nearest right word."""


def nearest(word: str, known: Iterable[str]) -> str:
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
                    raise ValueError(f"{where}: there is no {word!r}.{nearest(word, known(roles))}")
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
