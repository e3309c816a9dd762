"""The stage through its own catalog files: what is written reads back the same, twice the same, and fast."""

import time
from pathlib import Path

import pandas as pd
import pytest
from kedro.config import OmegaConfigLoader
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from transformation_toys import BOUGHT, FOODS, STOCKED, UNITS, USAGE, many, many_foods

from pantrypilot.pipelines import transformation
from pantrypilot.pipelines.transformation.params import UnitParams, UsageParams
from pantrypilot.pipelines.transformation.purchases import derive_purchases
from pantrypilot.pipelines.transformation.stock import derive_stock
from pantrypilot.pipelines.transformation.units import convert_units, list_unit_rejects

ROOT = Path(__file__).parents[3]
OUTPUTS = ["pantry.conversions", "pantry.purchases", "pantry.stock", "pantry.unit_rejects"]


def catalog(folder, inventory, purchases, **given):
    loader = OmegaConfigLoader(
        str(ROOT / "conf"),
        base_env="base",
        default_run_env="base",
        runtime_params=given,
        config_patterns={
            "catalog": ["pantry/catalog_transformation.yml"],
            "parameters": ["pantry/parameters_transformation.yml"],
            "globals": ["globals.yml"],
        },
    )
    loader["globals"] = {**loader["globals"], "paths": {"primary": str(folder), "reporting": str(folder / "reporting")}}
    parameters = loader["parameters"]["pantry"]
    made = DataCatalog.from_config(loader["catalog"])
    made["params:pantry.units"] = MemoryDataset(UnitParams(**parameters["units"]), copy_mode="assign")
    made["params:pantry.usage"] = MemoryDataset(UsageParams(**parameters["usage"]), copy_mode="assign")
    made["params:pantry.as_of"] = MemoryDataset(parameters["as_of"])
    tables = {"valid_inventory": inventory, "valid_purchases": purchases, "foods": many_foods()}
    for name, table in tables.items():
        made[f"pantry.{name}"] = MemoryDataset(table)
    return made


def files(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_every_output_is_a_parquet_file_and_a_csv_with_the_same_rows(tmp_path):
    inventory, purchases = many(STOCKED, 500, 20), many(BOUGHT, 3_000, 20)
    made = catalog(tmp_path, inventory, purchases)
    SequentialRunner().run(transformation.create_pipeline(), made)
    assert transformation.create_pipeline().all_outputs() == set(OUTPUTS)
    rows = {}
    for name in OUTPUTS:
        stored = made.load(name)
        rows[name] = len(stored)
        beside = pd.read_csv(made[name]._filepath.with_suffix(".csv"))
        assert list(beside) == list(stored) and len(beside) == len(stored)
        assert made[name].preview(nrows=2)["columns"] == list(stored)
    assert rows["pantry.stock"] + rows["pantry.purchases"] + rows["pantry.unit_rejects"] == 3_500
    stock = made.load("pantry.stock")
    assert set(stock["unit"]) == {"g", "ml", "pcs"}
    given = inventory.loc[inventory["unit"] != "firkin"]
    assert stock["stock_value"].to_numpy() == pytest.approx((given["quantity"] * given["unit_cost"]).to_numpy())


def test_two_runs_write_the_same_bytes(tmp_path):
    inventory, purchases = many(STOCKED, 200, 10), many(BOUGHT, 900, 10)
    for name in ("one", "two"):
        SequentialRunner().run(transformation.create_pipeline(), catalog(tmp_path / name, inventory, purchases))
    assert files(tmp_path / "one") == files(tmp_path / "two") and len(files(tmp_path / "one")) == 8


@pytest.mark.realdata
def test_the_background_projects_tables_go_through_with_every_dollar_of_their_stock():
    folder = ROOT.parent / "shared" / "data" / "pantrypilot"
    if not folder.exists():
        pytest.skip(f"the development data is not at {folder.parent}")
    dates = ["expiry_date", "last_updated", "purchase_date"]
    stocked, bought = (
        pd.read_csv(folder / f"pantrypilot_{name}_u20_i60_shared_ids.csv") for name in ("inventory", "purchase")
    )
    stocked, bought = (
        table.astype({name: "datetime64[s]" for name in dates if name in table}) for table in (stocked, bought)
    )
    conversions = convert_units(stocked, bought, FOODS, UNITS)
    purchases = derive_purchases(bought, conversions)
    stock = derive_stock(stocked, purchases, conversions, USAGE, "latest")
    assert list_unit_rejects(stocked, bought, conversions).empty
    assert (len(stock), len(purchases)) == (1_000, 6_000)
    assert stock["stock_value"].sum() == pytest.approx((stocked["quantity"] * stocked["unit_cost"]).sum())
    # its tables hold milk in g, L, pcs and packs: what leads nowhere is said to
    assert conversions.loc[~conversions["is_canonical"], "how"].str.contains("known").all()


def test_the_day_can_be_given_when_a_run_starts(tmp_path):
    tables = many(STOCKED, 30, 3), many(BOUGHT, 90, 3)
    made = catalog(tmp_path, *tables, as_of="2026-12-24")
    SequentialRunner().run(transformation.create_pipeline(), made)
    assert made.load("pantry.stock")["as_of"].unique().tolist() == [pd.Timestamp("2026-12-24")]


def test_three_hundred_thousand_rows_take_seconds(tmp_path):
    """Row by row they would take minutes."""
    inventory, purchases = many(STOCKED, 50_000, 1_000), many(BOUGHT, 250_000, 1_000)
    start = time.perf_counter()
    SequentialRunner().run(transformation.create_pipeline(), catalog(tmp_path, inventory, purchases))
    assert time.perf_counter() - start < 10
