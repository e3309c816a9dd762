"""Rows for the database, and snapshots of what is in it; every row that is left out is kept with its reason."""

from __future__ import annotations

import logging
from typing import Any

from pantrypilot.kitchen.changes import TableChanges
from pantrypilot.kitchen.keyed import distinct, merge
from pantrypilot.kitchen.typed import OwnTable, as_rejects, key_texts, refuse_when_nothing_is_left, typed
from pantrypilot.pipelines.types import Table

logger = logging.getLogger(__name__)


def choose_rows(own: OwnTable | None, synthetic: Table) -> tuple[Table, Table]:
    """(rows to upload, rejects): somebody's own table where a folder is given, else the synthetic one.

    Raises:
        TableError: a required column is missing, or not one of the own rows can be used.
    """
    import pandas as pd

    if own is None:
        return synthetic, as_rejects()
    rows, untyped = typed(own.frame, own.schema)
    rows, doubled = distinct(rows, own.schema)
    rejects = pd.concat([own.malformed, untyped, doubled], ignore_index=True)
    refuse_when_nothing_is_left(rows, rejects, own.schema.name)
    if len(rejects):
        logger.warning("%s: %s of your rows are left out", own.schema.name, f"{rejects['row'].nunique():,}")
    return rows, rejects


def take_snapshot(
    changes: TableChanges, previous: Table | None, previous_rejects: Table | None
) -> tuple[Table, Table, dict[str, Any], dict[str, Any]]:
    """(snapshot, rejects, counts, mark): the previous snapshot, if any, brought up to date.

    Rows are sorted by key, so the same table gives the same bytes. Rejects are those that the table has now: what was
    rejected before and was not read again still is. In the counts, read = new + changed + unchanged + rejected.

    Raises:
        TableError: a required column is missing, or not one of the rows of a whole table can be used.
    """
    import pandas as pd

    schema = changes.schema
    rows, untyped = typed(changes.frame, schema)
    rows, doubled = distinct(rows, schema)
    rejects = pd.concat([untyped, doubled], ignore_index=True)
    if changes.complete:
        refuse_when_nothing_is_left(rows, rejects, schema.name)
        if previous is not None and not previous.dtypes.map(str).equals(rows.dtypes.map(str)):
            previous = None  # of an older version of the schema
    merged = merge(previous, rows, schema, changes.complete)
    counts = {
        "table": schema.name,
        "read": len(changes.frame),
        "new": merged.new,
        "changed": merged.changed,
        "unchanged": merged.unchanged,
        "rejected": len(changes.frame) - len(rows),
        "gone": merged.gone,
        "in_table": changes.mark.table_rows,
        "in_snapshot": len(merged.frame),
    }
    assert counts["read"] == sum(counts[name] for name in ("new", "changed", "unchanged", "rejected")), counts
    if counts["rejected"]:
        logger.warning("%s: %s rows could not be typed and are left out", schema.name, f"{counts['rejected']:,}")
    if previous_rejects is not None and len(previous_rejects) and not changes.complete:
        still = ~previous_rejects["key"].isin(set(key_texts(changes.frame, schema)))
        rejects = pd.concat([previous_rejects[still], rejects], ignore_index=True)
    return merged.frame, rejects, counts, changes.marked(merged.frame)


def count_snapshots(*counts: dict[str, Any]) -> Table:
    """One row a table."""
    import pandas as pd

    return pd.DataFrame(counts)
