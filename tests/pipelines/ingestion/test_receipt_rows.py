"""From receipts to lines, sums, rejects and images; and the real collection where it lies beside the checkout."""

import datetime

import pytest
from receipt_toys import SAMPLE, params, raw, record

from pantrypilot.datasets import FilesDataset, ReceiptCollectionDataset
from pantrypilot.kitchen.receipts import ReceiptError
from pantrypilot.pipelines.ingestion.receipts.images import list_images
from pantrypilot.pipelines.ingestion.receipts.rows import read_receipts
from project_toys import ROOT

MILK, EGGS = {"nm": "MILK", "price": "2.00"}, {"nm": "EGGS", "cnt": "2 x", "price": "3.00"}
CORD = ROOT.parent / "shared/data/cord/cord_v2_validation.jsonl"
# read by eye from the printed lines: the items' sum, and against what the receipt holds it
SUMS = {
    0: 45_500, 2: 20_000, 7: 54_091, 8: 11_700, 11: 81_000, 13: 41_363, 14: 36_000, 21: 194_726, 23: 18_182,
    25: 180_000, 27: 16_363, 29: 30_000, 37: 63_636, 44: 16_363, 55: 60_000, 57: 247_500, 59: 561_800, 63: 51_636,
    71: 20_000, 77: 58_000, 78: 154_000, 86: 26_000, 90: 70_000, 91: 40_000, 96: 11_591,
}  # fmt: skip


def counts_add_up(lines, totals, rejects, counts) -> bool:
    receipts, items, sums = counts["receipts"], counts["items"], counts["sums"]
    kinds = rejects["kind"].value_counts()
    return (
        receipts["read"] == receipts["kept"] + receipts["rejected"] == len(totals) + kinds.get("receipt", 0)
        and items["read"] == items["kept"] + items["options"] + items["rejected"]
        and (items["kept"], items["rejected"]) == (len(lines), kinds.get("item", 0))
        and counts["values"]["unreadable"] == kinds.get("value", 0)
        and sum(sums.values()) == receipts["kept"]
    )


def test_a_receipt_is_a_row_an_item_and_one_row_of_sums():
    lines, totals, rejects, counts = read_receipts(raw(record("a", MILK, EGGS, total="5.00")), params())
    assert lines[["receipt_id", "line", "item_text", "price"]].values.tolist() == [
        ["a", 1, "MILK", 2.0], ["a", 2, "EGGS", 3.0],
    ]  # fmt: skip
    assert lines["count"].isna().tolist() == [True, False]
    assert totals.loc[0, ["items_sum", "total", "against", "total_agrees"]].tolist() == [5.0, 5.0, "total", True]
    assert rejects.empty and counts_add_up(lines, totals, rejects, counts)


def test_what_is_left_out_is_told_with_file_line_and_reason():
    nameless = {"nm": "--", "price": "1.00"}
    unread = {"nm": "TEA", "price": "1.2.3"}
    made = read_receipts(raw(record("a", MILK, nameless, unread), "broken off", record("a", EGGS), {}), params())
    told = made[2][["file", "row", "kind", "reason"]].values.tolist()
    assert [row[:3] for row in told] == [
        ["r.jsonl", 1, "item"], ["r.jsonl", 1, "value"], ["r.jsonl", 2, "receipt"], ["r.jsonl", 3, "receipt"],
        ["r.jsonl", 4, "receipt"],
    ]  # fmt: skip
    assert "line 1 has the id a already" in told[3][3] and told[2][3] == "broken off"
    assert made[0]["item_text"].tolist() == ["MILK", "TEA"] and made[0]["price"].isna().tolist() == [False, True]
    assert counts_add_up(*made)


def test_ten_thousand_malformed_lines_are_ten_thousand_rejects():
    made = read_receipts(raw(record("a", MILK), *["no JSON"] * 10_000), params())
    assert len(made[2]) == 10_000 and counts_add_up(*made)


def test_a_file_without_a_receipt_is_an_error_with_the_first_reason():
    with pytest.raises(ReceiptError, match="None of 2 lines is a receipt in CORD's shape; the first: gt_parse"):
        read_receipts(raw({"recipe": "soup"}, "broken off"), params())


def test_the_day_is_the_receipts_own_or_the_one_it_came_in_on():
    days = ["2026-10-24", "2026-10-24T23:30:00-05:00", "", "24/10/2026"]
    collection = raw(*(record(f"r{place}", MILK, date=day) for place, day in enumerate(days)))
    lines, _, rejects, _ = read_receipts(collection, params(received=datetime.date(2026, 11, 2)))
    assert lines["last_updated"].astype(str).tolist() == [
        "2026-10-24 00:00:00", "2026-10-25 04:30:00", "2026-11-02 00:00:00", "2026-11-02 00:00:00",
    ]  # fmt: skip
    assert rejects["reason"].tolist() == ["date: '24/10/2026' is not year-month-day; 2026-11-02 stands for it"]


def test_an_image_is_the_one_that_is_named_or_bears_the_id():
    totals = read_receipts(raw(record("a", MILK, image="x.png"), record("b", MILK), record("c", MILK)), params())[1]
    pictures = {"x.png": lambda: b"x", "b.jpg": lambda: b"b", "private.png": lambda: b"p"}
    images, upload = list_images(totals, pictures, params(bucket="s3://household/june/"))
    assert images.values.tolist() == [["a", "x.png", "s3://household/june/x.png"], ["b", "b.jpg", "s3://household/june/b.jpg"]]
    assert {name: read() for name, read in upload.items()} == {"x.png": b"x", "b.jpg": b"b"}


def test_an_image_that_is_missing_has_no_url_and_a_public_address_is_one_for_browsers():
    totals = read_receipts(raw(record("a", MILK, image="../a 1.png"), record("b", MILK, image="b 1.png")), params())[1]
    images, upload = list_images(totals, {"b 1.png": bytes}, params(public_url="https://images.example.org/r"))
    assert images["url"].isna().tolist() == [True, False] and list(upload) == ["b 1.png"]
    assert images["url"][1] == "https://images.example.org/r/b%201.png"


def test_the_shipped_sample_has_every_irregularity_and_reads_whole():
    made = read_receipts(ReceiptCollectionDataset(filepath=str(SAMPLE / "receipts.jsonl")).load(), params())
    _, totals, rejects, counts = made
    assert counts_add_up(*made) and rejects.empty
    assert set(totals["marks"]) == {"whole", "point", "comma"}
    assert counts["sums"] == {"agree": 11, "differ": 1, "not_told": 1}
    assert totals.set_index("receipt_id")["total_agrees"]["r10"] == False  # noqa: E712
    images, upload = list_images(totals, FilesDataset(path=str(SAMPLE / "images")).load(), params())
    assert len(upload) == 11 and images.set_index("receipt_id")["url"].isna().sum() == 1
    assert set(upload) == {file.name for file in (SAMPLE / "images").iterdir()}


@pytest.mark.realdata
@pytest.mark.skipif(not CORD.is_file(), reason="development data ../shared is not here")
def test_the_receipts_of_cord_come_to_what_a_person_reads():
    made = read_receipts(ReceiptCollectionDataset(filepath=str(CORD)).load(), params())
    lines, totals, rejects, counts = made
    assert counts_add_up(*made) and counts["receipts"] == {"read": 100, "kept": 100, "rejected": 0}
    assert rejects["reason"].tolist() == ["it has no name"]  # a part that repeats its item's price
    assert {int(name[-4:]): value for name, value in totals.set_index("receipt_id")["items_sum"].items()}.items() >= (
        SUMS.items()
    )
    assert totals["marks"].value_counts().to_dict() == {"whole": 98, "point": 2}
    assert counts["sums"]["agree"] == 100
    assert (totals["difference"] == 0).sum() == 99  # and one misses a rupiah by rounding
    assert lines["price"].isna().sum() == 27  # parts of what is sold together: drinks of a set menu
    assert (lines["count"].dropna() > 0).all()
