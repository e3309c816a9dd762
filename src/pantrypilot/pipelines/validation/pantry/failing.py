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
    from pandas import Series

FAILING = ("table", "row", "key", "expectation", "reason", "severity", "record")


def failing_rows(
    frame: Table, table: str, declared: Mapping[str, Expectation], positions: Mapping[str, np.ndarray], detailed: int
) -> Table:
    """One row for each row of the table that fails something, in its order; the columns are FAILING.

    `row` is the position from 0, `key` the values of the table's key, `expectation` and `reason` are joined by "; ",
    `severity` is the gravest of them, `record` the whole row as JSON. `positions` are the rows that fail, by
    expectation. From the `detailed`th failing row on, reasons go without values, and records are empty.
    """
    import numpy as np
    import pandas as pd

    rows = np.unique(np.concatenate([np.empty(0, np.int64), *positions.values()]))
    failed = np.zeros((len(rows), len(positions)), dtype=bool)
    for place, at in enumerate(positions.values()):
        failed[np.searchsorted(rows, at), place] = True
    # the few combinations of expectations that fail together
    combinations, codes = _combinations(failed)
    together = [[name for name, fails in zip(positions, one, strict=True) if fails] for one in combinations]
    gravest = [min(SEVERITIES.index(declared[name].severity) for name in names) for names in together]
    shown = frame.iloc[rows[:detailed]]
    reason = _text(["; ".join(declared[name].reason for name in names) for names in together], codes)
    reason.iloc[:detailed] = _with_values(shown, table, declared, together, codes[:detailed])
    record = pd.Series("", index=range(len(rows)), dtype="str")
    record.iloc[:detailed] = _as_json(shown)
    found = {
        "table": pd.Categorical.from_codes(np.zeros(len(rows), np.int8), [table]),
        "row": rows,
        "key": _values(frame.iloc[rows], TABLES[table].key, " / ", named=False),
        "expectation": _text(["; ".join(names) for names in together], codes),
        "reason": reason,
        "severity": pd.Categorical.from_codes(np.array([*gravest, 0])[codes], SEVERITIES),
        "record": record,
    }
    return pd.DataFrame(found, columns=list(FAILING))


def _combinations(failed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(the distinct rows of a table of flags, which of them each row is)."""
    import numpy as np

    packed = np.ascontiguousarray(np.packbits(failed, axis=1))
    if not packed.size:
        return failed[:0], np.zeros(0, np.int64)
    _, first, codes = np.unique(packed.view(f"V{packed.shape[1]}")[:, 0], return_index=True, return_inverse=True)
    return failed[first], codes


def _with_values(
    rows: Table, table: str, declared: Mapping[str, Expectation], together: list[list[str]], codes: np.ndarray
) -> Series:
    """The reasons of the rows, with the values that each expectation looked at."""
    import pandas as pd

    rows = rows.reset_index(drop=True)
    texts = [pd.Series(dtype="str")]
    for code, names in enumerate(together):
        alike = rows[codes == code]
        if alike.empty:
            continue
        parts = [
            f"{declared[name].reason} (" + _values(alike, _shown(table, declared[name]), ", ") + ")" for name in names
        ]
        text = parts[0]
        for part in parts[1:]:
            text = text + "; " + part
        texts.append(text.set_axis(alike.index))
    return pd.concat(texts).sort_index()


def _shown(table: str, declared: Expectation) -> list[str]:
    """The table's own columns that an expectation looks at, through helper columns too."""
    helpers = HELPERS[table]
    seen = (name for column in declared.columns for name in (helpers[column].needs if column in helpers else (column,)))
    return list(dict.fromkeys(seen))


def _values(rows: Table, columns: Iterable[str], between: str, named: bool = True) -> Series:
    """`quantity: -2.0, unit: L` for each of the rows."""
    import pandas as pd

    text = pd.Series("", index=range(len(rows)), dtype="str")
    for place, name in enumerate(columns):
        there = rows[name].astype("str").fillna("nothing").reset_index(drop=True) if name in rows else "nothing"
        text = text + (between if place else "") + (f"{name}: " if named else "") + there
    return text


def _text(values: list[str], codes: np.ndarray) -> Series:
    """`values[code]` for each of the codes."""
    import pandas as pd

    return pd.Series(values, dtype="str").take(codes).reset_index(drop=True)


def _as_json(rows: Table) -> list[str]:
    """The rows as JSON, a text each; moments in ISO form."""
    lines = rows.to_json(
        orient="records", lines=True, date_format="iso", date_unit="s", force_ascii=False, double_precision=15
    )
    return [line for line in lines.split("\n") if line]
