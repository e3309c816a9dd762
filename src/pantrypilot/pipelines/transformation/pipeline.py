"""Transformation of the household tables: canonical units, and the figures of stock and purchases.

convert_units(valid_inventory, valid_purchases, foods, units)      -> conversions
list_unit_rejects(valid_inventory, valid_purchases, conversions)   -> unit_rejects
derive_purchases(valid_purchases, conversions)                     -> purchases
derive_stock(valid_inventory, purchases, conversions, usage, as_of) -> stock
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines.transformation.purchases import derive_purchases
from pantrypilot.pipelines.transformation.stock import derive_stock
from pantrypilot.pipelines.transformation.units import convert_units, list_unit_rejects


def create_pipeline(**_: object) -> Pipeline:
    """Units once, then each table on its own."""
    nodes = [
        Node(
            convert_units,
            ["valid_inventory", "valid_purchases", "foods", "params:units"],
            "conversions",
            name="convert_units",
        ),
        Node(
            list_unit_rejects,
            ["valid_inventory", "valid_purchases", "conversions"],
            "unit_rejects",
            name="list_unit_rejects",
        ),
        Node(derive_purchases, ["valid_purchases", "conversions"], "purchases", name="derive_purchases"),
        Node(
            derive_stock,
            ["valid_inventory", "purchases", "conversions", "params:usage", "params:as_of"],
            "stock",
            name="derive_stock",
        ),
    ]
    return Pipeline(nodes, namespace="pantry", tags=["transformation"])
