"""What changed from the last snapshot to this one, column by column.

    stock  quantity  drifted  psi 0.31  Kolmogorov-Smirnov 0.24  p 1e-30  before 250  after 410

Both a test and the size of the shift must agree: with a million rows every test finds something, and with twenty
the size is mostly chance. Rows of one household are not independent and most rows of two snapshots are the same, so
the p values are a guide, not a proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pantrypilot.pipelines.monitoring.params import DriftParams
from pantrypilot.pipelines.monitoring.profiling import as_text, middle
from pantrypilot.pipelines.monitoring.records import Choices, Distributions, Names, Numbers, Sketch, Snapshot
from pantrypilot.pipelines.types import Table
from pantrypilot.scoring.shifts import counts_by_chance, gap_by_chance, largest_gap, stability_index

DRIFTED, MOVED, NEW_VALUES, STABLE = "drifted", "moved", "new values", "stable"
VANISHED, APPEARED, FIRST = "vanished", "new", "no earlier snapshot"
VERDICTS = (DRIFTED, VANISHED, APPEARED, MOVED, NEW_VALUES, STABLE, FIRST)  # the worst first
COLUMNS = (
    "table", "column", "verdict", "psi", "test", "statistic", "p_value", "before", "after", "new_values", "vanished",
)  # fmt: skip
ROWS = "(rows)"
BINS = 10  # of numbers, by the deciles of the earlier snapshot
NAMED = 10  # new or vanished values that are named


def find_drift(distributions: Mapping[str, Any], params: DriftParams) -> Table:
    """A row for each table's number of rows and each of its columns, in `COLUMNS`.

    `before` and `after` are the median, the commonest value or a number of distinct ones.
    """
    import pandas as pd

    known = Distributions.model_validate(distributions)
    if known.before is None:
        rows = [{"table": name, "column": ROWS, "verdict": FIRST} for name in known.snapshot.tables]
    else:
        rows = _compare(known.before, known.snapshot, params)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _compare(before: Snapshot, after: Snapshot, params: DriftParams) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name in dict.fromkeys((*before.tables, *after.tables)):
        old, new = before.tables.get(name), after.tables.get(name)
        if old is None or new is None:
            rows.append({"table": name, "column": ROWS, "verdict": APPEARED if old is None else VANISHED})
            continue
        change = abs(new.rows - old.rows) / max(1, old.rows)
        verdict = DRIFTED if change > params.rows_change else STABLE
        rows.append(
            {"table": name, "column": ROWS, "verdict": verdict, "before": f"{old.rows:,}", "after": f"{new.rows:,}"}
        )
        for column in dict.fromkeys((*old.columns, *new.columns)):
            first, second = old.columns.get(column), new.columns.get(column)
            found: dict[str, Any]
            if first is None or second is None:
                found = {"verdict": APPEARED if first is None else VANISHED}
            elif first.kind != second.kind:
                found = {"verdict": DRIFTED, "before": f"a {first.kind}", "after": f"a {second.kind}"}
            else:
                found = _shift(first, second, params) | {
                    "before": _typical(first, before.as_of), "after": _typical(second, after.as_of),
                }  # fmt: skip
            rows.append({"table": name, "column": column, **found})
    return rows


def _shift(before: Sketch, after: Sketch, params: DriftParams) -> dict[str, Any]:
    """PSI (a null is a value of its own), test, and verdict of a column that is there in both."""
    new: list[str] = []
    gone: list[str] = []
    if isinstance(before, Numbers) and isinstance(after, Numbers):
        counts, gap = _binned(before, after)
        test, statistic, p_value = "Kolmogorov-Smirnov", gap, gap_by_chance(gap, before.rows, after.rows)
    elif isinstance(before, Choices) and isinstance(after, Choices):
        values = list(dict.fromkeys((*before.counts, *after.counts)))
        counts = [[side.counts.get(value, 0) for value in values] for side in (before, after)]
        new = [value for value in after.counts if value not in before.counts]
        gone = [value for value in before.counts if value not in after.counts]
        test, statistic, p_value = "chi-square", None, counts_by_chance(*counts)
    else:
        assert isinstance(before, Names) and isinstance(after, Names)
        counts, test, statistic, p_value = [[before.rows], [after.rows]], "", None, 1.0
    nulls = (before.nulls, after.nulls)
    if any(nulls):
        counts = [[*side, null] for side, null in zip(counts, nulls, strict=True)]
        p_value = min(p_value, counts_by_chance(*([sum(side) - side[-1], side[-1]] for side in counts)))
    psi = stability_index(*counts)
    sure = p_value < params.alpha
    verdict = DRIFTED if sure and psi >= params.psi_drifted else MOVED if sure and psi >= params.psi_moved else STABLE
    if verdict == STABLE and (new or gone):
        verdict = NEW_VALUES
    return {
        "verdict": verdict, "psi": psi, "test": test, "statistic": statistic, "p_value": p_value,
        "new_values": _named(new), "vanished": _named(gone),
    }  # fmt: skip


def _binned(before: Numbers, after: Numbers) -> tuple[list[list[float]], float]:
    """Rows of both between the deciles of the first, and the largest gap between their distributions."""
    import numpy as np

    if not before.rows or not after.rows:
        return [[before.rows], [after.rows]], 0.0
    points = np.union1d(before.knots, after.knots)
    shares = [_at_or_below(side, points) for side in (before, after)]
    places = np.searchsorted(np.array(before.below) / before.rows, np.linspace(0, 1, BINS + 1)[1:-1])
    edges = np.unique(np.array(before.knots)[places])
    edges = edges[edges < before.knots[-1]]
    counts = [
        (np.diff([0.0, *_at_or_below(side, edges), 1.0]) * side.rows).tolist() for side in (before, after)
    ]  # fmt: skip
    return counts, largest_gap(*shares)


def _at_or_below(sketch: Numbers, points: Any) -> Any:
    """The share of rows at or below each point: exact where every value is a knot, else between knots on a line."""
    import numpy as np

    below = np.array(sketch.below) / sketch.rows
    if len(sketch.knots) == sketch.distinct:
        return np.concatenate([[0.0], below])[np.searchsorted(sketch.knots, points, side="right")]
    return np.interp(points, sketch.knots, below, left=0.0)


def _typical(sketch: Sketch, as_of: str) -> str:
    if isinstance(sketch, Choices):
        return next(iter(sketch.counts), "")
    if isinstance(sketch, Names):
        return f"{sketch.distinct:,} different"
    return as_text(middle(sketch), sketch.kind, as_of) if sketch.knots else ""


def _named(values: list[str]) -> str:
    more = f" and {len(values) - NAMED} more" if len(values) > NAMED else ""
    return "; ".join(values[:NAMED]) + more
