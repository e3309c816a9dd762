"""Tests of shares fire about as often as they say, and see what is there."""

import numpy as np
import pytest

from pantrypilot.scoring.shares import clustered_difference, clustered_fit_to_target, fit_to_target

TARGET = np.array([0.3, 0.25, 0.2, 0.15, 0.1])
RUNS = 300
# 5 % of 300 is 15; more than 25 would come once in a hundred times of a test that keeps its level
MOST = 25


def households(random, count, target=TARGET, rows=100, alike=3.0):
    """Purchases by group of each household; the smaller `alike`, the more each keeps to its own foods."""
    return np.array([random.multinomial(rows, random.dirichlet(np.asarray(target) * alike)) for _ in range(count)])


@pytest.mark.parametrize(("rows", "method"), [(20, "multinomial"), (400, "chi-square")])
def test_a_sample_of_the_target_is_called_different_one_time_in_twenty(rows, method):
    random = np.random.default_rng(1)
    findings = [fit_to_target(random.multinomial(rows, TARGET), TARGET, 199, run) for run in range(RUNS)]
    assert {finding.method for finding in findings} == {method}
    assert sum(finding.p_value <= 0.05 for finding in findings) <= MOST


@pytest.mark.parametrize("count", [10, 60])
def test_households_with_tastes_of_their_own_are_not_taken_for_bias(count):
    random = np.random.default_rng(2)
    samples = [households(random, count) for _ in range(RUNS)]
    assert sum(clustered_fit_to_target(sample, TARGET).p_value <= 0.05 for sample in samples) <= MOST
    naive = sum(fit_to_target(sample.sum(axis=0), TARGET, 99, 0).p_value <= 0.05 for sample in samples)
    assert naive > RUNS / 2, "the toys do not show why the plain test will not do"


def test_a_planted_bias_is_found_with_its_size():
    random = np.random.default_rng(3)
    skewed = [0.5, 0.2, 0.1, 0.1, 0.1]
    finding = clustered_fit_to_target(households(random, 100, skewed), TARGET)
    w = np.sqrt(((np.array(skewed) - TARGET) ** 2 / TARGET).sum())
    assert finding.p_value < 0.001 and finding.effect == pytest.approx(w, abs=0.12)
    assert 100 < finding.effective_rows < 10_000


def test_an_exact_match_has_no_effect_and_p_one():
    finding = fit_to_target([30, 25, 20, 15, 10], TARGET, 99, 0)
    assert (finding.statistic, finding.effect, finding.p_value) == pytest.approx((0, 0, 1))


def test_the_chi_square_is_that_of_scipy():
    from scipy import stats

    counts = [12, 30, 25, 18, 15]
    finding, known = fit_to_target(counts, TARGET, 99, 0), stats.chisquare(counts, TARGET * 100)
    assert (finding.statistic, finding.p_value) == pytest.approx((known.statistic, known.pvalue))


def test_groups_of_households_that_are_alike_are_called_different_one_time_in_twenty():
    random = np.random.default_rng(4)
    fired = 0
    for run in range(150):
        totals = random.integers(10, 60, 40)
        hits = random.binomial(totals, random.beta(2, 8, 40))
        fired += clustered_difference(hits, totals, np.arange(40) % 4, 99, run).p_value <= 0.05
    assert fired <= 15


def test_a_group_with_more_hits_is_found():
    totals = np.full(40, 50)
    hits = np.where(np.arange(40) % 4 == 0, 25, 10)
    finding = clustered_difference(hits, totals, np.arange(40) % 4, 199, 0)
    assert finding.p_value == pytest.approx(1 / 200) and finding.effect > 0.2


def test_no_hit_at_all_is_no_difference():
    assert clustered_difference([0, 0], [5, 5], [0, 1], 99, 0).p_value == 1


def test_the_same_seed_gives_the_same_p():
    assert fit_to_target([3, 1, 0, 0, 0], TARGET, 99, 5) == fit_to_target([3, 1, 0, 0, 0], TARGET, 99, 5)
