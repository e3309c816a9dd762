"""Node: the larder, every food that a pantry may show, judged once for every diet."""

from __future__ import annotations

from pantrypilot.diets import Judge, Knowledge
from pantrypilot.kitchen.larder import whole_words
from pantrypilot.pipelines.augmentation.params import PantryParams
from pantrypilot.pipelines.types import Table


def stock_larder(ingredient_verdicts: Table, pantry: PantryParams, diet_knowledge: Knowledge) -> Table:
    """Foods of the recipes and of the parameters -> name, n_recipes, category, held_out, food_classes, breaks, unsure.

    Lists are joined by ';', so that the table reads well as CSV. Raises ValueError when a food that the
    parameters put in a forbidden category is forbidden by no diet: the experiment would test nothing.
    """
    import pandas as pd

    judge = Judge(diet_knowledge)
    in_recipes = dict(zip(ingredient_verdicts["name"], ingredient_verdicts["n_recipes"], strict=True))
    shelf = pantry.shelf
    # "veal shanks" is held out with "veal"
    held_out = whole_words(pantry.held_out_names)
    rows = []
    for name in sorted({*in_recipes, *shelf}):
        said = judge.verdicts(name)
        rows.append(
            {
                "name": name,
                "n_recipes": int(in_recipes.get(name, 0)),
                "category": shelf.get(name, ""),
                "held_out": bool(held_out.search(name)),
                "food_classes": ";".join(judge.judge(name, judge.diets[0]).food_classes),
                "breaks": ";".join(sorted(diet for diet, verdict in said.items() if verdict == "forbidden")),
                "unsure": ";".join(sorted(diet for diet, verdict in said.items() if verdict == "unknown")),
            }
        )
    harmless = [
        r["name"] for r in rows if r["category"] in pantry.categories and "vegetarian" not in r["breaks"]
    ]
    if harmless:
        raise ValueError(
            f"no vegetarian rule forbids {', '.join(harmless)}, though generator.pantry.categories lists them as meat "
            "or fish: correct the name, or add it to conf/base/diets.yml"
        )
    return pd.DataFrame(rows)
