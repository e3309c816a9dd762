"""A table as Parquet and CSV: the same rows in both, whole or not at all."""

import pandas as pd
import pytest
from kedro.io import DatasetError

from pantrypilot.datasets import TableFilesDataset
from pantrypilot.datasets.table_files import _with_dates

DAYS = ["2026-11-01", None, "2026-10-29"]
TIMES = ["2026-11-01 08:30:00", "2026-11-01", None]


def table(rows: int = 3) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "item_name": pd.Categorical(["tofu", None, 'rice, "long"']),
            "note": pd.Series(["", None, "two\nlines"], dtype="str"),
            "quantity": [2.5, float("nan"), 0.1],
            "allergen_flag": pd.array([True, None, False], dtype="boolean"),
            "expiry_date": pd.to_datetime(DAYS).astype("datetime64[s]"),
            "last_updated": pd.to_datetime(TIMES, format="mixed").astype("datetime64[s]"),
        }
    )
    return frame.head(rows)


def files(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def dataset(tmp_path):
    return TableFilesDataset(filepath=str(tmp_path / "stock.parquet"))


def test_a_table_reads_back_with_its_types(dataset):
    dataset.save(table())
    pd.testing.assert_frame_equal(dataset.load(), table())


def test_a_table_without_rows_keeps_its_columns(dataset, tmp_path):
    dataset.save(table(0))
    assert dataset.load().dtypes.map(str).to_dict() == table(0).dtypes.map(str).to_dict()
    assert (tmp_path / "stock.csv").read_text().count("\n") == 1


def test_the_csv_beside_it_holds_the_same_rows_with_days_as_dates(dataset, tmp_path):
    dataset.save(table())
    assert (tmp_path / "stock.csv").read_text().splitlines()[1] == '"tofu","",2.5,true,2026-11-01,2026-11-01 08:30:00'
    read = pd.read_csv(tmp_path / "stock.csv", parse_dates=["expiry_date", "last_updated"])
    assert read["item_name"].tolist()[2] == 'rice, "long"' and read["note"].tolist()[2] == "two\nlines"
    assert read["quantity"].tolist()[::2] == [2.5, 0.1]
    for name in ("expiry_date", "last_updated"):
        assert read[name].astype("datetime64[s]").equals(table()[name])


def test_an_index_of_its_own_is_not_written(dataset):
    dataset.save(table().iloc[[2, 0]])
    assert dataset.load().index.tolist() == [0, 1]


def test_the_same_table_gives_the_same_bytes(dataset, tmp_path):
    dataset.save(table())
    before = files(tmp_path)
    dataset.save(table())
    assert files(tmp_path) == before and set(before) == {"stock.parquet", "stock.csv"}


@pytest.mark.parametrize("step", ["csv", "parquet", "end"])
def test_a_save_that_fails_leaves_both_old_files_and_nothing_beside_them(dataset, tmp_path, monkeypatch, step):
    dataset.save(table())
    before = files(tmp_path)

    def full(*_, **__):
        raise OSError("No space left on device")

    place = {"csv": "pyarrow.csv.write_csv", "parquet": "pandas.DataFrame.to_parquet", "end": "os.replace"}[step]
    monkeypatch.setattr(place, full)
    with pytest.raises(DatasetError, match="No space left"):
        dataset.save(table(1))
    assert files(tmp_path) == before


def test_a_table_whose_csv_is_missing_is_not_there(dataset, tmp_path):
    dataset.save(table())
    assert dataset.exists()
    (tmp_path / "stock.csv").unlink()
    assert not dataset.exists()


def test_the_preview_shows_the_first_rows_as_text_and_numbers(dataset):
    dataset.save(table())
    shown = dataset.preview(nrows=2)
    assert shown["columns"] == list(table())
    assert shown["data"][0] == ["tofu", "", 2.5, True, "2026-11-01", "2026-11-01 08:30:00"]
    assert shown["data"][1][0] == "" and len(shown["data"]) == 2
    dataset.save(table(0))
    assert dataset.preview()["data"] == []


def test_midnights_in_one_column_do_not_cut_another():
    types = dict(zip(_with_dates(table()).schema.names, map(str, _with_dates(table()).schema.types), strict=True))
    assert (types["expiry_date"], types["last_updated"]) == ("date32[day]", "timestamp[s]")
