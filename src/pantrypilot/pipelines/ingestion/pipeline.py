"""Ingestion of the generator's recipes.

read_recipes(recipe_collection) -> recipes, recipe_rejects, ingestion_counts
"""

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines.ingestion.recipes import read_recipes


def create_pipeline(**kwargs) -> Pipeline:
    return Pipeline(
        [
            Node(
                read_recipes,
                inputs="recipe_collection",
                outputs=["recipes", "recipe_rejects", "ingestion_counts"],
                name="read_recipes",
            ),
        ],
        namespace="generator",
        tags=["ingestion"],
    )
