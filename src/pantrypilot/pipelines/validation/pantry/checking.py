"""A table against its suite: what failed, how badly, and which rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pantrypilot.diets import Knowledge
from pantrypilot.kitchen.days import LATEST, day_of
from pantrypilot.kitchen.foods import Foods
from pantrypilot.kitchen.tables import TABLES
from pantrypilot.pipelines.types import Table
from pantrypilot.pipelines.validation.pantry.columns import HELPERS, Known, add_helpers
from pantrypilot.pipelines.validation.pantry.expectations import build_suite, validate
from pantrypilot.pipelines.validation.pantry.failing import failing_rows
from pantrypilot.pipelines.validation.pantry.params import Expectation, PantryValidation, Suite

if TYPE_CHECKING:
    import numpy as np
    from pandas import Timestamp


def check_table(
    table: Table, inventory: Table, households: Table, foods: Foods, diet_knowledge: Knowledge,
    suite: Suite, params: PantryValidation, as_of: str,
) -> tuple[dict[str, Any], Table]:  # fmt: skip
    """(checks, failing rows) of one table, which may be the inventory or the households themselves.

    checks: table, suite, as_of, rows, invalid_rows (kept apart), passed (nothing critical or of warning failed), stops
    (names of the critical expectations that failed), expectations (a record each), and `gx`, the result as Great
    Expectations writes it. Failing rows: see `failing_rows`; those of `info` are counted, not listed.

    Raises:
        SuiteError: the suite asks for something that there is not.
        ValueError: `as_of` is no date.
    """
    day = _day(as_of, inventory)
    frame = table.reset_index(drop=True)
    declared = dict(suite.each())
    wanted = {column for expectation in declared.values() for column in expectation.columns}
    known = _known(inventory, households, foods, diet_knowledge, params, day)
    whole = add_helpers(suite.table, frame, wanted, known)
    found = validate(build_suite(suite, _words(suite.table, whole, foods, params), whole), whole, suite.table)
    results = {result.expectation_config.meta["name"]: result for result in found.results}
    positions = {name: _positions(result) for name, result in results.items()}
    apart = {name: rows for name, rows in positions.items() if len(rows) and declared[name].severity != "info"}
    failing = failing_rows(frame, suite.table, declared, apart, params.detailed_rows)
    records = [_record(name, declared[name], results.get(name), whole) for name in declared]
    serious = [record for record in records if not record["passed"] and record["severity"] != "info"]
    checks = {
        "table": suite.table,
        "suite": suite.name,
        "as_of": day.isoformat(),
        "rows": len(frame),
        "invalid_rows": len(failing),
        "passed": not serious,
        "stops": [record["name"] for record in serious if record["severity"] == "critical"],
        "expectations": records,
        "gx": _plain(found, suite.table),
    }
    return checks, failing


def _day(as_of: str, inventory: Table) -> Timestamp:
    """The day that a run is for. An inventory without rows gives 1970: its suite stops the run, and says so better."""
    import pandas as pd

    moments = inventory.get("last_updated", pd.Series(dtype="datetime64[s]"))
    return pd.Timestamp(0) if as_of == LATEST and moments.isna().all() else day_of(as_of, moments)


def _known(
    inventory: Table, households: Table, foods: Foods, knowledge: Knowledge, params: PantryValidation, day: Timestamp
) -> Known:
    return Known(
        as_of=day,
        largest={name: unit.largest for name, unit in params.units.items()},
        units={category: params.units_of(category) for category in params.kinds_of_category},
        categories={key: food.category for food in foods.values() for key in (food.name, food.item_id)},
        items=frozenset(foods.by_id) | _values(inventory, "item_id"),
        users=_values(households, "user_id"),
        diets=frozenset(knowledge.diets),
    )


def _values(frame: Table, column: str) -> frozenset[str]:
    return frozenset(frame[column].dropna().unique()) if column in frame else frozenset()


def _words(table: str, whole: Table, foods: Foods, params: PantryValidation) -> dict[str, tuple[str, ...]]:
    """What `{of: …}` may stand for in a kwarg. The columns are those of the schema, and the helpers that were made."""
    return {
        "columns": (*TABLES[table].names, *(column for column in whole if column in HELPERS[table])),
        "units": tuple(params.units),
        "categories": tuple(foods.categories),
        "storages": tuple(sorted({place for category in foods.categories.values() for place in category.storages})),
        "regions": tuple(foods.regions),
    }


def _positions(result: Any) -> np.ndarray:
    """Positions of the rows that fail. The lists themselves, of up to millions of numbers, go no further."""
    import numpy as np

    result.result.pop("unexpected_list", None)
    return np.array(result.result.pop("unexpected_index_list", None) or (), dtype=np.int64)


def _record(name: str, declared: Expectation, result: Any, whole: Table) -> dict[str, Any]:
    """One expectation in plain words. What could not be worked out has failed, and is critical."""
    record = {
        "name": name,
        "type": declared.type,
        "severity": declared.severity,
        "passed": False,
        "failing_rows": 0,
        "observed": "",
        "reason": declared.reason,
    }
    missing = [column for column in declared.columns if column not in whole]
    if problem := f"no {', '.join(missing)}" if missing else _exception(result):
        return {**record, "severity": "critical", "observed": f"could not be worked out: {problem}"}
    found = result.result
    record["passed"] = bool(result.success)
    if "unexpected_count" in found:
        failing, of = found["unexpected_count"], found["element_count"]
        return {**record, "failing_rows": int(failing), "observed": f"{failing:,} of {of:,} rows"}
    return {**record, "observed": _observed(found)}


def _observed(found: Mapping[str, Any]) -> str:
    """What was found of the table as a whole: a number, or the columns that differ."""
    differing = (found.get("details") or {}).get("mismatched") or {}
    if differing:
        return ", ".join(f"{kind}: {' '.join(map(str, names))}" for kind, names in sorted(differing.items()))
    value = found.get("observed_value")
    return f"{value:,g}" if isinstance(value, int | float) else ""


def _exception(result: Any) -> str:
    """The message of an expectation that Great Expectations could not work out; nothing for the others."""
    told = result.exception_info or {}
    entries = [told] if "raised_exception" in told else told.values()
    messages = (str(entry["exception_message"]).splitlines()[0] for entry in entries if entry.get("raised_exception"))
    return "; ".join(dict.fromkeys(messages))


def _plain(found: Any, table: str) -> dict[str, Any]:
    """The result as JSON, less what differs from run to run; the data docs are made of it."""
    from great_expectations import __version__

    plain = found.to_json_dict()
    plain["meta"] = {"great_expectations_version": __version__, "active_batch_definition": {"data_asset_name": table}}
    return plain
