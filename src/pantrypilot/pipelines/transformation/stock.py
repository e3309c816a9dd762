"""What a household has, in canonical units: what it is worth, how long it lasts, when it expires.

One row, shortened:

    user_001, I_flour, 1360.78 g (3 lb), $0.0030 a g: stock_value 4.05, low False, 45 g a day, days_left 30.2,
    run_out_date 2026-12-01, days_to_expiry 120
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pantrypilot.kitchen.days import day_of
from pantrypilot.pipelines.transformation.figures import product, ratio
from pantrypilot.pipelines.transformation.params import UsageParams
from pantrypilot.pipelines.transformation.units import known_rows
from pantrypilot.pipelines.transformation.usage import usage_from_purchases
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SOURCES = ["inventory", "purchases", "unknown"]
DAY = 86_400  # seconds


def derive_stock(inventory: Table, purchases: Table, conversions: Table, params: UsageParams, as_of: str) -> Table:
    """The inventory rows whose unit is known, in their own order, with these columns changed or added:

    quantity, unit               in g, ml or pcs; quantity_as_given and unit_as_given keep what stood there
    unit_cost                    US dollars per g, ml or pcs
    daily_usage_rate, reorder_threshold   in g, ml or pcs
    is_canonical, conversion     whether that is the unit of all rows of the item; how it was reached, for a person
    stock_value                  quantity × unit_cost, US dollars
    is_low_stock                 quantity ≤ reorder_threshold; without a threshold, when nothing is left
    usage_source                 inventory, purchases (`purchases` must be derived) or unknown
    days_left, run_out_date      quantity / daily_usage_rate, and the last whole day of it from `as_of` on; null for
                                 an item that is not used, and beyond `params.longest` days
    days_to_expiry, is_expired   whole days from `as_of`, negative when past; not expired on the day itself
    as_of                        the day that all this is for

    Raises:
        ValueError: `as_of` is neither a date nor `latest`, the newest last_updated.
    """
    day = day_of(as_of, inventory["last_updated"])
    rows, conversion = known_rows(inventory, conversions)
    factor = conversion["factor"].to_numpy()
    stock = rows.assign(
        quantity=product(rows["quantity"], factor),
        unit=conversion["canonical_unit"],
        unit_cost=ratio(rows["unit_cost"], factor),
        daily_usage_rate=product(rows["daily_usage_rate"], factor),
        reorder_threshold=product(rows["reorder_threshold"], factor),
        quantity_as_given=rows["quantity"],
        unit_as_given=rows["unit"],
        is_canonical=conversion["is_canonical"],
        conversion=conversion["how"],
    )
    stock = _with_usage(stock, purchases, params, day)
    days_left = _days_left(stock, params.longest)
    to_expiry = _days_between(day, stock["expiry_date"])
    return stock.assign(
        stock_value=product(stock["quantity"], stock["unit_cost"]),
        is_low_stock=(stock["quantity"] <= stock["reorder_threshold"].fillna(0)).astype("boolean"),
        days_left=days_left,
        run_out_date=_days_after(day, days_left),
        days_to_expiry=to_expiry,
        is_expired=(to_expiry < 0).astype("boolean"),
        as_of=day.as_unit("s"),
    )


def _with_usage(stock: Table, purchases: Table, params: UsageParams, day: pd.Timestamp) -> Table:
    """The daily usage, estimated where the inventory says none, and where it is from."""
    import numpy as np
    import pandas as pd

    usage = stock["daily_usage_rate"].to_numpy(copy=True)
    lacking = np.isnan(usage)
    if lacking.any():
        usage[lacking] = usage_from_purchases(stock[lacking], purchases, params, day)
    codes = np.where(~lacking, 0, np.where(np.isnan(usage), 2, 1)).astype("int8")
    return stock.assign(daily_usage_rate=usage, usage_source=pd.Categorical.from_codes(codes, SOURCES))


def _days_left(stock: Table, longest: int) -> np.ndarray:
    """Rounded to a tenth of a second, so that 30 days in pounds are not 29.999… in grams, and a day less in whole."""
    import numpy as np

    days = ratio(stock["quantity"].clip(lower=0), stock["daily_usage_rate"]).round(6)
    return np.where(days > longest, np.nan, days)


def _days_after(day: pd.Timestamp, days: np.ndarray) -> np.ndarray:
    """`day` and the whole part of `days`; null where days are."""
    import numpy as np

    whole = np.floor(np.nan_to_num(days)).astype("timedelta64[D]")
    dates = np.datetime64(day, "s") + whole.astype("timedelta64[s]")
    return np.where(np.isnan(days), np.datetime64("NaT", "s"), dates)


def _days_between(day: pd.Timestamp, dates: pd.Series) -> pd.Series:
    """Whole days from `day` on, as float64 for the nulls."""
    return (dates - day).dt.total_seconds() // DAY
