"""The checks of all tables together: the summary, what decides whether the run goes on, and the rows that do."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from pantrypilot.pipelines.types import Table

WIDTH = 116
TABLES_CHECKED = ("households", "inventory", "purchase_history", "receipts")


class ValidationStop(ValueError):
    """A critical expectation failed; the message names each, and where to look."""


def record_validation(
    households: Mapping[str, Any], inventory: Mapping[str, Any], purchases: Mapping[str, Any],
    receipts: Mapping[str, Any], *failing: Table,
) -> tuple[list[dict[str, Any]], Table, Table, dict[str, Any]]:  # fmt: skip
    """(data docs, summary, invalid rows, verdict) of the checks and failing rows of the four tables.

    data docs: the results as Great Expectations writes them, with `as_of`. summary: a line a table (dataset, suite,
    status, failed_expectations, rows, invalid_rows). verdict: `stops`, one line for each critical failure, and
    `tables`, the checks without the results.
    """
    import pandas as pd

    checks = [households, inventory, purchases, receipts]
    docs = [{"as_of": table["as_of"], "table": table["table"], "result": table["gx"]} for table in checks]
    tables = [{key: value for key, value in table.items() if key != "gx"} for table in checks]
    stops = [
        f"{table['table']}: {record['name']}: {record['reason']}; found: {record['observed'] or 'otherwise'}"
        for table in checks
        for record in table["expectations"]
        if record["name"] in table["stops"]
    ]
    return docs, _summary(tables), pd.concat(failing, ignore_index=True), {"stops": stops, "tables": tables}


def keep_valid(snapshot: Table, failing: Table, verdict: Mapping[str, Any]) -> Table:
    """The rows of a snapshot that fail nothing critical or of warning: rows = valid + invalid.

    Raises:
        ValidationStop: a critical expectation of any table failed.
    """
    import numpy as np

    if verdict["stops"]:
        stops = verdict["stops"]
        raise ValidationStop(
            f"Validation stops the run: {len(stops)} critical {'expectation' if len(stops) == 1 else 'expectations'} "
            "failed.\n" + "".join(f"  {line}\n" for line in stops) + "Stored and worth a look: pantry.invalid_rows, "
            "pantry.data_docs, pantry.validation_summary. The valid tables are those of the last good run. Mend the "
            "source and run again, or change the suite in conf/base/pantry/parameters_validation.yml."
        )
    if failing.empty:
        return snapshot
    holds = np.ones(len(snapshot), dtype=bool)
    holds[failing["row"]] = False
    return snapshot[holds].reset_index(drop=True)


def _summary(tables: Sequence[Mapping[str, Any]]) -> Table:
    import pandas as pd

    lines = [
        {
            "dataset": table["table"],
            "suite": table["suite"],
            "status": "PASS" if table["passed"] else "FAIL",
            "failed_expectations": "; ".join(_failed(table)),
            "rows": table["rows"],
            "invalid_rows": table["invalid_rows"],
        }
        for table in tables
    ]
    return pd.DataFrame(lines)


def _failed(table: Mapping[str, Any]) -> list[str]:
    """Names of the expectations that failed; those that are only reported do not count."""
    return [e["name"] for e in table["expectations"] if not e["passed"] and e["severity"] != "info"]


def table_of_validation(verdict: Mapping[str, Any]) -> str:
    """The verdict as a person at a terminal reads it: a line a table, then one for every expectation with a finding."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid

    screen = Console(file=io.StringIO(), width=WIDTH, color_system=None, force_terminal=False)
    grid = Grid(box=box.ASCII, show_edge=False, pad_edge=False)
    grid.add_column("validation")
    for column in ("", "expectations", "failed", "rows", "kept apart"):
        grid.add_column(column, justify="right" if column else "left")
    for table in verdict["tables"]:
        counts = (len(table["expectations"]), len(_failed(table)), table["rows"], table["invalid_rows"])
        grid.add_row(table["table"], "PASS" if table["passed"] else "FAIL", *(f"{count:,}" for count in counts))
    screen.print(grid)
    for table in verdict["tables"]:
        for record in table["expectations"]:
            if record["failing_rows"] or not record["passed"]:
                found = f"{table['table']}: {record['name']} ({record['severity']}): {record['observed']}"
                screen.print(found, markup=False, soft_wrap=True)
    return "\n".join(line.rstrip() for line in screen.file.getvalue().splitlines())
