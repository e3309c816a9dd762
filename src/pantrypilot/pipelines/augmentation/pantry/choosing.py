"""Node: which foods a household keeps, how much of each it buys at once and how fast it eats it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pantrypilot.kitchen.foods import Foods
from pantrypilot.pipelines.augmentation.pantry.draws import Draws
from pantrypilot.pipelines.augmentation.pantry.liking import Liking
from pantrypilot.pipelines.augmentation.pantry.packs import Sold, eaten_at_home, lasting, significant
from pantrypilot.pipelines.augmentation.pantry.params import HouseholdParams
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np

BLOCK = 2000  # households at a time: bounds memory, and changes no number
USUAL_SIZE = 2.5  # persons that the usual quantity of a food is for
PACKS, ACTIVITY = 0.15, 0.1  # how far households differ in packs and in shopping: deviations of the logarithm


def choose_foods(foods: Foods, households: Table, food_verdicts: Table, params: HouseholdParams, seed: int) -> Table:
    """`items` + `gone` rows a household: user_id, item_id, unit, brand, usual_quantity (bought at once) and
    daily_usage_rate, both in `unit`.

    Raises ValueError when the diet of a household leaves too few foods.
    """
    import numpy as np
    import pandas as pd

    draws, liking = Draws(seed), Liking(foods, households, food_verdicts, params)
    item = np.concatenate(
        [_draw_foods(liking, slice(start, start + BLOCK), params, draws) for start in range(0, len(households), BLOCK)]
    )
    sold = Sold(foods)
    place = sold.place(item, households["region"].isin(foods.table.customary).to_numpy())
    size = households["size"].to_numpy()[:, None]

    usage = sold.daily[place] * draws.factor("usage", params.usage_spread, *item.shape)
    packs = sold.usual[place] * (size / USUAL_SIZE) ** 0.7 * draws.factor("packs", PACKS, *item.shape)
    rate = params.purchases / params.days * draws.factor("activity", ACTIVITY, len(item))
    least, keeps = sold.least[place], sold.keeps[place]
    # larger households buy larger packs as often, so this makes them eat more
    usage *= eaten_at_home(packs / usage, least / usage, keeps, rate)[:, None]
    quantity = sold.rounded(usage * lasting(packs / usage, least / usage, keeps), place)
    users = np.repeat(np.arange(len(households)), item.shape[1])
    brand = sold.brand(item, draws.uniform("brand", *item.shape))
    return pd.DataFrame(
        {
            "user_id": pd.Categorical.from_codes(users, categories=list(households["user_id"])),
            "item_id": pd.Categorical.from_codes(item.ravel(), categories=list(foods.by_id)),
            "unit": pd.Categorical.from_codes(sold.unit[place].ravel(), categories=sold.units),
            "brand": pd.Categorical.from_codes(brand.ravel(), categories=sold.brands),
            "usual_quantity": quantity.ravel(),
            "daily_usage_rate": significant(usage, 3).ravel(),
        }
    )


def _draw_foods(liking: Liking, block: slice, params: HouseholdParams, draws: Draws) -> np.ndarray:
    """(households, foods kept), places of foods, ascending: drawn by weight, none twice (Gumbel's trick)."""
    import numpy as np

    logs, kept = liking.of(block, draws), params.items + params.gone
    able = np.isfinite(logs).sum(axis=1)
    if (able < kept).any():
        first = int(np.argmin(able))
        keeps_to = liking.kept_to(block.start + first) or "no diet"
        raise ValueError(
            f"a household that keeps to {keeps_to} may eat {able[first]} of {logs.shape[1]} foods, and items + gone "
            f"are {kept}: lower pantry.households.items, or add foods in conf/base/foods.yml"
        )
    logs -= np.log(-np.log(draws.uniform("foods", *logs.shape).clip(min=1e-300)))
    return np.sort(np.argpartition(-logs, kept - 1, axis=1)[:, :kept], axis=1)
