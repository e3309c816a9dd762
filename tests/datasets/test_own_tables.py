"""Somebody's own tables: a folder of CSV files, read as text."""

import pandas as pd
import pytest
from kedro.io import DatasetError

from pantry_toys import inventory, purchases
from pantrypilot.datasets import OwnTableDataset
from pantrypilot.kitchen.tables import INVENTORY
from pantrypilot.kitchen.typed import typed
from pantrypilot.pipelines.ingestion.pantry.tables import choose_rows


@pytest.fixture
def folder(tmp_path):
    inventory().to_csv(tmp_path / "inventory.csv", index=False)
    return tmp_path


def own(folder, table="inventory"):
    return OwnTableDataset(table=table, folder=str(folder)).load()


def test_a_table_is_read_as_text_and_typed_to_what_it_was(folder):
    found = own(folder)
    assert set(found.frame.dtypes.map(str)) == {"str"} and found.frame.index[0] == 2
    rows, rejects = typed(found.frame, INVENTORY)
    assert not len(rejects) and not len(found.malformed)
    # a CSV of pandas does not tell an empty text from none
    expected = inventory().assign(brand=lambda frame: frame["brand"].replace("", None))
    pd.testing.assert_frame_equal(rows.reset_index(drop=True), typed(expected, INVENTORY)[0])


def test_without_a_folder_there_is_no_table_and_the_synthetic_one_is_taken():
    assert own_or_none(None) is None
    rows, rejects = choose_rows(None, inventory())
    assert rows.equals(inventory()) and not len(rejects)


def own_or_none(folder):
    return OwnTableDataset(table="inventory", folder=folder).load()


def test_a_folder_needs_not_hold_every_table(folder):
    rows, _ = choose_rows(own(folder, "purchase_history"), purchases())
    assert len(rows) == 0 and list(rows) == list(purchases())


def test_the_background_projects_names_are_known(tmp_path):
    purchases().to_csv(tmp_path / "pantrypilot_purchase_u4.csv", index=False)
    assert len(own(tmp_path, "purchase_history").frame) == 40


def test_rows_that_are_left_out_are_told_with_their_row_in_the_file(folder):
    file = folder / "inventory.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[3] = "only,three,fields"
    lines[6] = lines[6].replace("user_00001", "")
    lines[9] = lines[9] + ",one more"
    lines.append(lines[11])
    file.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    rows, rejects = choose_rows(own(folder), inventory())
    assert len(rows) == 21 - 4
    told = dict(zip(rejects["row"], rejects["reason"], strict=True))
    assert told == {
        4: "3 fields, where the header has 17",
        10: "18 fields, where the header has 17",
        7: "empty, so the row cannot be told from others",
        12: "the key of another row, which changed later or stands below",
    }
    assert rejects["value"][0] == "only,three,fields"


def test_ten_thousand_malformed_lines_are_ten_thousand_rejects(folder):
    with (folder / "inventory.csv").open("a", encoding="utf-8") as file:
        file.write("a,b\n" * 10_000)
    rows, rejects = choose_rows(own(folder), inventory())
    assert (len(rows), len(rejects)) == (20, 10_000)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, r"none of the tables in .*; it may hold households\.csv, inventory\.csv, purchase_history\.csv"),
        ({"inventory.csv": b""}, r"inventory\.csv cannot be read as CSV"),
        ({"inventory.csv": "user_id\ncrème".encode("latin-1")}, r"inventory\.csv cannot be read as CSV.*UTF-8"),
        ({"inventory.csv": b"a\n", "pantrypilot_inventory.csv": b"a\n"}, r"inventory\.csv and pantrypilot_inventory"),
    ],
)  # fmt: skip
def test_a_folder_or_file_that_cannot_be_read_is_named(files, said, tmp_path):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=said):
        own(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"no folder .*nowhere; --params tables= names one"):
        own(tmp_path / "nowhere")


def test_nothing_is_saved_to_it_and_its_preview_is_its_rows(folder):
    dataset = OwnTableDataset(table="inventory", folder=str(folder))
    with pytest.raises(DatasetError, match="somebody's own"):
        dataset.save(inventory())
    assert len(dataset.preview(nrows=3)["data"]) == 3 and dataset.exists()
    assert OwnTableDataset(table="inventory", folder=None).preview()["data"] == []
