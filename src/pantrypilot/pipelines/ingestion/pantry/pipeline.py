"""Ingestion of the households' tables: into the database, and from it into snapshots.

choose_rows(own_households, households)            -> households_table, households_upload_rejects
choose_rows(own_inventory, synthetic_inventory)    -> inventory_table, inventory_upload_rejects
choose_rows(own_purchases, synthetic_purchases)    -> purchases_table, purchases_upload_rejects
    as upload_households, upload_inventory, upload_purchases: the tables are in the database
take_snapshot(households_table, previous, previous rejects) -> households_snapshot, .._rejects, .._counts, .._mark
    as snapshot_households, and the same as snapshot_inventory, snapshot_purchases, snapshot_receipts
count_snapshots(households_counts, inventory_counts, purchases_counts, receipts_counts) -> snapshot_counts
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines.ingestion.pantry.tables import choose_rows, count_snapshots, take_snapshot

# a table's name in the catalog, and the synthetic rows of it
SYNTHETIC = {"households": "households", "inventory": "synthetic_inventory", "purchases": "synthetic_purchases"}


TABLES = (*SYNTHETIC, "receipts")  # whose rows ingestion/receipts uploads


def create_pipeline(**_: object) -> Pipeline:
    """Two nodes a table, and their counts."""
    nodes = [*(upload(table, rows) for table, rows in SYNTHETIC.items()), *map(snapshot, TABLES)]
    counts = [f"{table}_counts" for table in TABLES]
    nodes.append(Node(count_snapshots, counts, "snapshot_counts", name="count_snapshots"))
    return Pipeline(nodes, namespace="pantry", tags=["ingestion"])


def upload(table: str, rows: str) -> Node:
    outputs = [f"{table}_table", f"{table}_upload_rejects"]
    return Node(choose_rows, [f"own_{table}", rows], outputs, name=f"upload_{table}")


def snapshot(table: str) -> Node:
    """The mark is saved last: what breaks off before only makes the next snapshot read more."""
    inputs = [f"{table}_table", f"{table}_previous", f"{table}_rejects_previous"]
    outputs = [f"{table}_{what}" for what in ("snapshot", "rejects", "counts", "mark")]
    return Node(take_snapshot, inputs, outputs, name=f"snapshot_{table}")
