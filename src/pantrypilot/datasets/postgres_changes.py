"""What changed in a table since its last snapshot.

Rows are taken by `last_updated`, as everyone would: newer than the snapshot's newest. That alone would miss a row
that was entered late or changed without a new `last_updated`, so rows that were written since are taken too,
whatever they say: PostgreSQL numbers its transactions, and a row carries the number of the one that wrote it
(`xmin`). Rows that were deleted show in the count of those that were not touched; then everything is read.

Everything is also read without a mark, with one of another table or other columns, or with one of another snapshot, as
after restoring an old version. Of a view only `last_updated` is known: its deleted and late rows are seen by a full
read alone.
"""

from __future__ import annotations

import json
import logging
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.io import DatasetError
from pydantic import ValidationError

from pantrypilot.datasets.postgres_database import SETTINGS
from pantrypilot.datasets.postgres_reading import read_rows
from pantrypilot.kitchen.changes import Mark, TableChanges
from pantrypilot.kitchen.tables import TableSchema

if TYPE_CHECKING:
    from pandas import DataFrame
    from psycopg import Connection, sql

log = logging.getLogger(__name__)

WRAPS = 2**31  # transaction numbers of rows are compared within this distance


@dataclass(frozen=True)
class Relation:
    """A table or view as the server describes it; `types` by column."""

    source: str
    is_table: bool
    transaction: int
    types: dict[str, str]

    def is_dated(self, schema: TableSchema) -> bool:
        return self.types.get(schema.changed, "").startswith(("timestamp", "date"))


def read_changes(
    connection: Connection, schema: TableSchema, namespace: str, snapshot: Path, mark: Path, full: bool
) -> TableChanges:
    """Rows changed since the snapshot was taken, as the table is at one moment.

    Raises:
        DatasetError: there is no such table.
        psycopg.Error: the connection is lost.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute(SETTINGS)
        relation = describe(connection, schema, namespace)
        names = [name for name in relation.types if name in schema.names] or list(relation.types)
        missing = [name for name in schema.key if name not in names]  # which typing will tell
        last = None if full or missing else _usable(_read_mark(mark), relation, schema, snapshot)
        changes = _since(connection, schema, namespace, relation, names, last, snapshot) if last else None
        if changes is not None:
            return changes
        rows, newest = _count(connection, schema, namespace, relation)
        frame = read_rows(connection, schema, namespace, {name: relation.types[name] for name in names})
    transaction = relation.transaction if relation.is_table else None
    now = Mark(source=relation.source, transaction=transaction, table_rows=rows, watermark=newest)
    return TableChanges(schema, frame, True, now)


def describe(connection: Connection, schema: TableSchema, namespace: str) -> Relation:
    """Raises DatasetError when it is not there."""
    found = connection.execute(
        "SELECT c.oid, c.relkind, (pg_control_system()).system_identifier, current_database(),"
        " pg_snapshot_xmin(pg_current_snapshot())::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = %s",
        (namespace, schema.name),
    ).fetchone()
    if found is None:
        raise DatasetError(
            f"There is no table {namespace}.{schema.name} in the database. Its last snapshot stays. Make it with "
            "datasets/schema.sql, or upload the tables: kedro run --pipelines pantry --params upload=true"
        )
    oid, kind, system, database, transaction = found
    columns = connection.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
        " WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        (oid,),
    ).fetchall()
    shape = zlib.crc32(repr((columns, schema)).encode())  # new columns, there or here, have everything read
    return Relation(f"{system}/{database}/{oid}/{shape:08x}", kind in ("r", "p"), int(transaction), dict(columns))


def _read_mark(file: Path) -> Mark | None:
    try:
        return Mark.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, ValidationError):
        log.warning("%s is damaged; the whole table is read again", file)
        return None


def _usable(mark: Mark | None, relation: Relation, schema: TableSchema, snapshot: Path) -> Mark | None:
    """The mark, if it is one of this table and of the snapshot that is there."""
    if mark is None or not snapshot.is_file():
        return None
    if mark.source != relation.source:
        reason = "was taken of another table, or of other columns"
    elif (mark.snapshot_rows, mark.newest) != _standing(snapshot, schema):
        reason = "is another than the one that was marked"
    elif mark.transaction is not None and not 0 <= relation.transaction - mark.transaction < WRAPS:
        reason = "is newer than the database, which was set back"
    elif mark.transaction is None and mark.watermark is None:
        reason = "does not tell what changed since"
    else:
        return mark
    log.info("%s is read whole, because its last snapshot %s", schema.name, reason)
    return None


def _standing(snapshot: Path, schema: TableSchema) -> tuple[int, str | None]:
    import pyarrow.parquet as pq

    column = pq.read_table(snapshot, columns=[schema.changed]).to_pandas()[schema.changed]
    return len(column), str(column.astype("datetime64[s]").max()) if len(column) else None


def _since(
    connection: Connection,
    schema: TableSchema,
    namespace: str,
    relation: Relation,
    names: list[str],
    last: Mark,
    snapshot: Path,
) -> TableChanges | None:
    """The changes, or None when rows were deleted."""
    rows, newest = _count(connection, schema, namespace, relation)
    types = {name: relation.types[name] for name in names}
    frame = read_rows(connection, schema, namespace, types, _written_since(schema, last))
    if last.transaction is not None and rows - len(frame) != last.table_rows - _known(frame, schema, snapshot):
        log.info("%s is read whole: rows were deleted since the last snapshot", schema.name)
        return None
    if not len(frame):
        return TableChanges(schema, frame, False, last)
    transaction = relation.transaction if last.transaction is not None else None
    now = Mark(source=relation.source, transaction=transaction, table_rows=rows, watermark=newest)
    return TableChanges(schema, frame, False, now)


def _written_since(schema: TableSchema, last: Mark) -> sql.Composed:
    from psycopg import sql

    changed, number = sql.Identifier(schema.changed), sql.Literal(str((last.transaction or 0) % 2**32))
    if last.transaction is None:  # a moment that was not over when it was read is read again
        return sql.SQL("{} >= {}").format(changed, sql.Literal(last.watermark))
    written = sql.SQL("age(xmin) <= age({}::xid)").format(number)
    if last.watermark is None:
        return written
    return sql.SQL("({} > {} OR {})").format(changed, sql.Literal(last.watermark), written)


def _count(
    connection: Connection, schema: TableSchema, namespace: str, relation: Relation
) -> tuple[int, str | None]:
    """Rows of the table, and its newest moment of change, where it has such a column."""
    from psycopg import sql

    changed = sql.Identifier(schema.changed)
    newest = sql.SQL("(max({0}) FILTER (WHERE isfinite({0})))::text").format(changed)
    query = sql.SQL("SELECT count(*), {} FROM {}").format(
        newest if relation.is_dated(schema) else sql.SQL("NULL"), sql.Identifier(namespace, schema.name)
    )
    return connection.execute(query).fetchone()


def _known(frame: DataFrame, schema: TableSchema, snapshot: Path) -> int:
    """How many of the rows have a key that the snapshot has, too."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    if not len(frame):
        return 0

    def keys(table: pa.Table) -> Any:
        texts = [table.column(name).cast(pa.large_string()) for name in schema.key]
        return pc.binary_join_element_wise(*texts, pa.scalar("\x1f", pa.large_string()))

    before = keys(pq.read_table(snapshot, columns=list(schema.key)))
    return pc.sum(pc.is_in(keys(pa.Table.from_pandas(frame[list(schema.key)])), value_set=before)).as_py()
