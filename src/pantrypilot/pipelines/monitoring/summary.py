"""What a run found, as a person at a terminal reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pantrypilot.pipelines.monitoring.drift import FIRST, NEW_VALUES, STABLE, VERDICTS
from pantrypilot.pipelines.monitoring.reporting import count_alerts
from pantrypilot.pipelines.terminal import new_grid, new_screen, text_of
from pantrypilot.pipelines.types import Table

SNAPSHOT_OF = {"stock": "inventory", "purchases": "purchase_history"}  # the table that a table was made of
NAMED = 3  # columns that drifted


def table_of_pantries(
    profile: Table, invalid_rows: Table, unit_rejects: Table, alerts: Table, bias_check: Mapping[str, Any], drift: Table
) -> str:
    """Tables with their rows and those set aside before; alerts by kind; bias; the worst drift.

    `invalid_rows` and `unit_rejects` have a line for each row set aside, with its `table`.
    """
    screen = new_screen()
    aside = [rejects["table"].value_counts() for rejects in (invalid_rows, unit_rejects)]
    grid = new_grid("table", numbers=("rows", "invalid", "unit not known"))
    for table, rows in profile.groupby("table", sort=False)["rows"].first().items():
        source = SNAPSHOT_OF.get(str(table), str(table))
        grid.add_row(str(table), f"{rows:,}", *(f"{int(counts.get(source, 0)):,}" for counts in aside))
    screen.print(grid)
    counted = ", ".join(f"{issue} {n:,}" for issue, n in count_alerts(alerts).items())
    lines = [f"Alerts: {len(alerts):,} ({counted})", _bias(bias_check), _drift(drift)]
    screen.print("\n".join(lines), markup=False, highlight=False)
    return text_of(screen)


def _bias(bias_check: Mapping[str, Any]) -> str:
    biased = [check for check in bias_check["checks"] if check["biased"]]
    told = "".join(f"\n  {check['check']}: {check['verdict']}" for check in biased)
    return f"Bias: {len(biased)} of {len(bias_check['checks'])} checks find a difference that matters{told}"


def _drift(drift: Table) -> str:
    if (drift["verdict"] == FIRST).all():
        return "Drift: no earlier snapshot to compare with"
    counts = drift["verdict"].value_counts()
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if verdict in counts)
    changed = drift[~drift["verdict"].isin([STABLE, NEW_VALUES])]
    worst = changed.assign(psi=changed["psi"].fillna(0)).sort_values("psi", ascending=False, kind="stable").head(NAMED)
    named = ", ".join(f"{row.table}.{row.column} (PSI {row.psi:.2f})" for row in worst.itertuples())
    return f"Drift: {told}{'; worst: ' if named else ''}{named}"
