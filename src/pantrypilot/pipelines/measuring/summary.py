"""The figures as a person at a terminal reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pantrypilot.pipelines.terminal import new_grid, new_screen, text_of


def table_of_figures(metrics: Mapping[str, Any], coverage: Mapping[str, Any]) -> str:
    """Two tables: by diet with exact intervals, and coverage; plain text of at most `terminal.WIDTH` columns."""
    screen = new_screen()
    screen.print(f"The judge on {metrics['file']}: {metrics['n_names']:,} names, % [exact 95% interval]", markup=False)
    columns = ("forbidden", "recall", "false safe", "open", "allowed", "false alarms", "all open")
    judged = new_grid("diet", numbers=columns)
    for diet, m in metrics["by_diet"].items():
        judged.add_row(
            diet, f"{m['caught']['n']:,}", with_interval(m["recall"]), with_interval(m["false_safe"]),
            percent(m["unknown_forbidden"]), f"{m['false_alarms']['n']:,}", with_interval(m["false_alarms"]),
            percent(m["unknown"]),
        )  # fmt: skip
    screen.print(judged)
    screen.print("recall is of the decided names; open: judged unknown, of the forbidden and of all names")
    if metrics["allergens"]:
        lists = [f"{e['diet']} {percent(e['false_safe'])} ({e['false_safe']['n']})" for e in metrics["allergens"]]
        screen.print(f"False safe by allergen list (of so many), worst first: {', '.join(lists)}", markup=False)
    screen.print()
    screen.print(
        f"Coverage: {coverage['occurrences']:,} ingredients of {coverage['recipes']:,} recipes, "
        f"{coverage['names']:,} different names, %"
    )
    covered = new_grid("diet", numbers=("decided", "allowed", "forbidden", "names decided"))
    for diet, shares in coverage["by_diet"].items():
        cells = (shares["decided"], shares["allowed"], shares["forbidden"], shares["names"])
        covered.add_row(diet, *(f"{100 * share:.2f}" for share in cells))
    together = coverage["all_diets"]
    covered.add_row("all of these", f"{100 * together['decided']:.2f}", "", "", f"{100 * together['names']:.2f}")
    screen.print(covered)
    return text_of(screen)


def percent(share: Mapping[str, Any]) -> str:
    """`98.6`, or `-` where there was nothing to count."""
    return "-" if share["value"] is None else f"{100 * share['value']:.1f}"


def with_interval(share: Mapping[str, Any]) -> str:
    """`98.6 [97.1 99.4]`."""
    return "-" if share["value"] is None else f"{percent(share)} [{100 * share['low']:.1f} {100 * share['high']:.1f}]"
