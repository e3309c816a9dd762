import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantrypilot.scoring.statistics import (
    clopper_pearson,
    holm,
    mcnemar_exact,
    paired_difference,
    wilson,
    zero_failures_bound,
)

counts = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
INTERVALS = [wilson, clopper_pearson]


@pytest.mark.parametrize("interval", INTERVALS)
@given(counts)
def test_an_interval_holds_its_estimate_and_stays_between_zero_and_one(interval, counted):
    k, n = counted
    low, high = interval(k, n)
    assert 0 <= low <= k / n <= high <= 1
    assert low < high


@pytest.mark.parametrize("interval", INTERVALS)
@given(counts)
def test_an_interval_shrinks_when_the_same_share_is_seen_in_more_trials(interval, counted):
    k, n = counted
    few, many = interval(k, n), interval(4 * k, 4 * n)
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize("interval", INTERVALS)
@given(counts)
def test_failures_have_the_mirrored_interval_of_successes(interval, counted):
    k, n = counted
    low, high = interval(k, n)
    assert interval(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_wilson_gives_the_values_of_the_literature():
    assert wilson(50, 50).low == pytest.approx(0.9287, abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0, 0.2775), abs=1e-4)  # Brown, Cai and DasGupta 2001
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe 1998, table I
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=1e-4)


def test_clopper_pearson_gives_the_values_of_the_literature():
    assert clopper_pearson(81, 263) == pytest.approx((0.2527, 0.3676), abs=1e-4)  # Newcombe 1998, table I
    assert clopper_pearson(15, 148) == pytest.approx((0.0578, 0.1617), abs=1e-4)
    assert clopper_pearson(0, 20) == pytest.approx((0, 0.1684), abs=1e-4)
    assert clopper_pearson(1, 29) == pytest.approx((0.0009, 0.1776), abs=1e-4)


@given(counts)
def test_clopper_pearson_leaves_exactly_the_tail_on_the_far_side_of_each_bound(counted):
    k, n = counted
    low, high = clopper_pearson(k, n)

    def chance(p, outcomes):
        return sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in outcomes)

    if k > 0:
        assert chance(low, range(k, n + 1)) == pytest.approx(0.025, abs=1e-9)
    if k < n:
        assert chance(high, range(k + 1)) == pytest.approx(0.025, abs=1e-9)


def test_no_failure_in_fifty_answers_still_allows_almost_six_percent():
    assert zero_failures_bound(50) == pytest.approx(0.0582, abs=1e-4)
    assert zero_failures_bound(298) > 0.01 > zero_failures_bound(299)
    assert zero_failures_bound(2994) > 0.001 > zero_failures_bound(2995)


def test_mcnemar_is_the_two_sided_binomial_of_the_prompts_that_differ():
    assert mcnemar_exact(0, 5) == 2 / 32
    assert mcnemar_exact(1, 8) == pytest.approx(20 / 512)
    assert mcnemar_exact(10, 25) == pytest.approx(0.01668, abs=1e-4)
    assert mcnemar_exact(0, 0) == mcnemar_exact(4, 4) == 1
    assert mcnemar_exact(3000, 3000) == 1  # no overflow


@given(st.integers(0, 200), st.integers(0, 200))
def test_mcnemar_does_not_care_which_model_is_named_first(a, b):
    assert mcnemar_exact(a, b) == mcnemar_exact(b, a) <= 1


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 60))
def test_a_paired_difference_is_inside_its_bounds_and_changes_sign_with_the_order(a, b, same):
    n = a + b + same
    low, high = paired_difference(a, b, n)
    assert -1 <= low < high <= 1
    assert paired_difference(b, a, n) == pytest.approx((-high, -low))
    assert low <= (a - b) / n <= high


def test_models_that_never_differ_still_have_an_uncertain_difference():
    low, high = paired_difference(0, 0, 50)
    assert low < 0 < high


def test_holm_multiplies_the_smallest_p_by_all_and_never_reorders():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
    assert max(holm([0.9, 0.8])) == 1


@pytest.mark.parametrize(("k", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_counts_that_cannot_be_are_refused(k, n):
    for interval in INTERVALS:
        with pytest.raises(ValueError, match="is not a share"):
            interval(k, n)


def test_intervals_of_thousands_of_trials_are_finite():
    assert all(math.isfinite(bound) for bound in clopper_pearson(4990, 5000))
