"""Are all regions and cuisines served alike? Shares against a target, and alerts against the region of a household.

One of the checks:

    {"check": "regions of the foods bought", "test": "Rao-Scott", "rows": 6000, "effective_rows": 310.2,
     "statistic": 95.1, "p_value": 0.001, "p_adjusted": 0.008, "effect": 0.13, "effect_name": "w", "biased": true,
     "verdict": "differs …", "left_out": {"global": 812},
     "shares": [{"name": "east_asia", "count": 1500, "of": 6000, "share": 0.25, "target": 0.125, "low": …}, …]}

What one household buys goes together, so its rows are not taken for independent ones: `scoring.shares` says how.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pantrypilot.diets.knowledge import nearest
from pantrypilot.pipelines.monitoring.alerts import ISSUES
from pantrypilot.pipelines.monitoring.params import EVEN, BiasParams, Target
from pantrypilot.pipelines.types import Table
from pantrypilot.scoring.shares import Finding, clustered_difference, clustered_fit_to_target, fit_to_target
from pantrypilot.scoring.statistics import CONFIDENCE, holm, wilson

if TYPE_CHECKING:
    import numpy as np

    from pantrypilot.kitchen.foods import Food, Foods

FEWEST = 2  # households, or groups of them, that can differ from each other
UNKNOWN = "not in the food table"


def check_bias(
    stock: Table, purchases: Table, households: Table, alerts: Table, foods: Any, params: BiasParams, seed: int
) -> dict[str, Any]:
    """All checks with their shares; p values are adjusted for being several (Holm). `foods` are `kitchen.foods.Foods`.

    Raises:
        ValueError: a target names a region or a cuisine that the foods do not have.
    """
    regions, cuisines = resolve_targets(params.households_region, params.households_cuisine, foods)
    foods_regions, foods_cuisines = resolve_targets(params.foods_region, params.foods_cuisine, foods)
    bought, items = _count_bought(purchases)
    eaten = [foods.by_id.get(item) for item in items]
    checks = [
        _check_households(households, "region", regions, params, seed),
        _check_households(households, "cuisine", cuisines, params, seed),
        _check_foods(bought, "region", [_region(food) for food in eaten], foods_regions),
        _check_foods(bought, "cuisine", [_cuisines(food) for food in eaten], foods_cuisines),
        *_check_alerts(stock, households, alerts, params, seed),
    ]
    tested = [check for check in checks if check["p_value"] is not None]
    for check, adjusted in zip(tested, holm([check["p_value"] for check in tested]), strict=True):
        check["p_adjusted"] = adjusted
    for check in checks:
        check["biased"], check["verdict"] = _verdict(check, params)
    limits = {"alpha": params.alpha, "smallest_effect": params.smallest_effect, "confidence": CONFIDENCE}
    return {**limits, "checks": checks}


def resolve_targets(regions: Target, cuisines: Target, foods: Foods) -> tuple[dict[str, float], dict[str, float]]:
    """Both as shares by name: `even` is every region alike, and every cuisine of a region in that region's share."""
    by_region = dict.fromkeys(foods.regions, 1 / len(foods.regions)) if regions == EVEN else regions
    _check_names(by_region, foods.regions)
    by_cuisine = cuisines
    if cuisines == EVEN:
        by_cuisine = {
            cuisine: share / len(foods.regions[region])
            for region, share in by_region.items()
            for cuisine in foods.regions[region]
        }
    _check_names(by_cuisine, [cuisine for of_region in foods.regions.values() for cuisine in of_region])
    return by_region, by_cuisine


def _check_names(wanted: Mapping[str, float], known: Iterable[str]) -> None:
    for name in wanted:
        if name not in known:
            hint = nearest(name, known)
            raise ValueError(f"monitoring.bias: the food table has no region or cuisine {name!r}.{hint}")


def _region(food: Food | None) -> tuple[str, ...]:
    return (UNKNOWN,) if food is None else (food.region,)


def _cuisines(food: Food | None) -> tuple[str, ...]:
    """None of a food that all kitchens use: `region` tells such by a word that is no region."""
    return (UNKNOWN,) if food is None else food.cuisines if food.region != "global" else (food.region,)


def _check_households(
    households: Table, column: str, target: Mapping[str, float], params: BiasParams, seed: int
) -> dict[str, Any]:
    counted = households[column].value_counts()
    counts = [int(counted.get(name, 0)) for name in target]
    finding = fit_to_target(counts, list(target.values()), params.draws, seed) if sum(counts) >= FEWEST else None
    left_out = {str(name): int(n) for name, n in counted.items() if n and name not in target}
    return _check(f"{column}s of the households", "w", finding, _shares_of_target(counts, target, finding), left_out)


def _count_bought(purchases: Table) -> tuple[Any, list[str]]:
    """How often each household (rows) bought each item (columns), sparse, and the items."""
    import numpy as np
    import pandas as pd
    from scipy.sparse import coo_matrix

    user, users = pd.factorize(purchases["user_id"])
    item, items = pd.factorize(purchases["item_id"])
    times = coo_matrix((np.ones(len(purchases)), (user, item)), shape=(len(users), len(items)))
    return times.tocsr(), [str(name) for name in items]


def _check_foods(
    bought: Any, what: str, groups: Sequence[Sequence[str]], target: Mapping[str, float]
) -> dict[str, Any]:
    """`groups` of each item; a purchase of a food of several cuisines counts for each in equal parts."""
    import numpy as np

    names = list(target)
    weights, others = np.zeros((len(groups), len(names))), Counter()
    for index, (of_item, times) in enumerate(zip(groups, np.asarray(bought.sum(axis=0)).ravel(), strict=True)):
        for group in of_item:
            if group in target:
                weights[index, names.index(group)] += 1 / len(of_item)
            else:
                others[group] += times / len(of_item)
    by_household = np.asarray(bought @ weights)
    by_household = by_household[by_household.sum(axis=1) > 0]
    finding = clustered_fit_to_target(by_household, list(target.values())) if len(by_household) >= FEWEST else None
    shares = _shares_of_target(by_household.sum(axis=0).tolist(), target, finding)
    left_out = {name: round(n) for name, n in others.items()}
    return _check(f"{what}s of the foods bought", "w", finding, shares, left_out)


def _check_alerts(
    stock: Table, households: Table, alerts: Table, params: BiasParams, seed: int
) -> Iterator[dict[str, Any]]:
    """For each kind of alert, whether the share of items that have it differs between regions."""
    import pandas as pd

    items = stock["user_id"].astype(str).value_counts(sort=False)
    home = households.set_index(households["user_id"].astype(str))["region"].astype(object)
    region = home.reindex(items.index)
    outside = int(items[region.isna()].sum())
    items, region = items[region.notna()], region[region.notna()]
    group, names = pd.factorize(region, sort=True)
    for issue in ISSUES:
        told = alerts.loc[alerts["issue_type"] == issue, "user_id"].astype(str).value_counts(sort=False)
        hits = told.reindex(items.index).fillna(0).to_numpy(float)
        totals = items.to_numpy(float)
        finding = None
        if len(names) >= FEWEST and len(items) > len(names):
            finding = clustered_difference(hits, totals, group, params.deals, seed)
        shares = _shares_by_group(hits, totals, group, names, finding)
        left_out = {"in no known household": outside} if outside else {}
        yield _check(f"{issue.lower()} by region of the household", "V", finding, shares, left_out)


def _shares_of_target(
    counts: Sequence[float], target: Mapping[str, float], finding: Finding | None
) -> list[dict[str, Any]]:
    rows = float(sum(counts))
    return [
        _share(name, float(count), rows, wanted, finding)
        for count, (name, wanted) in zip(counts, target.items(), strict=True)
    ]


def _shares_by_group(
    hits: np.ndarray, totals: np.ndarray, group: np.ndarray, names: Sequence[str], finding: Finding | None
) -> list[dict[str, Any]]:
    import numpy as np

    if not len(names):
        return []
    counts = (np.bincount(group, column, len(names)) for column in (hits, totals))
    rate = float(hits.sum() / totals.sum())
    return [_share(str(name), float(k), float(n), rate, finding) for name, k, n in zip(names, *counts, strict=True)]


def _share(name: str, count: float, rows: float, target: float, finding: Finding | None) -> dict[str, Any]:
    """The interval is that of as many independent rows as would tell as much."""
    worth = finding.effective_rows / finding.rows if finding else 1.0
    share: dict[str, Any] = {"name": name, "count": round(count, 1), "of": round(rows, 1), "target": target}
    if rows * worth < 1:
        return {**share, "share": None, "low": None, "high": None}
    low, high = wilson(count * worth, rows * worth)
    return {**share, "share": count / rows, "low": low, "high": high}


def _check(
    what: str, effect_name: str, finding: Finding | None, shares: list[dict[str, Any]], left_out: Mapping[str, int]
) -> dict[str, Any]:
    found = finding._asdict() if finding else dict.fromkeys(Finding._fields)
    return {
        "check": what, "test": found.pop("method"), **found, "p_adjusted": None, "effect_name": effect_name,
        "left_out": dict(left_out), "shares": shares,
    }  # fmt: skip


def _verdict(check: Mapping[str, Any], params: BiasParams) -> tuple[bool, str]:
    named = ", ".join(f"{name} ({n:,})" for name, n in sorted(check["left_out"].items()))
    aside = f"; left out: {named}" if named else ""
    if check["p_adjusted"] is None:
        return False, f"too few households to tell{aside}"
    size = f"{check['effect_name']} = {check['effect']:.2f}"
    if check["p_adjusted"] >= params.alpha:
        return False, f"no difference shown ({size}){aside}"
    if check["effect"] < params.smallest_effect:
        return False, f"differs by less than matters ({size}){aside}"
    known = [share for share in check["shares"] if share["share"] is not None]
    off = [share for share in known if not share["low"] <= share["target"] <= share["high"]]
    off.sort(key=lambda share: -abs(share["share"] - share["target"]))
    said = ", ".join(f"{s['name']} {100 * s['share']:.1f}% instead of {100 * s['target']:.1f}%" for s in off[:3])
    return True, f"differs ({size}){': ' if said else ''}{said}{aside}"
