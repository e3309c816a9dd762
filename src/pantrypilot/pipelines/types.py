"""Names for what nodes take and give.

Kedro reads the hints of nodes at run time, to make typed parameters of them; every name in a hint must exist
then. These exist without importing pandas, matplotlib or plotly, so that `kedro registry list` stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame as Table
    from plotly.graph_objects import Figure as Chart
else:
    Chart = Figure = Table = Any

__all__ = ["Chart", "Figure", "Table"]
