"""A household table of a PostgreSQL database as a catalog entry:

pantry.inventory_table:
  type: pantrypilot.datasets.PostgresTableDataset
  table: inventory                                  # of kitchen/tables.py
  folder: ${globals:paths.database}                 # the embedded server's data, where no URL is given
  credentials: pantry_database                      # {url: …} in conf/local/credentials.yml; DATABASE_URL goes before
  snapshot: ${globals:paths.snapshots}/inventory.parquet
  mark: ${globals:paths.snapshots}/inventory.mark.json
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import TablePreview

from pantrypilot.datasets.postgres_database import Database, find_database
from pantrypilot.datasets.postgres_server import was_made
from pantrypilot.datasets.sources import project_path
from pantrypilot.kitchen.tables import TABLES

if TYPE_CHECKING:
    from pandas import DataFrame

    from pantrypilot.kitchen.changes import TableChanges

log = logging.getLogger(__name__)


class PostgresTableDataset(AbstractDataset["DataFrame", "TableChanges"]):
    """Saves by COPY and upsert; loads what changed since the snapshot (with `full`, everything).

    A save goes to the embedded database, and to any other only with `upload`: an example must not land in a
    household's own tables by mistake. What an earlier save brought and this one lacks is taken back, unless the table
    `keeps` its rows, as one that things are only added to. Rows with one key twice are one row: the one with the
    latest `last_updated`.
    """

    def __init__(
        self,
        *,
        table: str,
        folder: str,
        snapshot: str,
        mark: str,
        schema: str = "public",
        upload: bool = False,
        keeps: bool = False,
        full: bool = False,
        credentials: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        if table not in TABLES:
            raise DatasetError(f"There is no household table {table!r}; there are {', '.join(TABLES)}")
        self._table, self._namespace = TABLES[table], schema
        self._folder, self._snapshot, self._mark = folder, snapshot, mark
        self._upload, self._keeps, self._full = upload, keeps, full
        self._credentials = credentials
        self.metadata = metadata

    def load(self) -> TableChanges:
        """The changes as one moment saw them, untyped.

        Raises:
            DatasetError: no connection, no such table, or the connection was lost.
        """
        from pantrypilot.datasets.postgres_changes import read_changes
        from pantrypilot.datasets.postgres_upload import make_tables

        database = self._database()
        with database.connect() as connection:
            if database.embedded:
                with connection.transaction():
                    make_tables(connection, self._table, self._namespace)
            stored = project_path(self._snapshot), project_path(self._mark)
            changes = read_changes(connection, self._table, self._namespace, *stored, self._full)
        how = "all of them" if changes.complete else "changed since the last snapshot"
        log.info("%s: %s rows read, %s", self._table.name, f"{len(changes.frame):,}", how)
        return changes

    def save(self, data: DataFrame) -> None:
        """All rows or none.

        Raises:
            DatasetError: no connection, a column is missing here or there, a value that its column cannot hold.
        """
        from pantrypilot.datasets.postgres_upload import upload
        from pantrypilot.kitchen.keyed import distinct

        database, name = self._database(), self._table.name
        if not database.embedded and not self._upload:
            log.warning("%s is not uploaded to %r; with --params upload=true it is", name, database)
            return
        rows, doubled = distinct(data, self._table)
        if len(doubled):
            log.warning("%s: %s rows have the key of a later one and are not uploaded", name, f"{len(doubled):,}")
        with database.connect() as connection:
            counts = upload(connection, rows, self._table, self._namespace, self._keeps)
        told = ", ".join(f"{rows:,} {what}" for what, rows in vars(counts).items())
        log.info("%s: %s rows uploaded: %s", name, f"{len(rows):,}", told)

    def preview(self, nrows: int = 10) -> TablePreview:
        """The first rows of the table; nothing where the embedded database was not made yet."""
        from psycopg import sql

        from pantrypilot.datasets.previews import readable

        columns = list(self._table.names)
        if not self._exists():
            return readable({"columns": columns, "data": []})
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        table = sql.Identifier(self._namespace, self._table.name)
        with self._database().connect() as connection:
            query = sql.SQL("SELECT {} FROM {} LIMIT {}").format(names, table, nrows)
            rows = connection.execute(query).fetchall()
        data = [[str(value) if hasattr(value, "isoformat") else value for value in row] for row in rows]
        return readable({"columns": columns, "data": data})

    def _database(self) -> Database:
        return find_database(str(project_path(self._folder)), self._credentials)

    def _exists(self) -> bool:
        database = self._database()
        if database.embedded and not was_made(database.folder):
            return False
        with database.connect() as connection:
            found = connection.execute("SELECT to_regclass(%s)", (f'"{self._namespace}"."{self._table.name}"',))
            return found.fetchone() != (None,)

    def _describe(self) -> dict[str, Any]:
        database = self._database()
        return {"table": self._table.name, "database": self._folder if database.embedded else repr(database)}
