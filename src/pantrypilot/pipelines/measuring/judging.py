"""The judge's verdict on every label, and the figures that come of it."""

from __future__ import annotations

from typing import Any

from pantrypilot.diets import Judge, Knowledge
from pantrypilot.diets.lines import as_name
from pantrypilot.pipelines.measuring.labels import ALLERGEN_DIETS
from pantrypilot.pipelines.measuring.params import MeasuringParams
from pantrypilot.pipelines.types import Table
from pantrypilot.scoring.verdicts import score_verdicts, worst_names


def judge_labels(labels: Table, diet_knowledge: Knowledge, params: MeasuringParams) -> Table:
    """The labels with verdict, reason and recognised food classes beside them.

    A label without a food class of its own
    counts under the widest class that the judge sees in the name.
    """
    judge = Judge(diet_knowledge)
    read = as_name if params.lines else str
    judged = [judge.judge(read(name), diet) for name, diet in zip(labels["name"], labels["diet"], strict=True)]
    seen = ["; ".join(j.food_classes) for j in judged]
    widest = [_widest(j.food_classes, judge.knowledge) for j in judged]
    return labels.assign(
        food_class=[given or own for given, own in zip(labels["food_class"], widest, strict=True)],
        verdict=[str(j.verdict) for j in judged],
        reason=[j.reason for j in judged],
        seen=seen,
    )


def score_judge(verdicts: Table, params: MeasuringParams) -> dict[str, Any]:
    """`score_verdicts` of the table, with the name of the file that the labels came from."""
    rows = verdicts.to_dict("records")
    return {"file": rows[0]["origin"].rpartition(":")[0], **score_verdicts(rows, ALLERGEN_DIETS, params.smallest_class)}


def list_worst(verdicts: Table) -> Table:
    """`worst_names` as a table; `diets` are joined by "; "."""
    import pandas as pd

    rows = [{**row, "diets": "; ".join(row["diets"])} for row in worst_names(verdicts.to_dict("records"))]
    columns = ["fault", "name", "diets", "food_class", "label", "verdict", "reason", "origin"]
    return pd.DataFrame(rows, columns=columns)


def _widest(classes: tuple[str, ...], knowledge: Knowledge) -> str:
    if not classes:
        return "no food known"
    found = classes[-1]  # the head of a name stands last
    while knowledge.classes[found].is_a:
        found = knowledge.classes[found].is_a[0]
    return knowledge.classes[found].label
