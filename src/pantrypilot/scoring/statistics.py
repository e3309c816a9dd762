"""What k successes in n trials say, and whether two models differ on the same prompts.

    >>> wilson(50, 50)
    Interval(low=0.9286524009…, high=1.0)

Standard library only. Trials are taken as independent: prompts made from one recipe are not quite so,
and then the true intervals are somewhat wider.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """Bounds of a share, or of a difference of shares."""

    low: float
    high: float


def wilson(k: float, n: float, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval for k of n. Unlike the textbook k/n ± 1.96 s it is not empty at 0 or n.

    Rows that go together count as the n independent ones that would tell as much (`shares.Finding.effective_rows`).

    Source: Wilson 1927, JASA 22:209; recommended by Brown, Cai and DasGupta 2001, Statistical Science 16:101.
    Raises ValueError for counts that cannot be.
    """
    _check_counts(k, n)
    z = _z(confidence)
    share, shrink = k / n, 1 + z * z / n
    centre = (share + z * z / (2 * n)) / shrink
    half = z / shrink * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if k == 0 else min(centre - half, share)
    high = 1.0 if k == n else max(centre + half, share)
    return Interval(low, high)


def clopper_pearson(k: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval for k of n: it covers at least `confidence`, whatever the true share.

    Source: Clopper and Pearson 1934, Biometrika 26:404. Low solves P(X ≥ k) = (1 - confidence) / 2, high P(X ≤ k).
    Raises ValueError for counts that cannot be.
    """
    _check_counts(k, n)
    tail = (1 - confidence) / 2
    low = 0.0 if k == 0 else _solve(lambda p: _at_least(k, n, p) - tail)
    high = 1.0 if k == n else _solve(lambda p: tail - (1 - _at_least(k + 1, n, p)))
    return Interval(low, high)


def zero_failures_bound(n: int, confidence: float = CONFIDENCE) -> float:
    """The largest failure rate that n trials without a failure leave possible (one-sided): 0 of 50 → 5.8 %.

    Source: (1 - p)^n = 1 - confidence, the exact form of the rule of three (Hanley and Lippman-Hand 1983,
    JAMA 249:1743).
    """
    _check_counts(0, n)
    return 1 - (1 - confidence) ** (1 / n)


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """The two-sided p that two models pass equally often, from the prompts that only one of them passes.

    Source: McNemar 1947, Psychometrika 12:153, in its exact binomial form: under the null, each such
    prompt falls to either model like a coin. No such prompt gives p = 1.
    """
    n, fewer = only_first + only_second, min(only_first, only_second)
    if fewer < 0:
        raise ValueError(f"counts cannot be negative: {only_first}, {only_second}")
    return min(1.0, 2 * sum(math.comb(n, i) for i in range(fewer + 1)) / 2**n)


def paired_difference(only_first: int, only_second: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """The interval of (share first passes) - (share second passes) on the same n prompts.

    Source: Bonett and Price 2012, J. Educ. Behav. Stat. 37:479: one prompt is added to either discordant
    count, so that the interval has a width even when the models never differ.
    """
    _check_counts(only_first + only_second, n)
    first, second = (only_first + 1) / (n + 2), (only_second + 1) / (n + 2)
    half = _z(confidence) * math.sqrt((first + second - (first - second) ** 2) / (n + 2))
    return Interval(max(-1.0, first - second - half), min(1.0, first - second + half))


def holm(p_values: Sequence[float]) -> list[float]:
    """p values adjusted for being several, in their order. Source: Holm 1979, Scand. J. Statistics 6:65."""
    adjusted, so_far = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        so_far = max(so_far, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = so_far
    return adjusted


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _check_counts(k: float, n: float) -> None:
    if n < 1 or not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is not a share: n must be at least 1 and k from 0 to n")


def _at_least(k: int, n: int, p: float) -> float:
    """P(X ≥ k) for X of n trials with chance p; in logarithms, since binomials of thousands overflow."""
    if p <= 0 or p >= 1:
        return float(k <= 0 or p >= 1)
    log_p, log_q = math.log(p), math.log1p(-p)
    log_n = math.lgamma(n + 1)
    return math.fsum(
        math.exp(log_n - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * log_p + (n - i) * log_q)
        for i in range(k, n + 1)
    )


def _solve(rising: Callable[[float], float]) -> float:
    """The root in [0, 1] of a rising function, by halving, to the last bits that matter."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2
