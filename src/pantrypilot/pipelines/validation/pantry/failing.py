"""The rows that fail, with the reasons that a person understands.

One failing row, as JSON:

    {"table": "inventory", "row": 17, "key": "user_001 / I_tofu", "expectation": "quantity_above_zero; unit_fits_food",
     "reason": "what is in a pantry has a quantity above zero (quantity: -2.0); the food is measured in a unit that fits
     its category (item_id: I_tofu, item_name: tofu, category: protein, unit: L)", "severity": "critical",
     "record": "{\"user_id\": \"user_001\", …}"}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pantrypilot.kitchen.tables import TABLES
from pantrypilot.pipelines.types import Table
from pantrypilot.pipelines.validation.pantry.columns import HELPERS
from pantrypilot.pipelines.validation.pantry.params import SEVERITIES, Expectation

if TYPE_CHECKING:
    import numpy as np

FAILING = ("table", "row", "key", "expectation", "reason", "severity", "record")


def failing_rows(
    frame: Table, table: str, declared: Mapping[str, Expectation], positions: Mapping[str, np.ndarray]
) -> Table:
    """One row for each row of the table that fails something, in its order; the columns are FAILING.

    `row` is the position from 0, `key` the values of the table's key, `expectation` and `reason` are joined by "; ",
    `severity` is the gravest of them, `record` the whole row as JSON. `positions` of rows, by expectation.
    """
    import numpy as np
    import pandas as pd

    rows = np.unique(np.concatenate([np.empty(0, np.int64), *positions.values()]))
    names, reasons = _nothing_said(len(rows)), _nothing_said(len(rows))
    severity = np.full(len(rows), len(SEVERITIES) - 1)
    for name, failed in positions.items():
        at = np.searchsorted(rows, failed)
        names[at] += f"; {name}"
        reasons[at] += f"; {declared[name].reason} (" + _values(frame, failed, _shown(table, declared[name])) + ")"
        severity[at] = np.minimum(severity[at], SEVERITIES.index(declared[name].severity))
    found = {
        "table": pd.Categorical.from_codes(np.zeros(len(rows), np.int8), [table]),
        "row": rows,
        "key": _values(frame, rows, TABLES[table].key, " / ", named=False),
        "expectation": _less(names, "; "),
        "reason": _less(reasons, "; "),
        "severity": pd.Categorical.from_codes(severity, SEVERITIES),
        "record": _as_json(frame.iloc[rows]),
    }
    texts = dict.fromkeys(("key", "expectation", "reason", "record"), "str")
    return pd.DataFrame(found, columns=list(FAILING)).astype(texts)


def _shown(table: str, declared: Expectation) -> list[str]:
    """The table's own columns that an expectation looks at, through helper columns too."""
    helpers = HELPERS[table]
    seen = (name for column in declared.columns for name in (helpers[column].needs if column in helpers else (column,)))
    return list(dict.fromkeys(seen))


def _values(
    frame: Table, rows: np.ndarray, columns: Iterable[str], between: str = ", ", named: bool = True
) -> np.ndarray:
    """`quantity: -2.0, unit: L` for each of the rows."""
    text = _nothing_said(len(rows))
    for name in columns:
        value = frame[name].iloc[rows].astype("str").fillna("nothing") if name in frame else "nothing"
        text += between + (f"{name}: " if named else "") + value
    return _less(text, between)


def _nothing_said(count: int) -> np.ndarray:
    import numpy as np

    return np.full(count, "", dtype=object)


def _less(texts: np.ndarray, prefix: str) -> np.ndarray:
    import numpy as np

    return np.array([text.removeprefix(prefix) for text in texts], dtype=object)


def _as_json(rows: Table) -> list[str]:
    """The rows as JSON, a text each; moments in ISO form."""
    lines = rows.to_json(
        orient="records", lines=True, date_format="iso", date_unit="s", force_ascii=False, double_precision=15
    )
    return [line for line in lines.split("\n") if line]
