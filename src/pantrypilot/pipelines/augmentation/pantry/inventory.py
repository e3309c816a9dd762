"""Node: what is left of the last purchases on the last day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pantrypilot.kitchen.foods import COUNTED, Foods
from pantrypilot.pipelines.augmentation.pantry.draws import Draws
from pantrypilot.pipelines.augmentation.pantry.judging import TOLD
from pantrypilot.pipelines.augmentation.pantry.liking import said_of_foods
from pantrypilot.pipelines.augmentation.pantry.packs import food_places, significant
from pantrypilot.pipelines.augmentation.pantry.params import HouseholdParams
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SHELF_SPREAD = 0.15  # of the printed date around the usual shelf life: what is bought has lain in the shop for a while
LEAST_LEFT = 0.01  # of a purchase: what is quite used up has been bought again
WHOLE = 4  # what is bought by four or more is counted whole; of one cabbage, halves are left
EVENING = 22 * 3600  # households count what they have from then on, after the last purchase


def take_stock(
    foods: Foods, households: Table, food_verdicts: Table, last_purchases: Table, params: HouseholdParams, seed: int
) -> Table:
    """`params.items` rows a household, as `kitchen.tables.INVENTORY`: of the foods that it keeps, some of those that
    are not used up. Where too few are left, the last bit of others fills the number.

    `allergen_flag` is true where the diet knowledge says that the food holds an allergen of its household, and null
    where it cannot tell.
    """
    import numpy as np
    import pandas as pd

    every, draws, each = list(foods.values()), Draws(seed), params.items + params.gone
    keeps = np.array([food.shelf_life_days or np.inf for food in every])
    item = food_places(last_purchases["item_id"], foods)
    gone = last_purchases["eaten"].to_numpy() >= 1
    rank = (gone + draws.uniform("present", len(item))).reshape(-1, each)
    chosen = np.sort(np.argpartition(rank, params.items - 1, axis=1)[:, : params.items], axis=1)
    rows = (chosen + np.arange(len(households))[:, None] * each).ravel()
    last, item = last_purchases.iloc[rows].reset_index(drop=True), item[rows]
    household = np.repeat(np.arange(len(households)), params.items)

    shelf = np.round(keeps[item] * draws.factor("shelf", SHELF_SPREAD, len(rows))).clip(min=1)
    expires = np.isfinite(shelf)
    days = np.where(expires, np.where(expires, shelf, 0).astype("timedelta64[D]"), np.timedelta64("NaT", "D"))
    usage = last["daily_usage_rate"].to_numpy()
    threshold = np.minimum(usage * params.reorder_days, last["usual_quantity"].to_numpy() / 2)
    bought = last["purchase_date"].astype("datetime64[s]")
    counted = EVENING + (86400 - EVENING) * draws.uniform("counted", len(households))
    names, categories, storages = list(foods), list(foods.categories), sorted({food.storage for food in every})
    tags, tagged = _tags(foods, food_verdicts)
    return pd.DataFrame(
        {
            "user_id": last["user_id"],
            "item_id": last["item_id"],
            "item_name": pd.Categorical.from_codes(item, categories=names),
            "quantity": _left(last, [food.usual_quantity >= WHOLE for food in every], item),
            "unit": last["unit"],
            "category": _coded([categories.index(food.category) for food in every], item, categories),
            "expiry_date": bought + days,
            "allergen_flag": _flags(households, food_verdicts, household, item),
            "unit_cost": last["unit_cost"],
            "last_updated": np.datetime64(params.until, "s") + counted.astype("timedelta64[s]")[household],
            "storage_type": _coded([storages.index(food.storage) for food in every], item, storages),
            "brand": last["brand"],
            "nutritional_tags": _coded(tagged, item, tags),
            "daily_usage_rate": usage,
            "reorder_threshold": significant(threshold, 2),
            "purchase_date": bought,
            "source": pd.Categorical.from_codes(np.zeros(len(rows), dtype=np.int8), categories=["synthetic"]),
        }
    )


def _left(last: Table, whole: list[bool], item: np.ndarray) -> np.ndarray:
    """What is not eaten yet; counted things by the whole or half piece."""
    import numpy as np

    bought = last["quantity_purchased"].to_numpy()
    left = bought * np.maximum(1 - last["eaten"].to_numpy(), LEAST_LEFT)
    step = np.where(np.array(whole)[item], 1.0, 0.5)
    pieces = np.minimum(np.ceil(left / step) * step, bought)
    weighed = np.where(left < bought, significant(left, 3), bought)
    return np.where(last["unit"].isin(COUNTED), pieces, np.minimum(weighed, bought))


def _flags(households: Table, verdicts: Table, household: np.ndarray, item: np.ndarray) -> pd.arrays.BooleanArray:
    """A nullable flag a row."""
    import pandas as pd

    kind, kinds = pd.factorize(households["allergens"])
    holds, unsure = said_of_foods(verdicts, kinds)
    place = (kind[household], item)
    return pd.arrays.BooleanArray(holds[place], unsure[place])


def _tags(foods: Foods, verdicts: Table) -> tuple[list[str], list[int]]:
    """All texts of tags, and the place of each food's: what foods.yml says, and diets that surely allow it."""
    import numpy as np

    fits = {diet.replace("-", "_"): (verdicts[diet] == "allowed").to_numpy() for diet in TOLD}
    fits["vegetarian"] = fits["vegetarian"] & ~fits["vegan"]  # what is vegan is vegetarian
    texts = [
        ",".join((*food.tags, *(name for name, fit in fits.items() if fit[place])))
        for place, food in enumerate(foods.values())
    ]
    tags, places = np.unique(texts, return_inverse=True)
    return [str(tag) for tag in tags], list(places)


def _coded(of_food: list[int], item: np.ndarray, names: list[str]) -> pd.Categorical:
    import numpy as np
    import pandas as pd

    return pd.Categorical.from_codes(np.array(of_food)[item], categories=names)
