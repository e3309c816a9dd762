"""Validation through the catalog's own files: what is stored, and what a critical failure leaves alone."""

import os
import subprocess
import sys

import pandas as pd
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from household_checks import KNOWLEDGE, ToyFoods, inventory, limits, put, suites, tables
from pantrypilot.pipelines.validation.pantry.pipeline import TABLES, create_pipeline
from pantrypilot.pipelines.validation.pantry.recording import ValidationStop, table_of_validation
from project_toys import config, contents

# the time of a run stands in it
GROWING = "08_reporting/pantry/validation_summary.csv"


def run(folder, **changed):
    """All nodes on toy snapshots, into files below `folder`. Returns the catalog."""
    entries = config()["catalog"]
    wanted = ("pantry.checks_", "pantry.failing_", "pantry.valid", "pantry.invalid_rows", "pantry.data_docs")
    own = {name: entry for name, entry in entries.items() if name.startswith(wanted)}
    for entry in own.values():
        entry["filepath"] = entry["filepath"].replace("data/", f"{folder}/", 1)
    catalog = DataCatalog.from_config(own)
    for table, name in TABLES.items():
        catalog[f"pantry.{table}_snapshot"] = MemoryDataset({**tables(), **changed}[name])
        catalog[f"params:pantry.suites.{name}"] = MemoryDataset(suites()[name])
    catalog["params:pantry.validation"] = MemoryDataset(limits())
    catalog["params:pantry.as_of"] = MemoryDataset("latest")
    catalog["pantry.foods"], catalog["generator.diet_knowledge"] = MemoryDataset(ToyFoods()), MemoryDataset(KNOWLEDGE)
    SequentialRunner().run(create_pipeline(), catalog)
    return catalog


def test_rows_are_valid_or_kept_apart_and_the_counts_add_up(tmp_path):
    frame = put(put(inventory(), "quantity", [3], -1.0), "unit", [5], "blorps")
    catalog = run(tmp_path, inventory=frame)
    valid, invalid = catalog.load("pantry.valid_inventory"), catalog.load("pantry.invalid_rows")
    assert len(frame) == len(valid) + len(invalid) and list(invalid["row"]) == [3, 5]
    pd.testing.assert_frame_equal(
        valid.astype(frame.dtypes), frame.drop(index=[3, 5]).reset_index(drop=True), check_categorical=False
    )
    for table, name in TABLES.items():
        if name != "inventory":
            assert len(catalog.load(f"pantry.valid_{table}")) == len(tables()[name])
    assert (tmp_path / "08_reporting/pantry/invalid_rows.csv").read_text().count("blorps") == 2
    for name in ("pantry.invalid_rows", "pantry.validation_summary", "pantry.valid_inventory"):
        assert catalog[name].preview()["data"]


def test_a_summary_line_a_table_is_added_by_every_run_and_all_else_stays_the_same_byte_for_byte(tmp_path):
    catalog = run(tmp_path)
    before = contents(tmp_path)
    run(tmp_path)
    after = contents(tmp_path)
    assert after.pop(GROWING).startswith(before.pop(GROWING)) and before == after
    summary = catalog.load("pantry.validation_summary")
    assert list(summary.columns) == [
        "time", "dataset", "suite", "status", "failed_expectations", "rows", "invalid_rows"
    ]  # fmt: skip
    assert list(summary["dataset"]) == [*TABLES.values()] * 2 and set(summary["status"]) == {"PASS"}


def test_a_critical_failure_stops_the_run_after_the_reports_and_leaves_the_last_good_tables(tmp_path):
    run(tmp_path)
    before = contents(tmp_path)
    doubled = pd.concat([inventory(), inventory().iloc[[0]]], ignore_index=True)
    with pytest.raises(ValidationStop) as stop:
        run(tmp_path, inventory=doubled)
    told = "inventory: key_is_unique: a household's food stands in the table once; found: 2 of 25 rows"
    assert told in str(stop.value)
    assert "pantry.data_docs" in str(stop.value)
    after = contents(tmp_path)
    valid = {name for name in before if "valid_" in name and name.startswith("02")}
    assert len(valid) == 4 and all(after[name] == before[name] for name in valid)
    assert b"inventory,inventory_suite,FAIL,key_is_unique,25,2\n" in after[GROWING]
    changed = {name for name in after if before.get(name) != after[name]}
    assert {"08_reporting/pantry/invalid_rows.parquet", "08_reporting/pantry/invalid_rows.csv"} <= changed
    assert any("data_docs/validations/inventory_suite" in name for name in changed)


def test_the_table_for_a_terminal_has_a_line_a_table_and_one_a_finding(tmp_path):
    catalog = run(tmp_path, inventory=put(inventory(), "quantity", [3], -1.0))
    text = table_of_validation(catalog.load("pantry.validation_verdict"))
    assert text.isascii() and max(map(len, text.splitlines())) <= 116
    assert "inventory: quantity_above_zero (critical): 1 of 24 rows" in text
    assert any(line.split()[:3] == ["inventory", "|", "PASS"] for line in text.splitlines())


def test_nothing_calls_home_and_the_graph_does_not_load_great_expectations():
    code = (
        "import sys, os; from pantrypilot.pipelines.validation import create_pipeline; create_pipeline();"
        "print('great_expectations' in sys.modules, 'pandas' in sys.modules, os.environ['GX_ANALYTICS_ENABLED'])"
    )
    told = {**os.environ, "GX_ANALYTICS_ENABLED": "true"}
    shown = subprocess.run([sys.executable, "-c", code], env=told, capture_output=True, text=True, check=True).stdout
    assert shown.split() == ["False", "False", "false"]
