"""What the page draws: the stock's value, a calendar of what expires, prices over time. Nothing here knows HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pantrypilot.pipelines.charts import plot_lines, ticks
from pantrypilot.pipelines.monitoring.alerts import LARGER
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import pandas as pd

NAMES_OF = {**LARGER, "pcs": "piece"}
FEWEST_MONTHS = 2  # of prices that make a line


def value_by_category(stock: Table) -> list[dict[str, Any]]:
    """Value in dollars and number of items of each category, the most valuable first; `width` is 1 for that."""
    grouped = stock.groupby("category", observed=True, sort=True)["stock_value"].agg(["sum", "size"])
    grouped = grouped.sort_values("sum", ascending=False, kind="stable")
    most = max(grouped["sum"].max(), 1e-9) if len(grouped) else 1.0
    return [
        {"category": str(name), "value": float(value), "items": int(items), "width": max(0.0, float(value / most))}
        for name, value, items in grouped.itertuples()
    ]


def expiry_calendar(stock: Table, day: pd.Timestamp, weeks: int) -> dict[str, Any]:
    """Items by the day they expire, in weeks from Monday; and what expired before `day`, expires later or keeps.

    Only items of which there is something left. A day's `shade` is 1 for the fullest day.
    """
    import pandas as pd

    left = stock.loc[stock["quantity"] > 0, ["expiry_date", "stock_value"]]
    dates = left["expiry_date"].dt.normalize()
    by_day = left.groupby(dates, sort=True)["stock_value"].agg(["size", "sum"])
    monday = day - pd.Timedelta(days=day.weekday())
    days = pd.date_range(monday, periods=7 * weeks)
    shown = by_day.reindex(days).fillna(0)
    shown.loc[shown.index < day] = 0
    most = max(1, int(shown["size"].max()))
    cells = [
        {
            "date": date.date(), "past": date < day, "today": date == day, "n": int(n), "value": float(value),
            "shade": round(int(n) / most, 3),
        }
        for date, n, value in shown.itertuples()
    ]  # fmt: skip
    return {
        "weeks": [cells[start : start + 7] for start in range(0, len(cells), 7)],
        "before": int((dates < day).sum()),
        "later": int((dates > days[-1]).sum()),
        "keeps": int(dates.isna().sum()),
    }


def price_history(purchases: Table, foods: int, fewest: int) -> list[dict[str, Any]]:
    """The median price by month of the foods bought most often, with the range of the middle half.

    Prices are for a kg, L or piece: those of the unit that a food is bought in most. Months with less than `fewest`
    purchases are left out.
    """
    known = purchases[["item_name", "unit", "purchase_date", "price_per_unit"]]
    known = known[known["price_per_unit"].notna()]
    often = known["item_name"].value_counts()
    often = often[often > 0].reset_index()
    chosen = often.sort_values(["count", "item_name"], ascending=[False, True], kind="stable")["item_name"].head(foods)
    rows = known[known["item_name"].isin(chosen)]
    month = rows["purchase_date"].dt.to_period("M")
    panels = []
    for name in chosen:
        of_food = rows["item_name"] == name
        unit = rows.loc[of_food, "unit"].mode().iloc[0]
        of_unit = of_food & (rows["unit"] == unit)
        prices = rows.loc[of_unit, "price_per_unit"] * (1000 if unit in LARGER else 1)
        of_month = prices.groupby(month[of_unit], sort=True)
        by_month = of_month.quantile([0.25, 0.5, 0.75]).unstack()[of_month.size() >= fewest]
        panels.append(_panel(str(name), NAMES_OF.get(unit, unit), by_month, prices))
    return panels


def _panel(name: str, unit: str, by_month: pd.DataFrame, prices: pd.Series) -> dict[str, Any]:
    panel = {"name": name, "unit": unit, "purchases": len(prices), "last": float(prices.median()), "chart": None}
    if len(by_month) < FEWEST_MONTHS:
        return panel
    first, last = by_month.index[0], by_month.index[-1]
    places = [(month - first).n for month in by_month.index]
    lines = {column: list(zip(places, by_month[column], strict=True)) for column in by_month.columns}
    around = [*lines[0.25], *reversed(lines[0.75])]
    y = ticks(0.0, by_month[0.75].max(), 4)
    x = (0, (last - first).n)
    chart = plot_lines(
        {"median": lines[0.5], "around": around}, x, y,
        lambda place: (first + int(place)).strftime("%b %Y"), lambda price: f"${price:g}",
    )  # fmt: skip
    start, end = by_month[0.5].iloc[[0, -1]]
    return {**panel, "last": float(end), "chart": chart, "change": float(end / start - 1) if start else None}
