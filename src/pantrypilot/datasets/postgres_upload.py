"""A frame into a table: by COPY, as an upsert by key, in one transaction.

What a table holds already is found by a join and not touched: a second upload writes only what differs, and the
same upload again is not sent at all. Rows that an earlier upload brought and this one lacks are deleted; rows that
others wrote stay, unless this one has their key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from kedro.io import DatasetError

from pantrypilot.datasets.postgres_database import SETTINGS
from pantrypilot.kitchen.tables import TableSchema

if TYPE_CHECKING:
    import pyarrow as pa
    from pandas import DataFrame
    from psycopg import Connection, sql

BATCH = 1 << 16  # rows that are CSV in memory at a time
UPLOADED = "uploaded"  # the bookkeeping column of schema.sql


@dataclass(frozen=True)
class UploadCounts:
    """Rows. `inserted + updated + unchanged` are those that were given; `deleted` were in the table before."""

    inserted: int
    updated: int
    unchanged: int
    deleted: int = 0


def upload(
    connection: Connection, frame: DataFrame, schema: TableSchema, namespace: str, keeps: bool = False
) -> UploadCounts:
    """All of the frame or nothing. Its rows have different keys; with `keeps`, later uploads do not take them back.

    Raises:
        DatasetError: the table lacks a column or a unique key.
        psycopg.Error: what the server says to a value, or a lost connection.
    """
    from psycopg import errors

    rows = arrow_rows(frame, schema)
    with connection.transaction():
        connection.execute(SETTINGS)
        connection.execute("SET LOCAL work_mem = '128MB'; SET LOCAL jit = off")  # for the joins of 5 million rows
        make_tables(connection, schema, namespace)
        columns = _columns(connection, schema)
        if keeps:
            columns = list(schema.names)
        elif columns[-1] == UPLOADED:
            rows = _marked(rows)
        digest = _digest(rows)
        connection.execute(_sql("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE", schema, columns))
        if not _any(connection, schema, columns):
            _copy(connection, schema.name, columns, rows)
            counts = UploadCounts(len(frame), 0, 0)
        elif _sent_before(connection, schema, digest):
            return UploadCounts(0, 0, len(frame))
        else:
            try:
                counts = _upsert(connection, schema, columns, rows)
            except errors.InvalidColumnReference:
                key = ", ".join(schema.key)
                raise DatasetError(
                    f"Table {namespace}.{schema.name} has no unique key, so rows cannot be upserted. Nothing was "
                    f"changed. Give it one: ALTER TABLE {namespace}.{schema.name} ADD PRIMARY KEY ({key})"
                ) from None
        connection.execute(_sql("ANALYZE {table}", schema, columns))
        connection.execute(
            "INSERT INTO pantry_uploads VALUES (%s, %s, %s) ON CONFLICT (table_name)"
            " DO UPDATE SET digest = excluded.digest, rows = excluded.rows",
            (schema.name, digest, len(frame)),
        )
    return counts


def make_tables(connection: Connection, schema: TableSchema, namespace: str) -> None:
    """Every table of schema.sql that is not there yet; the transaction sees `namespace` alone from here on."""
    from psycopg import sql

    connection.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(namespace)))
    there = "SELECT to_regclass(%s) IS NOT NULL AND to_regclass('pantry_uploads') IS NOT NULL"
    if connection.execute(there, (schema.name,)).fetchone() != (True,):
        connection.execute(files("pantrypilot.datasets").joinpath("schema.sql").read_text(encoding="utf-8"))


def arrow_rows(frame: DataFrame, schema: TableSchema) -> pa.Table:
    """The schema's columns in its order, days as dates. Raises DatasetError where one is missing."""
    import pyarrow as pa

    if missing := [name for name in schema.names if name not in frame]:
        raise DatasetError(f"Rows for the table {schema.name} lack the column {', '.join(missing)}. Nothing was saved.")
    table = pa.Table.from_pandas(frame[list(schema.names)], preserve_index=False)
    for place, column in enumerate(schema.columns):
        if column.kind == "day" and pa.types.is_timestamp(table.schema.field(place).type):
            table = table.set_column(place, column.name, table.column(place).cast(pa.date32(), safe=False))
    return table


def _columns(connection: Connection, schema: TableSchema) -> list[str]:
    """What is written: the schema's columns, and the bookkeeping column where the table has it."""
    found = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"
    there = {name for (name,) in connection.execute(found, (schema.name,))}
    if missing := [name for name in schema.names if name not in there]:
        raise DatasetError(
            f"Table {schema.name} in the database lacks the column {', '.join(missing)}. Nothing was changed. "
            f"Add it (its type is in datasets/schema.sql): ALTER TABLE {schema.name} ADD COLUMN {missing[0]} …"
        )
    return [*schema.names, *([UPLOADED] if UPLOADED in there else [])]


def _marked(rows: pa.Table) -> pa.Table:
    import pyarrow as pa

    return rows.append_column(UPLOADED, pa.repeat(pa.scalar(True), len(rows)))


def _digest(rows: pa.Table) -> str:
    """Of the columns as they lie in memory: another layout of the same rows only means that they are sent again."""
    found = hashlib.blake2b(str(rows.schema.remove_metadata()).encode(), digest_size=16)
    for column in rows.columns:
        for chunk in column.chunks:
            for part in (chunk, *([chunk.dictionary] if hasattr(chunk, "dictionary") else [])):
                found.update(f"{part.offset} {len(part)}".encode())
                for buffer in part.buffers():
                    found.update(b"-" if buffer is None else memoryview(buffer))
    return found.hexdigest()


def _any(connection: Connection, schema: TableSchema, columns: list[str]) -> bool:
    return connection.execute(_sql("SELECT EXISTS (SELECT 1 FROM {table})", schema, columns)).fetchone() == (True,)


def _sent_before(connection: Connection, schema: TableSchema, digest: str) -> bool:
    last = connection.execute("SELECT digest FROM pantry_uploads WHERE table_name = %s", (schema.name,)).fetchone()
    return last == (digest,)


def _copy(connection: Connection, table: str, columns: list[str], rows: pa.Table) -> None:
    from psycopg import sql

    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(table), names)
    with connection.cursor().copy(into) as copy:
        for part in _csv(rows):
            copy.write(part)


def _csv(rows: pa.Table) -> Iterator[bytes]:
    """Texts are quoted and nulls are not, which is how COPY tells an empty text from none."""
    import pyarrow as pa
    from pyarrow import csv

    for batch in rows.to_batches(max_chunksize=BATCH):
        stream = pa.BufferOutputStream()
        csv.write_csv(batch, stream, csv.WriteOptions(include_header=False))
        yield stream.getvalue().to_pybytes()


def _upsert(connection: Connection, schema: TableSchema, columns: list[str], rows: pa.Table) -> UploadCounts:
    def count(text: str) -> tuple[int, ...]:
        return connection.execute(_sql(text, schema, columns)).fetchone()

    connection.execute(
        _sql("CREATE TEMP TABLE incoming (LIKE {table} INCLUDING DEFAULTS) ON COMMIT DROP", schema, columns)
    )
    _copy(connection, "incoming", columns, rows)
    connection.execute("ANALYZE incoming")
    deleted = 0
    if columns[-1] == UPLOADED:
        deleted = connection.execute(
            _sql(
                "DELETE FROM {table} t WHERE t.uploaded AND NOT EXISTS (SELECT FROM incoming i WHERE {same_key})",
                schema,
                columns,
            )
        ).rowcount
    inserted, updated = count(
        "WITH written AS (INSERT INTO {table} AS t ({names}) SELECT {i_names} FROM incoming i WHERE NOT EXISTS"
        " (SELECT FROM {table} t WHERE {same_key} AND ({t_names}) IS NOT DISTINCT FROM ({i_names}))"
        " ON CONFLICT ({key}) DO UPDATE SET ({names}) = ROW ({new_names})"
        " WHERE ({t_names}) IS DISTINCT FROM ({new_names}) RETURNING xmax = 0 AS inserted)"
        " SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted) FROM written"
    )
    return UploadCounts(inserted, updated, len(rows) - inserted - updated, deleted)


def _sql(text: str, schema: TableSchema, columns: list[str]) -> sql.Composed:
    """The text with names of the table in it: `{names}` its columns, `{t_names}` t's, `{new_names}` those excluded."""
    from psycopg import sql

    def listed(names: list[str] | tuple[str, ...], of: str = "") -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier(*filter(None, (of, name))) for name in names)

    pairs = (sql.SQL("{} = {}").format(sql.Identifier("t", k), sql.Identifier("i", k)) for k in schema.key)
    return sql.SQL(text).format(
        table=sql.Identifier(schema.name),
        key=listed(schema.key),
        names=listed(columns),
        t_names=listed(columns, "t"),
        i_names=listed(columns, "i"),
        new_names=listed(columns, "excluded"),
        same_key=sql.SQL(" AND ").join(pairs),
    )
