"""Augmentation of the pantry: synthetic households, what they keep and what they bought.

judge_foods(foods, diet_knowledge, households)                       -> food_verdicts
make_households(foods, households, seed)                             -> households
choose_foods(foods, households, food_verdicts)                       -> kept_foods
shop(foods, households, kept_foods)  as shop_for_foods               -> synthetic_purchases, last_purchases
take_stock(foods, households, food_verdicts, last_purchases)         -> synthetic_inventory
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines.augmentation.pantry.choosing import choose_foods
from pantrypilot.pipelines.augmentation.pantry.households import make_households
from pantrypilot.pipelines.augmentation.pantry.inventory import take_stock
from pantrypilot.pipelines.augmentation.pantry.judging import judge_foods
from pantrypilot.pipelines.augmentation.pantry.shopping import shop


def create_pipeline(**_: object) -> Pipeline:
    """Who they are, then what they buy, then what is left of it."""
    told = ["params:households", "params:seed"]
    return Pipeline(
        [
            Node(judge_foods, ["foods", "diet_knowledge", "params:households"], "food_verdicts", name="judge_foods"),
            Node(make_households, ["foods", *told], "households", name="make_households"),
            Node(choose_foods, ["foods", "households", "food_verdicts", *told], "kept_foods", name="choose_foods"),
            Node(
                shop,
                ["foods", "households", "kept_foods", *told],
                ["synthetic_purchases", "last_purchases"],
                name="shop_for_foods",
            ),
            Node(
                take_stock,
                ["foods", "households", "food_verdicts", "last_purchases", *told],
                "synthetic_inventory",
                name="take_stock",
            ),
        ],
        namespace="pantry",
        inputs={"diet_knowledge": "generator.diet_knowledge"},
        parameters={"params:seed"},
        tags=["augmentation"],
    )
