"""Diet knowledge as a catalog entry: packaged, with the user's own over it."""

import pytest
from kedro.config import OmegaConfigLoader
from kedro.io import DataCatalog, DatasetError

from pantrypilot.datasets import DietKnowledgeDataset
from pantrypilot.diets import Judge, Knowledge
from pantrypilot.settings import CONFIG_LOADER_ARGS
from project_toys import ROOT, config


def entry(loader):
    return DataCatalog.from_config({"k": loader["catalog"]["generator.diet_knowledge"]})


def test_without_a_word_of_the_users_it_is_the_packaged_knowledge():
    assert entry(config()).load("k") is Knowledge.load()


def test_what_the_user_writes_in_diets_yml_decides_verdicts(tmp_path):
    for file in (ROOT / "conf/base").rglob("*.yml"):
        copy = tmp_path / file.relative_to(ROOT / "conf")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text())
    (tmp_path / "local").mkdir()
    (tmp_path / "base/diets.yml").write_text(
        "diets:\n  classes: {fish_sauce: {names: [aunt mai's drops]}}\n  diets: {no-fish: {forbids: [fish]}}\n"
    )
    (tmp_path / "local/diets.yml").write_text("diets: {diets: {no-beef: {forbids: [beef]}}}\n")
    judge = Judge(entry(OmegaConfigLoader(str(tmp_path), **CONFIG_LOADER_ARGS)).load("k"))
    assert judge.judge("aunt mai's drops", "no-fish").verdict == "forbidden"
    assert judge.judge("beef", "no-beef").verdict == "forbidden"


def test_a_wrong_override_names_the_nearest_right_word():
    with pytest.raises(DatasetError, match=r"'prok'.*Did you mean 'pork'"):
        DietKnowledgeDataset({"diets": {"x": {"forbids": ["prok"]}}, "classes": {}}).load()


def test_its_preview_shows_the_diets():
    table = DietKnowledgeDataset({"diets": {"no-beef": {"forbids": ["beef"], "description": "no beef"}}}).preview()
    assert ["no-beef", "beef", "", "", "no beef", ""] in table["data"]
