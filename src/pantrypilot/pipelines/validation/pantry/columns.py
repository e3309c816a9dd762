"""Helper columns: what an expectation of one column cannot say, worked out before Great Expectations sees a table.

A suite names them like any other column, and only those that it names are made:

    unit_fits_food: {type: ExpectColumnValuesToBeInSet, kwargs: {column: unit_fits_food, value_set: [true]}, ...}

A null means "cannot be said" (an unknown food, a missing date); expectations of values pass over nulls. What depends on
texts is worked out once for each distinct value, or combination of values, and never row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from pandas import DataFrame, Timestamp

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY = 86_400  # seconds


@dataclass(frozen=True)
class Known:
    """What a table is held against."""

    as_of: Timestamp
    largest: Mapping[str, float]  # quantity, by unit
    units: Mapping[str, Set[str]]  # that fit a category
    categories: Mapping[str, str]  # of foods, by item_id and by name
    items: Set[str]  # item ids of the foods and of the inventory
    users: Set[str]  # of the households
    diets: Set[str]

    def category(self, item_id: str | None, item_name: str | None) -> str | None:
        """The category of a food; None where the food is unknown. Names serve databases with ids of their own."""
        return self.categories.get(item_id or "") or self.categories.get(item_name or "")


class Helper(NamedTuple):
    """`make` gets the table, whose columns `needs` are there; what is said of a failing row shows their values."""

    make: Callable[[DataFrame, Known], Any]
    needs: tuple[str, ...]


def add_helpers(table: str, frame: DataFrame, wanted: Collection[str], known: Known) -> DataFrame:
    """The table and the helper columns that are wanted, less those whose own columns are missing."""
    made = {
        name: helper.make(frame, known)
        for name, helper in HELPERS[table].items()
        if name in wanted and set(helper.needs) <= set(frame.columns)
    }
    return frame.assign(**made)


def distinct(frame: DataFrame, columns: Sequence[str]) -> tuple[np.ndarray, list[tuple[Any, ...]]]:
    """(places, combinations): `combinations[places[row]]` holds the row's values in these columns, None for nulls."""
    import numpy as np

    places, combinations = np.zeros(len(frame), dtype=np.int64), [()]
    for name in columns:
        column = frame[name].astype("category")
        values = [*column.cat.categories, None]  # a null has the code -1, which is the last
        crossed = places * len(values) + column.cat.codes.to_numpy() % len(values)
        seen = np.zeros(len(combinations) * len(values), dtype=bool)
        seen[crossed] = True
        places = (np.cumsum(seen) - 1)[crossed]
        combinations = [(*combinations[p // len(values)], values[p % len(values)]) for p in np.flatnonzero(seen)]
    return places, combinations


def _asked(answer: Callable[..., bool | None], *columns: str) -> Helper:
    """Yes, no or null for every row, asked once a combination; a null in the last column gives null."""

    def make(frame: DataFrame, known: Known) -> Any:
        import pandas as pd

        places, combinations = distinct(frame, columns)
        said = [None if values[-1] is None else answer(known, *values) for values in combinations]
        return pd.array(said, dtype="boolean")[places]

    return Helper(make, columns)


def _user_is_known(known: Known, user_id: str) -> bool | None:
    """Null where nobody is known: that the households are missing is said once, of their own table."""
    return user_id in known.users if known.users else None


def _item_is_known(known: Known, item_id: str) -> bool:
    return item_id in known.items


def _food_is_known(known: Known, item_id: str, item_name: str) -> bool:
    return known.category(item_id, item_name) is not None


def _category_fits_food(known: Known, item_id: str, item_name: str, category: str) -> bool | None:
    right = known.category(item_id, item_name)
    return None if right is None else category == right


def _unit_fits_food(known: Known, item_id: str, item_name: str, category: str, unit: str) -> bool | None:
    """By the food's own category; by the row's where the food is unknown. Unknown units are another expectation's."""
    units = known.units.get(known.category(item_id, item_name) or category)
    return None if units is None or unit not in known.largest else unit in units


def _diets_are_known(known: Known, diets: str) -> bool:
    return {name.strip() for name in diets.split(",") if name.strip()} <= known.diets


def _of_largest(column: str) -> Helper:
    """The number as a share of the largest sensible quantity of its unit."""

    def make(frame: DataFrame, known: Known) -> Any:
        import numpy as np

        places, units = distinct(frame, ["unit"])
        largest = np.array([known.largest.get(unit, np.nan) for (unit,) in units])
        return frame[column].to_numpy("float64", na_value=np.nan) / largest[places]

    return Helper(make, (column, "unit"))


def _days_before(column: str) -> Helper:
    """Days from the row's date to the day that the run is for; negative for a date after it."""

    def make(frame: DataFrame, known: Known) -> Any:
        return ((known.as_of - frame[column]).dt.total_seconds() / DAY).to_numpy("float64")

    return Helper(make, (column,))


def _weekday_is_right(frame: DataFrame, known: Known) -> Any:
    import numpy as np
    import pandas as pd

    places, names = distinct(frame, ["weekday"])
    said = np.array([WEEKDAYS.index(name) if name in WEEKDAYS else -1 for (name,) in names])[places]
    unsaid = (frame["weekday"].isna() | frame["purchase_date"].isna()).to_numpy()
    right = said == frame["purchase_date"].dt.dayofweek.to_numpy("float64", na_value=np.nan)
    return pd.arrays.BooleanArray(right, unsaid)


FOOD = ("item_id", "item_name")
_OF_BOTH = {
    "user_is_known": _asked(_user_is_known, "user_id"),
    "category_fits_food": _asked(_category_fits_food, *FOOD, "category"),
    "unit_fits_food": _asked(_unit_fits_food, *FOOD, "category", "unit"),
    "days_since_update": _days_before("last_updated"),
}
HELPERS: Mapping[str, Mapping[str, Helper]] = {
    "households": {
        "diets_are_known": _asked(_diets_are_known, "diets"),
        "allergens_are_known": _asked(_diets_are_known, "allergens"),
    },
    "inventory": {
        **_OF_BOTH,
        "food_is_known": _asked(_food_is_known, *FOOD),
        "quantity_of_largest": _of_largest("quantity"),
        "usage_of_largest": _of_largest("daily_usage_rate"),
        "threshold_of_largest": _of_largest("reorder_threshold"),
    },
    "purchase_history": {
        **_OF_BOTH,
        "item_is_known": _asked(_item_is_known, "item_id"),
        "quantity_of_largest": _of_largest("quantity_purchased"),
        "days_since_purchase": _days_before("purchase_date"),
        "weekday_is_right": Helper(_weekday_is_right, ("weekday", "purchase_date")),
    },
    "receipts": {
        "item_is_known": _asked(_item_is_known, "item_id"),
        "days_since_update": _days_before("last_updated"),
    },
}
