"""The page on the judge: one HTML file that needs no network. Names are untrusted text: jinja escapes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pantrypilot.pipelines.measuring.summary import percent, with_interval
from pantrypilot.pipelines.pages import render_page
from pantrypilot.pipelines.types import Table
from pantrypilot.scoring.verdicts import FAULTS, VALUES

TEMPLATE = Path(__file__).with_name("report.html.j2")
MOST_NAMES = 600  # rows of a table: keeps the file below 1 MB


def write_page(metrics: Mapping[str, Any], coverage: Mapping[str, Any], worst: Table, uncovered: Table) -> str:
    """The report as HTML, from the outputs of `score_judge`, `list_worst` and `cover_recipes`."""
    return render_page(
        TEMPLATE,
        {"percent": percent, "interval": with_interval},
        metrics=metrics,
        coverage=coverage,
        headline=headline(metrics),
        classes=weak_classes(metrics),
        faults=[fault for fault in FAULTS.values() if (worst["fault"] == fault).any()],
        worst=worst.head(MOST_NAMES).to_dict("records"),
        n_worst=len(worst),
        uncovered=uncovered.head(MOST_NAMES).to_dict("records"),
        n_uncovered=len(uncovered),
        values=VALUES,
    )


def headline(metrics: Mapping[str, Any]) -> str:
    """The finding: what the two diets that matter most, of those that are labelled, miss and over-forbid."""
    told = [
        f"{diet}: {percent(m['recall'])}% recall, {percent(m['false_alarms'])}% false alarms"
        for diet, m in _foremost(metrics)
    ]
    return f"{'; '.join(told)}."


def weak_classes(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Food classes with something judged wrongly or left open, those with most false-safe names first."""
    rows = [
        {"diet": diet, "food_class": name, **figures}
        for diet, groups in metrics["by_class"].items()
        for name, figures in groups.items()
        if figures["false_safe"]["k"] or figures["false_alarms"]["k"] or figures["unknown"]["k"]
    ]
    return sorted(rows, key=lambda r: (-r["false_safe"]["k"], -r["false_alarms"]["k"], -r["unknown"]["k"]))


def _foremost(metrics: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The two diets with most forbidden names."""
    return sorted(metrics["by_diet"].items(), key=lambda entry: -entry[1]["caught"]["n"])[:2]
