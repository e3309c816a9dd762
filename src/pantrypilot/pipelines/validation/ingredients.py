"""Every ingredient name of the recipes before the judge, once."""

from __future__ import annotations

from collections import Counter

from pantrypilot.diets import Judge, Knowledge
from pantrypilot.diets.columns import judge_column
from pantrypilot.pipelines.types import Table


def judge_ingredients(recipes: Table, diet_knowledge: Knowledge) -> Table:
    """One row a distinct name: name, n_recipes, food_classes, and a verdict for every diet.

    The most used names come first.
    """
    import pandas as pd

    judge = Judge(diet_knowledge)
    used = Counter(name for items in recipes["ingredients"] for name in {item["name"] for item in items})
    names = sorted(used, key=lambda name: (-used[name], name))
    # the classes are the same whichever diet asks
    classes = [list(judge.judge(name, judge.diets[0]).food_classes) for name in names]
    counts = [used[name] for name in names]
    known = pd.DataFrame({"name": names, "n_recipes": counts, "food_classes": classes})
    return known.join(judge_column(names, judge).astype(str))
