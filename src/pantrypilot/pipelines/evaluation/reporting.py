"""Nodes that write the evaluation report: one HTML file that needs no network, and nothing but a browser.

Everything a model wrote is untrusted text: it reaches the page through jinja's autoescaping alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pantrypilot.kitchen.frames import from_frame
from pantrypilot.kitchen.text import parse_answer
from pantrypilot.pipelines.evaluation.charts import line_chart, shaded_table
from pantrypilot.pipelines.evaluation.scoring import p_value
from pantrypilot.pipelines.pages import render_page
from pantrypilot.pipelines.types import Table
from pantrypilot.scoring import Sample

TEMPLATE = Path(__file__).with_name("report.html.j2")
HEADLINE_SLICE = "production_meats"
CASE_SLICE = "cases"  # the prompts written for the named cases
MOST_FAILURES = 1200  # rows of the failure table: keeps the file below 3 MB
SLICE_NOTES = {
    "same_distribution": "pantries made the way the training pantries are made",
    "production_meats": "pantries with the meat and fish that production saw, where v2 data had stock only",
    "held_out_ingredients": "pantries with foods that no fine-tuning row ever showed",
    "households": "what synthetic households have, as it is, for a guest with a diet",
    "cases": "one prompt written for each named case",
}
MODEL_NOTES = {
    "base": "the model before fine-tuning",
    "v2": "fine-tuned on data where stock is the only meat in a vegetarian pantry",
    "v3": "fine-tuned on data with diverse forbidden foods in the pantry",
}


class ReportError(ValueError):
    """The report was given something that it has no place for."""


def write_report(
    metrics: Mapping[str, Any], closed_metrics: Mapping[str, Any], samples: Table, distribution: Table, **training: Any
) -> str:
    """`render_report` for a node, whose inputs are flat: `loss_curve_<model>`, `run_card_<model>` by keyword."""
    curves, cards = {}, {}
    for name, value in training.items():
        if name.startswith("loss_curve_"):
            curves[name.removeprefix("loss_curve_")] = value
        elif name.startswith("run_card_"):
            cards[name.removeprefix("run_card_")] = value
        else:
            raise ReportError(f"The report has no place for {name!r}; name it loss_curve_<model> or run_card_<model>.")
    return render_report(metrics, closed_metrics, samples, curves, cards, distribution)


def render_report(
    metrics: Mapping[str, Any],
    closed_metrics: Mapping[str, Any],
    samples: Table,
    loss_curves: Mapping[str, Table],
    run_cards: Mapping[str, Mapping[str, Any]],
    distribution: Table,
) -> str:
    """The report as HTML.

    `metrics` and `closed_metrics` come from `compute_metrics`, `samples` from `score_generations`. A loss curve has the
    columns step, split (train, valid) and loss; a run card is any nested mapping; `distribution` has cuisine, diet, n.
    """
    records = from_frame(samples, Sample)
    failures = failure_rows(records, metrics["models"])
    return render_page(
        TEMPLATE,
        {"words": _words, "percent": _percent, "range": _range, "count": _count, "p_value": p_value},
        metrics=metrics,
        closed=closed_metrics,
        models=metrics["models"],
        headline=headline(metrics),
        main_slice=_main_slice(metrics),
        slice_notes=SLICE_NOTES,
        model_notes=MODEL_NOTES,
        examples=pick_examples(records, metrics),
        failures=failures[:MOST_FAILURES],
        n_failures=len(failures),
        chart=line_chart(loss_curves, metrics["models"]),
        distribution=shaded_table(distribution),
        run_cards={model: flatten(card) for model, card in run_cards.items()},
        unbroken=_unbroken(metrics),
    )


def headline(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """The finding: the last model on the slice that matters, against the model before it."""
    where, models = _main_slice(metrics), metrics["models"]
    shares = {m: metrics["by_model"][m]["by_slice"][where]["compliance"] for m in models}
    last, before = models[-1], models[-2] if len(models) > 1 else None
    comparison = next(
        (c for c in metrics["comparisons"] if (c["first"], c["second"], c["where"]) == (last, before, where)),
        None,
    )
    sentence = f"{last} keeps to the diet in {_percent(shares[last])} of answers"
    if before:
        sentence += f", {before} in {_percent(shares[before])}"
    return {"sentence": f"{sentence}.", "where": where, "shares": shares, "comparison": comparison}


def faults(sample: Sample) -> dict[str, list[str]]:
    """What is wrong with an answer, by kind (diet, hallucination, format), each in words for a cook."""
    found: dict[str, list[str]] = {"diet": [], "hallucination": [], "format": list(sample.format_problems)}
    said = {"selected": "selects", "additions": "adds", "steps": "uses", "title": "has in its title"}
    for verdict in sample.verdicts:
        if verdict.verdict == "forbidden":
            found["diet"].append(f"{said[verdict.where]} {verdict.name}: {verdict.reason}")
    if sample.compliant is False and not sample.readable:
        found["diet"].append("cannot be read to its end, so it cannot be called safe")
    found["hallucination"] = [f"{name} is not in the pantry" for name in sample.hallucinated]
    return {kind: texts for kind, texts in found.items() if texts}


def failure_rows(samples: Iterable[Sample], models: Sequence[str]) -> list[dict[str, Any]]:
    """Every answer with a fault, those of the last model first."""
    rows = [{"sample": sample, "faults": found} for sample in samples if (found := faults(sample))]
    return sorted(rows, key=lambda row: -models.index(row["sample"].model))


def pick_examples(samples: Sequence[Sample], metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Prompts worth reading side by side: one a named case, one a slice, and failures of the last model.

    A case shows the prompt that was written for it, if there is one. Else the first prompt that tells the last
    two models apart is taken, those of the slice that matters most before others, else the first of all.
    """
    by_prompt: dict[str, dict[str, Sample]] = {}
    for sample in sorted(samples, key=lambda s: s.slice != _main_slice(metrics)):
        by_prompt.setdefault(sample.prompt_id, {})[sample.model] = sample
    last = metrics["models"][-1]
    before = metrics["models"][max(0, len(metrics["models"]) - 2)]
    wanted = [(f"Case: {case}", lambda s, case=case: case in s.cases) for case in metrics["cases"]]
    wanted += [
        (f"Slice: {_words(name)}", lambda s, name=name: s.slice == name)
        for name in metrics["slices"]
        if name != CASE_SLICE
    ]
    wanted += [(f"Where {last} still fails", lambda s: by_prompt[s.prompt_id][last].compliant is False)] * 2
    picked: dict[str, dict[str, Any]] = {}
    for why, fits in wanted:
        prompts = [
            p for p, answers in by_prompt.items() if answers[last].diets and fits(answers[last]) and p not in picked
        ]
        telling = [p for p in prompts if by_prompt[p][last].compliant and not by_prompt[p][before].compliant]
        written = [p for p in prompts if by_prompt[p][last].slice == CASE_SLICE and why.startswith("Case")]
        for prompt in (written or telling or prompts)[:1]:
            picked[prompt] = {
                "why": why,
                "prompt": by_prompt[prompt][last],
                "answers": [_card(by_prompt[prompt][model]) for model in metrics["models"]],
            }
    return list(picked.values())


def flatten(card: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """A nested run card as lines of a table: `{"plan": {"seed": 7}}` → `("plan.seed", "7")`."""
    lines: list[tuple[str, str]] = []
    for key, value in card.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            lines += flatten(value, f"{name}.")
        elif isinstance(value, list | tuple):
            lines.append((name, ", ".join(map(str, value)) or "none"))
        else:
            lines.append((name, "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)))
    return lines


def _card(sample: Sample) -> dict[str, Any]:
    """An answer for reading: its lists with the worst verdict of each name."""
    order = {"forbidden": 0, "unknown": 1, "allowed": 2}
    worst: dict[tuple[str, str], Any] = {}
    for verdict in sample.verdicts:
        place = (verdict.where, verdict.name)
        if place not in worst or order[verdict.verdict] < order[worst[place].verdict]:
            worst[place] = verdict
    return {
        "sample": sample,
        "selected": [(name, worst.get(("selected", name)), name in sample.hallucinated) for name in sample.selected],
        "additions": [(name, worst.get(("additions", name)), False) for name in sample.additions],
        "steps": parse_answer(sample.text).steps,
        "elsewhere": [v for v in sample.verdicts if v.where in ("title", "steps")],
        "faults": faults(sample),
    }


def _main_slice(metrics: Mapping[str, Any]) -> str:
    return HEADLINE_SLICE if HEADLINE_SLICE in metrics["slices"] else metrics["slices"][0]


def _unbroken(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where nothing failed, and what that many answers leave possible."""
    return [
        {"model": model, "where": name, "n": figures["compliance"]["n"], "bound": figures["could_still_fail"]}
        for model in metrics["models"]
        for name, figures in metrics["by_model"][model]["by_slice"].items()
        if figures["could_still_fail"] is not None
    ]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _percent(share: Mapping[str, Any]) -> str:
    return "–" if share["value"] is None else f"{100 * share['value']:.1f}%"


def _range(share: Mapping[str, Any]) -> str:
    return "" if share["value"] is None else f"{100 * share['low']:.1f}–{100 * share['high']:.1f}"


def _count(share: Mapping[str, Any]) -> str:
    return f"{share['k']}/{share['n']}"
