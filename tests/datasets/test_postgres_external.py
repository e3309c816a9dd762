"""Somebody else's PostgreSQL, by its URL: the same snapshots to the byte, nothing written unasked."""

import json
import logging
from pathlib import Path

import pytest

from external_postgres import ENCODED, PASSWORD, external
from pantry_toys import embedded, execute, households, inventory, purchases, table
from pantrypilot.datasets import TableFilesDataset
from pantrypilot.pipelines.ingestion.pantry.tables import take_snapshot

FRAMES = {"households": households(), "inventory": inventory(20, 30), "purchase_history": purchases(20, 40)}


@pytest.fixture(scope="module", params=["machine", "embedded"])
def server(request):
    """Debian's own version where there is one, and the embedded one's as a server with a port and a password."""
    with external(request.param) as server:
        yield server


@pytest.fixture
def url(server, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", server.url())
    yield server.url()
    server.ask("DROP OWNED BY maria", "pantry")


def snapshots(place: Path, schema: str, **more: object) -> dict[str, bytes]:
    """Every table uploaded and read; the files that came of it."""
    for name, frame in FRAMES.items():
        dataset = table(name, place, schema, **more)
        dataset.save(frame)
        merged, _, counts, mark = take_snapshot(dataset.load(), None, None)
        assert counts["new"] == len(frame)
        TableFilesDataset(filepath=str(place / f"{name}.parquet")).save(merged)
        (place / f"{name}.mark.json").write_text(json.dumps(mark))
    return {file.name: file.read_bytes() for file in place.iterdir() if "mark" not in file.name}


def test_snapshots_are_those_of_the_embedded_database_to_the_byte(url, tmp_path, monkeypatch):
    (tmp_path / "there").mkdir()
    (tmp_path / "here").mkdir()
    there = snapshots(tmp_path / "there", "public", upload=True)
    assert len(there) == 6
    again = table("inventory", tmp_path / "there", "public").load()
    assert not again.complete and not len(again.frame)
    monkeypatch.delenv("DATABASE_URL")
    execute(embedded(), "DROP SCHEMA IF EXISTS external CASCADE; CREATE SCHEMA external")
    assert snapshots(tmp_path / "here", "external") == there


def test_a_snapshot_of_one_database_does_not_go_on_from_anothers(url, tmp_path, monkeypatch, caplog):
    snapshots(tmp_path, "public", upload=True)
    monkeypatch.delenv("DATABASE_URL")
    execute(embedded(), "DROP SCHEMA IF EXISTS other CASCADE; CREATE SCHEMA other")
    with caplog.at_level(logging.INFO):
        changes = table("inventory", tmp_path, "other").load()
    assert changes.complete and "was taken of another table" in caplog.text


def test_nothing_is_uploaded_there_unless_it_is_asked_for(url, server, tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        table("inventory", tmp_path, "public").save(inventory())
    assert "inventory is not uploaded to postgresql://maria@127.0.0.1" in caplog.text and "upload=true" in caplog.text
    assert PASSWORD not in caplog.text and ENCODED not in caplog.text
    assert not table("inventory", tmp_path, "public").exists()


def test_who_may_only_read_can_take_snapshots(url, server, tmp_path, monkeypatch):
    table("inventory", tmp_path, "public", upload=True).save(inventory())
    server.ask("CREATE ROLE reader LOGIN PASSWORD 'only'; GRANT SELECT ON inventory TO reader", "pantry")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://reader:only@127.0.0.1:{server.port}/pantry")
    merged, *_ = take_snapshot(table("inventory", tmp_path, "public").load(), None, None)
    assert merged.equals(inventory())
    server.ask("DROP OWNED BY reader; DROP ROLE reader", "pantry")
