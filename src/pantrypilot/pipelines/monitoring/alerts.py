"""What a household should do something about, one row a cause, the most urgent first.

    item_name  issue_type      quantity  expiry_date  user_id   item_id  unit  days  detail
    milk       Expired         0.5 L     2026-10-29   user_001  I_milk   ml    -3    expired 3 days ago
    milk       Expiring Soon   1 L       2026-11-02   user_002  I_milk   ml     1    expires in 1 day
    rice       Low Stock       0.45 kg                user_001  I_rice   g      4    reorder at 1 kg

`days` counts from the day of the snapshot to the event: expiry, or the last of it used up. An item with two causes
has two rows; expired and expiring soon exclude each other, and nothing that is used up can expire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pantrypilot.pipelines.monitoring.params import AlertParams
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

EXPIRED, EXPIRING, RUN_OUT, LOW = "Expired", "Expiring Soon", "Predicted Run-out", "Low Stock"
ISSUES = (EXPIRED, EXPIRING, RUN_OUT, LOW)  # in the order of urgency
COLUMNS = ("item_name", "issue_type", "quantity", "expiry_date", "user_id", "item_id", "unit", "days", "detail")
LARGER = {"g": "kg", "ml": "L"}  # a thousand times; written from a tenth of it on: 0.45 kg, 45 g


def raise_alerts(stock: Table, params: AlertParams) -> Table:
    """The alerts of a stock table with canonical units, in `COLUMNS`; `days` are whole, null where nobody knows."""
    import numpy as np
    import pandas as pd

    to_expiry, left = _whole_days(stock["days_to_expiry"]), _whole_days(stock["days_left"])
    expired = stock["is_expired"].fillna(False).to_numpy(bool)
    some = (stock["quantity"] > 0).to_numpy(bool)
    soon = np.nan_to_num(to_expiry, nan=np.inf) <= _expiring_days(stock["storage_type"], params)
    causes = {
        EXPIRED: (expired & some, to_expiry),
        EXPIRING: (soon & ~expired & some, to_expiry),
        RUN_OUT: (np.nan_to_num(left, nan=np.inf) <= params.run_out_days, left),
        LOW: (stock["is_low_stock"].fillna(False).to_numpy(bool), left),
    }
    parts = []
    for issue, (applies, days) in causes.items():
        rows = stock.loc[applies]
        found = rows[["item_name", "expiry_date", "user_id", "item_id", "unit"]].assign(
            issue_type=issue,
            quantity=readable_quantity(rows["quantity"], rows["unit"]),
            days=days[applies],
            detail=_details(issue, days[applies], rows),
        )
        order = np.lexsort((_places(found["item_id"]), _places(found["user_id"]), found["days"]))
        parts.append(found.iloc[order])
    alerts = pd.concat(parts, ignore_index=True)[list(COLUMNS)]
    return alerts.assign(days=alerts["days"].astype("Int64"))


def readable_quantity(quantity: pd.Series, unit: pd.Series) -> pd.Series:
    """450 and g → "0.45 kg"; three digits that count. Each distinct amount is written once."""
    import numpy as np
    import pandas as pd

    codes, units = pd.factorize(unit)
    amount = quantity.to_numpy(float)
    larger = np.isin(codes, [code for code, name in enumerate(units) if name in LARGER]) & (amount >= 100)
    names = [*(LARGER.get(name, name) for name in units), *units, ""]  # code -1, no unit, takes the last
    name_codes = np.where(larger | (codes < 0), codes, codes + len(units))
    places, amounts = pd.factorize(_three_digits(np.where(larger, amount / 1000, amount)))
    pairs, distinct = pd.factorize(places * len(names) + name_codes % len(names))
    texts = [f"{amounts[pair // len(names)]:,.10g} {names[pair % len(names)]}".rstrip() for pair in distinct]
    return pd.Series(pd.array(texts, dtype=str).take(pairs), index=quantity.index)


def _whole_days(days: pd.Series) -> np.ndarray:
    import numpy as np

    return np.floor(days.to_numpy(float, na_value=np.nan))


def _expiring_days(storage: pd.Series, params: AlertParams) -> np.ndarray:
    """The days before expiry at which each row warns."""
    import numpy as np
    import pandas as pd

    codes, names = pd.factorize(storage)
    limits = [params.expiring_days_by_storage.get(name, params.expiring_days) for name in names]
    return np.array([*limits, params.expiring_days])[codes]  # code -1, no storage known, takes the last


def _details(issue: str, days: np.ndarray, rows: Table) -> pd.Series:
    import pandas as pd

    if issue == LOW:
        threshold = rows["reorder_threshold"]
        known = threshold.notna()
        return ("reorder at " + readable_quantity(threshold.fillna(0), rows["unit"])).where(known, "nothing left")
    places, distinct = pd.factorize(days)
    texts = pd.array([_saying(issue, int(day)) for day in distinct], dtype=str)
    return pd.Series(texts.take(places), index=rows.index).mask(rows["quantity"] <= 0, "nothing left")


def _saying(issue: str, days: int) -> str:
    if issue == RUN_OUT:
        return f"used up in {_counted(days)}" if days else "used up today"
    if days == 0:
        return "expires today"
    return f"expired {_counted(-days)} ago" if days < 0 else f"expires in {_counted(days)}"


def _counted(days: int) -> str:
    return f"{days:,} day{'' if days == 1 else 's'}"


def _places(names: pd.Series) -> np.ndarray:
    """The place of each name in the alphabet; categories are in the order of their first row otherwise."""
    import pandas as pd

    codes, distinct = pd.factorize(names)
    ranks = pd.Series(distinct.astype(str)).rank(method="first").to_numpy()
    return ranks[codes]


def _three_digits(values: np.ndarray) -> np.ndarray:
    """Rounded to three significant digits."""
    import numpy as np

    size = np.floor(np.log10(np.where(values > 0, values, 1)))
    factor = 10.0 ** (2 - size)
    return np.round(values * factor) / factor
