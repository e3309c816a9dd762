"""Arithmetic that gives no figure rather than an infinite one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike


def finite(values: ArrayLike) -> np.ndarray:
    """float64; null where a value is null or infinite."""
    import numpy as np

    values = np.asarray(values, dtype=float)
    return np.where(np.isfinite(values), values, np.nan)


def product(left: ArrayLike, right: ArrayLike) -> np.ndarray:
    """`left` × `right`, as `finite` gives it."""
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        return finite(np.asarray(left, dtype=float) * np.asarray(right, dtype=float))


def ratio(above: ArrayLike, below: ArrayLike) -> np.ndarray:
    """`above` / `below`, null where `below` is not more than zero."""
    import numpy as np

    below = np.asarray(below, dtype=float)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return finite(np.asarray(above, dtype=float) / np.where(below > 0, below, np.nan))
