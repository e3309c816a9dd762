"""Rows of a table by COPY, as fast as the server sends them.

COPY's CSV is read by pyarrow. Numbers and flags come as such; all else comes as text, each distinct value once, and
is typed by `kitchen.typed`: so a date that no calendar has, or a column that someone made of text, is no error here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pantrypilot.kitchen.tables import TableSchema

if TYPE_CHECKING:
    import pyarrow as pa
    from pandas import DataFrame
    from psycopg import Connection, sql

PARSED = 1 << 25  # bytes of CSV that are parsed at a time
NUMBERS = ("double precision", "real", "integer", "bigint", "smallint")


def read_rows(
    connection: Connection,
    schema: TableSchema,
    namespace: str,
    types: Mapping[str, str],
    where: sql.Composable | None = None,
) -> DataFrame:
    """The columns of `types` (name to PostgreSQL type), and the rows that `where` says; all without it."""
    import pandas as pd
    import pyarrow as pa
    from psycopg import sql

    query = sql.SQL("SELECT {} FROM {} WHERE {}").format(
        sql.SQL(", ").join(map(sql.Identifier, types)),
        sql.Identifier(namespace, schema.name),
        where or sql.SQL("TRUE"),
    )
    read = {name: _arrow_type(name, kind, schema) for name, kind in types.items()}
    empty = pa.schema(read.items()).empty_table()
    tables = [_parse(part, read) for part in _parts(connection, query)]
    table = pa.concat_tables([empty, *tables]).unify_dictionaries()
    return table.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get, split_blocks=True, self_destruct=True)


def _parts(connection: Connection, query: sql.Composed) -> Iterator[bytes]:
    """Whole lines: the server sends one row a message."""
    from psycopg import sql

    part = bytearray()
    with connection.cursor().copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)) as copy:
        for line in copy:
            part += line
            if len(part) > PARSED:
                yield bytes(part)
                part.clear()
    if part:
        yield bytes(part)


def _parse(part: bytes, types: dict[str, Any]) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    return csv.read_csv(
        pa.BufferReader(part),
        csv.ReadOptions(column_names=list(types), block_size=1 << 22),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,  # an empty text is no null
        ),
    )


def _arrow_type(name: str, kind: str, schema: TableSchema) -> Any:
    import pyarrow as pa

    if kind in NUMBERS:
        return pa.float64()
    if kind == "boolean":
        return pa.bool_()
    column = next((column for column in schema.columns if column.name == name), None)
    distinct = column is not None and column.kind == "text" and not column.category
    return pa.string() if distinct else pa.dictionary(pa.int32(), pa.string())
