"""From scored answers to figures: shares with their intervals, and models compared on the same prompts.

One share, as `metrics.json` holds it: `{"value": 0.88, "low": 0.8184, "high": 0.9225, "k": 132, "n": 150}`; with
no answer to count, the first three are null. Every answer is counted: what is empty or cut off fails.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pantrypilot.scoring.records import Sample
from pantrypilot.scoring.statistics import (
    CONFIDENCE,
    holm,
    mcnemar_exact,
    paired_difference,
    wilson,
    zero_failures_bound,
)

SIGNIFICANT = 0.05
FEWEST_PAIRS = 6  # with five, McNemar cannot fall below 0.05 even if all of them differ


def summarise(samples: Sequence[Sample], cases: Sequence[str]) -> dict[str, Any]:
    """All metrics of an evaluation; `cases` are the names of the cases, in the order of the report.

    `by_model.<model>` has `overall`, `by_slice.<slice>`, `by_diet.<diet>`, `by_slice_and_diet.<slice>.<diet>`
    and `by_case.<case>`, each a `measure`. `comparisons` has every pair of models, overall and by slice.
    `recipes_by_slice` counts the recipes that a slice's prompts are made from: there are fewer than prompts.
    """
    models, slices = _distinct(s.model for s in samples), _distinct(s.slice for s in samples)
    diets, met = _distinct(d for s in samples for d in s.diets), {c for s in samples for c in s.cases}
    return {
        "confidence": CONFIDENCE,
        "models": models,
        "slices": slices,
        "diets": diets,
        "cases": [case for case in cases if case in met],
        "n_prompts": len({s.prompt_id for s in samples}),
        "n_answers": len(samples),
        "recipes_by_slice": {
            name: len({(s.cuisine, s.recipe_title) for s in samples if s.slice == name and s.recipe_title})
            for name in slices
        },
        "by_model": {model: _of_model([s for s in samples if s.model == model]) for model in models},
        "comparisons": compare_models(samples),
    }


def measure(samples: Sequence[Sample], diet: str | None = None) -> dict[str, Any]:
    """The metrics of some answers. With `diet`, compliance is with that diet alone, of those that ask for it.

    - compliance: nothing forbidden, of answers to prompts with a diet
    - certain: compliant, and nothing unknown either (compliance if every unknown food were forbidden)
    - unknown: answers with a food that no rule knows
    - hallucinated_items, hallucinated_answers: selected but not in the pantry, of items and of answers
    - format: well formed and ended, of answers
    - selected: mean and standard deviation of the number of items taken from the pantry
    - could_still_fail: where nothing failed, the largest failure rate that so many answers leave possible
    """
    asked = [s for s in samples if (diet in s.diets if diet else s.diets)]
    kept = [s for s in asked if (s.keeps_to(diet) if diet else s.compliant)]
    compliance = proportion(len(kept), len(asked))
    counts = [s.n_selected for s in samples]
    return {
        "answers": len(samples),
        "compliance": compliance,
        "certain": proportion(sum(not _doubtful(s, diet) for s in kept), len(asked)),
        "unknown": proportion(sum(_doubtful(s, diet) for s in asked), len(asked)),
        "hallucinated_items": proportion(sum(len(s.hallucinated) for s in samples), sum(counts)),
        "hallucinated_answers": proportion(sum(bool(s.hallucinated) for s in samples), len(samples)),
        "format": proportion(sum(s.well_formed for s in samples), len(samples)),
        "selected": {
            "mean": statistics.fmean(counts) if counts else None,
            "sd": statistics.stdev(counts) if len(counts) > 1 else None,
            "n": len(counts),
        },
        "could_still_fail": zero_failures_bound(len(asked)) if asked and len(kept) == len(asked) else None,
    }


def proportion(k: int, n: int) -> dict[str, float | int | None]:
    """k of n with Wilson's interval."""
    if n == 0:
        return {"value": None, "low": None, "high": None, "k": 0, "n": 0}
    low, high = wilson(k, n)
    return {"value": k / n, "low": low, "high": high, "k": k, "n": n}


def compare_models(samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """Compliance of every later model against every earlier one, on the same prompts.

    `points` is the difference in percentage points with the interval `low` to `high`; `p` is McNemar's, and
    `p_adjusted` allows for all comparisons made (Holm). `better` names a model only when both the interval
    and `p_adjusted` say so, else it is None. Slices with fewer than six prompts are left out.
    """
    passed: dict[str, dict[str, bool]] = {}
    where: dict[str, list[str]] = {"overall": []}
    for sample in samples:
        outcome = passed.setdefault(sample.model, {})
        if sample.compliant is not None:
            outcome[sample.prompt_id] = sample.compliant
            for name in ("overall", sample.slice):
                where.setdefault(name, []).append(sample.prompt_id)
    found = [
        _compare(first, second, name, dict.fromkeys(prompts), passed)
        for second, first in itertools.combinations(passed, 2)
        for name, prompts in where.items()
        if len(set(prompts)) >= FEWEST_PAIRS
    ]
    for comparison, adjusted in zip(found, holm([c["p"] for c in found]), strict=True):
        comparison["p_adjusted"] = adjusted
        comparison["better"] = _winner(comparison)
    return found


def _compare(
    first: str, second: str, where: str, prompts: Iterable[str], passed: dict[str, dict[str, bool]]
) -> dict[str, Any]:
    pairs = [(passed[first][prompt], passed[second][prompt]) for prompt in prompts]
    only_first, only_second = pairs.count((True, False)), pairs.count((False, True))
    low, high = paired_difference(only_first, only_second, len(pairs))
    return {
        "first": first,
        "second": second,
        "where": where,
        "n": len(pairs),
        "only_first": only_first,
        "only_second": only_second,
        "points": 100 * (only_first - only_second) / len(pairs),
        "low": 100 * low,
        "high": 100 * high,
        "p": mcnemar_exact(only_first, only_second),
    }


def _winner(comparison: dict[str, Any]) -> str | None:
    if comparison["p_adjusted"] >= SIGNIFICANT or comparison["low"] <= 0 <= comparison["high"]:
        return None
    return comparison["first"] if comparison["points"] > 0 else comparison["second"]


def _of_model(samples: Sequence[Sample]) -> dict[str, Any]:
    by_slice = _group(samples, lambda s: (s.slice,))
    return {
        "overall": measure(samples),
        "by_slice": {name: measure(some) for name, some in by_slice.items()},
        "by_diet": _by_diet(samples),
        "by_slice_and_diet": {name: _by_diet(some) for name, some in by_slice.items()},
        "by_case": {name: measure(some) for name, some in _group(samples, lambda s: s.cases).items()},
    }


def _by_diet(samples: Sequence[Sample]) -> dict[str, Any]:
    return {diet: measure(some, diet) for diet, some in _group(samples, lambda s: s.diets).items()}


def _group(samples: Iterable[Sample], keys: Callable[[Sample], Iterable[str]]) -> dict[str, list[Sample]]:
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        for key in keys(sample):
            groups.setdefault(key, []).append(sample)
    return groups


def _doubtful(sample: Sample, diet: str | None) -> bool:
    return any(v.verdict == "unknown" and diet in (None, v.diet) for v in sample.verdicts)


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
