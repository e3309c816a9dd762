"""The page on the pantries: one HTML file that needs no network. Names are untrusted text: jinja escapes them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pantrypilot.kitchen.days import day_of
from pantrypilot.pipelines.monitoring.alerts import ISSUES
from pantrypilot.pipelines.monitoring.drift import FIRST, STABLE, VERDICTS
from pantrypilot.pipelines.monitoring.params import PageParams
from pantrypilot.pipelines.monitoring.pictures import expiry_calendar, price_history, value_by_category
from pantrypilot.pipelines.pages import render_page
from pantrypilot.pipelines.types import Table

TEMPLATE = Path(__file__).with_name("report.html.j2")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def write_page(
    stock: Table,
    purchases: Table,
    alerts: Table,
    bias_check: Mapping[str, Any],
    profile: Table,
    drift: Table,
    validation_summary: Table,
    params: PageParams,
    as_of: str,
) -> str:
    """The page as HTML. Its size does not grow with the tables: the alerts shown are the most urgent of each kind."""
    day = day_of(as_of, stock["last_updated"])
    counts = count_alerts(alerts)
    return render_page(
        TEMPLATE,
        FILTERS,
        day=day.date(),
        households=int(stock["user_id"].nunique()),
        items=len(stock),
        purchases=len(purchases),
        value=float(stock["stock_value"].sum()),
        categories=value_by_category(stock),
        calendar=expiry_calendar(stock, day, params.weeks),
        weekdays=DAYS,
        prices=price_history(purchases, params.foods, params.purchases),
        counts=counts,
        n_alerts=len(alerts),
        alerts=shown_alerts(alerts, params.alerts).to_dict("records"),
        bias=bias_check,
        drift=_worst_first(drift),
        verdicts=[verdict for verdict in VERDICTS if (drift["verdict"] == verdict).any()],
        first=bool((drift["verdict"] == FIRST).all()),
        stable=int((drift["verdict"] == STABLE).sum()),
        profile=profile.to_dict("records"),
        validation=last_validation(validation_summary),
    )


def count_alerts(alerts: Table) -> dict[str, int]:
    """How many of each kind, the most urgent kind first."""
    counted = alerts["issue_type"].value_counts()
    return {issue: int(counted.get(issue, 0)) for issue in ISSUES}


def shown_alerts(alerts: Table, most: int) -> Table:
    """At most `most` alerts, each kind with an equal part of them, and what one kind leaves free for the others."""
    free, kinds, parts = most, list(count_alerts(alerts).items()), {}
    for place, (issue, n) in enumerate(sorted(kinds, key=lambda kind: kind[1])):
        parts[issue] = min(n, free // (len(kinds) - place))
        free -= parts[issue]
    rank = alerts.groupby("issue_type").cumcount()
    return alerts[rank < alerts["issue_type"].map(parts).astype(int)]


def last_validation(summary: Table) -> Table:
    """The newest line of each dataset and suite, without its time: a page of the same data is the same page."""
    newest = summary.drop_duplicates(["dataset", "suite"], keep="last").drop(columns="time", errors="ignore")
    return newest.sort_values(["dataset", "suite"])


def _worst_first(drift: Table) -> list[dict[str, Any]]:
    places = drift["verdict"].map({verdict: place for place, verdict in enumerate(VERDICTS)})
    order = drift.assign(place=places).sort_values(["place", "psi"], ascending=[True, False], kind="stable")
    return order.drop(columns="place").to_dict("records")


def _number(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:,.0f}"


def _dollars(value: float) -> str:
    return f"${value:,.2f}" if abs(value) < 100 else f"${value:,.0f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}%"


def _p_value(p: float | None) -> str:
    return "" if p is None or math.isnan(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"


def _date(day: datetime.date) -> str:
    return f"{day.day} {day:%b %Y}"


def _text(value: Any) -> str:
    """A cell; nothing for a null."""
    import pandas as pd

    if pd.isna(value):
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


FILTERS = {
    "number": _number, "dollars": _dollars, "percent": _percent, "p_value": _p_value, "date": _date, "text": _text,
}  # fmt: skip
