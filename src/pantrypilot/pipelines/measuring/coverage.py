"""How much of a recipe collection the judge decides, and a sample of the rest for reading."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pantrypilot.diets import Judge, Knowledge, Verdict
from pantrypilot.kitchen.readers import RawRecipe
from pantrypilot.pipelines.measuring.params import MeasuringParams
from pantrypilot.pipelines.types import Table

NOT_KNOWN, MAKER = "not known", "depends on the maker"


def cover_recipes(
    recipe_collection: Iterable[RawRecipe], diets: dict[str, Any], params: MeasuringParams
) -> tuple[dict[str, Any], Table]:
    """Coverage, and every name that is open for one of `coverage_diets`, the most used first.

    An occurrence is a name in a recipe; a recipe that names a food twice has it once. Duplicate recipes count.

    Raises:
        ValueError: no recipe can be read.
    """
    import pandas as pd

    used: Counter[str] = Counter()
    recipes = 0
    for record in recipe_collection:
        if record.payload is not None:
            used.update(record.payload.names)
            recipes += 1
    if not used:
        raise ValueError("No recipe could be read, so there is nothing to cover; look at --params recipes=.")
    judge = Judge(Knowledge.load(diets))
    keys = [judge.knowledge.diet(diet).key for diet in params.coverage_diets]
    counts = {key: Counter() for key in keys}
    names = {key: Counter() for key in keys}
    rows = []
    for name, times in sorted(used.items(), key=lambda entry: (-entry[1], entry[0])):
        verdicts = judge.verdicts(name)
        for key in keys:
            counts[key][verdicts[key]] += times
            names[key][verdicts[key]] += 1
        if still_open := [key for key in keys if verdicts[key] is Verdict.UNKNOWN]:
            reason = judge.judge(name, still_open[0]).reason
            rows.append({"name": name, "occurrences": times, "open": still_open, "why": _why(reason), "reason": reason})
    uncovered = pd.DataFrame(rows, columns=["name", "occurrences", "open", "why", "reason"])
    total = used.total()
    left = int(uncovered["occurrences"].sum())
    figures = {
        "recipes": recipes,
        "occurrences": total,
        "names": len(used),
        "by_diet": {key: _shares(counts[key], names[key]) for key in keys},
        "all_diets": {"decided": (total - left) / total, "names": 1 - len(rows) / len(used)},
        "open": {why: int(uncovered.loc[uncovered["why"] == why, "occurrences"].sum()) for why in (MAKER, NOT_KNOWN)},
    }
    return figures, uncovered.assign(open=["; ".join(keys) for keys in uncovered["open"]])


def sample_uncovered(uncovered: Table, params: MeasuringParams, seed: int) -> Table:
    """Names drawn one by one, each with a chance by its occurrences: the common ones are in, and rare ones too."""
    rng = random.Random(f"{seed} uncovered")
    # exponential clocks (Efraimidis and Spirakis 2006, Inf. Process. Lett. 97:181): the first to ring are the sample
    rings = [rng.expovariate(times) for times in uncovered["occurrences"]]
    drawn = sorted(range(len(rings)), key=rings.__getitem__)[: params.sample]
    return uncovered.iloc[drawn].reset_index(drop=True)


def _why(reason: str) -> str:
    return NOT_KNOWN if reason.startswith("no food known") or reason.endswith("is not known") else MAKER


def _shares(counts: Mapping[str, int], names: Mapping[str, int]) -> dict[str, Any]:
    total = sum(counts.values())
    shares = {str(verdict): counts[verdict] / total for verdict in Verdict}
    decided = 1 - shares["unknown"]
    return {"decided": decided, **shares, "names": 1 - names[Verdict.UNKNOWN] / sum(names.values())}
