"""How much of an item a household uses a day, from how often it buys it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pantrypilot.pipelines.transformation.figures import ratio
from pantrypilot.pipelines.transformation.keys import shared_keys
from pantrypilot.pipelines.transformation.params import UsageParams
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def usage_from_purchases(stock: Table, purchases: Table, params: UsageParams, day: pd.Timestamp) -> np.ndarray:
    """For each row of `stock`, its canonical unit a day; null where the purchases are too few.

    The median quantity over the median number of days from one purchase to the next, up to `day`: one feast or one
    holiday does not move it. What is bought on one day is one purchase. Only purchases in the same unit count.
    """
    import pandas as pd

    keys, bought = shared_keys(stock, purchases, ["user_id", "item_id", "unit"])
    distinct = pd.Index(pd.unique(keys[keys >= 0]))
    places = distinct.get_indexer(bought)
    counts = (places >= 0) & (purchases["purchase_date"] <= day).to_numpy() & (purchases["quantity_purchased"] > 0)
    chosen = purchases.loc[counts, ["purchase_date", "quantity_purchased"]].assign(place=places[counts])
    daily = chosen.groupby(["place", "purchase_date"])["quantity_purchased"].sum().reset_index()
    gaps = daily.groupby("place")["purchase_date"].diff().dt.days
    found = (
        daily.assign(gap=gaps)
        .groupby("place")
        .agg(times=("gap", "size"), quantity=("quantity_purchased", "median"), gap=("gap", "median"))
    )
    found = found[found["times"] >= params.fewest_purchases]
    rates = pd.Series(ratio(found["quantity"], found["gap"]), index=distinct[found.index])
    return rates.reindex(keys).to_numpy()
