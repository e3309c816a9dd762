"""A CSV that only grows."""

import fcntl
import os
import re
import threading

import pandas as pd
import pytest
from kedro.io import DatasetError

from pantrypilot.datasets import AppendedCsvDataset


def lines(*statuses):
    names = [f"table_{number}" for number in range(len(statuses))]
    return pd.DataFrame({"dataset": names, "status": statuses, "failed": ""})


def test_every_save_adds_its_lines_with_the_time_and_keeps_those_before(tmp_path):
    summary = AppendedCsvDataset(filepath=str(tmp_path / "deep/summary.csv"))
    assert not summary.exists()
    summary.save(lines("PASS", "FAIL"))
    first = (tmp_path / "deep/summary.csv").read_bytes()
    summary.save(lines("PASS"))
    text = (tmp_path / "deep/summary.csv").read_bytes()
    assert text.startswith(first) and text.count(b"time,dataset") == 1
    loaded = summary.load()
    assert list(loaded["status"]) == ["PASS", "FAIL", "PASS"] and list(loaded["failed"]) == ["", "", ""]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time) for time in loaded["time"])
    assert summary.preview()["columns"][0] == "time"


def test_a_disk_that_is_full_half_way_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    summary = AppendedCsvDataset(filepath=str(tmp_path / "summary.csv"))
    summary.save(lines("PASS"))
    before = (tmp_path / "summary.csv").read_bytes()
    write, calls = os.write, []

    def half_then_full(file, text):
        calls.append(file)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return write(file, text[:10])

    monkeypatch.setattr(os, "write", half_then_full)
    with pytest.raises(DatasetError, match="No space left"):
        summary.save(lines("FAIL"))
    assert (tmp_path / "summary.csv").read_bytes() == before


def test_other_columns_are_refused_and_the_file_is_as_it_was(tmp_path):
    (tmp_path / "summary.csv").write_text("who,what\nme,it\n")
    with pytest.raises(DatasetError, match="has other columns"):
        AppendedCsvDataset(filepath=str(tmp_path / "summary.csv")).save(lines("PASS"))
    assert (tmp_path / "summary.csv").read_text() == "who,what\nme,it\n"


def test_a_last_line_that_somebody_cut_is_not_continued(tmp_path):
    summary = AppendedCsvDataset(filepath=str(tmp_path / "summary.csv"))
    summary.save(lines("PASS"))
    with (tmp_path / "summary.csv").open("a") as file:
        file.write("2026-11-21T09:00:00Z,table_0,PASS,")
    summary.save(lines("FAIL"))
    assert list(summary.load()["status"]) == ["PASS", "PASS", "FAIL"]


def test_a_run_waits_for_another_that_is_writing(tmp_path):
    path = tmp_path / "summary.csv"
    with path.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        run = threading.Thread(target=AppendedCsvDataset(filepath=str(path)).save, args=(lines("PASS"),))
        run.start()
        run.join(timeout=0.3)
        assert run.is_alive() and not path.read_bytes()
    run.join(timeout=30)
    assert path.read_bytes().count(b"PASS") == 1


def test_two_runs_at_once_lose_no_line(tmp_path):
    def save(times):
        for _ in range(times):
            AppendedCsvDataset(filepath=str(tmp_path / "summary.csv")).save(lines("PASS", "FAIL"))

    runs = [threading.Thread(target=save, args=(20,)) for _ in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    loaded = AppendedCsvDataset(filepath=str(tmp_path / "summary.csv")).load()
    assert len(loaded) == 160 and set(loaded["status"]) == {"PASS", "FAIL"}
