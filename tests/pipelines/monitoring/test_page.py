"""The page and the summary of the pantries."""

import re

import pandas as pd
import pytest
from monitoring_toys import (
    DAY,
    alert_params,
    big_purchases,
    big_stock,
    drift_params,
    expiring,
    page_params,
    set_aside,
    stock_of,
    toy_bias_params,
    toy_foods,
    toy_households,
    validation_summary,
)

from pantrypilot.pipelines.monitoring.alerts import raise_alerts
from pantrypilot.pipelines.monitoring.bias import check_bias
from pantrypilot.pipelines.monitoring.drift import find_drift
from pantrypilot.pipelines.monitoring.pictures import expiry_calendar, price_history, value_by_category
from pantrypilot.pipelines.monitoring.profiling import profile_tables, sketch_tables
from pantrypilot.pipelines.monitoring.reporting import last_validation, shown_alerts, write_page
from pantrypilot.pipelines.monitoring.summary import table_of_pantries
from pantrypilot.pipelines.terminal import WIDTH

EVIL = "<script>alert('soup')</script>"


def found(stock, purchases, last=None, as_of="latest"):
    households = toy_households(20)
    alerts = raise_alerts(stock, alert_params())
    bias = check_bias(stock, purchases, households, alerts, toy_foods(), toy_bias_params(draws=99, deals=99), 7)
    tables = {"stock": stock, "purchases": purchases, "households": households}
    distributions = sketch_tables(last or {}, drift_params(), as_of, **tables)
    drift = find_drift(distributions, drift_params())
    return {
        "alerts": alerts, "bias_check": bias, "profile": profile_tables(distributions), "drift": drift,
    }, distributions  # fmt: skip


def page_of(stock, purchases, last=None, as_of="latest", **changes):
    figures, _ = found(stock, purchases, last, as_of)
    return write_page(
        stock, purchases, **figures, validation_summary=validation_summary(2), params=page_params(**changes),
        as_of=as_of,
    )  # fmt: skip


@pytest.fixture(scope="module")
def page():
    stock, purchases = big_stock(1000), big_purchases(3000, users=20)
    _, before = found(stock, purchases)
    return page_of(stock.assign(quantity=stock["quantity"] * 3), purchases, before)


def test_the_page_fetches_nothing(page):
    assert not re.findall(r"""(?:src|href)=["'](?!#)|url\(|@import""", page)


def test_the_page_states_alerts_drift_and_bias(page):
    assert re.search(r"<h1>\d+ alerts in 20 households</h1>", page)
    assert 'data-verdict="drifted"' in page and "PASS" in page
    for heading in ("Value in stock by category", "What expires when", "Prices of the foods bought most", "Profile"):
        assert heading in page


def test_names_are_escaped():
    stock = stock_of(
        expiring(-1, item_name=EVIL, user_id=EVIL, category=EVIL, unit=EVIL), {"item_id": EVIL, "category": EVIL}
    )
    purchases = big_purchases(400, users=4)
    purchases["item_name"] = purchases["item_name"].cat.rename_categories({"rice": EVIL})
    page = page_of(stock, purchases)
    assert EVIL not in page and "&lt;script&gt;" in page


def test_the_page_does_not_grow_with_the_tables():
    small, large = (page_of(big_stock(n, users=20), big_purchases(n, users=20), alerts=50) for n in (2000, 8000))
    assert len(large) < 1.1 * len(small) < 500_000


def test_the_page_of_empty_tables_is_a_page():
    page = page_of(big_stock(50).head(0), big_purchases(9).head(0), as_of="2026-11-01")
    assert "0 alerts in 0 households" in page


def test_every_kind_of_alert_has_its_part_of_the_rows_shown():
    alerts = pd.DataFrame({"issue_type": ["Expired"] * 500 + ["Low Stock"] * 5 + ["Expiring Soon"] * 100})
    assert shown_alerts(alerts, 60)["issue_type"].value_counts().to_dict() == {
        "Expired": 28, "Expiring Soon": 27, "Low Stock": 5,
    }  # fmt: skip
    assert len(shown_alerts(alerts.head(3), 60)) == 3


def test_the_newest_validation_is_shown_without_its_time():
    shown = last_validation(validation_summary(3))
    assert list(shown["rows"]) == [3] and "time" not in shown


def test_the_value_of_each_category_adds_up():
    stock = stock_of({"category": "dairy", "stock_value": 3.0}, {"category": "dairy", "stock_value": None}, {})
    assert [(c["category"], c["value"], c["items"]) for c in value_by_category(stock)] == [
        ("dairy", 3.0, 2), ("grains", 1.8, 1),
    ]  # fmt: skip


def test_the_calendar_counts_every_item_once():
    rows = [expiring(days) for days in (-5, -1, 0, 1, 1, 8, 500)] + [{}, expiring(2, quantity=0.0)]
    calendar = expiry_calendar(stock_of(*rows), DAY, weeks=3)
    counts = {str(cell["date"]): cell["n"] for week in calendar["weeks"] for cell in week if cell["n"]}
    assert counts == {"2026-11-01": 1, "2026-11-02": 2, "2026-11-09": 1}
    assert (calendar["before"], calendar["later"], calendar["keeps"]) == (2, 1, 1)
    assert [len(week) for week in calendar["weeks"]] == [7, 7, 7] and calendar["weeks"][0][6]["today"]


def test_prices_are_medians_by_month_of_the_foods_bought_most():
    purchases = big_purchases(6).iloc[[0] * 5].assign(
        item_name=["rice"] * 4 + ["tofu"], unit=["g", "g", "g", "pcs", "g"], price_per_unit=[0.002, 0.004, 0.009, 5, 1],
        purchase_date=pd.to_datetime(["2026-09-01", "2026-09-30", "2026-10-05", "2026-10-06", "2026-10-06"]),
    )  # fmt: skip
    (rice,) = price_history(purchases, foods=1, fewest=1)
    assert (rice["name"], rice["unit"], rice["purchases"]) == ("rice", "kg", 3)
    assert rice["last"] == pytest.approx(9) and rice["change"] == pytest.approx(2)
    assert [tick["label"] for tick in rice["chart"]["x"]] == ["Sep 2026", "Oct 2026"]
    assert price_history(purchases, foods=2, fewest=1)[1]["chart"] is None
    (rice,) = price_history(purchases, foods=1, fewest=2)
    assert rice["chart"] is None and rice["last"] == pytest.approx(4), "October has one purchase only"


def test_the_summary_has_rows_alerts_bias_and_drift_in_a_terminals_width():
    stock, purchases = big_stock(1000), big_purchases(3000, users=20)
    first, before = found(stock, purchases)

    def summary(figures):
        return table_of_pantries(
            figures["profile"], set_aside(inventory=12, households=1), set_aside(inventory=3, purchase_history=2000),
            figures["alerts"], figures["bias_check"], figures["drift"],
        )  # fmt: skip

    text = summary(first)
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()[2:5]]
    assert rows == [["stock", "1,000", "12", "3"], ["purchases", "3,000", "0", "2,000"], ["households", "20", "1", "0"]]
    assert "no earlier snapshot" in text
    assert re.search(r"Alerts: \d+ \(Expired \d+, Expiring Soon \d+, Predicted Run-out \d+, Low Stock \d+\)", text)
    later, _ = found(stock.assign(quantity=stock["quantity"] * 3), purchases, before)
    assert re.search(r"Drift: 1 drifted, \d+ stable; worst: stock.quantity \(PSI \d", summary(later))
    assert max(map(len, text.splitlines())) <= WIDTH
