"""Rows of two tables that have the same texts in some columns, by one number each: categories make that cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np


def shared_keys(left: Table, right: Table, columns: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """int64 for each row of both, the same for the same texts; -1 for a null, or a text that `left` does not have."""
    import numpy as np
    import pandas as pd

    keys, others = np.zeros(len(left), np.int64), np.zeros(len(right), np.int64)
    absent, strange = np.zeros(len(left), bool), np.zeros(len(right), bool)
    for column in columns:
        ours, theirs = (pd.Categorical(table[column]) for table in (left, right))
        known = pd.Index(ours.categories)
        # their codes in our order; the last place answers for code -1, a null
        place = np.append(known.get_indexer(pd.Index(theirs.categories)), -1)[theirs.codes]
        keys, others = keys * len(known) + ours.codes, others * len(known) + place
        absent |= ours.codes < 0
        strange |= place < 0
    return np.where(absent, -1, keys), np.where(strange, -1, others)


def find_rows(left: Table, right: Table, columns: list[str]) -> np.ndarray:
    """For each row of `right`, the position of its row in `left`, whose rows are all different; -1 for none."""
    import numpy as np
    import pandas as pd

    keys, others = shared_keys(left, right, columns)
    return np.where(others < 0, -1, pd.Index(keys).get_indexer(others))
