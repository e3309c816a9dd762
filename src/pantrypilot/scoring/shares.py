"""Do shares differ from a target, or between groups, when the rows of one household go together?

Twenty households that buy 6,000 things are not 6,000 opinions: the plain chi-square test would call every such
sample biased. So a test here is told which rows belong together, and its statistic is set against what the
differences between households make likely.

    >>> fit_to_target([14, 6], [0.5, 0.5], draws=9999, seed=7)
    Finding(statistic=3.2, p_value=0.07…, effect=0.4, rows=20, effective_rows=20, method='chi-square')

Effect sizes after Cohen 1988, Statistical Power Analysis: w (and Cramér's V) 0.1 is small, 0.3 medium, 0.5 large.
Not covered: which of several shares differs; the intervals of `statistics.wilson` tell that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

FEW = 5  # expected counts below this make the chi-square distribution a poor guide (Cochran 1954, Biometrics 10:417)


class Finding(NamedTuple):
    """A test's result; `effective_rows` is how many independent rows would tell as much."""

    statistic: float
    p_value: float
    effect: float
    rows: int
    effective_rows: float
    method: str


def fit_to_target(counts: Sequence[int], target: Sequence[float], draws: int, seed: int) -> Finding:
    """Whether independent counts are a sample of the target shares; the effect is Cohen's w.

    The multinomial distribution itself is drawn from where a count of less than `FEW` is expected.
    """
    import numpy as np
    from scipy import stats

    seen, share = np.asarray(counts, float), np.asarray(target, float)
    rows = int(seen.sum())
    statistic = _distance(seen / rows, share) * rows
    if rows * share.min() >= FEW:
        p_value, method = float(stats.chi2.sf(statistic, len(share) - 1)), "chi-square"
    else:
        drawn = stats.multinomial(rows, share).rvs(draws, random_state=np.random.default_rng(seed))
        as_far = ((drawn - rows * share) ** 2 / (rows * share)).sum(axis=1) >= statistic * (1 - 1e-9)
        p_value, method = (1 + int(as_far.sum())) / (draws + 1), "multinomial"
    return Finding(statistic, p_value, math.sqrt(statistic / rows), rows, rows, method)


def clustered_fit_to_target(by_cluster: np.ndarray, target: Sequence[float]) -> Finding:
    """The same for rows that come in clusters (households × groups, counts or weights); two clusters or more.

    The statistic is divided by the design effect, and its degrees of freedom are Satterthwaite's.
    Source: Rao and Scott 1984, Annals of Statistics 12:46; as an F test after Thomas and Rao 1987, JASA 82:630.
    """
    import numpy as np
    from scipy import stats

    share, clusters = np.asarray(target, float), len(by_cluster)
    totals = by_cluster.sum(axis=1)
    rows = totals.sum()
    seen = by_cluster.sum(axis=0) / rows
    apart = by_cluster - totals[:, None] * seen
    covariance = clusters / (clusters - 1) * (apart.T @ apart) / rows**2
    spread = rows * covariance / share[:, None]
    trace, trace_of_square = np.trace(spread), np.sum(spread * spread.T)
    statistic = rows * _distance(seen, share)
    if trace <= 0:  # all clusters alike: no chance is left in it
        p_value, effective = float(statistic < 1e-9), float(rows)
    else:
        freedom = trace**2 / trace_of_square
        p_value = float(stats.f.sf(statistic / trace, freedom, freedom * (clusters - 1)))
        effective = min(float(rows), float(rows * (len(share) - 1) / trace))
    return Finding(statistic, p_value, math.sqrt(statistic / rows), round(rows), effective, "Rao-Scott")


def clustered_difference(
    hits: Sequence[float], totals: Sequence[float], groups: Sequence[int], draws: int, seed: int
) -> Finding:
    """Whether the share of hits differs between groups of clusters; the effect is Cramér's V.

    `groups` numbers the group of each cluster from 0. The chi-square of groups × (hit, no hit) is compared with that
    of the same clusters dealt to the groups at random, which keeps each cluster's rows together.
    """
    import numpy as np

    hit, total, group = (np.asarray(column) for column in (hits, totals, groups))
    rows, share, n = float(total.sum()), float(hit.sum() / total.sum()), int(group.max()) + 1

    def chi_square(dealt: np.ndarray) -> float:
        sizes = np.bincount(dealt, total, n)
        apart = np.bincount(dealt, hit, n) - sizes * share
        return float((apart**2 / np.maximum(sizes, 1e-12)).sum() / (share * (1 - share)))

    if share in (0.0, 1.0):
        return Finding(0.0, 1.0, 0.0, round(rows), rows, "permutation")
    statistic, random = chi_square(group), np.random.default_rng(seed)
    by_chance = np.array([chi_square(random.permutation(group)) for _ in range(draws)])
    p_value = (1 + int((by_chance >= statistic * (1 - 1e-9)).sum())) / (draws + 1)
    effective = rows / max(1.0, float(by_chance.mean()) / max(1, n - 1))  # the mean is the design effect × (n - 1)
    return Finding(statistic, p_value, math.sqrt(statistic / rows), round(rows), effective, "permutation")


def _distance(seen: np.ndarray, share: np.ndarray) -> float:
    """Cohen's w, squared."""
    return float(((seen - share) ** 2 / share).sum())
