"""When a household buys a food again: about when the last of it runs out, more often in season, often on its
shopping day.

Purchases are made backwards from the last day. Each has an age, in days before it; a purchase of 500 g by a
household that eats 25 g a day is about 20 days older than the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pantrypilot.kitchen.foods import Food
from pantrypilot.pipelines.augmentation.pantry.draws import Draws, pick
from pantrypilot.pipelines.augmentation.pantry.packs import significant
from pantrypilot.pipelines.augmentation.pantry.params import WEEKDAYS, HouseholdParams

if TYPE_CHECKING:
    import numpy as np

SLACK = 1.3  # purchases made for each one that is told: the oldest are not
LOOSE = 0.06  # what is weighed out is never quite the same; deviation of the logarithm
STORABLE = 60  # days: what keeps longer is bought twice at a discount, every other time
FARTHEST = 3  # days that a purchase may be moved to the shopping day


@dataclass(frozen=True)
class Kept:
    """Foods that households keep, one a pair, households together: arrays of pairs but for `users`.

    `item` is a place in the table of foods, `loose` says what is weighed out, `keeps` is days (infinite: for ever).
    """

    users: int
    item: np.ndarray
    quantity: np.ndarray
    usage: np.ndarray
    keeps: np.ndarray
    loose: np.ndarray


@dataclass(frozen=True)
class Purchases:
    """Purchases of pairs, from the last one back: the `pair`, its `age` in days, quantity, discount (0 for none).

    `told` are the places of those that the table tells, oldest first in each household; `last` those of each pair's
    last one, of which a share is `eaten` on the last day (1: nothing is left).
    """

    pair: np.ndarray
    age: np.ndarray
    quantity: np.ndarray
    discount: np.ndarray
    told: np.ndarray
    last: np.ndarray
    eaten: np.ndarray


def buy(kept: Kept, calendar: np.ndarray, params: HouseholdParams, draws: Draws) -> Purchases:
    """Tells `params.purchases` of each household. `calendar` is `season_calendar`'s."""
    import numpy as np

    each = len(kept.item) // kept.users
    count = _how_many(kept, params.purchases)
    pair, last = np.repeat(np.arange(len(count)), count), np.cumsum(count) - count
    discount = _discounts(len(pair), params, draws)
    quantity = _quantities(kept, pair, discount, draws)
    gap = (quantity / kept.usage[pair] * draws.factor("rhythm", params.rhythm, len(pair))).clip(min=1)
    wait = gap.copy()
    wait[last] *= draws.uniform("through", len(last))  # the last gap is not over today
    total = np.cumsum(wait)
    since = total - np.repeat(total[last] - wait[last], count)  # days, at the same pace all year
    age = calendar[kept.item[pair], np.minimum(since, calendar.shape[1] - 1).astype(int)]
    age = _to_shopping_day(age, pair // each, gap, kept.users, params, draws)
    age = _each_day_once(age, pair, last)
    told = _latest(pair // each, age, kept.users, params.purchases)
    eaten = _eaten(kept, quantity[last], age[last], params, draws)
    return Purchases(pair, age, quantity, discount, told, last, eaten)


def _eaten(kept: Kept, quantity: np.ndarray, age: np.ndarray, params: HouseholdParams, draws: Draws) -> np.ndarray:
    """The share that is gone today; what does not keep so long is eaten sooner, or thrown out about then."""
    import numpy as np

    runs_out = quantity / kept.usage * draws.factor("eating", params.rhythm, len(age))
    return np.minimum(age / np.minimum(runs_out, kept.keeps * draws.factor("lateness", params.lateness, len(age))), 1)


def _latest(user: np.ndarray, age: np.ndarray, users: int, purchases: int) -> np.ndarray:
    """Places of the latest purchases of every household, oldest first."""
    import numpy as np

    order = np.argsort(user * (1 << 32) + age, kind="stable")
    begins = np.searchsorted(user, np.arange(users))
    return order[(begins[:, None] + np.arange(purchases)[::-1]).ravel()]


def season_calendar(foods: Sequence[Food], params: HouseholdParams) -> np.ndarray:
    """(foods, days at an even pace) → days before the last day: what is out of season is bought less often.

    A year takes a year for every food.
    """
    import numpy as np

    length = 4 * params.days + 1500  # far beyond the oldest purchase that is told
    days = np.arange(length)
    month = (np.datetime64(params.until) - days).astype("datetime64[M]").astype(int) % 12 + 1
    calendars: dict[tuple[int, ...], np.ndarray] = {}
    for food in foods:
        if food.months not in calendars:
            pace = np.where(np.isin(month, food.months), 1.0, params.off_season)
            pace /= (len(food.months) + params.off_season * (12 - len(food.months))) / 12
            calendars[food.months] = np.interp(days, np.cumsum(pace) - pace, days).astype(np.int32)
    return np.stack([calendars[food.months] for food in foods])


def _how_many(kept: Kept, purchases: int) -> np.ndarray:
    """Purchases to make of each pair: by its rate, and `purchases` of every household at least."""
    import numpy as np

    rate = 1 / (kept.quantity / kept.usage).clip(min=1)
    rate = rate.reshape(kept.users, -1)
    return np.ceil(SLACK * purchases * rate / rate.sum(axis=1, keepdims=True)).astype(int).ravel() + 1


def _discounts(count: int, params: HouseholdParams, draws: Draws) -> np.ndarray:
    import numpy as np

    told = params.discounts
    depth = told.least + (told.most - told.least) * draws.uniform("depth", count)
    return np.where(draws.uniform("discount", count) < told.share, depth, 0.0)


def _quantities(kept: Kept, pair: np.ndarray, discount: np.ndarray, draws: Draws) -> np.ndarray:
    import numpy as np

    usual = kept.quantity[pair]
    twice = (discount > 0) & (kept.keeps[pair] > STORABLE) & (draws.uniform("twice", len(pair)) < 0.5)
    weighed = significant(usual * draws.factor("weighed", LOOSE, len(pair)), 3)
    return np.where(kept.loose[pair], weighed, usual) * np.where(twice, 2, 1)


def _to_shopping_day(
    age: np.ndarray, user: np.ndarray, gap: np.ndarray, users: int, params: HouseholdParams, draws: Draws
) -> np.ndarray:
    """Moves some purchases to the household's main day, where that is near; by half the gap at most."""
    import numpy as np

    weights = [params.shopping_days.get(day, 0) for day in WEEKDAYS]
    main = pick(weights, draws.uniform("shopping day", users))
    weekday = (params.until.weekday() - age) % 7
    later = (main[user] - weekday) % 7
    later -= 7 * (later > FARTHEST)
    moves = (draws.uniform("main trip", len(age)) < params.main_trip) & (np.abs(later) <= np.maximum(gap / 2, 1))
    moved = age - later
    return np.where(moves & (moved >= 0), moved, age)


def _each_day_once(age: np.ndarray, pair: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Ages of a pair, from its last purchase back, made to grow by a day at least."""
    import numpy as np

    rank = np.arange(len(pair)) - first[pair]
    apart = pair * (1 << 32)  # keeps one pair's running maximum from the next one's
    return np.maximum.accumulate(age - rank + apart) - apart + rank
