"""Which database, and a connection to it.

In this order: DATABASE_URL in the environment; `pantry_database: {url: …}` in conf/local/credentials.yml; the
embedded server. Any PostgreSQL from 13 on will do, with whatever its URL says:

    postgresql://maria:secret@ep-cool-sun-123456.eu-central-1.aws.neon.tech/neondb?sslmode=require

No password is ever in what this module says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.io import DatasetError

from pantrypilot.datasets.postgres_server import embedded_url

if TYPE_CHECKING:
    from psycopg import Connection
    from sqlalchemy import URL

PLACES = "DATABASE_URL, or pantry_database in conf/local/credentials.yml"
SECONDS_TO_CONNECT = 15  # a serverless database takes some to wake up
# the same text for the same value on every server
SETTINGS = "SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 3"


@dataclass(frozen=True, repr=False)
class Database:
    """`url` is None for the embedded one, whose data is in `folder`."""

    url: URL | None
    folder: Path

    @property
    def embedded(self) -> bool:
        return self.url is None

    def __repr__(self) -> str:
        return str(self.folder) if self.url is None else _described(self.url)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection whose errors are told as `DatasetError`, without the password.

        What was not committed by then is undone by the server.
        """
        import psycopg

        try:
            with psycopg.connect(
                **self.address(),
                autocommit=True,  # transactions are begun where they are needed, by name
                prepare_threshold=None,  # poolers, Neon's among them, mix up the connections of prepared statements
            ) as connection:
                yield connection
        except psycopg.Error as error:
            raise self._told(error) from None  # the cause may hold the address

    def address(self) -> dict[str, Any]:
        """By keyword, as libpq takes it: of a text that it cannot read it would tell all, the password too."""
        url = parse_url(embedded_url(self.folder), "the embedded server") if self.url is None else self.url
        parts = url.translate_connect_args(username="user", database="dbname")
        given = {name: value if isinstance(value, str) else ",".join(value) for name, value in url.query.items()}
        return {"connect_timeout": SECONDS_TO_CONNECT, **parts, **given, "client_encoding": "utf8"}

    def _told(self, error: Any) -> DatasetError:
        import psycopg

        text = " ".join(str(error).split()).partition(" Is the server running")[0] or type(error).__name__
        if self.url is not None and self.url.password:
            text = text.replace(str(self.url.password), "***")
        if error.sqlstate is None and isinstance(error, psycopg.OperationalError):
            hint = " Does it run, and can this machine reach it?" if self.embedded else f" Look at {PLACES}."
            return DatasetError(f"No connection to the database {self!r}: {text}.{hint} Nothing was changed.")
        return DatasetError(f"The database {self!r} refused: {text}. Nothing was changed; the last snapshots stay.")


def find_database(folder: str, credentials: Mapping[str, Any] | None = None) -> Database:
    """The database that the environment or the credentials name, or the embedded one.

    Raises:
        DatasetError: the address cannot be understood.
    """
    if given := os.environ.get("DATABASE_URL", "").strip():
        return Database(parse_url(given, "DATABASE_URL"), Path(folder))
    if given := str((credentials or {}).get("url") or "").strip():
        return Database(parse_url(given, "pantry_database in the credentials"), Path(folder))
    return Database(None, Path(folder))


def parse_url(text: str, place: str) -> URL:
    """A PostgreSQL URL of any spelling (`postgres://`, `postgresql+psycopg2://`), as libpq takes it.

    Raises:
        DatasetError: it is none; the message names the place, and nothing of the text but its scheme.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    scheme = text.partition("://")[0]
    if scheme not in ("postgres", "postgresql") and not scheme.startswith("postgresql+"):
        known = scheme if "://" in text and scheme.replace("+", "").isalnum() else "no scheme"
        raise DatasetError(f"{place} is no PostgreSQL URL ({known}); write postgresql://user:password@host/name")
    problem = f"{place} cannot be read; a password with @ or % in it must be percent-encoded (@ is %40)"
    try:
        url = make_url(text).set(drivername="postgresql")
    except (ArgumentError, ValueError):
        raise DatasetError(problem) from None
    if "@" in f"{url.host}{url.database}{list(url.query)}":  # a part of the password, taken for another
        raise DatasetError(problem)
    return url


def _described(url: URL) -> str:
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{url.username or ''}@{url.host or url.query.get('host', '')}{port}/{url.database or ''}"
