"""Rows by their key: one of several with the same, and a snapshot brought up to date. No row is visited by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pantrypilot.kitchen.tables import TableSchema
from pantrypilot.kitchen.typed import as_rejects, key_texts, with_plain_categories

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Merged:
    """`frame` is sorted by key; the counts are rows of the changes, `gone` rows of the old snapshot."""

    frame: pd.DataFrame
    new: int
    changed: int
    unchanged: int
    gone: int


def distinct(frame: pd.DataFrame, schema: TableSchema) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(rows of different keys, rejects): of rows with one key, the one that changed last; of those, the last."""
    import numpy as np

    key = list(schema.key)
    doubled = np.flatnonzero(frame.duplicated(key, keep=False))
    if not len(doubled):
        return frame, as_rejects()
    some = frame[[*key, schema.changed]].iloc[doubled].reset_index(names="row").set_axis(doubled)
    some = some.sort_values(schema.changed, kind="stable", na_position="first")
    lost = some[some.duplicated(key, keep="last")]
    left = np.ones(len(frame), dtype=bool)
    left[lost.index] = False
    named = zip(lost["row"], key_texts(lost, schema), lost[schema.changed], strict=True)
    reason = "the key of another row, which changed later or stands below"
    faults = ((row, text, schema.changed, when, reason) for row, text, when in named)
    return with_plain_categories(frame[left], schema), as_rejects(faults, schema.name)


def merge(previous: pd.DataFrame | None, changes: pd.DataFrame, schema: TableSchema, complete: bool) -> Merged:
    """The previous snapshot with the changes in it; the changes alone where they are `complete`.

    Both are typed, and their keys are distinct.
    """
    import numpy as np
    import pandas as pd

    if previous is None or not len(previous):
        return Merged(sort_by_key(changes, schema), len(changes), 0, 0, 0)
    if not len(changes) and not complete:
        return Merged(with_plain_categories(previous, schema), 0, 0, 0, 0)
    previous, changes = _same_categories(previous, changes, schema)
    before, after = _key_numbers(previous, changes, schema)
    place = np.full(max(before.max(initial=0), after.max(initial=0)) + 1, -1)
    place[before] = np.arange(len(before))
    was = place[after]  # where a changed row stood, -1 for a new one
    known = was >= 0
    same = _same_rows(previous.iloc[was[known]], changes[known])
    left = np.ones(len(previous), dtype=bool)
    left[was[known]] = False
    frame = changes if complete else pd.concat([previous[left], changes], ignore_index=True)
    return Merged(
        sort_by_key(with_plain_categories(frame, schema), schema),
        new=int((~known).sum()),
        changed=int((~same).sum()),
        unchanged=int(same.sum()),
        gone=int(left.sum()) if complete else 0,
    )


def sort_by_key(frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """By the bytes of the key, so the same on every machine. The index is new."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    # categories are sorted, so their codes sort as they do
    keys = {name: frame[name].cat.codes if hasattr(frame[name], "cat") else frame[name] for name in schema.key}
    order = pc.sort_indices(pa.table(keys), sort_keys=[(name, "ascending") for name in keys]).to_numpy()
    if (order == np.arange(len(order))).all():
        return frame.reset_index(drop=True)
    return frame.take(order).reset_index(drop=True)


def _same_categories(
    one: pd.DataFrame, other: pd.DataFrame, schema: TableSchema
) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pandas as pd

    one, other = one.copy(deep=False), other.copy(deep=False)
    for name in (column.name for column in schema.columns if column.category):
        values = {*one[name].cat.categories, *other[name].cat.categories}
        kinds = pd.CategoricalDtype(pd.Index(sorted(values), dtype="str"))
        one[name], other[name] = one[name].astype(kinds), other[name].astype(kinds)
    return one, other


def _key_numbers(one: pd.DataFrame, other: pd.DataFrame, schema: TableSchema) -> tuple[np.ndarray, np.ndarray]:
    """A small integer a key, the same in both."""
    import numpy as np
    import pandas as pd

    numbers = np.zeros(len(one) + len(other), dtype="int64")
    for name in schema.key:
        codes, values = pd.factorize(pd.concat([one[name], other[name]], ignore_index=True))
        numbers = pd.factorize(numbers * len(values) + codes)[0]
    return numbers[: len(one)], numbers[len(one) :]


def _same_rows(one: pd.DataFrame, other: pd.DataFrame) -> np.ndarray:
    """Whether the n-th rows hold the same values; nulls are alike."""
    import numpy as np

    same = np.ones(len(one), dtype=bool)
    for name in one:
        left, right = one[name].reset_index(drop=True), other[name].reset_index(drop=True)
        equal = (left == right).fillna(False).to_numpy(dtype=bool)
        same &= equal | (left.isna() & right.isna()).to_numpy(dtype=bool)
    return same
