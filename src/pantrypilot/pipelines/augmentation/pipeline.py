"""Augmentation: from labelled recipes to chat rows that teach a diet.

  split_recipes(labelled_recipes, augmentation, seed)                -> split_recipes
  sample_balanced(split_recipes, balance)                            -> balanced_recipes, cuisine_shortfall
  compose_recipes(balanced_recipes, cuisine_shortfall, ingredient_verdicts, writer_cache,
    diet_knowledge, dishes)                                          -> synthetic_recipes, synthetic_rejects
  merge_recipes(balanced_recipes, synthetic_recipes, seed)           -> merged_recipes
  write_missing_steps(merged_recipes, dishes, seed)                  -> recipe_pool
  stock_larder(ingredient_verdicts, pantry, diet_knowledge)          -> larder
  gather_pantries(the households' stock, larder)                     -> household_pantries
and for each strategy:
  build_rows(recipe_pool, larder, household_pantries, pantry, augmentation, strategy) -> chat_rows
  check_rows(chat_rows, larder)                                      -> checked_rows, row_rejects
  split_rows(checked_rows)                                           -> train, valid
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines.augmentation.balance import merge_recipes, sample_balanced, split_recipes
from pantrypilot.pipelines.augmentation.checks import check_rows, split_rows
from pantrypilot.pipelines.augmentation.compose import compose_recipes
from pantrypilot.pipelines.augmentation.households import gather_pantries
from pantrypilot.pipelines.augmentation.larder import stock_larder
from pantrypilot.pipelines.augmentation.rows import build_rows
from pantrypilot.pipelines.augmentation.steps import write_missing_steps
from pantrypilot.pipelines.strategies import STRATEGIES


def create_pipeline(**_: object) -> Pipeline:
    """Recipes once, rows once for every strategy."""
    recipes = Pipeline(
        [
            Node(
                split_recipes,
                ["labelled_recipes", "params:augmentation", "params:seed"],
                "split_recipes",
                name="split_recipes",
            ),
            Node(
                sample_balanced,
                ["split_recipes", "params:balance"],
                ["balanced_recipes", "cuisine_shortfall"],
                name="sample_balanced",
            ),
            Node(
                compose_recipes,
                [
                    "balanced_recipes",
                    "cuisine_shortfall",
                    "ingredient_verdicts",
                    "params:composer",
                    "writer_cache",
                    "diet_knowledge",
                    "dishes",
                ],
                ["synthetic_recipes", "synthetic_rejects"],
                name="compose_recipes",
            ),
            Node(
                merge_recipes,
                ["balanced_recipes", "synthetic_recipes", "params:augmentation", "params:seed"],
                "merged_recipes",
                name="merge_recipes",
            ),
            Node(
                write_missing_steps,
                ["merged_recipes", "dishes", "params:seed"],
                "recipe_pool",
                name="write_missing_steps",
            ),
            Node(
                stock_larder,
                ["ingredient_verdicts", "params:pantry", "diet_knowledge"],
                "larder",
                name="stock_larder",
            ),
            Node(gather_pantries, ["stock", "larder"], "household_pantries", name="gather_pantries"),
        ],
        namespace="generator",
        inputs={"stock": "pantry.stock"},
        parameters={"params:seed"},
        tags=["augmentation"],
    )
    return sum((_rows(strategy) for strategy in STRATEGIES), recipes)


def _rows(strategy: str) -> Pipeline:
    shared = ("recipe_pool", "larder", "household_pantries")
    return Pipeline(
        [
            Node(
                build_rows,
                [
                    "recipe_pool",
                    "larder",
                    "household_pantries",
                    "params:pantry",
                    "params:augmentation",
                    "params:strategy",
                    "params:seed",
                ],
                "chat_rows",
                name="build_rows",
            ),
            Node(check_rows, ["chat_rows", "larder"], ["checked_rows", "row_rejects"], name="check_rows"),
            Node(split_rows, "checked_rows", ["train", "valid"], name="split_rows"),
        ],
        namespace=f"generator.{strategy}",
        inputs={name: f"generator.{name}" for name in shared},
        parameters={
            "params:pantry": "params:generator.pantry",
            "params:augmentation": "params:generator.augmentation",
            "params:strategy": f"params:generator.strategies.{strategy}",
            "params:seed": "params:seed",
        },
        tags=["augmentation"],
    )
