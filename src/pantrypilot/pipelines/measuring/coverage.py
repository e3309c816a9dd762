"""How much of a recipe collection the judge decides, and a sample of the rest for reading."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pantrypilot.diets import Judge, Knowledge, Verdict
from pantrypilot.diets.columns import judge_column
from pantrypilot.kitchen.readers import RawRecipe
from pantrypilot.pipelines.measuring.params import MeasuringParams
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import pandas as pd

NOT_KNOWN, MAKER = "not known", "depends on the maker"


def cover_recipes(
    recipe_collection: Iterable[RawRecipe], diet_knowledge: Knowledge, params: MeasuringParams
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
    judge = Judge(diet_knowledge)
    names, times = zip(*sorted(used.items(), key=lambda entry: (-entry[1], entry[0])), strict=True)
    verdicts, weight = judge_column(names, judge, params.coverage_diets), pd.Series(times)
    rows = []
    for name, count, *judged in zip(names, times, *(verdicts[key] for key in verdicts), strict=True):
        if still_open := [key for key, verdict in zip(verdicts, judged, strict=True) if verdict == Verdict.UNKNOWN]:
            reason = judge.judge(name, still_open[0]).reason
            rows.append((name, count, "; ".join(still_open), _why(reason), reason))
    uncovered = pd.DataFrame(rows, columns=["name", "occurrences", "open", "why", "reason"])
    total = used.total()
    left = int(uncovered["occurrences"].sum())
    figures = {
        "recipes": recipes,
        "occurrences": total,
        "names": len(names),
        "by_diet": {key: _shares(verdicts[key], weight) for key in verdicts},
        "all_diets": {"decided": (total - left) / total, "names": 1 - len(rows) / len(names)},
        "open": {why: int(uncovered.loc[uncovered["why"] == why, "occurrences"].sum()) for why in (MAKER, NOT_KNOWN)},
    }
    return figures, uncovered


def sample_uncovered(uncovered: Table, params: MeasuringParams, seed: int) -> Table:
    """Names drawn by occurrences: the common ones are in, and rare ones too. A name keeps its luck from run to run.

    So what is drawn after a change of the knowledge is mostly what was drawn before, less what is decided now.
    """
    # exponential clocks (Efraimidis and Spirakis 2006, Inf. Process. Lett. 97:181): the first to ring are the sample
    rings = [
        random.Random(f"{seed} {name}").expovariate(times)
        for name, times in zip(uncovered["name"], uncovered["occurrences"], strict=True)
    ]
    drawn = sorted(range(len(rings)), key=rings.__getitem__)[: params.sample]
    return uncovered.iloc[drawn].reset_index(drop=True)


def _why(reason: str) -> str:
    return NOT_KNOWN if reason.startswith("no food known") or reason.endswith("is not known") else MAKER


def _shares(column: pd.Series, weight: pd.Series) -> dict[str, float]:
    shares = {str(verdict): float(weight[column == verdict].sum() / weight.sum()) for verdict in Verdict}
    return {"decided": 1 - shares["unknown"], **shares, "names": float((column != Verdict.UNKNOWN).mean())}
