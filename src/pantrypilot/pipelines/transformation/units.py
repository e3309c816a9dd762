"""Units to g, ml and pcs: each distinct pair of a food and a unit is looked at once, whatever the number of rows.

One row of `conversions`:

    I_flour, cup, flour, g, 125.39, True, "1 cup = 236.588 ml = 125.392 g", None, 12, 340
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from pantrypilot.kitchen.foods import Foods
from pantrypilot.kitchen.measures import CANONICAL, Dimension, FoodFacts, Kitchen
from pantrypilot.kitchen.tables import INVENTORY, PURCHASE_HISTORY, TableSchema
from pantrypilot.kitchen.units import explain
from pantrypilot.pipelines.transformation.keys import find_rows
from pantrypilot.pipelines.transformation.params import UnitParams
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np

PAIR = ["item_id", "unit"]
TEXTS = [*PAIR, "item_name", "how", "reason"]


class Pair(NamedTuple):
    """A food, a unit that it comes in, and what one of that is; without a `factor` the `reason` says why."""

    item_id: str
    unit: str
    item_name: str
    canonical_unit: str | None = None
    factor: float | None = None
    is_canonical: bool = False
    how: str | None = None
    reason: str | None = None


def convert_units(inventory: Table, purchases: Table, foods: Foods, params: UnitParams) -> Table:
    """A `Pair` for every item_id and unit in either table, with the number of rows of both.

    `is_canonical` is False where the food has another canonical unit, and neither density nor weight leads there:
    such rows keep the unit of their own dimension, and do not add up with the others.

    Raises:
        MeasuresError: the parameters name no locale, package or amount that there is.
    """
    import pandas as pd

    kitchen = Kitchen(params.locale, params.packages)
    rows = _count_pairs(inventory, purchases)
    names = _item_names(inventory, purchases)
    known = _read_foods(foods, kitchen)
    targets = {} if params.canonical == "own" else _most_rows(rows.sum(axis=1), kitchen)
    pairs = []
    for item, unit in rows.index:
        facts, dimension = known.get(item) or known.get(_plain(names[item])) or (FoodFacts(names[item]), None)
        target = (dimension if params.canonical == "foods" else None) or targets.get(item)
        pairs.append(_convert(Pair(item, unit, names[item]), target, facts, kitchen))
    frame = pd.DataFrame(pairs, columns=list(Pair._fields)).assign(**{name: rows[name].to_numpy() for name in rows})
    texts = {**dict.fromkeys(TEXTS, "category"), "canonical_unit": pd.CategoricalDtype([*CANONICAL.values()])}
    return frame.astype({**texts, "factor": "float64", "is_canonical": "boolean"})


def known_rows(table: Table, conversions: Table) -> tuple[Table, Table]:
    """The rows whose unit is known, and the conversion of each, row by row."""
    places = find_rows(conversions, table, PAIR)
    known = _is_known(places, conversions)
    if not known.all():
        table, places = table[known], places[known]
    return table.reset_index(drop=True), conversions.take(places).reset_index(drop=True)


def list_unit_rejects(inventory: Table, purchases: Table, conversions: Table) -> Table:
    """The rows that are in neither stock nor purchases, because nobody knows their unit. `row` counts from 0."""
    import pandas as pd

    parts = [
        _rejects(INVENTORY, inventory, "quantity", conversions),
        _rejects(PURCHASE_HISTORY, purchases, "quantity_purchased", conversions),
    ]
    return pd.concat(parts, ignore_index=True).astype(dict.fromkeys(["table", "column", "reason"], "category"))


def _rejects(schema: TableSchema, table: Table, amount: str, conversions: Table) -> Table:
    import pandas as pd

    places = find_rows(conversions, table, PAIR)
    rows = (~_is_known(places, conversions)).nonzero()[0]
    left, reasons = table.iloc[rows], [*conversions["reason"], "no unit, or no item_id"]  # place -1 takes the last
    keys = [left[name].astype("str") for name in schema.key]
    columns = {
        "table": schema.name,
        "row": rows,
        "key": keys[0].str.cat(keys[1:], " ") if keys[1:] else keys[0],
        "column": "unit",
        "value": left["unit"].astype("str"),
        "reason": [reasons[place] for place in places[rows]],
        "item_name": left["item_name"].astype("str"),
        "quantity": left[amount],
    }
    return pd.DataFrame(columns, index=left.index)


def _is_known(places: np.ndarray, conversions: Table) -> np.ndarray:
    import numpy as np

    return np.append(conversions["factor"].notna().to_numpy(), False)[places]  # place -1 takes the last


def _convert(pair: Pair, target: Dimension | None, facts: FoodFacts, kitchen: Kitchen) -> Pair:
    if kitchen.measure(pair.unit) is None:
        return pair._replace(reason=explain(pair.unit))
    unit, factor, how = kitchen.convert(pair.unit, target, facts)
    return pair._replace(canonical_unit=unit, factor=factor, is_canonical=unit == CANONICAL.get(target, unit), how=how)


def _count_pairs(inventory: Table, purchases: Table) -> Table:
    """Rows of both tables by item_id and unit, in the order of their names."""
    import pandas as pd

    tables = {"inventory_rows": inventory, "purchase_rows": purchases}
    counts = [table.groupby(PAIR, observed=True, sort=False).size().reset_index(name="n") for table in tables.values()]
    texts = [count.astype(dict.fromkeys(PAIR, "str")).set_index(PAIR)["n"] for count in counts]
    return pd.concat(texts, axis=1, keys=list(tables)).fillna(0).astype("int64").sort_index()


def _item_names(inventory: Table, purchases: Table) -> dict[str, str]:
    names: dict[str, str] = {}
    for table in (purchases, inventory):
        first = table[["item_id", "item_name"]].drop_duplicates("item_id").dropna().astype("str")
        names |= dict(zip(first["item_id"], first["item_name"], strict=True))
    return defaultdict(str, names)


def _read_foods(foods: Foods, kitchen: Kitchen) -> dict[str, tuple[FoodFacts, Dimension | None]]:
    """What is known of a food and the dimension that it is counted in; by item_id, and by name for other ids.

    What is sold by the can or the bunch is counted in grams, if it is known how many.
    """
    known = {}
    for food in foods.values():
        measure = kitchen.measure(food.unit)
        package = measure.name if measure and measure.package else None
        facts = FoodFacts(food.name, food.density_g_per_ml, food.grams_per_piece, package)
        weighed = package and food.grams_per_piece
        known[food.item_id] = facts, "mass" if weighed else measure and measure.dimension
        known.setdefault(_plain(food.name), known[food.item_id])
    return known


def _plain(name: str) -> str:
    return name.casefold().replace("_", " ")


def _most_rows(rows: Table, kitchen: Kitchen) -> dict[str, Dimension]:
    """The dimension that most rows of an item have; mass before volume before count where they are as many."""
    votes: dict[str, Counter[Dimension]] = defaultdict(Counter)
    for (item, unit), count in rows.items():
        if measure := kitchen.measure(unit):
            votes[item][measure.dimension] += count
    return {item: max(CANONICAL, key=found.__getitem__) for item, found in votes.items()}
