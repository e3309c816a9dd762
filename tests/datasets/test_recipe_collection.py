"""The recipe collection as a catalog entry."""

import inspect
import subprocess
import sys

import pytest
from kedro.io import DataCatalog, DatasetError

from pantrypilot.datasets import RecipeCollectionDataset

DISH = "- {title: %s, ingredients: [{name: tofu}, {name: rice}], steps: [Fry.]}\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A Kedro project with 30 recipes, seen from a folder inside it."""
    (tmp_path / "pyproject.toml").write_text("[tool.kedro]\npackage_name='p'\nproject_name='p'\n")
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "thai.yml").write_text("".join(DISH % f"Dish {i}" for i in range(30)))
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path


def test_a_path_is_relative_to_the_project_wherever_one_stands(project):
    catalog = DataCatalog({"r": RecipeCollectionDataset(collection="corpus:recipes")})
    assert catalog.exists("r")
    assert len(list(catalog.load("r"))) == 30


def test_a_preview_shows_the_first_rows_as_a_table_of_kedro_viz(project):
    dataset = RecipeCollectionDataset(collection="corpus:recipes", metadata={"kedro-viz": {"layer": "raw"}})
    table = dataset.preview()
    assert len(table["data"]) == len(table["index"]) == 20 and len(dataset.preview(nrows=3)["data"]) == 3
    assert all(len(row) == len(table["columns"]) for row in table["data"])
    assert "TablePreview" in str(inspect.signature(dataset.preview).return_annotation)


def test_a_missing_path_and_an_unknown_format_are_told_when_loading_not_when_listing(project):
    missing = RecipeCollectionDataset(collection="corpus:nowhere")
    assert not missing.exists()
    with pytest.raises(DatasetError, match="No recipes at"):
        missing.load()
    with pytest.raises(DatasetError, match="Did you mean 'corpus'"):
        RecipeCollectionDataset(collection="corpsu:recipes").load()


def test_nothing_is_saved_to_a_source(project):
    with pytest.raises(DatasetError, match="nothing is saved"):
        RecipeCollectionDataset(collection="corpus:recipes").save([])


def test_the_module_imports_nothing_heavy():
    code = """
import kedro.io, kedro.utils, sys
old = set(sys.modules)
from pantrypilot.datasets import RecipeCollectionDataset
print({"pandas", "ijson", "mlx", "plotly", "pyarrow"} & (set(sys.modules) - old))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
