"""What goes wrong with a database, on real servers: a clear error, nothing half done, the last good snapshot there."""

import itertools
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from kedro.io import DatasetError

from external_postgres import external
from pantry_toys import embedded, execute, inventory, purchases, table
from pantrypilot.datasets import TableFilesDataset
from pantrypilot.datasets.postgres_database import Database, find_database
from pantrypilot.datasets.postgres_server import stop
from pantrypilot.kitchen.typed import TableError
from pantrypilot.pipelines.ingestion.pantry.tables import take_snapshot

numbers = itertools.count()


@pytest.fixture
def schema():
    name = f"faults_{next(numbers)}"
    execute(embedded(), f"CREATE SCHEMA {name}")
    return name


@pytest.fixture(scope="module")
def server():
    """One that can be stopped."""
    with external("embedded") as server:
        yield server


def rows(database: Database, schema: str, name: str = "inventory") -> int:
    return execute(database, f"SELECT count(*) FROM {schema}.{name}")[0][0]


def test_a_missing_table_is_named_with_what_makes_it(server, tmp_path):
    dataset = table("receipts", tmp_path, "public", credentials={"url": server.url()})
    with pytest.raises(DatasetError, match=r"no table public\.receipts in the database.*upload=true"):
        dataset.load()


def test_a_missing_column_is_named_before_anything_is_written(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    execute(embedded(), f"ALTER TABLE {schema}.inventory DROP COLUMN brand, DROP COLUMN quantity")
    with pytest.raises(DatasetError, match=r"the column quantity, brand.*ALTER TABLE inventory ADD COLUMN quantity"):
        dataset.save(inventory(seed=5))
    with pytest.raises(TableError, match="table inventory lacks the column quantity; it has user_id, item_id"):
        take_snapshot(dataset.load(), None, None)
    assert rows(embedded(), schema) == 20


def test_rows_that_lack_a_column_are_not_saved(schema, tmp_path):
    with pytest.raises(DatasetError, match="Rows for the table inventory lack the column brand"):
        table("inventory", tmp_path, schema).save(inventory().drop(columns="brand"))


def test_a_table_without_a_unique_key_is_told_the_command_that_gives_it_one(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    execute(embedded(), f"ALTER TABLE {schema}.inventory DROP CONSTRAINT inventory_pkey")
    with pytest.raises(DatasetError, match=rf"ALTER TABLE {schema}\.inventory ADD PRIMARY KEY \(user_id, item_id\)"):
        dataset.save(inventory(seed=5))


def cut(database: Database, what: str) -> threading.Thread:
    """Ends the connection that runs a COPY, as soon as one does."""

    def kill() -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if execute(
                database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE %s",
                f"COPY {what}%",
            ):
                return

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_a_connection_that_is_lost_while_uploading_leaves_the_table_as_it_was(schema, tmp_path):
    dataset = table("purchase_history", tmp_path, schema)
    dataset.save(purchases())
    killer = cut(embedded(), '"incoming"')
    with pytest.raises(DatasetError, match=r"terminating connection|server closed the connection|SSL|connection"):
        dataset.save(purchases(400, 250, seed=3))
    killer.join()
    merged, *_ = take_snapshot(dataset.load(), None, None)
    assert merged.equals(purchases())


def test_a_connection_that_is_lost_while_reading_leaves_the_last_snapshot(schema, tmp_path):
    dataset = table("purchase_history", tmp_path, schema)
    dataset.save(purchases(400, 250))
    files = TableFilesDataset(filepath=str(tmp_path / "purchase_history.parquet"))
    files.save(purchases())
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    killer = cut(embedded(), "(SELECT")
    with pytest.raises(DatasetError, match="Nothing was changed"):
        dataset.load()
    killer.join()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert len(dataset.load().frame) == 100_000


def test_a_database_that_stops_between_two_runs_is_told_and_read_again_when_it_is_back(server, tmp_path):
    """What was uploaded is on its disk: the server is stopped as if by a power cut."""
    dataset = table("inventory", tmp_path, "public", credentials={"url": server.url()}, upload=True)
    dataset.save(inventory())
    server.stop()
    try:
        for call in (dataset.load, lambda: dataset.save(inventory(seed=2))):
            with pytest.raises(DatasetError, match=r"No connection to the database postgresql://maria@127\.0\.0\.1"):
                call()
    finally:
        server.start()
    assert len(dataset.load().frame) == 20


@pytest.fixture
def small_disk():
    """A folder on a disk of 90 MB: a new PostgreSQL takes most of it."""
    with tempfile.TemporaryDirectory(prefix="pantrypilot-") as place:
        disk = Path(place, "disk")
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=90m", "tmpfs", str(disk)]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("only root may mount a small disk, and not in every container")
        try:
            yield disk
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_of_the_database_undoes_the_upload_and_leaves_the_last(small_disk, tmp_path):
    database = find_database(str(small_disk / "postgres"))
    dataset = table("purchase_history", tmp_path, "public", folder=str(database.folder))
    dataset.save(purchases())
    with pytest.raises(DatasetError, match=r"No space left on device|server closed the connection|in recovery mode"):
        dataset.save(purchases(1000, 250, seed=3))
    merged, *_ = take_snapshot(again(dataset.load), None, None)
    assert merged.equals(purchases())
    stop(database.folder)


def again(call):
    """A server whose disk was full may have to start anew."""
    until = time.monotonic() + 30
    while True:
        try:
            return call()
        except DatasetError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


SNAPSHOT = """
import resource, signal, sys
sys.path.insert(0, {tests!r})
from pantry_toys import purchases
from pantrypilot.datasets import TableFilesDataset
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
TableFilesDataset(filepath={path!r}).save(purchases(40, 50, seed=2))
"""


@pytest.mark.parametrize("limit", [10_000, 200_000])
def test_a_full_disk_of_the_snapshots_leaves_the_last_good_one(limit, tmp_path):
    """A limit on the size of files stands for the disk: too small for the Parquet and the CSV, or for the CSV alone."""
    files = TableFilesDataset(filepath=str(tmp_path / "purchase_history.parquet"))
    files.save(purchases())
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    tests, path = str(Path(__file__).parents[1]), str(tmp_path / "purchase_history.parquet")
    code = SNAPSHOT.format(tests=tests, limit=limit, path=path)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode and "File too large" in done.stderr
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_ten_thousand_malformed_rows_are_counted_and_the_others_kept(schema, tmp_path):
    dataset = table("purchase_history", tmp_path, schema)
    dataset.save(purchases(80, 250))
    where = "right(transaction_id, 1) IN ('0', '2', '4', '6', '8')"
    execute(embedded(), f"UPDATE {schema}.purchase_history SET purchase_date = 'infinity' WHERE {where}")
    merged, rejects, counts, _ = take_snapshot(dataset.load(), None, None)
    assert counts["read"] == 20_000 == counts["new"] + counts["rejected"]
    assert (counts["rejected"], len(rejects), len(merged)) == (10_000, 10_000, 10_000)
    assert set(rejects["reason"]) == {"not a date; write 2026-11-08"} and set(rejects["value"]) == {"infinity"}


def test_nobody_may_write_a_table_while_it_is_uploaded(schema, tmp_path):
    """Else a row could come between the count and the upsert."""
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    with embedded().connect() as other, other.transaction():
        other.execute(f"LOCK TABLE {schema}.inventory IN ROW EXCLUSIVE MODE")
        waiting = threading.Thread(target=dataset.save, args=[inventory(seed=2)])
        waiting.start()
        time.sleep(0.5)
        assert waiting.is_alive()
    waiting.join(timeout=20)
    assert not waiting.is_alive() and rows(embedded(), schema) == 20


def test_the_embedded_server_that_goes_away_is_started_again_for_the_next_table(schema, tmp_path):
    dataset = table("inventory", tmp_path, schema)
    dataset.save(inventory())
    stop(embedded().folder)
    assert len(dataset.load().frame) == 20
