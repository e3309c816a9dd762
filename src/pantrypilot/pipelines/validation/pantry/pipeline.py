"""Validation of the households' tables.

check_<table>(<table>_snapshot, inventory_snapshot, households_snapshot, foods, diet_knowledge, suites.<table>,
              validation, as_of)                    -> checks_<table>, failing_<table>
record_validation(checks_*, failing_*)              -> data_docs, validation_summary, invalid_rows, validation_verdict
keep_<table>(<table>_snapshot, failing_<table>, validation_verdict) -> valid_<table>

Tables: households, inventory, purchases, receipts; so check_households, check_inventory, check_purchases,
check_receipts, and keep_ of each. A critical failure stops the run in keep_: by then, the reports are stored.
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines.validation.pantry.checking import check_table
from pantrypilot.pipelines.validation.pantry.recording import keep_valid, record_validation

# the dataset's word for a table, and the table's own name
TABLES = {"households": "households", "inventory": "inventory", "purchases": "purchase_history", "receipts": "receipts"}


def create_pipeline(**_: object) -> Pipeline:
    """A check and a sieve for every table, and one record of all."""
    checks = [
        Node(
            check_table,
            inputs={
                "table": f"{table}_snapshot",
                "inventory": "inventory_snapshot",
                "households": "households_snapshot",
                "foods": "foods",
                "diet_knowledge": "diet_knowledge",
                "suite": f"params:suites.{name}",
                "params": "params:validation",
                "as_of": "params:as_of",
            },
            outputs=[f"checks_{table}", f"failing_{table}"],
            name=f"check_{table}",
        )
        for table, name in TABLES.items()
    ]
    record = Node(
        record_validation,
        inputs=[*(f"checks_{table}" for table in TABLES), *(f"failing_{table}" for table in TABLES)],
        outputs=["data_docs", "validation_summary", "invalid_rows", "validation_verdict"],
        name="record_validation",
    )
    sieves = [
        Node(
            keep_valid,
            inputs=[f"{table}_snapshot", f"failing_{table}", "validation_verdict"],
            outputs=f"valid_{table}",
            name=f"keep_{table}",
        )
        for table in TABLES
    ]
    return Pipeline(
        [*checks, record, *sieves],
        namespace="pantry",
        inputs={"diet_knowledge": "generator.diet_knowledge"},
        tags=["validation"],
    )
