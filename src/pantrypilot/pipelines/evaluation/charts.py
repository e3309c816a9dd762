"""The geometry of the evaluation's own charts; the template draws it. Nothing here knows HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pantrypilot.pipelines.charts import plot_lines, ticks
from pantrypilot.pipelines.types import Table


def line_chart(curves: Mapping[str, Table], models: Sequence[str]) -> dict[str, Any] | None:
    """Loss curves in a square of 100 by 100, y downwards, with the ticks of both axes in the same measure.

    `curves` are tables of step, split (train or valid) and loss. None where there is no point to draw.
    """
    import pandas as pd

    points = {
        (model, split): rows.sort_values("step")[["step", "loss"]].dropna().astype(float)
        for model, curve in curves.items()
        if len(curve)
        for split, rows in curve.groupby("split")
    }
    everything = pd.concat(points.values()) if points else pd.DataFrame()
    if everything.empty:
        return None
    drawn = plot_lines(
        {key: rows.itertuples(index=False) for key, rows in points.items()},
        ticks(0.0, everything["step"].max()),
        ticks(everything["loss"].min(), everything["loss"].max()),
        lambda step: f"{step:,.0f}",
        lambda loss: f"{loss:g}",
    )
    lines = [
        {
            "model": model,
            "place": models.index(model) if model in models else len(models),
            "split": split,
            "points": drawn["points"][model, split],
            "last": rows["loss"].iloc[-1],
            "best": rows["loss"].min(),
        }
        for (model, split), rows in points.items()
        if len(rows)
    ]
    return {"x": drawn["x"], "y": drawn["y"], "lines": lines}


def shaded_table(distribution: Table) -> dict[str, Any] | None:
    """Recipes by cuisine (rows) and diet (columns), each cell with its shade from 0 to 1; None when empty."""
    if distribution.empty:
        return None
    counted = distribution.assign(cuisine=distribution["cuisine"].fillna("no cuisine"))
    wide = counted.pivot_table(index="cuisine", columns="diet", values="n", aggfunc="sum", fill_value=0, sort=False)
    most = max(1, int(wide.to_numpy().max()))
    return {
        "columns": [str(diet) for diet in wide.columns],
        "rows": [
            {"name": str(cuisine), "cells": [{"n": int(n), "shade": round(int(n) / most, 3)} for n in row]}
            for cuisine, row in zip(wide.index, wide.to_numpy(), strict=True)
        ],
    }
