"""Every ingredient name of the recipes before the judge, once."""

from __future__ import annotations

from collections import Counter

from pantrypilot.diets import Judge, Knowledge
from pantrypilot.pipelines.types import Table


def judge_ingredients(recipes: Table, diet_knowledge: Knowledge) -> Table:
    """One row a distinct name: name, n_recipes, food_classes, and a verdict for every diet.

    The most used names come first.
    """
    import pandas as pd

    judge = Judge(diet_knowledge)
    used = Counter(name for items in recipes["ingredients"] for name in {item["name"] for item in items})
    rows = []
    for name, n_recipes in sorted(used.items(), key=lambda entry: (-entry[1], entry[0])):
        judged = judge.judge_all(name)
        verdicts = {diet: str(judged[diet].verdict) for diet in judge.diets}
        classes = list(judged[judge.diets[0]].food_classes) if judge.diets else []
        rows.append({"name": name, "n_recipes": n_recipes, "food_classes": classes, **verdicts})
    return pd.DataFrame(rows, columns=["name", "n_recipes", "food_classes", *judge.diets])
