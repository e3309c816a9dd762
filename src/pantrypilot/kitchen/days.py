"""The day that figures about a household are for."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

LATEST = "latest"


def day_of(as_of: str, moments: pd.Series) -> pd.Timestamp:
    """`as_of` as midnight of its day: a date, or `latest` for the newest of `moments`.

    Raises:
        ValueError: `as_of` is neither, or there are no moments to find the newest of.
    """
    import pandas as pd

    if as_of == LATEST:
        newest = moments.max()
        if pd.isna(newest):
            raise ValueError("as_of: no row says when it was updated. Give a day: --params as_of=YYYY-MM-DD")
        return pd.Timestamp(newest).normalize()
    try:
        return pd.Timestamp(datetime.date.fromisoformat(str(as_of)))
    except ValueError:
        raise ValueError(f"as_of: {as_of!r} is no day. Give one as YYYY-MM-DD, or {LATEST!r}.") from None
