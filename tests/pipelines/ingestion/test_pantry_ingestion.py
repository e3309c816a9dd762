"""Ingestion of the households through the catalog: tables, snapshots, counts, and the same again."""

import json
import logging
from pathlib import Path

import pandas as pd
import pytest
from kedro.config import OmegaConfigLoader
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from pantry_toys import embedded, execute, households, inventory, purchases, server, table
from pantrypilot.kitchen.tables import TABLES
from pantrypilot.kitchen.typed import TableError
from pantrypilot.pipelines.ingestion.pantry.pipeline import create_pipeline

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared/data/pantrypilot"
SYNTHETIC = {"households": households(), "synthetic_inventory": inventory(), "synthetic_purchases": purchases()}
PATHS = ("snapshots", "reporting")


@pytest.fixture(autouse=True)
def empty_database(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    execute(embedded(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def run(folder: Path, synthetic=SYNTHETIC, **runtime_params: object) -> DataCatalog:
    """Ingestion with the project's own catalog, its files below `folder`."""
    loader = OmegaConfigLoader(
        str(ROOT / "conf"),
        base_env="base",
        default_run_env="base",
        runtime_params=runtime_params,
        config_patterns={"catalog": ["pantry/catalog_ingestion.yml"], "globals": ["globals.yml"]},
    )
    paths = {name: str(folder / name) for name in PATHS} | {"database": str(server())}
    loader["globals"] = {**loader["globals"], "paths": paths}
    catalog = DataCatalog.from_config(loader["catalog"], loader["credentials"])
    # of a catalog file of its own
    catalog["pantry.receipts_table"] = table("receipts", folder / "snapshots", "public")
    for name, frame in synthetic.items():
        catalog[f"pantry.{name}"] = MemoryDataset(frame)
    SequentialRunner().run(create_pipeline(), catalog)
    return catalog


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def counted(catalog: DataCatalog, column: str) -> dict[str, int]:
    return catalog.load("pantry.snapshot_counts").set_index("table")[column].to_dict()


def test_a_first_run_lands_every_table_as_parquet_and_csv(tmp_path):
    catalog = run(tmp_path)
    for name, schema in (("households", "households"), ("inventory", "inventory"), ("purchases", "purchase_history")):
        given = SYNTHETIC.get(name, SYNTHETIC.get(f"synthetic_{name}"))
        pd.testing.assert_frame_equal(catalog.load(f"pantry.{name}_snapshot"), given)
        csv = pd.read_csv(tmp_path / f"snapshots/{schema}.csv")
        assert tuple(csv) == TABLES[schema].names and len(csv) == len(given)
        assert len(catalog.load(f"pantry.{name}_rejects")) == len(catalog.load(f"pantry.{name}_upload_rejects")) == 0
    assert counted(catalog, "new") == {"households": 4, "inventory": 20, "purchase_history": 40, "receipts": 0}


def test_running_twice_changes_nothing(tmp_path):
    run(tmp_path)
    before = files(tmp_path / "snapshots")
    assert len(before) == 12
    catalog = run(tmp_path)
    assert files(tmp_path / "snapshots") == before
    assert counted(catalog, "read") == {"households": 0, "inventory": 0, "purchase_history": 0, "receipts": 0}
    run(tmp_path, full=True)
    assert {name: file for name, file in files(tmp_path / "snapshots").items() if "mark" not in name} == {
        name: file for name, file in before.items() if "mark" not in name
    }


def test_a_row_that_somebody_changed_in_the_database_is_what_the_next_run_moves(tmp_path):
    run(tmp_path)
    execute(embedded(), "UPDATE inventory SET quantity = 9, last_updated = '2026-11-02' WHERE item_id = 'I_001'")
    catalog = run(tmp_path)
    assert counted(catalog, "changed") == {"households": 0, "inventory": 4, "purchase_history": 0, "receipts": 0}
    assert counted(catalog, "read") == {"households": 0, "inventory": 4, "purchase_history": 0, "receipts": 0}
    assert catalog.load("pantry.inventory_snapshot").query("item_id == 'I_001'")["quantity"].tolist() == [9.0] * 4


def test_snapshots_follow_the_parameters_of_the_households_and_not_what_was_there_before(tmp_path):
    run(tmp_path / "a")
    other = {"households": households(3), "synthetic_inventory": inventory(3, 5, seed=8),
             "synthetic_purchases": purchases(3, 12, seed=8)}  # fmt: skip
    run(tmp_path / "a", other)
    execute(embedded(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    run(tmp_path / "b", other)
    assert {name: file for name, file in files(tmp_path / "a/snapshots").items() if "mark" not in name} == {
        name: file for name, file in files(tmp_path / "b/snapshots").items() if "mark" not in name
    }


def test_own_tables_take_the_place_of_the_synthetic_ones_and_what_is_left_out_adds_up(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    mine = inventory(2, 6, seed=5).astype(object)
    mine.loc[3, "expiry_date"] = "in the autumn"
    pd.concat([mine, mine.head(1)]).to_csv(folder / "inventory.csv", index=False)
    run(tmp_path)
    catalog = run(tmp_path, tables=str(folder))
    assert counted(catalog, "in_snapshot") == {"households": 0, "inventory": 11, "purchase_history": 0, "receipts": 0}
    rejects = catalog.load("pantry.inventory_upload_rejects")
    assert rejects[["row", "column"]].values.tolist() == [[5, "expiry_date"], [2, "last_updated"]]
    assert len(catalog.load("pantry.inventory_snapshot")) + len(rejects) == 13


def test_bad_tables_stop_the_run_before_anything_is_changed(tmp_path):
    run(tmp_path)
    before = files(tmp_path)
    (tmp_path / "mine").mkdir()
    inventory().drop(columns="unit").to_csv(tmp_path / "mine/inventory.csv", index=False)
    with pytest.raises(TableError, match="The table inventory lacks the column unit"):
        run(tmp_path, tables=str(tmp_path / "mine"))
    after = files(tmp_path)
    assert {name: after[name] for name in before if "inventory" in name or "purchase" in name} == {
        name: file for name, file in before.items() if "inventory" in name or "purchase" in name
    }
    assert execute(embedded(), "SELECT count(*) FROM inventory") == [(20,)]


@pytest.mark.realdata
def test_the_background_projects_own_tables_pass_through(tmp_path, caplog):
    if not REAL.is_dir():
        pytest.skip(f"the development data is not at {REAL}")
    with caplog.at_level(logging.WARNING):
        catalog = run(tmp_path, tables=str(REAL))
    found, bought = catalog.load("pantry.inventory_snapshot"), catalog.load("pantry.purchases_snapshot")
    refused = catalog.load("pantry.inventory_upload_rejects"), catalog.load("pantry.purchases_upload_rejects")
    assert (len(found) + len(refused[0]), len(bought) + len(refused[1])) == (1000, 6000)
    assert set(refused[0]["reason"]) | set(refused[1]["reason"]) <= {
        "the key of another row, which changed later or stands below"
    }
    assert bought["last_updated"].equals(bought["purchase_date"].rename("last_updated"))
    assert not found.duplicated(["user_id", "item_id"]).any() and {"oz", "lb", "pack"} <= set(found["unit"])
    assert json.loads((tmp_path / "reporting/pantry/inventory_counts.json").read_text())["rejected"] == 0
