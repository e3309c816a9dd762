"""Files are written whole or not at all, whatever stops the writing."""

import json

import pandas as pd
import pytest
from kedro.io import DataCatalog, DatasetError, Version
from kedro_datasets.json import JSONDataset

from pantrypilot.datasets import CsvTableDataset, NoteDataset, ParquetTableDataset, RecordsDataset, ValuesDataset
from pantrypilot.datasets.whole import WrittenWhole
from project_toys import config


class Unwritable:
    """A value that stops the writing when its turn comes."""

    def __str__(self):
        raise RuntimeError("the disk is full")


LINES = {"load_args": {"lines": True, "orient": "records"}, "save_args": {"lines": True, "orient": "records"}}
GOOD = pd.DataFrame({"name": ["tofu", "rice"]})
BAD = pd.DataFrame({"name": ["tofu", Unwritable()]})
TWINS = pd.DataFrame([["tofu", "rice"]], columns=["name", "name"])  # JSON has no place for a second one
KINDS = {
    "values.json": (ValuesDataset, {}, {"kept": 1}, {"kept": 2, "then": Unwritable()}),
    "rows.jsonl": (RecordsDataset, LINES, GOOD, TWINS),
    "table.csv": (CsvTableDataset, {"save_args": {"index": False}}, GOOD, BAD),
    "table.parquet": (ParquetTableDataset, {}, GOOD, BAD),
    "note.txt": (NoteDataset, {}, "kept", 5),
}


def files(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("name", KINDS)
def test_a_save_that_fails_leaves_the_old_file_and_nothing_beside_it(name, tmp_path):
    kind, arguments, good, bad = KINDS[name]
    dataset = kind(filepath=str(tmp_path / name), **arguments)
    with pytest.raises(DatasetError):
        dataset.save(bad)
    assert files(tmp_path) == {}
    dataset.save(good)
    before = files(tmp_path)
    assert list(before) == [name]
    with pytest.raises(DatasetError):
        dataset.save(bad)
    assert files(tmp_path) == before


def test_kedros_own_dataset_would_leave_half_a_file(tmp_path):
    with pytest.raises(DatasetError):
        JSONDataset(filepath=str(tmp_path / "half.json")).save({"kept": 2, "then": Unwritable()})
    assert (tmp_path / "half.json").read_text().endswith('"then": ')


def test_an_interruption_leaves_the_old_file(tmp_path, monkeypatch):
    dataset = ValuesDataset(filepath=str(tmp_path / "values.json"))
    dataset.save({"kept": 1})
    before = files(tmp_path)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(json, "dump", interrupted)
    with pytest.raises(KeyboardInterrupt):
        dataset.save({"kept": 2})
    assert files(tmp_path) == before


def test_a_versioned_file_is_whole_too(tmp_path):
    dataset = ValuesDataset(filepath=str(tmp_path / "values.json"), version=Version(None, None))
    dataset.save({"kept": 1})
    assert dataset.load() == {"kept": 1}
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["values.json"]


def test_every_file_of_the_catalog_is_written_whole():
    """Folders of models and a cache that is appended to look after themselves."""
    catalog = DataCatalog.from_config(config()["catalog"], config()["credentials"])
    names = [name.format(strategy="v2", model="v2") for name in config()["catalog"]]
    files_of = {name: catalog[name] for name in names if hasattr(catalog[name], "_fs")}
    assert len(files_of) > 20
    assert [name for name, dataset in files_of.items() if not isinstance(dataset, WrittenWhole)] == []
