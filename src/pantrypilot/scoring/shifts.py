"""How far has a column moved from one snapshot to the next? From counts alone, so that no old data must be kept.

    >>> stability_index([50, 30, 20], [20, 30, 50])
    0.54…

Below 0.1 a shift is usually called none, from 0.25 on a large one (Siddiqi 2006, Credit Risk Scorecards).
"""

from __future__ import annotations

from collections.abc import Sequence


def stability_index(before: Sequence[float], after: Sequence[float]) -> float:
    """The population stability index of counts in the same bins; 0 for equal shares.

    Half a row is added to every bin, so that an empty one does not make it infinite; 0 where either side has no rows.
    Source: Σ (a - b) ln(a / b) over shares, the symmetric divergence of Jeffreys 1946.
    """
    import numpy as np

    first, second = np.asarray(before, float), np.asarray(after, float)
    if not first.sum() or not second.sum():
        return 0.0
    # half a row of the smaller side, in proportion: equal shares stay equal whatever the sizes
    share, other = (
        (side / side.sum() + 0.5 / (fewest := min(first.sum(), second.sum()))) / (1 + 0.5 * len(side) / fewest)
        for side in (first, second)
    )
    return float(((other - share) * np.log(other / share)).sum())


def largest_gap(before: Sequence[float], after: Sequence[float]) -> float:
    """The Kolmogorov-Smirnov distance of two distributions, given as shares at or below the same points."""
    import numpy as np

    return float(np.abs(np.asarray(after, float) - np.asarray(before, float)).max(initial=0.0))


def gap_by_chance(gap: float, n: int, m: int) -> float:
    """The p value of a Kolmogorov-Smirnov distance between samples of n and m, as `scipy.stats.ks_2samp` has it."""
    from scipy import stats

    return float(stats.kstwo.sf(gap, max(1, round(n * m / (n + m))))) if n and m else 1.0


def counts_by_chance(before: Sequence[int], after: Sequence[int]) -> float:
    """The p value that two rows of counts come of one distribution (chi-square); 1 where nothing can be compared."""
    import numpy as np
    from scipy import stats

    table = np.array([before, after], float)
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or not table.sum(axis=1).all():
        return 1.0
    return float(stats.chi2_contingency(table, correction=False).pvalue)
