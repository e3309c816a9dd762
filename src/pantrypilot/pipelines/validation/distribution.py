"""How many recipes of each cuisine keep to each diet.

cuisine  diet        n   share
korean   any         33  1.0
korean   vegetarian  17  0.515
"""

from __future__ import annotations

from pantrypilot.pipelines.types import Chart, Table
from pantrypilot.pipelines.validation.params import ValidationParams

ANY_DIET = "any"
NO_CUISINE = "not stated"


def analyse_distribution(labelled_recipes: Table, params: ValidationParams) -> tuple[Table, Chart]:
    """Counts and shares by cuisine and diet, and their plot. `any` counts all recipes of a cuisine.

    Shares are of the recipes of the cuisine; zeros are rows too, because what is missing is what matters.
    """
    import pandas as pd

    cuisines = labelled_recipes["cuisine"].map(lambda name: name if isinstance(name, str) else NO_CUISINE)
    rows = []
    for cuisine, group in labelled_recipes.groupby(cuisines, sort=True):
        rows.append((cuisine, ANY_DIET, len(group), 1.0))
        for diet in params.diets:
            n = int(group["diets"].map(lambda diets, diet=diet: diet in diets).sum())
            rows.append((cuisine, diet, n, round(n / len(group), 4)))
    distribution = pd.DataFrame(rows, columns=["cuisine", "diet", "n", "share"])
    return distribution, _plot(distribution)


def _plot(distribution: Table) -> Chart:
    import plotly.graph_objects as go

    bars = [
        go.Bar(name=diet, x=group["cuisine"].tolist(), y=group["n"].tolist())
        for diet, group in distribution.groupby("diet", sort=False)
    ]
    layout = go.Layout(
        title="Recipes by cuisine and diet", barmode="group", xaxis_title="cuisine", yaxis_title="recipes"
    )
    return go.Figure(bars, layout)
