"""Nodes that turn generations into samples (answers with their verdicts), metrics, and a table to print."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pantrypilot.diets import Judge, Knowledge
from pantrypilot.kitchen.frames import from_frame, to_frame
from pantrypilot.pipelines.evaluation.params import EvaluationParams
from pantrypilot.pipelines.types import Table
from pantrypilot.scoring import Case, Generation, Prompt, Sample, cases_of, score_answer, summarise

TABLE_WIDTH = 120  # characters


class ScoringError(ValueError):
    """Prompts and generations do not belong together; the message names the model and the prompt."""


def score_generations(
    prompts: Table, diet_knowledge: Knowledge, evaluation: EvaluationParams, *generations: Table
) -> Table:
    """One `Sample` a model and prompt, in the order of the generations given and of the prompts.

    Raises:
        ScoringError: a model has no answer to a prompt, two answers, or an answer to no prompt.
    """
    asked = {prompt.prompt_id: prompt for prompt in from_frame(prompts, Prompt)}
    if len(asked) != len(prompts):
        raise ScoringError("Two prompts have the same prompt_id; make the prompts again.")
    judge = Judge(diet_knowledge)
    samples = []
    for model, answers in _by_model(generations).items():
        _check_complete(model, [answer.prompt_id for answer in answers], list(asked))
        given = {answer.prompt_id: answer for answer in answers}
        samples += [_sample(prompt, given[prompt_id], judge, evaluation.cases) for prompt_id, prompt in asked.items()]
    return to_frame(samples, Sample)


def compute_metrics(samples: Table, evaluation: EvaluationParams) -> dict[str, Any]:
    """`pantrypilot.scoring.summarise` of the samples: the content of `metrics.json`."""
    return summarise(from_frame(samples, Sample), tuple(evaluation.cases))


def table_for_terminal(metrics: Mapping[str, Any], closed_metrics: Mapping[str, Any]) -> str:
    """Models by slices in at most 120 columns, then the last model against the others; plain ASCII.

    Below, the tuned models with their lists closed over the pantry.
    """
    from rich.console import Console

    screen = Console(file=io.StringIO(), width=TABLE_WIDTH, color_system=None, force_terminal=False)
    screen.print(_grid(metrics, "Compliance with the diet, % [95% interval], by slice"))
    for comparison in metrics["comparisons"]:
        if comparison["where"] != "overall" and comparison["first"] == metrics["models"][-1]:
            screen.print(difference_line(comparison), highlight=False, markup=False, soft_wrap=True)
    screen.print(_grid(closed_metrics, "\nThe same, decoding with both lists closed over the pantry: each thing once"))
    lines = screen.file.getvalue().encode("ascii", "replace").decode().splitlines()
    return "\n".join(line.rstrip() for line in lines).rstrip()


def _grid(metrics: Mapping[str, Any], title: str) -> Any:
    from rich import box
    from rich.table import Table as Grid

    table = Grid(
        "model",
        *(f"{name.replace('_', ' ')} (n={_count(metrics, name)})" for name in metrics["slices"]),
        "halluc.\nitems",
        "format",
        "selected",
        box=box.ASCII2,
        title=title,
        title_justify="left",
        show_edge=False,
        pad_edge=False,
        title_style="",
    )
    for model in metrics["models"]:
        figures = metrics["by_model"][model]
        overall = figures["overall"]
        table.add_row(
            model,
            *(percent(figures["by_slice"][name]["compliance"]) for name in metrics["slices"]),
            percent(overall["hallucinated_items"]),
            percent(overall["format"]),
            "-" if overall["selected"]["mean"] is None else f"{overall['selected']['mean']:.1f}",
        )
    return table


def percent(share: Mapping[str, Any]) -> str:
    """`88.0`, a line break and `[81.8 92.3]`, or `-` where there was nothing to count."""
    if share["value"] is None:
        return "-"
    return f"{100 * share['value']:.1f}\n[{100 * share['low']:.1f} {100 * share['high']:.1f}]"


def difference_line(comparison: Mapping[str, Any]) -> str:
    """One comparison in a line: `v3 against v2, production meats: +29.3 points [+21.0 +36.6], ...`."""
    said = "" if comparison["better"] else ": no difference shown"
    return (
        f"{comparison['first']} against {comparison['second']}, {comparison['where'].replace('_', ' ')}: "
        f"{comparison['points']:+.1f} points [{comparison['low']:+.1f} {comparison['high']:+.1f}], "
        f"McNemar p {p_value(comparison['p_adjusted'])} (Holm), n={comparison['n']}{said}"
    )


def p_value(p: float) -> str:
    """`= 0.012`, or `< 0.001`."""
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _count(metrics: Mapping[str, Any], name: str) -> int:
    first = metrics["by_model"][metrics["models"][0]]
    return first["by_slice"][name]["compliance"]["n"]


def _by_model(generations: Sequence[Table]) -> dict[str, list[Generation]]:
    models: dict[str, list[Generation]] = {}
    for place, frame in enumerate(generations, 1):
        if frame.empty:
            raise ScoringError(f"Table {place} of the generations is empty; generate again before scoring.")
        for answer in from_frame(frame, Generation):
            models.setdefault(answer.model, []).append(answer)
    if not models:
        raise ScoringError("There are no generations to score.")
    return models


def _check_complete(model: str, answered: Sequence[str], asked: Sequence[str]) -> None:
    """A missing answer would quietly flatter its model."""
    times, known = Counter(answered), set(asked)
    faults = {
        "no answer to": [name for name in asked if name not in times],
        "more than one answer to": [name for name in times if times[name] > 1],
        "an answer to an unknown": [name for name in times if name not in known],
    }
    for what, names in faults.items():
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise ScoringError(
                f"The generations of {model} hold {what} prompt {names[0]}{more}; "
                f"generate {model} again on these prompts."
            )


def _sample(prompt: Prompt, answer: Generation, judge: Judge, cases: Mapping[str, Case]) -> Sample:
    score = score_answer(answer.text, answer.finish_reason, prompt.pantry, prompt.diets, judge)
    return Sample(
        **dict(prompt), **dict(score), **answer.model_dump(exclude={"prompt_id"}),
        cases=cases_of(cases, prompt.pantry, prompt.diets, judge),
    )  # fmt: skip
