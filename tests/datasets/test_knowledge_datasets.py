"""Diet knowledge, dishes and foods as catalog entries: packaged, with the user's own over them."""

import pytest
from kedro.config import OmegaConfigLoader
from kedro.io import DataCatalog, DatasetError

from pantrypilot.datasets import DietKnowledgeDataset, DishesDataset, FoodsDataset
from pantrypilot.diets import Judge, Knowledge
from pantrypilot.kitchen.dishes import load_dishes
from pantrypilot.kitchen.foods import load_foods
from pantrypilot.settings import CONFIG_LOADER_ARGS
from project_toys import ROOT, config


def entry(loader, name="diet_knowledge", task="generator"):
    return DataCatalog.from_config({"k": loader["catalog"][f"{task}.{name}"]})


def test_without_a_word_of_the_users_it_is_the_packaged_knowledge():
    assert entry(config()).load("k") is Knowledge.load()
    assert entry(config(), "dishes").load("k") is load_dishes()
    assert entry(config(), "foods", "pantry").load("k") is load_foods()


@pytest.fixture
def conf(tmp_path):
    """A copy of the base configuration, for a user to write in."""
    for file in (ROOT / "conf/base").rglob("*.yml"):
        copy = tmp_path / file.relative_to(ROOT / "conf")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text())
    (tmp_path / "local").mkdir()
    return tmp_path


def test_what_the_user_writes_in_diets_yml_decides_verdicts(conf):
    (conf / "base/diets.yml").write_text(
        "diets:\n  classes: {fish_sauce: {names: [aunt mai's drops]}}\n  diets: {no-fish: {forbids: [fish]}}\n"
    )
    (conf / "local/diets.yml").write_text("diets: {diets: {no-beef: {forbids: [beef]}}}\n")
    judge = Judge(entry(OmegaConfigLoader(str(conf), **CONFIG_LOADER_ARGS)).load("k"))
    assert judge.judge("aunt mai's drops", "no-fish").verdict == "forbidden"
    assert judge.judge("beef", "no-beef").verdict == "forbidden"


def test_a_wrong_override_names_the_nearest_right_word():
    with pytest.raises(DatasetError, match=r"'prok'.*Did you mean 'pork'"):
        DietKnowledgeDataset({"diets": {"x": {"forbids": ["prok"]}}, "classes": {}}).load()


def test_its_preview_shows_the_diets():
    table = DietKnowledgeDataset({"diets": {"no-beef": {"forbids": ["beef"], "description": "no beef"}}}).preview()
    assert ["no-beef", "beef", "", "", "no beef", ""] in table["data"]


def test_what_the_user_writes_in_dishes_yml_decides_how_dishes_are_cooked(conf):
    (conf / "base/dishes.yml").write_text("dishes: {openers: [Wash both your hands before you begin.]}\n")
    dishes = entry(OmegaConfigLoader(str(conf), **CONFIG_LOADER_ARGS), "dishes").load("k")
    assert dishes.data.openers == ("Wash both your hands before you begin.",)
    assert dishes.data.forms == load_dishes().data.forms


def test_a_wrong_form_names_the_nearest_right_word():
    with pytest.raises(DatasetError, match="Did you mean 'forms'"):
        DishesDataset({"form": {"x": {}}}).load()


def test_the_preview_of_dishes_shows_their_forms():
    table = DishesDataset().preview()
    assert "noodle_bowl" in [row[0] for row in table["data"]]


def test_what_the_user_writes_in_foods_yml_is_in_the_table_of_foods(conf):
    (conf / "base/foods.yml").write_text("foods: {categories: {dairy: {foods: {milk: {cost: 1.6}}}}}\n")
    foods = entry(OmegaConfigLoader(str(conf), **CONFIG_LOADER_ARGS), "foods", "pantry").load("k")
    assert foods["milk"].unit_cost == 1.6
    assert foods["yogurt"] == load_foods()["yogurt"]


def test_a_wrong_food_names_the_nearest_right_word():
    with pytest.raises(DatasetError, match="Did you mean 'dairy'"):
        FoodsDataset({"categories": {"diary": {"foods": {}}}}).load()


def test_the_preview_of_foods_is_text_and_numbers():
    table = FoodsDataset().preview()
    assert "milk" in [row[0] for row in table["data"]]
    assert all(isinstance(cell, str | int | float) for row in table["data"] for cell in row)
