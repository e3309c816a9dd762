"""Purchases in canonical units, and what each tells beside the others of its item and household.

One row, shortened:

    user_001, T_1, I_flour, 2267.96 g (5 lb), $6.80: price_per_unit 0.0030, price_per_100 0.30, price_ratio 0.9,
    days_since_last 21, Saturday
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pantrypilot.pipelines.transformation.figures import product, ratio
from pantrypilot.pipelines.transformation.keys import shared_keys
from pantrypilot.pipelines.transformation.units import known_rows
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def derive_purchases(purchases: Table, conversions: Table) -> Table:
    """The purchases whose unit is known, in their own order, with these columns changed or added:

    quantity_purchased, unit     in g, ml or pcs; quantity_as_given and unit_as_given keep what stood there
    is_canonical                 whether that is the unit of all rows of the item
    price_per_unit               US dollars per g, ml or pcs; the discount is in it. Null where nothing was bought
    price_per_100                the same per 100 g or 100 ml, for reading; null for pieces
    price_ratio                  price_per_unit over the median of the item in that unit: 0.8 is 20 % cheaper than usual
    days_since_last              since the household bought the item before; 0 for twice on a day, null for the first
    weekday                      of purchase_date
    """
    import numpy as np

    rows, conversion = known_rows(purchases, conversions)
    quantity = product(rows["quantity_purchased"], conversion["factor"])
    price = ratio(rows["price_total"], quantity)
    derived = rows.assign(
        quantity_purchased=quantity,
        unit=conversion["canonical_unit"],
        quantity_as_given=rows["quantity_purchased"],
        unit_as_given=rows["unit"],
        is_canonical=conversion["is_canonical"],
        price_per_unit=price,
        price_per_100=np.where(conversion["canonical_unit"] == "pcs", np.nan, price * 100),
        days_since_last=_days_since_last(rows),
        weekday=_weekdays(rows["purchase_date"]),
    )
    usual = derived.groupby(["item_id", "unit"], observed=True, sort=False)["price_per_unit"].transform("median")
    return derived.assign(price_ratio=ratio(price, usual))


def _days_since_last(purchases: Table) -> np.ndarray:
    """Days between a purchase and the one before of the same household and item."""
    import numpy as np

    keys, _ = shared_keys(purchases, purchases.head(0), ["user_id", "item_id"])
    days = purchases["purchase_date"].to_numpy("datetime64[D]")
    order = np.lexsort((days, keys))
    keys, sorted_days = keys[order], days[order]
    gaps = np.full(len(keys), np.nan)
    if len(keys) > 1:
        dated = ~(np.isnat(sorted_days[1:]) | np.isnat(sorted_days[:-1]))
        follows = (keys[1:] == keys[:-1]) & (keys[1:] >= 0) & dated
        gaps[1:][follows] = (sorted_days[1:] - sorted_days[:-1])[follows].astype(float)
    back = np.empty(len(keys))
    back[order] = gaps
    return back


def _weekdays(days: pd.Series) -> pd.Categorical:
    import pandas as pd

    return pd.Categorical.from_codes(days.dt.dayofweek.fillna(-1).astype("int8"), WEEKDAYS)
