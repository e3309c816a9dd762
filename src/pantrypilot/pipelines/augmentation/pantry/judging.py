"""Node: what each diet that a household may keep to says of each food."""

from __future__ import annotations

from pantrypilot.diets import Judge, Knowledge
from pantrypilot.diets.columns import judge_column
from pantrypilot.kitchen.foods import Foods
from pantrypilot.pipelines.augmentation.pantry.params import HouseholdParams
from pantrypilot.pipelines.types import Table

# Also judged, because the tables tell them of every food.
TOLD = ("vegetarian", "vegan", "dairy-free", "gluten-free")


def judge_foods(foods: Foods, diet_knowledge: Knowledge, households: HouseholdParams) -> Table:
    """One row a food in the order of `foods`: item_id, name, and a column of verdicts for each diet.

    Raises UnknownDiet for a diet or allergen of the parameters that the knowledge lacks, with the nearest right name.
    """
    import pandas as pd

    names, judge = pd.Series(list(foods), dtype="str"), Judge(diet_knowledge)
    # by the names of the parameters, which the households' rows show
    diets = dict.fromkeys((*households.diets, *TOLD))
    verdicts = {diet: judge_column(names, judge, [diet]).iloc[:, 0] for diet in diets}
    return pd.DataFrame({"item_id": [food.item_id for food in foods.values()], "name": names, **verdicts})
