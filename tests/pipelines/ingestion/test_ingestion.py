"""Ingestion: what is kept, what is left out and why, and that the counts add up."""

import time
import tracemalloc
from pathlib import Path

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from pantrypilot.kitchen.frames import from_frame
from pantrypilot.kitchen.readers import CollectionError, RawRecipe, open_collection
from pantrypilot.kitchen.readers.base import make_recipe
from pantrypilot.kitchen.records import Recipe, RecipeReject
from pantrypilot.pipelines.ingestion.pipeline import create_pipeline
from pantrypilot.pipelines.ingestion.recipes import read_recipes

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "data"


def dish(row, title="Tofu Rice", names=("tofu", "rice")):
    fields = {"title": title, "source": "toy", "ingredients": [{"name": name} for name in names]}
    return make_recipe(Path("toy.yml"), row, fields)


TOYS = [
    dish(1),
    dish(2, "Soup", ("leek", "cream")),
    dish(3, "TOFU-rice", ("rice", "tofu")),
    dish(4, "Ice", ("ice cubes",)),
    RawRecipe("toy.yml", 5, "Nameless", problem="title: missing"),
]


def test_counts_add_up_and_every_reject_keeps_file_row_title_and_reason():
    recipes, rejects, counts = read_recipes(iter(TOYS))
    assert counts == {"read": 5, "kept": 2, "duplicate": 1, "rejected": 2}
    assert [recipe.title for recipe in from_frame(recipes, Recipe)] == ["Tofu Rice", "Soup"]
    told = [(r.file, r.row, r.title, r.kind) for r in from_frame(rejects, RecipeReject)]
    assert told == [
        ("toy.yml", 3, "TOFU-rice", "duplicate"),
        ("toy.yml", 4, "Ice", "malformed"),
        ("toy.yml", 5, "Nameless", "malformed"),
    ]
    assert rejects["reason"].tolist() == [
        "the same dish as toy.yml:1",
        "1 ingredient; a dish has at least 2",
        "title: missing",
    ]


def test_a_collection_without_one_usable_recipe_is_an_error_with_the_first_reason():
    with pytest.raises(CollectionError, match="None of 1 records is a usable recipe; the first: title: missing"):
        read_recipes([RawRecipe("toy.yml", 1, problem="title: missing")])


def test_no_two_recipes_share_an_id():
    recipes, _, _ = read_recipes([dish(i, "Soup", ("leek", f"herb {i}")) for i in range(200)])
    assert recipes["recipe_id"].is_unique and len(recipes) == 200


def test_memory_does_not_grow_with_the_text_of_what_is_left_out():
    def stream(count):
        yield dish(1)
        for row in range(2, count):
            yield dish(row, f"Tofu Rice {'!' * 100_000}")
            yield RawRecipe("toy.yml", row, f"{row} {'x' * 100_000}", problem="title: far too long")

    def peak(count):
        tracemalloc.start()
        try:
            counts = read_recipes(stream(count))[2]
            assert counts["kept"] == 1 and counts["duplicate"] == counts["rejected"] == count - 2
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(300) < peak(20) + 5_000_000


def test_a_title_without_an_end_is_cut_in_the_rejects():
    _, rejects, _ = read_recipes([dish(1), RawRecipe("toy.yml", 2, "x" * 5000, problem="too long")])
    assert rejects["title"].tolist() == ["x" * 200 + " …"]


def test_the_stage_runs_on_a_bare_catalog():
    catalog = DataCatalog({"generator.recipe_collection": MemoryDataset(TOYS)})
    SequentialRunner().run(create_pipeline(), catalog)
    assert catalog.load("generator.ingestion_counts")["kept"] == 2


def test_the_committed_corpus_is_read_whole():
    _, rejects, counts = read_recipes(open_collection("corpus:data/01_raw/recipes", ROOT))
    assert rejects["reason"].tolist() == [] and counts["kept"] >= 300


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("spec", "read", "distinct"),
    [
        ("whats_cooking:whats_cooking/train.json.gz", 39774, 39609),
        ("allrecipes:allrecipes/allrecipes.csv.gz", 6204, 4808),
    ],
)
def test_a_real_collection_is_read_whole_and_fast(spec, read, distinct):
    if not SHARED.is_dir():
        pytest.skip(f"the development data is not at {SHARED}")
    start = time.perf_counter()
    recipes, rejects, found = read_recipes(open_collection(spec, SHARED))
    assert time.perf_counter() - start < 60  # about 10 s alone on two cores
    assert found["read"] == read == len(recipes) + len(rejects)
    assert distinct - 40 < found["kept"] < distinct  # the rest are dishes of one ingredient
    assert found["rejected"] < 40
