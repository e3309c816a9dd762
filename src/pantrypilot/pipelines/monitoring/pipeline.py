"""Monitoring: what households should do, whether all are served alike, and what changed since the last snapshot.

raise_alerts(stock, alerts)                                                      -> alerts
check_bias(stock, purchases, households_snapshot, alerts, foods, bias, seed)     -> bias_check
sketch_tables(last_distributions, drift, as_of, stock, purchases, households_snapshot) -> distributions
profile_tables(distributions)                                                    -> profile
find_drift(distributions, drift)                                                 -> drift
table_of_pantries(profile, invalid_rows, unit_rejects, alerts, bias_check, drift) -> summary
write_report(stock, purchases, alerts, bias_check, profile, drift, validation_summary, page, as_of) -> report
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines.monitoring.alerts import raise_alerts
from pantrypilot.pipelines.monitoring.bias import check_bias
from pantrypilot.pipelines.monitoring.drift import find_drift
from pantrypilot.pipelines.monitoring.profiling import profile_tables, sketch_tables
from pantrypilot.pipelines.monitoring.reporting import write_page
from pantrypilot.pipelines.monitoring.summary import table_of_pantries


def create_pipeline(**_: object) -> Pipeline:
    """Nothing here changes the data; a run on the same data writes the same files."""
    nodes = [
        Node(raise_alerts, ["stock", "params:monitoring.alerts"], "alerts", name="raise_alerts"),
        Node(
            check_bias,
            ["stock", "purchases", "households_snapshot", "alerts", "foods", "params:monitoring.bias", "params:seed"],
            "bias_check",
            name="check_bias",
        ),
        Node(
            sketch_tables,
            {
                "last": "last_distributions",
                "params": "params:monitoring.drift",
                "as_of": "params:as_of",
                "stock": "stock",
                "purchases": "purchases",
                "households": "households_snapshot",
            },
            "distributions",
            name="sketch_tables",
        ),
        Node(profile_tables, "distributions", "profile", name="profile_tables"),
        Node(find_drift, ["distributions", "params:monitoring.drift"], "drift", name="find_drift"),
        Node(
            table_of_pantries,
            ["profile", "invalid_rows", "unit_rejects", "alerts", "bias_check", "drift"],
            "summary",
            name="table_of_pantries",
        ),
        Node(
            write_page,
            [
                "stock", "purchases", "alerts", "bias_check", "profile", "drift", "validation_summary",
                "params:monitoring.page", "params:as_of",
            ],
            "report",
            name="write_report",
        ),
    ]  # fmt: skip
    return Pipeline(nodes, namespace="pantry", parameters={"params:seed"}, tags=["monitoring"])
