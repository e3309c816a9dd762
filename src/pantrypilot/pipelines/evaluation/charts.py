"""The geometry of the report's charts; the template draws it. Nothing here knows HTML."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pantrypilot.pipelines.types import Table


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """About `wanted` round numbers that cover low to high: 0.43 to 1.2 → 0.4, 0.6, 0.8, 1.0, 1.2."""
    if high <= low:
        low, high = low - 0.5, low + 0.5
    rough = (high - low) / max(1, wanted - 1)
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


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
    x_ticks = ticks(0.0, everything["step"].max())
    y_ticks = ticks(everything["loss"].min(), everything["loss"].max())
    x_low, x_high, y_low, y_high = 0.0, x_ticks[-1], y_ticks[0], y_ticks[-1]

    def across(step: float) -> float:
        return round(100 * (step - x_low) / (x_high - x_low), 3)

    def down(loss: float) -> float:
        return round(100 * (y_high - loss) / (y_high - y_low), 3)

    return {
        "x": [{"at": across(tick), "label": f"{tick:,.0f}"} for tick in x_ticks],
        "y": [{"at": down(tick), "label": f"{tick:g}"} for tick in y_ticks],
        "lines": [
            {
                "model": model,
                "place": models.index(model) if model in models else len(models),
                "split": split,
                "points": " ".join(f"{across(x)},{down(y)}" for x, y in rows.itertuples(index=False)),
                "last": rows["loss"].iloc[-1],
                "best": rows["loss"].min(),
            }
            for (model, split), rows in points.items()
            if len(rows)
        ],
    }


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
