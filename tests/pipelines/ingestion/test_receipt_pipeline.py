"""The stage through the catalog's own files, and twice."""

from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from receipt_toys import KNOWLEDGE, foods, params, raw, record

from pantrypilot.kitchen.tables import RECEIPTS
from pantrypilot.pipelines.ingestion.receipts.items import match_items
from pantrypilot.pipelines.ingestion.receipts.pipeline import create_pipeline
from pantrypilot.pipelines.ingestion.receipts.rows import read_receipts
from project_toys import ROOT, config, contents

FOODS = foods("milk", "eggs", "coconut milk", "butter")


def run(tmp_path) -> DataCatalog:
    loaded = config()["catalog"]
    entries = {name: entry for name, entry in loaded.items() if name.startswith("pantry.receipt")}
    entries = {name: entry for name, entry in entries.items() if name != "pantry.receipts_table"}
    for entry in entries.values():
        key = "filepath" if "filepath" in entry else "path"
        entry[key] = entry[key].replace("data/0", f"{tmp_path}/0").replace(f"{tmp_path}/01", "data/01")
    catalog = DataCatalog.from_config(entries, config()["credentials"])
    catalog["pantry.foods"], catalog["generator.diet_knowledge"] = MemoryDataset(FOODS), MemoryDataset(KNOWLEDGE)
    catalog["params:pantry.receipts"] = MemoryDataset(params())
    catalog["pantry.receipts_table"] = MemoryDataset()
    SequentialRunner().run(create_pipeline(), catalog)
    return catalog


def test_the_shipped_receipts_go_through_the_catalogs_own_files_and_twice_the_same(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    catalog = run(tmp_path)
    rows = catalog.load("pantry.receipts_table")
    assert list(rows.columns) == list(RECEIPTS.names)
    assert rows.equals(catalog.load("pantry.receipt_rows"))
    assert not rows.duplicated(list(RECEIPTS.key)).any()
    for column in RECEIPTS.columns:
        assert not (column.required and rows[column.name].isna().any()), column
    assert set(rows["item_name"].dropna()) == {"milk", "eggs", "coconut milk", "butter"}
    assert rows["image_url"].notna().sum() > 40
    for name in ("collection", "pictures", "lines", "totals", "rejects", "images", "bucket", "rows"):
        assert catalog[f"pantry.receipt_{name}"].preview(), name
    before = contents(tmp_path)
    assert len([name for name in before if name.endswith(".png")]) == 11
    run(tmp_path)
    assert contents(tmp_path) == before


def test_rows_have_the_types_of_the_table():
    lines, _, _, _ = read_receipts(raw(record("a", {"nm": "ZORB & SONS MILK", "price": "2"})), params())
    images = lines[["receipt_id"]].assign(image_file="a.png", url="b/a.png")
    rows = match_items(lines, images, FOODS, KNOWLEDGE, params())
    kinds = {"text": "str", "number": "float64", "time": "datetime64[s]"}
    for column in RECEIPTS.columns:
        assert str(rows[column.name].dtype) == ("category" if column.category else kinds[column.kind]), column
    assert rows.loc[0, ["item_id", "match_score", "image_url"]].tolist() == ["I_milk", 1.0, "b/a.png"]


def test_a_discount_is_no_food_and_what_is_taken_back_is_one():
    menu = [{"nm": "MILK", "price": "2.00"}, {"nm": "MILK", "price": "-0.50"}]
    taken = record("a", *menu)
    taken["gt_parse"]["void_menu"] = {"nm": "MILK", "price": "2.00"}
    lines, totals, _, _ = read_receipts(raw(taken), params())
    rows = match_items(lines, totals.head(0).assign(url=""), FOODS, KNOWLEDGE, params())
    assert rows["item_name"].tolist()[0::2] == ["milk", "milk"] and rows["item_name"].isna().tolist()[1]
    assert rows["count"].tolist()[2] == -1 and rows["image_url"].isna().all()
