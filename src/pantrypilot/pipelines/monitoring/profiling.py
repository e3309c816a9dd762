"""Tables to their distributions, and those to a profile that a person reads.

One line of the profile:

    stock  quantity  number  rows 1000  nulls 0  distinct 412  min 3  median 250  max 12000
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pantrypilot.kitchen.days import day_of
from pantrypilot.pipelines.monitoring.params import DriftParams
from pantrypilot.pipelines.monitoring.records import (
    Choices,
    Distributions,
    Names,
    Numbers,
    Sketch,
    Snapshot,
    TableSketch,
)
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

KNOTS = 101  # percentiles: what is between two of them is at most 1 % of the rows
EMPTY = "(empty)"
TOP = 5  # values named in the profile


def sketch_tables(last: Mapping[str, Any], params: DriftParams, as_of: str, **tables: Table) -> dict[str, Any]:
    """`Distributions` of the tables, beside those of the last snapshot that was different.

    `last` is what the last run left, or empty. `as_of` is a date or "latest", the newest `last_updated` of `stock`.

    Raises:
        ValueError: `last` is none of ours.
    """
    day = day_of(as_of, tables["stock"]["last_updated"])
    sketched = {name: _sketch_table(table, day, params.most_categories) for name, table in tables.items()}
    snapshot = Snapshot(as_of=day.date().isoformat(), tables=sketched)
    try:
        kept = Distributions.model_validate(last) if last else None
    except ValidationError as error:
        raise ValueError(
            "What the last run left of its distributions (pantry.last_distributions) cannot be read. Delete that "
            "file: the next run then begins anew, without a comparison."
        ) from error
    before = None
    if kept is not None:
        before = kept.before if kept.snapshot == snapshot else kept.snapshot
    return Distributions(snapshot=snapshot, before=before).model_dump(mode="json")


def profile_tables(distributions: Mapping[str, Any]) -> Table:
    """A row for every column of every table: kind, rows, nulls, distinct values, min, median, max, top values."""
    import pandas as pd

    snapshot = Distributions.model_validate(distributions).snapshot
    rows = [
        {"table": table, "column": column, "rows": sketched.rows, **_figures(sketch, snapshot.as_of)}
        for table, sketched in snapshot.tables.items()
        for column, sketch in sketched.columns.items()
    ]
    columns = ["table", "column", "kind", "rows", "nulls", "distinct", "min", "median", "max", "top_values"]
    return pd.DataFrame(rows, columns=columns)


def middle(sketch: Numbers) -> float:
    """The lower median."""
    return next((x for x, below in zip(sketch.knots, sketch.below, strict=True) if 2 * below >= sketch.rows), 0.0)


def as_text(value: float, kind: str, as_of: str) -> str:
    """A number in six digits; a day as its date."""
    import pandas as pd

    return str((pd.Timestamp(as_of) + pd.Timedelta(days=value)).date()) if kind == "day" else f"{value:.6g}"


def _sketch_table(table: Table, day: pd.Timestamp, most: int) -> TableSketch:
    columns = {str(name): _sketch(table[name], day, most) for name in table.columns}
    return TableSketch(rows=len(table), columns=columns)


def _sketch(column: pd.Series, day: pd.Timestamp, most: int) -> Sketch:
    import numpy as np
    import pandas as pd
    from pandas.api import types

    if types.is_datetime64_any_dtype(column.dtype):
        return _numbers("day", ((column - day) / pd.Timedelta(days=1)).to_numpy(float))
    if types.is_bool_dtype(column.dtype):
        counts = {str(bool(value)): int(n) for value, n in column.value_counts().items()}
        return Choices(nulls=int(column.isna().sum()), counts=_sorted(counts))
    if types.is_numeric_dtype(column.dtype):
        return _numbers("number", column.to_numpy(float, na_value=np.nan))
    nulls = int(column.isna().sum())
    distinct = column.nunique()
    if distinct > most:
        return Names(nulls=nulls, rows=len(column) - nulls, distinct=distinct)
    counts = column.value_counts(sort=False)
    return Choices(nulls=nulls, counts=_sorted({str(value): int(n) for value, n in counts.items() if n}))


def _numbers(kind: str, values: np.ndarray) -> Numbers:
    import numpy as np

    known = np.sort(values[np.isfinite(values)])
    nulls = len(values) - len(known)
    if not len(known):
        return Numbers(kind=kind, nulls=nulls, distinct=0, knots=(), below=())
    steps = np.flatnonzero(np.diff(known))
    if len(steps) < KNOTS:
        knots = known[[*steps, -1]]
    else:
        knots = np.unique(known[np.linspace(0, len(known) - 1, KNOTS).round().astype(int)])
    below = np.searchsorted(known, knots, side="right").tolist()
    return Numbers(kind=kind, nulls=nulls, distinct=len(steps) + 1, knots=tuple(knots.tolist()), below=tuple(below))


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))


def _figures(sketch: Sketch, as_of: str) -> dict[str, Any]:
    figures: dict[str, Any] = {"kind": sketch.kind, "nulls": sketch.nulls}
    if isinstance(sketch, Choices):
        top = "; ".join(f"{value or EMPTY} ({n:,})" for value, n in list(sketch.counts.items())[:TOP])
        return {**figures, "distinct": len(sketch.counts), "top_values": top}
    figures["distinct"] = sketch.distinct
    if isinstance(sketch, Numbers) and sketch.knots:
        shown = {"min": sketch.knots[0], "median": middle(sketch), "max": sketch.knots[-1]}
        figures |= {name: as_text(value, sketch.kind, as_of) for name, value in shown.items()}
    return figures
