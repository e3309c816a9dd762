"""How units are written: one table (`measures.yml`) for household tables, receipts and ingredient lines.

    >>> read_unit("Fl. Oz."), read_unit("imperial pints"), read_unit("litters")
    (ReadUnit(name='fl oz', locale=None), ReadUnit(name='pint', locale='imperial'), None)

What the units are is in `measures.py`. Not covered: numbers in a unit ("500 g pack"), "T" and "t" for spoons, which a
unit field does not tell apart from a ton, and languages other than English.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

import yaml
from pydantic import Field, model_validator

from pantrypilot.kitchen.settings import Settings

PACKAGE = "package"  # what a unit `is` that holds a different amount for every food
ANY = "any"


class LocaleData(Settings):
    """`names` may stand before a unit; values that are missing are those of `like`."""

    like: str | None = None
    names: tuple[str, ...]


class UnitData(Settings):
    """`means`: a Pint expression, one for each locale, or `package`. `also`: spellings for a unit field only."""

    means: str | dict[str, str] = Field(alias="is")
    spellings: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class MeasureData(Settings):
    """The whole of `measures.yml`, checked: what is named exists, and no spelling has two meanings."""

    locales: dict[str, LocaleData]
    units: dict[str, UnitData]
    holds: dict[str, dict[str, str]]

    @model_validator(mode="after")
    def refer_to_what_exists(self) -> MeasureData:
        for name, locale in self.locales.items():
            if locale.like is not None:
                check_name(f"locales.{name}.like", locale.like, self.locales)
        seen: dict[str, str] = {}
        for name, unit in self.units.items():
            for locale in unit.means if isinstance(unit.means, Mapping) else ():
                check_name(f"units.{name}.is", locale, self.locales)
            for spelling in (*unit.spellings, *unit.also):
                if seen.setdefault(_key(spelling), name) != name:
                    raise ValueError(f"units.{name}: {spelling!r} is {seen[_key(spelling)]} already.")
        for name in self.holds:
            check_name("holds", name, self.packages)
        return self

    @property
    def packages(self) -> tuple[str, ...]:
        return tuple(name for name, unit in self.units.items() if unit.means == PACKAGE)


class ReadUnit(NamedTuple):
    """A unit by its name in `measures.yml`; `locale` where the text says one."""

    name: str
    locale: str | None = None


def check_name(where: str, name: str, known: Iterable[str]) -> None:
    """Raises ValueError with the nearest known name."""
    if name not in known:
        raise ValueError(f"{where}: there is no {name!r}.{_nearest(name, known)} Known: {', '.join(known)}.")


@cache
def measure_data() -> MeasureData:
    """The packaged table, read once."""
    text = (resources.files("pantrypilot.kitchen") / "measures.yml").read_text("utf-8")
    return MeasureData.model_validate(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def recipe_spellings() -> dict[str, str]:
    """Words that are units at the head of an ingredient line → name of the unit."""
    return {word: name for name, unit in measure_data().units.items() for word in unit.spellings}


def read_unit(text: str) -> ReadUnit | None:
    """The unit that a unit field means; None where it is not known: nothing is guessed. Any text will do."""
    key = _key(text)
    if name := _spellings().get(key):
        return ReadUnit(name)
    for prefix, locale in _locale_names().items():
        name = _spellings().get(key.removeprefix(prefix)) if key.startswith(prefix) else None
        if name and isinstance(measure_data().units[name].means, Mapping):
            return ReadUnit(name, locale)
    return None


def explain(text: str) -> str:
    """Why `read_unit` gives None, for the person who must mend the row."""
    if not text.strip():
        return "no unit"
    return f"{text!r} is no known unit.{_nearest(_key(text), _spellings())}"


@cache
def _spellings() -> dict[str, str]:
    units = measure_data().units.items()
    return {_key(word): name for name, unit in units for word in (*unit.spellings, *unit.also)}


@cache
def _locale_names() -> dict[str, str]:
    """Longest first, so that "american" is not read as another locale's beginning."""
    names = [(_key(word), name) for name, locale in measure_data().locales.items() for word in locale.names]
    return dict(sorted(names, key=lambda pair: -len(pair[0])))


def _key(text: str) -> str:
    """One form for all ways to write a unit; "can(s)" is "cans"."""
    return re.sub(r"[\s._()\-]+", "", unicodedata.normalize("NFKC", text).casefold())


def _nearest(word: str, known: Iterable[str]) -> str:
    match = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean {match[0]!r}?" if match else ""
