"""Ingestion and validation through the catalog's own files: what is written reads back the same."""

import json
from pathlib import Path

import pytest
from kedro.config import OmegaConfigLoader
from kedro.io import DataCatalog
from kedro.runner import SequentialRunner

from pantrypilot.kitchen.frames import from_frame
from pantrypilot.kitchen.records import LabelledRecipe
from pantrypilot.pipelines.ingestion import pipeline as ingestion
from pantrypilot.pipelines.validation import pipeline as validation
from pantrypilot.pipelines.validation.params import ValidationParams

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "data"
FILES = ["generator/catalog_ingestion.yml", "generator/catalog_validation.yml"]
LAYERS = ["raw", "intermediate", "primary", "feature", "model_input", "models", "model_output", "reporting"]


def load_config(tmp_path, recipes):
    """The catalog of the two stages with all paths under `tmp_path`, and the stage's parameters."""
    loader = OmegaConfigLoader(
        str(ROOT / "conf"),
        base_env="base",
        default_run_env="base",
        runtime_params={"recipes": recipes},
        config_patterns={
            "catalog": FILES,
            "parameters": ["generator/parameters_validation.yml"],
            "globals": ["globals.yml", "diets.yml"],
        },
    )
    loader["globals"] = {**loader["globals"], "paths": {layer: str(tmp_path / layer) for layer in LAYERS}}
    return loader["catalog"], loader["parameters"]


def run(tmp_path, recipes):
    entries, parameters = load_config(tmp_path, recipes)
    catalog = DataCatalog.from_config(entries)
    catalog["params:generator.validation"] = ValidationParams(**parameters["generator"]["validation"])
    SequentialRunner().run(ingestion.create_pipeline() + validation.create_pipeline(), catalog)
    return catalog


def test_every_entry_has_a_layer_that_kedro_viz_knows(tmp_path):
    entries, _ = load_config(tmp_path, "corpus:x")
    assert {entry["metadata"]["kedro-viz"]["layer"] for entry in entries.values()} <= set(LAYERS)


def test_every_output_of_the_stages_is_in_the_catalog(tmp_path):
    entries, _ = load_config(tmp_path, "corpus:x")
    stages = ingestion.create_pipeline() + validation.create_pipeline()
    assert stages.all_outputs() <= set(entries)


def test_the_corpus_goes_through_both_stages_and_reads_back_as_records(tmp_path):
    catalog = run(tmp_path, f"corpus:{ROOT / 'data/01_raw/recipes'}")
    labelled = from_frame(catalog.load("generator.labelled_recipes"), LabelledRecipe)
    counts = json.loads((tmp_path / "reporting/generator/ingestion_counts.json").read_text())
    rejects = catalog.load("generator.recipe_diet_rejects")
    assert len(labelled) + len(rejects) == counts["kept"] and len(labelled) >= 300
    assert {"vegetarian", "vegan"} <= {diet for recipe in labelled for diet in recipe.diets}
    for name in ("generator.recipes", "generator.ingredient_verdicts", "generator.distribution"):
        assert len(catalog[name].preview(nrows=2)["data"]) == 2
    assert catalog["generator.distribution_plot"].preview()["data"]


@pytest.mark.realdata
def test_all_of_whats_cooking_goes_through_both_stages(tmp_path):
    source = SHARED / "whats_cooking" / "train.json.gz"
    if not source.exists():
        pytest.skip(f"the development data is not at {SHARED}")
    catalog = run(tmp_path, f"whats_cooking:{source}")
    labelled = catalog.load("generator.distribution").query("diet == 'any'")["n"].sum()
    too_long = len(catalog.load("generator.recipe_diet_rejects"))
    assert labelled + too_long == catalog.load("generator.ingestion_counts")["kept"] == 39_589
    assert labelled > 27_000
