"""The pipeline on a bare catalog, and through the catalog's own files."""

import json

import pandas as pd
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from monitoring_toys import (
    alert_params,
    big_purchases,
    big_stock,
    drift_params,
    page_params,
    set_aside,
    toy_bias_params,
    toy_foods,
    toy_households,
    validation_summary,
)

from pantrypilot.datasets import LastValuesDataset
from pantrypilot.pipelines import monitoring
from project_toys import SEED, config, contents

LAST = "pantry.last_distributions"
OUTPUTS = ("alerts", "bias_check", "distributions", "drift", "profile", "report", "summary")


def inputs(stock) -> dict[str, MemoryDataset]:
    given = {
        "pantry.stock": stock,
        "pantry.purchases": big_purchases(3000, users=20),
        "pantry.households_snapshot": toy_households(20),
        "pantry.foods": toy_foods(),
        "pantry.invalid_rows": set_aside(),
        "pantry.unit_rejects": set_aside(),
        "pantry.validation_summary": validation_summary(),
        "params:pantry.monitoring.alerts": alert_params(),
        "params:pantry.monitoring.bias": toy_bias_params(draws=99, deals=99),
        "params:pantry.monitoring.drift": drift_params(),
        "params:pantry.monitoring.page": page_params(),
        "params:pantry.as_of": "latest",
        "params:seed": SEED,
    }
    return {name: MemoryDataset(value, copy_mode="assign") for name, value in given.items()}


@pytest.fixture
def run(tmp_path):
    """A run through the files of conf/base/pantry, below a folder of its own; returns the catalog."""
    entries = {
        name: {**entry, "filepath": entry["filepath"].replace("data/", f"{tmp_path}/", 1)}
        for name, entry in config()["catalog"].items()
        if name in {LAST, *(f"pantry.{output}" for output in OUTPUTS)}
    }

    def go(stock) -> DataCatalog:
        catalog = DataCatalog.from_config(entries)
        for name, dataset in inputs(stock).items():
            catalog[name] = dataset
        SequentialRunner().run(monitoring.create_pipeline(), catalog)
        return catalog

    return go


def test_a_run_on_a_bare_catalog_ends_in_the_page_and_the_summary():
    catalog = DataCatalog({**inputs(big_stock(1000)), LAST: MemoryDataset({})})
    outputs = SequentialRunner().run(monitoring.create_pipeline(), catalog)
    assert "<html" in outputs["pantry.report"].load() and "Alerts:" in outputs["pantry.summary"].load()


def test_a_second_run_on_the_same_data_changes_no_byte(run, tmp_path):
    run(big_stock(1000))
    first = contents(tmp_path)
    assert len(first) == len(OUTPUTS)
    run(big_stock(1000))
    assert contents(tmp_path) == first


def test_a_run_on_a_new_snapshot_finds_its_drift_and_a_repetition_keeps_it(run, tmp_path):
    run(big_stock(1000))
    later = big_stock(1000)
    later["quantity"] *= 3
    drift = run(later).load("pantry.drift")
    assert drift.loc[drift["verdict"] == "drifted", "column"].tolist() == ["quantity"]
    second = contents(tmp_path)
    run(later)
    assert contents(tmp_path) == second


def test_the_files_read_back_as_they_were_written(run):
    catalog = run(big_stock(1000))
    alerts = catalog.load("pantry.alerts")
    assert {"Expired", "Low Stock"} <= set(alerts["issue_type"]) and alerts["quantity"].str.contains(" ").all()
    assert alerts["expiry_date"].isna().any() and pd.api.types.is_numeric_dtype(alerts["days"])
    assert catalog.load("pantry.profile")["top_values"].notna().any()
    for name in ("pantry.alerts", "pantry.profile", "pantry.drift", "pantry.summary"):
        assert catalog[name].preview()


def test_names_that_look_like_numbers_or_nulls_stay_texts(run):
    stock = big_stock(100)
    stock["user_id"] = pd.Categorical(["007"] * 100)
    stock["item_name"] = pd.Categorical(["NA"] * 100)
    alerts = run(stock).load("pantry.alerts")
    assert set(alerts["user_id"]) == {"007"} and set(alerts["item_name"]) == {"NA"}


def test_what_the_last_run_left_is_empty_before_the_first_and_never_written(tmp_path):
    file = tmp_path / "distributions.json"
    last = LastValuesDataset(filepath=str(file))
    assert last.load() == {}
    with pytest.raises(Exception, match="read here"):
        last.save({"a": 1})
    file.write_text(json.dumps({"a": 1}))
    assert last.load() == {"a": 1}
