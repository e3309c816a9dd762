"""Files of receipts, whole and broken."""

import gzip
import json

import pytest
from kedro.io import DatasetError

from pantrypilot.datasets import ReceiptCollectionDataset

ONE = json.dumps({"id": "a", "gt_parse": {"menu": {"nm": "tofu", "price": "2"}}})


def load(path, content: bytes):
    path.write_bytes(content)
    return ReceiptCollectionDataset(filepath=str(path)).load()


def test_every_line_is_a_receipt_or_says_why_not(tmp_path):
    lines = [ONE, "", '{"id": "b", "gt_pa', "[1, 2]", "NaN-sense", '{"id": "\udcff"}', "[" * 100_000]
    content = "\n".join(lines).encode("utf-8", "surrogateescape")
    found = load(tmp_path / "r.jsonl", content)
    assert [(one.row, one.record is None) for one in found] == [
        (1, False), (3, True), (4, True), (5, True), (6, True), (7, True),
    ]  # fmt: skip
    told = {one.row: one.problem for one in found if one.problem}
    assert told[3].startswith("broken off at character") and "expected an object" in told[4]
    assert told[5].startswith("no JSON") and "not UTF-8" in told[6] and told[7].startswith("no JSON")
    assert found[1].file == "r.jsonl"


def test_a_packed_file_is_read_and_one_that_breaks_off_says_where(tmp_path):
    packed = gzip.compress(f"{ONE}\n".encode() * 5000, mtime=0)
    assert len(load(tmp_path / "r.jsonl.gz", packed)) == 5000
    found = load(tmp_path / "cut.jsonl.gz", packed[: len(packed) // 2])
    assert found[-1].record is None and "breaks off here" in found[-1].problem


def test_a_byte_order_mark_is_no_part_of_the_first_receipt(tmp_path):
    assert load(tmp_path / "r.jsonl", b"\xef\xbb\xbf" + ONE.encode())[0].record["id"] == "a"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"id,menu\n1,tofu\n", "is no JSONL: not one of 2 lines"),
        (b"\x89PNG\r\n\x1a\n", "is no JSONL"),
        (json.dumps([{"gt_parse": {}}], indent=1).encode(), "Write every receipt on a line of its own"),
    ],
)
def test_a_file_that_is_no_jsonl_is_an_error_that_says_so(tmp_path, content, told):
    with pytest.raises(DatasetError, match=told):
        load(tmp_path / "r.jsonl", content)


def test_a_missing_file_names_the_parameter(tmp_path):
    with pytest.raises(DatasetError, match="--params receipts="):
        ReceiptCollectionDataset(filepath=str(tmp_path / "none.jsonl")).load()


def test_the_first_lines_can_be_looked_at(tmp_path):
    (tmp_path / "r.jsonl").write_text(f"{ONE}\n{{")
    table = ReceiptCollectionDataset(filepath=str(tmp_path / "r.jsonl")).preview()
    assert [row[0] for row in table["data"]] == ["r.jsonl:1", "r.jsonl:2"]
