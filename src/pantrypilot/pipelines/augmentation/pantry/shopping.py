"""Node: the purchases of the households."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pantrypilot.kitchen.foods import Foods
from pantrypilot.pipelines.augmentation.pantry.draws import Draws
from pantrypilot.pipelines.augmentation.pantry.packs import food_places
from pantrypilot.pipelines.augmentation.pantry.params import WEEKDAYS, HouseholdParams
from pantrypilot.pipelines.augmentation.pantry.prices import Prices
from pantrypilot.pipelines.augmentation.pantry.rhythm import Kept, Purchases, buy, season_calendar
from pantrypilot.pipelines.augmentation.pantry.trips import Trips
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

BLOCK = 2000  # households at a time: bounds memory, and changes no number
LOOSE = ("produce", "meat", "poultry", "seafood")  # weighed out, where sold by weight
WEIGHTS = ("g", "kg", "oz", "lb")
FRESH_SHARE, LONGEST_DELAY = 0.2, 4  # days until it is begun: of its shelf life, and at most
LONGEST = 3650  # days that anything is expected to last


def shop(
    foods: Foods, households: Table, kept_foods: Table, params: HouseholdParams, seed: int
) -> tuple[Table, Table]:
    """`params.purchases` rows a household, oldest first, as `kitchen.tables.PURCHASE_HISTORY`; and `kept_foods` with
    the last purchase of each: purchase_date, quantity_purchased, unit_cost (paid) and `eaten`, the share of it gone.

    The last purchase of a food that is bought once a year may be older than all the rows.
    """
    import numpy as np

    each = len(kept_foods) // len(households)
    draws, calendar = Draws(seed), season_calendar(list(foods.values()), params)
    prices, trips = Prices(foods, households, kept_foods, params), Trips(households, params)
    rows, last = [], []
    for start in range(0, len(households), BLOCK):
        users = slice(start, min(start + BLOCK, len(households)))
        pairs = slice(start * each, users.stop * each)
        kept = _kept(foods, kept_foods.iloc[pairs], users.stop - start)
        bought = buy(kept, calendar, params, draws)
        paid = prices.paid(bought, pairs.start, draws)
        told = _numbers(kept, bought, paid, pairs.start, draws)
        rows.append({**told, **trips.of(users, bought.age[bought.told], draws)})
        last.append(
            {
                "purchase_date": _day(params, bought.age[bought.last]),
                "quantity_purchased": bought.quantity[bought.last],
                "unit_cost": np.round(paid[bought.last] / bought.quantity[bought.last], 4),
                "eaten": bought.eaten,
            }
        )
    return _table(foods, households, kept_foods, params, trips, _joined(rows)), kept_foods.assign(**_joined(last))


def _kept(foods: Foods, rows: Table, users: int) -> Kept:
    import numpy as np

    every, item = list(foods.values()), food_places(rows["item_id"], foods)
    return Kept(
        users,
        item,
        rows["usual_quantity"].to_numpy(),
        rows["daily_usage_rate"].to_numpy(),
        np.array([food.shelf_life_days or np.inf for food in every])[item],
        np.array([food.category in LOOSE for food in every])[item] & rows["unit"].isin(WEIGHTS).to_numpy(),
    )


def _numbers(kept: Kept, bought: Purchases, paid: np.ndarray, start: int, draws: Draws) -> dict[str, np.ndarray]:
    """Of the purchases that are told; `delay` and `lasts` are days."""
    import numpy as np

    told = bought.told
    pair = bought.pair[told]
    longest = np.minimum(kept.keeps[pair] * FRESH_SHARE, LONGEST_DELAY)
    lasts = bought.quantity[told] / kept.usage[pair]
    return {
        "pair": (pair + start).astype(np.int32),
        "age": bought.age[told].astype(np.int32),
        "quantity": bought.quantity[told],
        "price": paid[told],
        "discount": bought.discount[told] > 0,
        "delay": (draws.uniform("delay", len(told)) * longest).astype(np.int32),
        "lasts": np.minimum(lasts.round(), LONGEST).astype(np.int32),
    }


def _joined(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    import numpy as np

    return {name: np.concatenate([part.pop(name) for part in parts]) for name in list(parts[0])}


def _day(params: HouseholdParams, age: np.ndarray) -> np.ndarray:
    import numpy as np

    return (np.datetime64(params.until) - age).astype("datetime64[s]")


def _table(
    foods: Foods,
    households: Table,
    kept_foods: Table,
    params: HouseholdParams,
    trips: Trips,
    told: dict[str, np.ndarray],
) -> Table:
    import numpy as np
    import pandas as pd

    every, pair = list(foods.values()), told.pop("pair")
    day, item = _day(params, told["age"]), food_places(kept_foods["item_id"], foods)[pair]
    begins = day + told.pop("delay").astype("timedelta64[D]")
    weekday = ((params.until.weekday() - told.pop("age")) % 7).astype(np.int8)
    category = np.array([list(foods.categories).index(food.category) for food in every], dtype=np.int8)
    return pd.DataFrame(
        {
            "user_id": _taken(kept_foods["user_id"], pair),
            "transaction_id": _transaction_ids(households, params.purchases),
            "item_id": _taken(kept_foods["item_id"], pair),
            "item_name": _coded(item, list(foods)),
            "quantity_purchased": told.pop("quantity"),
            "unit": _taken(kept_foods["unit"], pair),
            "price_total": told.pop("price"),
            "purchase_date": day,
            "store_name": _coded(told["store"], trips.stores),
            "payment_method": _coded(told["payment"], trips.payments),
            "discount_applied": pd.array(told.pop("discount"), dtype="boolean"),
            "category": _coded(category[item], list(foods.categories)),
            "brand": _taken(kept_foods["brand"], pair),
            "location": _coded(told["city"], trips.cities),
            "receipt_source": _coded(told["receipt"], trips.receipts),
            "weekday": _coded(weekday, list(WEEKDAYS)),
            "purchase_channel": _coded(told["channel"], trips.channels),
            "consumption_start_date": begins,
            "expected_depletion_date": begins + told.pop("lasts").astype("timedelta64[D]"),
            "last_updated": day + told["second"].astype("timedelta64[s]"),
        },
        copy=False,
    )


def _coded(codes: np.ndarray, names: list[str]) -> pd.Categorical:
    import pandas as pd

    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(pd.Index(names, dtype="str")), validate=False)


def _taken(column: pd.Series, places: np.ndarray) -> pd.Categorical:
    return column.array.take(places)


def _transaction_ids(households: Table, purchases: int) -> pd.Series:
    """T_user_001_0001 …, in arrow's own loops: five million of them in a second."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    users = pa.array([f"T_{user}" for user in households["user_id"]], pa.large_string())
    numbers = pa.array([f"{number:04d}" for number in range(1, purchases + 1)], pa.large_string())
    ids = pc.binary_join_element_wise(
        users.take(pa.array(np.repeat(np.arange(len(users)), purchases))),
        numbers.take(pa.array(np.tile(np.arange(purchases), len(users)))),
        pa.scalar("_", pa.large_string()),
    )
    return pd.Series(pd.array(ids, dtype="str"))
