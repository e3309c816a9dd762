import gzip

import pytest
from kedro.io import DatasetError

from pantrypilot.datasets import LabelledNamesDataset


def load(tmp_path, text, name="names.csv"):
    file = tmp_path / name
    data = text.encode() if isinstance(text, str) else text
    file.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return LabelledNamesDataset(filepath=str(file)).load()


def test_commas_tabs_and_gzip_read_the_same(tmp_path):
    commas = 'name,vegan\n"tofu, firm",yes\n'
    tabs = "name\tvegan\ntofu, firm\tyes\n"
    tables = [load(tmp_path, commas), load(tmp_path, tabs, "names.tsv"), load(tmp_path, commas, "names.csv.gz")]
    for table in tables:
        assert table[["name", "vegan"]].to_dict("records") == [{"name": "tofu, firm", "vegan": "yes"}]


def test_every_row_says_where_it_stands_and_nothing_becomes_a_number_or_a_gap(tmp_path):
    table = load(tmp_path, "\ufeffname,vegan\n007,1\nNA,\n")
    assert table.to_dict("records") == [
        {"name": "007", "vegan": "1", "origin": "names.csv:2"},
        {"name": "NA", "vegan": "", "origin": "names.csv:3"},
    ]


def test_a_lost_quote_a_missing_file_and_another_encoding_are_told_in_words(tmp_path):
    with pytest.raises(DatasetError, match=r"names\.csv:3 has more fields"):
        load(tmp_path, "name,vegan\ntofu,yes\ncream, sour,no\n")
    with pytest.raises(DatasetError, match="not UTF-8"):
        load(tmp_path, "name,vegan\ncrème,no\n".encode("cp1252"))
    with pytest.raises(DatasetError, match="labelled=path"):
        LabelledNamesDataset(filepath=str(tmp_path / "absent.csv")).load()


def test_the_preview_shows_texts(tmp_path):
    load(tmp_path, "name,vegan\ntofu,yes\n")
    preview = LabelledNamesDataset(filepath=str(tmp_path / "names.csv")).preview(1)
    assert preview["data"] == [["tofu", "yes", "names.csv:2"]]
