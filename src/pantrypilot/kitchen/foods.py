"""The foods that households keep and buy, read from `foods.yml`.

    >>> load_foods()["milk"].item_id, load_foods()["milk"].category, load_foods()["milk"].region
    ('I_milk', 'dairy', 'global')

Not covered: allergens and diets, which `pantrypilot.diets` says of the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import ConfigDict, Field, ValidationError, model_validator

from pantrypilot.kitchen.dish_data import nearest
from pantrypilot.kitchen.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

ALL, GLOBAL = "all", "global"
COUNTED = ("pcs", "can", "bunch")
VOLUMES = ("ml", "L")
UNITS = ("g", "kg", *VOLUMES, *COUNTED)
# What households of customary regions buy in instead, and how many of the metric unit one holds (NIST SP 811, app. B).
CUSTOMARY = {
    "g": ("oz", 28.349523125),
    "kg": ("lb", 0.45359237),
    "ml": ("fl oz", 29.5735295625),
    "L": ("fl oz", 0.0295735295625),
}
Month = Annotated[int, Field(ge=1, le=12)]


class FoodsError(ValueError):
    """The food table or an override is wrong; the message names the place and the nearest right word."""


class FoodData(Settings):
    """One line of `foods.yml`, which explains its keys."""

    model_config = ConfigDict(validate_by_name=True)

    unit: str
    usual_quantity: float = Field(alias="buy", gt=0)
    unit_cost: float = Field(alias="cost", gt=0)
    shelf_life_days: int | None = Field(default=None, alias="keeps", gt=0)
    daily_usage: float = Field(alias="use", gt=0)
    density_g_per_ml: float | None = Field(default=None, alias="density", gt=0, le=3)
    grams_per_piece: float | None = Field(default=None, alias="piece", gt=0)
    popularity: float = Field(default=1.0, gt=0)
    cuisines: tuple[str, ...] = Field(min_length=1)
    storage: str | None = None
    season: tuple[Month, Month] | None = None
    tags: tuple[str, ...] = ()


class Food(FoodData):
    """A food with all that its category and region add. `region` is where it is at home, or `global`;
    `usual_quantity`, `unit_cost` (US dollars) and `daily_usage` (a person) are in `unit`."""

    name: str
    category: str
    storage: str
    region: str
    brands: tuple[str, ...]

    @property
    def item_id(self) -> str:
        return "I_" + re.sub(r"[^a-z0-9]+", "_", self.name.lower()).strip("_")

    @property
    def months(self) -> tuple[int, ...]:
        """The months of its season, all twelve where it has none."""
        if self.season is None:
            return tuple(range(1, 13))
        first, last = self.season
        return tuple((first - 1 + step) % 12 + 1 for step in range((last - first) % 12 + 1))


class Category(Settings):
    """Foods of a kind; the first storage is the usual one."""

    storages: tuple[str, ...] = Field(min_length=1)
    units: tuple[str, ...] = Field(min_length=1)
    brands: tuple[str, ...] = Field(min_length=1)
    foods: dict[str, FoodData]

    @property
    def sold_in(self) -> tuple[str, ...]:
        """The units that tables of households may show for its foods, customary ones included."""
        customary = (CUSTOMARY[unit][0] for unit in self.units if unit in CUSTOMARY)
        return tuple(dict.fromkeys((*self.units, *customary)))


class Region(Settings):
    cuisines: tuple[str, ...] = Field(min_length=1)
    brands: tuple[str, ...]


class FoodTable(Settings):
    """The whole of `foods.yml`, checked: category, unit and storage agree, and what is named exists."""

    customary: tuple[str, ...]
    regions: dict[str, Region]
    categories: dict[str, Category]

    @model_validator(mode="after")
    def agrees_with_itself(self) -> FoodTable:
        cuisines = [cuisine for region in self.regions.values() for cuisine in region.cuisines]
        places = {ALL, *self.regions, *cuisines}
        if twice := {cuisine for cuisine in cuisines if cuisines.count(cuisine) > 1}:
            raise ValueError(f"regions: {', '.join(sorted(twice))} is there twice.")
        _known("customary", self.customary, self.regions)
        seen: dict[str, str] = {}
        for key, category in self.categories.items():
            _known(f"categories.{key}.units", category.units, UNITS)
            for name, food in category.foods.items():
                where = f"categories.{key}.foods.{name}"
                if name in seen:
                    raise ValueError(f"{where}: it is in {seen[name]} too; keep one of them.")
                seen[name] = key
                _known(f"{where}.unit", [food.unit], category.units)
                _known(f"{where}.storage", [food.storage] if food.storage else [], category.storages)
                _known(f"{where}.cuisines", food.cuisines, places)
                if food.unit in COUNTED and food.grams_per_piece is None:
                    raise ValueError(f"{where}: what is sold by the {food.unit} needs `piece`, its grams.")
                if food.unit in VOLUMES and food.density_g_per_ml is None:
                    raise ValueError(f"{where}: what is sold by the {food.unit} needs `density`, in g/ml.")
        return self


class Foods(Mapping[str, Food]):
    """The foods by name, in the table's order, with the regions and categories they belong to."""

    def __init__(self, table: FoodTable) -> None:
        self.table = table
        self.regions: Mapping[str, tuple[str, ...]] = {name: one.cuisines for name, one in table.regions.items()}
        self.region_of = {cuisine: name for name, cuisines in self.regions.items() for cuisine in cuisines}
        self.categories: Mapping[str, Category] = table.categories
        self._foods = {
            name: self._resolve(name, key, food)
            for key, category in table.categories.items()
            for name, food in category.foods.items()
        }

    def __getitem__(self, name: str) -> Food:
        return self._foods[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._foods)

    def __len__(self) -> int:
        return len(self._foods)

    def _resolve(self, name: str, key: str, food: FoodData) -> Food:
        first, category = food.cuisines[0], self.categories[key]
        region = GLOBAL if first == ALL else self.region_of.get(first, first)
        spelled = {place: self.regions.get(place, (place,)) for place in food.cuisines}
        if ALL in spelled:
            spelled = self.regions
        return Food(
            **{
                **food.model_dump(),
                "name": name,
                "category": key,
                "storage": food.storage or category.storages[0],
                "region": region,
                "cuisines": tuple(dict.fromkeys(cuisine for cuisines in spelled.values() for cuisine in cuisines)),
                "brands": category.brands + (() if region == GLOBAL else self.table.regions[region].brands),
            }
        )

    @cached_property
    def by_id(self) -> Mapping[str, Food]:
        return {food.item_id: food for food in self.values()}

    def frame(self) -> pd.DataFrame:
        """One row a food: its fields, `item_id` first, `months` for the season; lists as text, joined by commas."""
        import pandas as pd

        fields = [name for name in Food.model_fields if name not in ("name", "season")]
        rows = [
            {
                "item_id": food.item_id,
                "name": food.name,
                **{field: _as_text(getattr(food, field)) for field in fields},
                "months": _as_text(food.months),
            }
            for food in self.values()
        ]
        numbers = ("shelf_life_days", "density_g_per_ml", "grams_per_piece")
        return pd.DataFrame(rows).astype(dict.fromkeys(numbers, "float64"))


def load_foods(overrides: Mapping[str, Any] | None = None) -> Foods:
    """The packaged foods, with a user's own on top: `overrides` has the keys of `foods.yml`, down to one of a food.

    Raises:
        FoodsError: a key, category, unit, storage or cuisine is not known; the message names the nearest that is.
    """
    if not overrides:
        return _packaged()
    raw = _raw()
    for key, category in (overrides.get("categories") or {}).items():
        if key not in raw["categories"] and "units" not in category:
            raise FoodsError(f"foods: there is no category {key!r}.{nearest(key, raw['categories'])}")
    return _prepare(_laid_over(raw, overrides))


def _raw() -> dict[str, Any]:
    text = resources.files("pantrypilot.kitchen").joinpath("foods.yml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def _packaged() -> Foods:
    return _prepare(_raw())


def _prepare(raw: Mapping[str, Any]) -> Foods:
    try:
        return Foods(FoodTable.model_validate(raw))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            models = (FoodTable, Region, Category, FoodData)
            keys = [field.alias or name for model in models for name, field in model.model_fields.items()]
            raise FoodsError(f"foods: {place}: there is no such key.{nearest(first['loc'][-1], keys)}") from None
        said = first["msg"].removeprefix("Value error, ")
        raise FoodsError(f"foods: {place}: {said}" if place else f"foods: {said}") from None


def _laid_over(below: Any, above: Any) -> Any:
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    return {**below, **{key: _laid_over(below.get(key), value) for key, value in above.items()}}


def _known(where: str, words: Any, known: Any) -> None:
    for word in words:
        if word not in known:
            raise ValueError(f"{where}: there is no {word!r}.{nearest(word, known)} Known: {', '.join(sorted(known))}.")


def _as_text(value: Any) -> Any:
    return ",".join(str(part) for part in value) if isinstance(value, tuple) else value
