"""Node: what real households have, as pantries that chat rows and test prompts can show."""

from __future__ import annotations

from collections.abc import Sequence

from pantrypilot.kitchen.larder import Larder
from pantrypilot.pipelines.types import Table


def gather_pantries(stock: Table, larder: Table) -> Table:
    """What every household has in stock of the foods that the recipes know -> user_id, names (sorted).

    Gone and expired food is left out. Raises ValueError when no household has anything that a recipe knows.
    """
    import pandas as pd

    known = set(Larder.from_frame(larder).foods)
    there = stock[(stock["quantity"] > 0) & ~stock["is_expired"].fillna(False).astype(bool)]
    there = there[there["item_name"].isin(known)]
    names = there.groupby("user_id", observed=True)["item_name"].agg(lambda items: sorted(set(items)))
    if names.empty:
        raise ValueError("no household has a food that a recipe uses: run the pantry pipeline, and compare the names")
    return pd.DataFrame({"user_id": names.index.astype(str), "names": list(names)}).sort_values(
        "user_id", ignore_index=True
    )


def listed(household_pantries: Table) -> list[Sequence[str]]:
    """The names of each household, in the table's order."""
    return [tuple(names) for names in household_pantries["names"]]
