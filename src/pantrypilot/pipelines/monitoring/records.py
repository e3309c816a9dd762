"""What is kept of a snapshot to compare the next one with: distributions.json, a few kilobytes a column.

`before` is the last snapshot that was different. So a run on unchanged data writes what was there, and the
drift that the first run saw stays readable.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pantrypilot.kitchen.settings import Settings


class Numbers(Settings):
    """A column of numbers, or of days (as days from the snapshot's own day, so that time alone is no drift).

    `below[i]` rows are at or below `knots[i]`. The knots are all values there are, or the percentiles of many.
    """

    kind: Literal["number", "day"]
    nulls: int
    distinct: int
    knots: tuple[float, ...]
    below: tuple[int, ...]

    @property
    def rows(self) -> int:
        return self.below[-1] if self.below else 0


class Choices(Settings):
    """A column of few texts or flags: the rows of each value, the commonest first."""

    kind: Literal["choice"] = "choice"
    nulls: int
    counts: dict[str, int]


class Names(Settings):
    """A column of many texts, such as keys: only how many."""

    kind: Literal["name"] = "name"
    nulls: int
    rows: int
    distinct: int


Sketch = Annotated[Numbers | Choices | Names, Field(discriminator="kind")]


class TableSketch(Settings):
    """A table: its rows and columns."""

    rows: int
    columns: dict[str, Sketch]


class Snapshot(Settings):
    """The tables on a day (ISO)."""

    as_of: str
    tables: dict[str, TableSketch]


class Distributions(Settings):
    """distributions.json."""

    snapshot: Snapshot
    before: Snapshot | None = None
