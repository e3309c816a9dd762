"""Verdicts, figures, coverage and the page, on made-up foods."""

import re

import pandas as pd
import pytest
from measuring_toys import FOODS, params, table

from pantrypilot.kitchen.readers import RawRecipe
from pantrypilot.kitchen.records import Recipe
from pantrypilot.pipelines.measuring.coverage import cover_recipes, sample_uncovered
from pantrypilot.pipelines.measuring.judging import judge_labels, list_worst, score_judge
from pantrypilot.pipelines.measuring.labels import gather_labels
from pantrypilot.pipelines.measuring.reporting import write_page
from pantrypilot.pipelines.measuring.summary import table_of_figures
from pantrypilot.pipelines.terminal import WIDTH

EVIL = "<script>alert('xyzzy')</script>"
NAMES = f"""
name,food_class,zorbless
zorbsteak,beast,no
glimroot,root,yes
glimcrisp,,yes
murksauce,,maybe
zorbsteak stew,root,yes
glimroot pie,beast,no
{EVIL},,no
"""


def recipe(*names):
    ingredients = [{"name": name} for name in names]
    return RawRecipe(
        "f", 1, payload=Recipe(recipe_id="r", title="T", source="s", origin="f:1", ingredients=ingredients)
    )


@pytest.fixture(scope="module")
def verdicts():
    return judge_labels(gather_labels(table(NAMES), FOODS, params())[0], FOODS, params())


@pytest.fixture(scope="module")
def recipes():
    return [
        recipe("glimroot", "zorbsteak", "murksauce"),
        recipe("glimroot", "zorbsteak", "murksauce", "xyzzy"),
        recipe("glimroot", "glimcrisp", "xyzzy", "murksauce"),
        RawRecipe("f", 4, problem="torn"),
    ]


def test_every_label_gets_verdict_reason_and_class(verdicts):
    found = verdicts.set_index("name")
    assert found.loc["zorbsteak", "verdict"] == "forbidden"
    assert found.loc["zorbsteak", "food_class"] == "beast"
    assert found.loc["glimcrisp", "food_class"] == "zorbplant"
    assert found.loc[EVIL, "food_class"] == "no food known"
    assert "depends on the maker" in found.loc["murksauce", "reason"]


@pytest.mark.parametrize(("lines", "verdict"), [(True, "allowed"), (False, "forbidden")])
def test_a_line_is_read_as_a_line_where_the_parameter_says_so(lines, verdict):
    settings = params(lines=lines)
    labels, _ = gather_labels(table("name,zorbless\n2 glimroot for the zorbsteak,yes"), FOODS, settings)
    assert list(judge_labels(labels, FOODS, settings)["verdict"]) == [verdict]


def test_figures_come_by_diet_with_the_files_name(verdicts):
    metrics = score_judge(verdicts, params())
    found = metrics["by_diet"]["zorbless"]
    assert metrics["file"] == "f.csv" and metrics["n_names"] == 7
    assert found["confusion"]["forbidden"]["forbidden"] == 1
    assert found["confusion"]["unknown"] == {"allowed": 0, "forbidden": 0, "unknown": 1}
    assert found["false_alarms"]["k"] == 1
    assert set(metrics["by_class"]["zorbless"]) == {"beast", "root", "other"}


def test_worst_names_are_those_that_differ_from_their_label(verdicts):
    found = list_worst(verdicts)
    right = {"zorbsteak", "glimroot", "glimcrisp", "murksauce"}
    assert set(found["name"]) == {"zorbsteak stew", "glimroot pie", EVIL}
    assert not right & set(found["name"])
    assert list_worst(verdicts[verdicts["name"].isin(right)]).empty


def test_coverage_counts_occurrences_and_keeps_every_open_name(recipes):
    figures, uncovered = cover_recipes(recipes, FOODS, params())
    assert (figures["recipes"], figures["occurrences"], figures["names"]) == (3, 11, 5)
    assert figures["by_diet"]["zorbless"]["decided"] == pytest.approx(6 / 11)
    assert figures["by_diet"]["zorbless"]["forbidden"] == pytest.approx(2 / 11)
    assert figures["by_diet"]["zorbless"]["names"] == pytest.approx(3 / 5)
    assert figures["all_diets"]["decided"] == pytest.approx(6 / 11)
    assert figures["open"] == {"depends on the maker": 3, "not known": 2}
    assert list(uncovered["name"]) == ["murksauce", "xyzzy"]


def test_a_collection_without_recipes_is_an_error_that_names_the_parameter():
    with pytest.raises(ValueError, match="recipes="):
        cover_recipes([RawRecipe("f", 1, problem="torn")], FOODS, params())


def test_the_sample_is_drawn_by_occurrences_and_repeats_with_its_seed():
    left = pd.DataFrame({"name": [f"n{i}" for i in range(100)], "occurrences": [1000] * 5 + [1] * 95})
    first = sample_uncovered(left, params(sample=10), 1)
    assert first.equals(sample_uncovered(left, params(sample=10), 1))
    assert list(first["name"]) != list(sample_uncovered(left, params(sample=10), 2)["name"])
    assert {"n0", "n1", "n2", "n3", "n4"} <= set(first["name"]) and first["name"].is_unique
    assert len(sample_uncovered(left, params(sample=500), 1)) == 100


def test_a_decided_name_leaves_the_sample_and_the_others_stay():
    left = pd.DataFrame({"name": [f"n{i}" for i in range(100)], "occurrences": [1 + i % 7 for i in range(100)]})
    before = list(sample_uncovered(left, params(sample=10), 1)["name"])
    after = list(sample_uncovered(left[left["name"] != before[3]], params(sample=10), 1)["name"])
    assert after[:9] == before[:3] + before[4:]


def test_the_page_escapes_names_loads_nothing_and_shows_every_fault(verdicts, recipes):
    coverage, uncovered = cover_recipes(recipes, FOODS, params())
    worst = list_worst(verdicts)
    page = write_page(score_judge(verdicts, params()), coverage, worst, uncovered)
    assert EVIL not in page and "&lt;script&gt;alert" in page
    assert not re.search(r"https?://|//cdn|<link|@import|url\(|\ssrc=", page)
    assert len(re.findall(r"<tr data-fault=", page)) == len(worst)
    assert "murksauce" in page
    assert not re.findall(r"<th(?![^>]*scope=)[ >]", page)


def test_the_page_says_so_where_there_is_no_allergen_and_no_fault(verdicts, recipes):
    fine = verdicts[verdicts["name"].isin(["zorbsteak", "glimroot"])]
    coverage, uncovered = cover_recipes([recipe("glimroot", "glimcrisp")], FOODS, params())
    page = write_page(score_judge(fine, params()), coverage, list_worst(fine), uncovered)
    assert "The file labels no allergen." in page
    assert "0 faults" in page


def test_the_table_for_the_terminal_is_narrow_plain_text(verdicts, recipes):
    coverage, _ = cover_recipes(recipes, FOODS, params())
    text = table_of_figures(score_judge(verdicts, params()), coverage)
    assert text.isascii() and max(map(len, text.splitlines())) <= WIDTH
    row = next(line for line in text.splitlines() if line.startswith("zorbless"))
    assert "100.0 [2.5 100.0]" in row or "50.0 [1.3 98.7]" in row
    assert "11 ingredients of 3 recipes" in text
