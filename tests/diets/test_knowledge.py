"""The knowledge is checked on load, and a mistake names the nearest right word."""

import re
from pathlib import Path

import pytest
import yaml

from pantrypilot.diets import Knowledge, KnowledgeError, UnknownDiet, judge, loading


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"clases": {}}, "'classes'"),
        ({"classes": {"toffu": {"is_a": ["soy_foood"]}}}, "'soy_food'"),
        ({"classes": {"x": {"isa": ["meat"]}}}, "'is_a'"),
        ({"diets": {"mine": {"forbids": ["dairi"]}}}, "'dairy'"),
        ({"diets": {"mine": {"forbid": ["dairy"]}}}, "'forbids'"),
        ({"classes": {"x": {"names": [True]}}}, "in quotes"),
        ({"classes": {"x": {"names": ["fizz"]}, "y": {"names": ["Fizz"]}}}, "two classes"),
        ({"classes": {"meat": {"is_a": ["beef"]}}}, "circle"),
        ({"diets": {"mine": {"aliases": ["Vegan"]}}}, "two diets"),
    ],
)
def test_a_mistake_in_an_override_names_the_nearest_right_word(overrides, says):
    with pytest.raises(KnowledgeError, match=says):
        Knowledge.load(overrides)


def test_an_unknown_diet_names_the_nearest_one():
    with pytest.raises(UnknownDiet, match="Did you mean 'vegan'"):
        judge("tofu", "vegen")


@pytest.mark.parametrize(
    "spelling",
    ["dairy free", "Dairy-Free", "dairy_free", "no dairy", "milk free", "non-dairy", "milk allergy"],
)
def test_a_diet_is_known_in_many_spellings(spelling):
    assert Knowledge.load().diet(spelling).key == "dairy-free"


def test_a_name_is_of_a_class_just_when_the_class_lists_it():
    knowledge = Knowledge.load()
    for food_class in ("egg", "dairy", "gluten", "poultry"):
        listed = set(knowledge.names_of(food_class))
        for food in knowledge.classes.values():
            for name in food.names:
                assert (name in listed) == (food_class in knowledge.classes_of(name))


def test_names_of_can_leave_out_what_only_contains_it():
    knowledge = Knowledge.load()
    assert "mayonnaise" in knowledge.names_of("egg")
    assert "mayonnaise" not in knowledge.names_of("egg", contents=False)


def test_an_override_moves_a_name_and_leaves_the_packaged_knowledge_alone():
    mine = Knowledge.load({"classes": {"my_bread": {"is_a": ["plant"], "names": ["baguette"]}}})
    assert "gluten" not in mine.classes_of("baguette")
    assert "gluten" in Knowledge.load().classes_of("baguette")


def test_the_fourteen_allergens_of_the_eu_are_diets():
    for thing in (
        "gluten",
        "crustacean",
        "egg",
        "fish",
        "peanut",
        "soy",
        "milk",
        "tree-nut",
        "celery",
        "mustard",
        "sesame",
        "sulphite",
        "lupin",
        "mollusc",
    ):
        assert Knowledge.load().diet(f"{thing}-free").source.startswith("EU Regulation 1169/2011")


def test_the_override_file_of_the_project_loads():
    given = yaml.safe_load((Path(__file__).parents[2] / "conf/base/diets.yml").read_text("utf-8"))
    assert Knowledge.load(given["diets"]).diets.keys() == Knowledge.load().diets.keys()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("names: {beff: [oxtail]}", "no food class 'beff'. Did you mean 'beef'"),
        ("alone: {vegtable: [greens]}", "no food class 'vegtable'. Did you mean 'vegetable'"),
        ("endings: {porc: [wurst]}", "no food class 'porc'. Did you mean 'pork'"),
        ("verb: [mince]", "unknown key 'verb'. Did you mean 'verbs'"),
        ("imitation: [no]", "put it in quotes"),
        ("classes: {toffu: {isa: [plant]}}", "unknown key 'isa'. Did you mean 'is_a'"),
        ("claims: [{words: [ham-free], clears: [hamm]}]", "no food class 'hamm'"),
        ("names: {pork: [oxtail]}", "in two classes"),
        ("names: {pork: [lardons], pork: [speck]}", "'pork' is there twice"),
    ],
)
def test_a_mistake_in_a_packaged_file_names_the_nearest_right_word(text, says, tmp_path, monkeypatch):
    base = "classes: {plant: {}, vegetable: {is_a: [plant]}, beef: {names: [oxtail]}, pork: {names: [ham]}}"
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge/a.yml").write_text(base)
    (tmp_path / "knowledge/b.yml").write_text(text)
    monkeypatch.setattr(loading.resources, "files", lambda package: tmp_path)
    with pytest.raises(KnowledgeError, match=re.escape(says)):
        loading.packaged.__wrapped__()


def test_no_packaged_file_gives_a_name_twice():
    names = [name for food in Knowledge.load().classes.values() for name in food.names]
    assert len(names) > 20_000
    assert len(names) == len(set(names))
