"""Validation: verdicts once a name, labels only where all is allowed, rejects with a reason."""

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from pydantic import ValidationError

from pantrypilot.diets import Knowledge, UnknownDiet
from pantrypilot.kitchen.frames import from_frame, to_frame
from pantrypilot.kitchen.records import LabelledRecipe, Recipe
from pantrypilot.pipelines.validation import create_pipeline
from pantrypilot.pipelines.validation.distribution import analyse_distribution
from pantrypilot.pipelines.validation.ingredients import judge_ingredients
from pantrypilot.pipelines.validation.labels import label_recipes
from pantrypilot.pipelines.validation.params import ValidationParams

PARAMS = ValidationParams(
    diets=("vegetarian", "vegan"),
    largest_quantity={"cup": 40},
    largest_count=200,
    sources_without_steps=("stepless",),
)


def recipe(row, *ingredients, source="toy", steps=("Cook it.",), cuisine="korean"):
    items = [item if isinstance(item, dict) else {"name": item} for item in ingredients]
    return Recipe(
        recipe_id=f"r{row}",
        title=f"Dish {row}",
        cuisine=cuisine,
        source=source,
        origin=f"toy.yml:{row}",
        ingredients=items,
        steps=steps,
    )


def frame(*recipes):
    return to_frame(recipes, Recipe)


def label(*recipes, params=PARAMS):
    table = frame(*recipes)
    return label_recipes(table, judge_ingredients(table, Knowledge.load()), params)


TOYS = [
    recipe(1, "tofu", "rice"),
    recipe(2, "eggs", "rice"),
    recipe(3, "chicken breast", "rice", cuisine="thai"),
]


def test_each_name_is_judged_once_with_a_verdict_for_every_diet():
    verdicts = judge_ingredients(frame(*TOYS), Knowledge.load()).set_index("name")
    assert verdicts.index.is_unique and verdicts.loc["rice", "n_recipes"] == 3
    assert verdicts.loc["chicken breast", "vegetarian"] == "forbidden"
    assert (verdicts.loc["eggs", "vegetarian"], verdicts.loc["eggs", "vegan"]) == ("allowed", "forbidden")


def test_overrides_reach_the_judge():
    overrides = {"classes": {"moon_rock": {"is_a": ["poultry"], "names": ["moon rock"]}}}
    verdicts = judge_ingredients(frame(recipe(1, "moon rock", "rice")), Knowledge.load(overrides)).set_index("name")
    assert verdicts.loc["moon rock", "vegetarian"] == "forbidden"


def test_a_recipe_keeps_to_a_diet_only_if_every_ingredient_is_allowed():
    labelled, _ = label(*TOYS)
    assert [r.diets for r in from_frame(labelled, LabelledRecipe)] == [
        ("vegetarian", "vegan"),
        ("vegetarian",),
        (),
    ]


def test_an_unknown_ingredient_takes_every_label_away_and_is_counted():
    labelled, _ = label(recipe(1, "tofu", "qwxzzy"))
    (only,) = from_frame(labelled, LabelledRecipe)
    assert only.diets == () and only.unknown_ingredients == 1


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (
            recipe(9, {"name": "salt", "quantity": 900, "unit": "cup"}, "rice"),
            "900 cup of salt is more than 40",
        ),
        (recipe(9, {"name": "eggs", "quantity": 0, "unit": "pcs"}, "rice"), "0 pcs of eggs is nothing"),
        (
            recipe(9, {"name": "eggs", "quantity": 201, "unit": "pcs"}, "rice"),
            "201 pcs of eggs is more than 200",
        ),
        (recipe(9, "12", "rice"), "ingredient 1 has no name: '12'"),
        (recipe(9, "tofu", "rice", steps=()), "no steps"),
    ],
)
def test_an_implausible_recipe_is_kept_apart_with_file_row_and_reason(bad, reason):
    labelled, rejects = label(TOYS[0], bad)
    assert labelled["recipe_id"].tolist() == ["r1"]
    assert rejects[["file", "row", "title", "reason"]].values.tolist() == [["toy.yml", 9, "Dish 9", reason]]


def test_a_source_without_steps_is_not_blamed_for_it():
    labelled, rejects = label(recipe(1, "tofu", "rice", source="stepless", steps=()))
    assert len(labelled) == 1 and rejects.empty


def test_when_every_recipe_fails_it_is_an_error_with_the_first_reason():
    with pytest.raises(ValueError, match="None of 1 recipes passes the checks; the first: no steps"):
        label(recipe(1, "tofu", "rice", steps=()))


def test_an_unknown_diet_names_the_nearest():
    with pytest.raises(UnknownDiet, match=r"no diet 'vegann'\. Did you mean 'vegan'\?"):
        label(*TOYS, params=PARAMS.model_copy(update={"diets": ("vegann",)}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"checks": ["steps_are_their"]}, "Did you mean 'steps_are_there'?"),
        ({"diet": ["vegan"]}, "Extra inputs"),
        ({"diets": []}, "at least 1"),
    ],
)
def test_a_wrong_parameter_is_refused(change, message):
    with pytest.raises(ValidationError) as caught:
        ValidationParams(**{**PARAMS.model_dump(), **change})
    assert message in str(caught.value)


def test_the_distribution_counts_every_cuisine_and_diet_zeros_too():
    labelled, _ = label(*TOYS, recipe(4, "tofu", "rice", cuisine=None))
    distribution, plot = analyse_distribution(labelled, PARAMS)
    assert distribution.values.tolist() == [
        ["korean", "any", 2, 1.0],
        ["korean", "vegetarian", 2, 1.0],
        ["korean", "vegan", 1, 0.5],
        ["not stated", "any", 1, 1.0],
        ["not stated", "vegetarian", 1, 1.0],
        ["not stated", "vegan", 1, 1.0],
        ["thai", "any", 1, 1.0],
        ["thai", "vegetarian", 0, 0.0],
        ["thai", "vegan", 0, 0.0],
    ]
    assert [bar.name for bar in plot.data] == ["any", "vegetarian", "vegan"]


def test_the_stage_runs_on_a_bare_catalog():
    inputs = {
        "generator.recipes": frame(*TOYS),
        "generator.diet_knowledge": Knowledge.load(),
        "params:generator.validation": PARAMS,
    }
    catalog = DataCatalog({name: MemoryDataset(data) for name, data in inputs.items()})
    SequentialRunner().run(create_pipeline().only_nodes_with_namespaces(["generator"]), catalog)
    assert catalog.load("generator.recipe_diet_rejects").empty
    assert set(catalog.load("generator.distribution")["cuisine"]) == {"korean", "thai"}
