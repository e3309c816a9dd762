"""Texts of a table's cells as numbers, flags, days and moments; each distinct text is read once.

    "2.5" → 2.5        "t", "True", "yes", "1" → True        "2026-11-08", "8 Nov 2026", "2026/11/08" → that day
    "2026-11-01T18:30:00+02:00" → 16:30 UTC                  "11/08/2026" → nothing: November or August?

A parser takes a Series of different texts, none of them null, and returns what they say, null where they say nothing
that can be known. An empty text is a null, not a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

TRUE = ("t", "true", "y", "yes", "1", "1.0")
FALSE = ("f", "false", "n", "no", "0", "0.0")
# a full date first, so that "2026" alone is no day
ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?"
# other ways that say which is the month
WRITTEN = ("%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")


def numbers(texts: pd.Series) -> pd.Series:
    """float64; infinities and words are null."""
    import numpy as np
    import pandas as pd

    found = pd.to_numeric(texts.str.strip(), errors="coerce").astype("float64")
    return found.where(np.isfinite(found))


def flags(texts: pd.Series) -> pd.Series:
    """Nullable boolean."""
    import pandas as pd

    words = dict.fromkeys(TRUE, True) | dict.fromkeys(FALSE, False)
    return texts.str.strip().str.lower().map(words).astype("object").astype(pd.BooleanDtype())


def moments(texts: pd.Series) -> pd.Series:
    """datetime64[s] in UTC without a zone; what lies below a second is dropped."""
    import pandas as pd

    plain = texts.str.strip()
    iso = plain.str.fullmatch(ISO)
    found = _utc(pd.to_datetime(plain.where(iso), format="ISO8601", errors="coerce", utc=True))
    for way in WRITTEN if not iso.all() else ():
        found = found.fillna(_utc(pd.to_datetime(plain.where(~iso), format=way, errors="coerce", utc=True)))
    return found


def days(texts: pd.Series) -> pd.Series:
    """datetime64[s] at midnight."""
    return moments(texts).dt.floor("D")


def _utc(found: pd.Series) -> pd.Series:
    return found.dt.tz_localize(None).dt.floor("s").astype("datetime64[s]")


PARSERS: dict[str, Callable[[pd.Series], pd.Series]] = {"number": numbers, "flag": flags, "day": days, "time": moments}
EXPECTED = {
    "number": "not a finite number",
    "flag": "neither true nor false",
    "day": "not a date; write 2026-11-08",
    "time": "not a moment; write 2026-11-08 18:30:00",
}
