"""The geometry of charts that several pages draw; their templates draw it. Nothing here knows HTML."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """About `wanted` round numbers that cover low to high: 0.43 to 1.2 → 0.4, 0.6, 0.8, 1.0, 1.2."""
    if high <= low:
        low, high = low - 0.5, low + 0.5
    rough = (high - low) / max(1, wanted - 1)
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def plot_lines(
    lines: Mapping[Hashable, Iterable[tuple[float, float]]],
    x_ticks: Sequence[float],
    y_ticks: Sequence[float],
    x_label: Callable[[float], str],
    y_label: Callable[[float], str],
) -> dict[str, Any]:
    """Lines in a square of 100 by 100, y downwards, with the ticks of both axes in the same measure.

    The outermost ticks are the edges of the square. `points` has the SVG points of each line by its key.
    """
    left, right, bottom, top = x_ticks[0], x_ticks[-1], y_ticks[0], y_ticks[-1]

    def across(x: float) -> float:
        return round(100 * (x - left) / (right - left), 3)

    def down(y: float) -> float:
        return round(100 * (top - y) / (top - bottom), 3)

    return {
        "x": [{"at": across(tick), "label": x_label(tick)} for tick in x_ticks],
        "y": [{"at": down(tick), "label": y_label(tick)} for tick in y_ticks],
        "points": {key: " ".join(f"{across(x)},{down(y)}" for x, y in points) for key, points in lines.items()},
    }
