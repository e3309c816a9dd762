"""How good is the judge? Verdicts against labels: recall, false alarms, what stays open; exact intervals.

    >>> measure([("forbidden", "forbidden"), ("forbidden", "unknown"), ("allowed", "allowed")])["recall"]
    {'value': 1.0, 'low': 0.025…, 'high': 1.0, 'k': 1, 'n': 1}

Labels and verdicts are `allowed`, `forbidden` and `unknown`; the label `unknown` means that a name does not tell.
Names are taken as independent: several spellings of one food are not quite so, and then the truth varies more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pantrypilot.scoring.statistics import CONFIDENCE, clopper_pearson

VALUES = ("allowed", "forbidden", "unknown")
# (label, verdict) → what went wrong, the gravest first
FAULTS = {
    ("forbidden", "allowed"): "false safe",
    ("unknown", "allowed"): "too sure",
    ("allowed", "forbidden"): "false alarm",
    ("unknown", "forbidden"): "too strict",
    ("forbidden", "unknown"): "unknown, is forbidden",
    ("allowed", "unknown"): "unknown, is allowed",
}


def exact_share(k: int, n: int) -> dict[str, Any]:
    """k of n with the Clopper-Pearson interval; with nothing to count, the first three are None."""
    if n == 0:
        return {"value": None, "low": None, "high": None, "k": 0, "n": 0}
    low, high = clopper_pearson(k, n, CONFIDENCE)
    return {"value": k / n, "low": low, "high": high, "k": k, "n": n}


def measure(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The figures of some (label, verdict) pairs.

    - recall: judged forbidden, of the forbidden names that were decided
    - caught: judged forbidden, of all forbidden names (recall if every unknown were a miss)
    - false_safe: judged allowed, of all forbidden names
    - false_alarms: judged forbidden, of all allowed names
    - agreement: judged as labelled, of the names labelled and judged allowed or forbidden
    - unknown, unknown_forbidden, unknown_allowed: judged unknown, of all, of forbidden, of allowed names
    - confusion: label → verdict → names
    """
    counts = Counter(pairs)
    confusion = {label: {verdict: counts[label, verdict] for verdict in VALUES} for label in VALUES}
    of = {label: sum(row.values()) for label, row in confusion.items()}
    bad, good = confusion["forbidden"], confusion["allowed"]
    decided = of["forbidden"] + of["allowed"] - bad["unknown"] - good["unknown"]
    return {
        "n": sum(of.values()),
        "recall": exact_share(bad["forbidden"], bad["forbidden"] + bad["allowed"]),
        "caught": exact_share(bad["forbidden"], of["forbidden"]),
        "false_safe": exact_share(bad["allowed"], of["forbidden"]),
        "false_alarms": exact_share(good["forbidden"], of["allowed"]),
        "agreement": exact_share(bad["forbidden"] + good["allowed"], decided),
        "unknown": exact_share(sum(row["unknown"] for row in confusion.values()), sum(of.values())),
        "unknown_forbidden": exact_share(bad["unknown"], of["forbidden"]),
        "unknown_allowed": exact_share(good["unknown"], of["allowed"]),
        "confusion": confusion,
    }


def score_verdicts(rows: Iterable[Mapping[str, str]], allergens: Collection[str], smallest: int) -> dict[str, Any]:
    """All figures of rows with name, diet, label, verdict and food_class.

    `by_diet.<diet>` is a `measure`, `by_class.<diet>.<class>` too; classes of fewer than `smallest` names count as
    "other". `allergens` has the diets that leave out an allergen, the worst one first.
    """
    kept = list(rows)
    diets = list(dict.fromkeys(row["diet"] for row in kept))
    by_diet = {diet: measure(_pairs(r for r in kept if r["diet"] == diet)) for diet in diets}
    lists = [
        {"diet": diet, "false_safe": by_diet[diet]["false_safe"], "unknown": by_diet[diet]["unknown_forbidden"]}
        for diet in diets
        if diet in allergens and by_diet[diet]["false_safe"]["n"]
    ]
    return {
        "confidence": CONFIDENCE,
        "n_names": len({row["name"] for row in kept}),
        "n_labels": len(kept),
        "by_diet": by_diet,
        "by_class": {diet: _by_class([r for r in kept if r["diet"] == diet], smallest) for diet in diets},
        "allergens": sorted(lists, key=lambda e: (-e["false_safe"]["value"], -e["false_safe"]["high"], e["diet"])),
    }


def worst_names(rows: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Every name that is not judged as labelled, one row a fault: the gravest first, then those of most diets."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        if fault := FAULTS.get((row["label"], row["verdict"])):
            entry = found.setdefault(
                (row["name"], fault), {"fault": fault, "name": row["name"], "diets": [], **_told(row)}
            )
            entry["diets"].append(row["diet"])
    grave = list(FAULTS.values())
    return sorted(found.values(), key=lambda e: (grave.index(e["fault"]), -len(e["diets"]), e["name"]))


def _told(row: Mapping[str, str]) -> dict[str, str]:
    return {key: row[key] for key in ("food_class", "label", "verdict", "reason", "origin")}


def _by_class(rows: list[Mapping[str, str]], smallest: int) -> dict[str, Any]:
    sizes = Counter(row["food_class"] for row in rows)
    groups: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        few = sizes[row["food_class"]] < smallest
        groups.setdefault("other" if few else row["food_class"], []).append(row)
    return {name: measure(_pairs(group)) for name, group in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0]))}


def _pairs(rows: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    return [(row["label"], row["verdict"]) for row in rows]
