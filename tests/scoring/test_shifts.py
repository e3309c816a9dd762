import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantrypilot.scoring.shifts import counts_by_chance, gap_by_chance, stability_index

COUNTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=30)


@given(COUNTS)
def test_the_index_of_identical_counts_is_zero(counts):
    assert stability_index(counts, counts) == 0


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=30), st.integers(1, 50))
def test_the_index_of_equal_shares_is_zero_whatever_the_sizes(counts, times):
    assert stability_index(counts, [times * n for n in counts]) == pytest.approx(0, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=30))
def test_the_index_is_never_negative_and_the_same_both_ways(pairs):
    before, after = zip(*pairs, strict=True)
    index = stability_index(before, after)
    assert index >= 0 and index == pytest.approx(stability_index(after, before))


def test_the_index_is_the_known_one():
    # (0.2 - 0.5) ln(0.2 / 0.5) + 0 + (0.5 - 0.2) ln(0.5 / 0.2)
    assert stability_index([1, 0], [0, 1]) == pytest.approx(1.0986, abs=1e-4)  # shares of 3/4 and 1/4 after smoothing
    assert stability_index([500_000, 300_000, 200_000], [200_000, 300_000, 500_000]) == pytest.approx(0.5498, abs=1e-3)


def test_p_values_are_those_of_scipy():
    import numpy as np
    from scipy import stats

    random = np.random.default_rng(0)
    first, second = random.normal(size=300), random.normal(0.2, size=200)
    known = stats.ks_2samp(first, second, method="asymp")
    assert gap_by_chance(known.statistic, 300, 200) == pytest.approx(known.pvalue)
    assert counts_by_chance([10, 20, 0], [30, 10, 0]) == pytest.approx(
        stats.chi2_contingency([[10, 20], [30, 10]], correction=False).pvalue
    )


def test_nothing_to_compare_is_no_surprise():
    assert counts_by_chance([5, 0], [9, 0]) == counts_by_chance([], []) == gap_by_chance(0.5, 0, 9) == 1
