"""Any frame → the types of a table, and the rows that cannot have them.

    quantity "2.2", expiry_date "2026-04-16", allergen_flag "True", item_name "tofu"
    →    2.2 float64,      a day datetime64[s],         True boolean,  "tofu" category

One reject a cell that cannot be read: table, row (the frame's index), key, column, value, reason. Rows are left out for
two reasons only: a cell is not of its column's type, or the row cannot be told from others, its key or its moment of
change being empty. Whether a value makes sense is the validation's to say.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pantrypilot.kitchen.cells import EXPECTED, PARSERS
from pantrypilot.kitchen.tables import Column, TableSchema

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

log = logging.getLogger(__name__)

REJECT_COLUMNS = ("table", "row", "key", "column", "value", "reason")
LONGEST_VALUE = 200  # characters of a value that a reject shows
# a table that does not say when a row changed: the column that says it nearly
STAND_INS = {("purchase_history", "last_updated"): "purchase_date"}
NUL = "\x00"  # PostgreSQL's text cannot hold it


class TableError(ValueError):
    """A table cannot be used at all; the message names it and says what to do."""


@dataclass(frozen=True)
class OwnTable:
    """A table as somebody brought it: all text, rows indexed by their number in the file; and rows that are none."""

    schema: TableSchema
    frame: pd.DataFrame
    malformed: pd.DataFrame


def typed(frame: pd.DataFrame, schema: TableSchema) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(rows with the schema's columns and types, rejects). Categories are sorted and all used; the index stays.

    Raises:
        TableError: a required column is missing.
    """
    import numpy as np
    import pandas as pd

    frame = _with_its_columns(frame, schema)
    good = np.ones(len(frame), dtype=bool)
    columns, faults = {}, []
    for column in schema.columns:
        columns[column.name], bad = _typed_column(frame[column.name], column)
        if column.name in (*schema.key, schema.changed):
            empty = _is_empty(columns[column.name], column) & ~bad
            faults.append((column.name, empty, "empty, so the row cannot be told from others"))
            good &= ~empty
        faults.append((column.name, bad, EXPECTED.get(column.kind, "holds a NUL character, which no database takes")))
        good &= ~bad
    told = [fault for name, bad, reason in faults for fault in _faults(frame, schema, name, bad, reason)]
    result = pd.DataFrame(columns).set_axis(frame.index)
    return with_plain_categories(result if good.all() else result[good], schema), as_rejects(told, schema.name)


def as_rejects(rows: Iterable[tuple[Any, ...]] = (), table: str = "") -> pd.DataFrame:
    """A table of rejects from (row, key, column, value, reason), sorted by row."""
    import pandas as pd

    found = [(table, int(row), *map(str, rest)) for row, *rest in sorted(rows, key=lambda fault: fault[0])]
    frame = pd.DataFrame(found, columns=list(REJECT_COLUMNS))
    return frame.astype({name: "int64" if name == "row" else "str" for name in REJECT_COLUMNS})


def refuse_when_nothing_is_left(rows: pd.DataFrame, rejects: pd.DataFrame, table: str) -> None:
    """Raises TableError when every row was rejected: then the table is not what it should be."""
    if not len(rows) and len(rejects):
        first = rejects.iloc[0]
        raise TableError(
            f"None of the {rejects['row'].nunique():,} rows of {table} can be used; the first, row {first['row']}: "
            f"{first['column']} {first['value']!r} is {first['reason']}. Nothing was changed."
        )


def with_plain_categories(frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """Sorted categories of which each is used: so the same rows are the same bytes, wherever they came from."""
    import pandas as pd

    frame = frame.copy(deep=False)
    for column in schema.columns:
        if column.category:
            values = frame[column.name].cat.remove_unused_categories()
            order = pd.Index(sorted(values.cat.categories), dtype="str")
            frame[column.name] = values.cat.set_categories(order)
    return frame


def key_texts(frame: pd.DataFrame, schema: TableSchema) -> pd.Series:
    """The keys as people read them: "user_001 I_tofu"."""
    first, *others = (frame[name].astype(object).map(_key_text) for name in schema.key)
    for text in others:
        first = first + " " + text
    return first


def _key_text(value: Any) -> str:
    import pandas as pd

    if pd.isna(value):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _with_its_columns(frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    stand_ins = {
        name: frame[other]
        for (table, name), other in STAND_INS.items()
        if table == schema.name and name not in frame and other in frame
    }
    frame = frame.assign(**stand_ins)
    missing = [column for column in schema.columns if column.name not in frame]
    if needed := [column.name for column in missing if column.required]:
        raise TableError(
            f"The table {schema.name} lacks the column {', '.join(needed)}; it has {', '.join(map(str, frame))}. "
            "Rename or add it. Nothing was changed."
        )
    if missing:
        log.warning("%s lacks %s: taken for empty", schema.name, ", ".join(column.name for column in missing))
    if extra := [str(name) for name in frame if name not in schema.names]:
        log.warning("%s: columns that nobody knows are dropped: %s", schema.name, ", ".join(extra))
    return frame.assign(**{column.name: None for column in missing})


def _typed_column(values: pd.Series, column: Column) -> tuple[pd.Series, np.ndarray]:
    """The column with its type and a new index, and which cells could not be read (they are null in it)."""
    import numpy as np
    import pandas as pd

    values = values.reset_index(drop=True)
    fine = np.zeros(len(values), dtype=bool)
    kind = values.dtype.kind if isinstance(values.dtype, np.dtype) else ""
    if column.kind == "number" and kind in ("i", "u", "f"):
        found = values.astype("float64")
        return found.where(~np.isinf(found)), np.isinf(found.to_numpy())
    if column.kind == "flag" and (kind == "b" or isinstance(values.dtype, pd.BooleanDtype)):
        return values.astype(pd.BooleanDtype()), fine
    if column.kind in ("day", "time") and pd.api.types.is_datetime64_any_dtype(values.dtype):
        plain = values.dt.tz_convert("UTC").dt.tz_localize(None) if values.dt.tz is not None else values
        return plain.dt.floor("D" if column.kind == "day" else "s").astype("datetime64[s]"), fine
    if column.kind == "text" and not column.category:
        texts = _as_texts(values)
        bad = texts.str.contains(NUL, regex=False).fillna(False).to_numpy(dtype=bool)
        return texts.mask(bad) if bad.any() else texts, bad
    return _by_distinct_text(values, column)


def _is_empty(cells: pd.Series, column: Column) -> np.ndarray:
    empty = cells.isna()
    return (empty | (cells == "") if column.kind == "text" else empty).to_numpy(dtype=bool)


def _by_distinct_text(values: pd.Series, column: Column) -> tuple[pd.Series, np.ndarray]:
    import numpy as np
    import pandas as pd

    if not isinstance(values.dtype, pd.CategoricalDtype):
        values = _as_texts(values).astype("category")
    codes, distinct = values.cat.codes.to_numpy(), pd.Series(_as_texts(pd.Series(values.cat.categories)))
    if column.kind == "text":
        wrong = distinct.str.contains(NUL, regex=False).to_numpy(dtype=bool)
        # different categories may be one text: 1 and "1"
        places, kept = pd.factorize(distinct.where(~wrong) if wrong.any() else distinct)
        codes, bad = _taken(places, codes, -1), _taken(wrong, codes, False)
        return pd.Series(pd.Categorical.from_codes(codes, pd.Index(kept, dtype="str"))), bad
    parsed = PARSERS[column.kind](distinct)
    wrong = parsed.isna().to_numpy() & ~distinct.str.strip().str.lower().isin(["", "nan", "nat"]).to_numpy()
    found = parsed.reindex(np.where(codes < 0, len(parsed), codes)).reset_index(drop=True)
    return found.rename(None), _taken(wrong, codes, False)


def _taken(of_distinct: np.ndarray, codes: np.ndarray, otherwise: Any) -> np.ndarray:
    """By code, and `otherwise` for the code -1, which is a null's."""
    import numpy as np

    return np.append(of_distinct, otherwise)[codes]


def _as_texts(values: pd.Series) -> pd.Series:
    import pandas as pd

    if isinstance(values.dtype, pd.StringDtype):
        return values.astype("str")
    nulls = values.isna()
    texts = values.astype(object).map(str)
    return texts.mask(nulls).astype("str") if nulls.any() else texts.astype("str")


def _faults(frame: pd.DataFrame, schema: TableSchema, column: str, bad: np.ndarray, reason: str) -> Iterable[tuple]:
    if not bad.any():
        return ()
    rows = frame[bad]
    values = rows[column].astype(object).where(rows[column].notna(), "").map(str).str.slice(0, LONGEST_VALUE)
    return zip(rows.index, key_texts(rows, schema), [column] * len(rows), values, [reason] * len(rows), strict=True)
