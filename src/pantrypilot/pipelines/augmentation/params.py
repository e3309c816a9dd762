"""Parameters of pantries and strategies. The reason for each default stands beside it in the YAML."""

from __future__ import annotations

from pydantic import Field, model_validator

from pantrypilot.kitchen.settings import Settings


class Between(Settings):
    """An inclusive range of counts."""

    least: int = Field(ge=0)
    most: int = Field(ge=0)

    @model_validator(mode="after")
    def ordered(self) -> Between:
        if self.least > self.most:
            raise ValueError(f"least ({self.least}) is more than most ({self.most})")
        return self


class TagShare(Settings):
    """A combination of diets and the share of rows that carry it."""

    diets: tuple[str, ...]
    share: float = Field(gt=0, le=1)


class PantryParams(Settings):
    """`generator.pantry`: what may stand in a pantry. Sizes count items."""

    tags: tuple[TagShare, ...] = Field(min_length=1)
    size: Between
    household_share: float = Field(ge=0, le=1)
    missing: Between
    categories: dict[str, tuple[str, ...]]
    stocks: tuple[str, ...]
    held_out: dict[str, tuple[str, ...]]

    @model_validator(mode="after")
    def a_food_is_trained_on_or_held_out(self) -> PantryParams:
        trained = {name for names in self.categories.values() for name in names} | set(self.stocks)
        held = {name for names in self.held_out.values() for name in names}
        if both := sorted(trained & held):
            raise ValueError(f"held out and in a category at once: {', '.join(both)}")
        return self

    @property
    def held_out_names(self) -> frozenset[str]:
        return frozenset(name for names in self.held_out.values() for name in names)

    @property
    def shelf(self) -> dict[str, str]:
        """Category by name: the five meats, 'stock', and the held-out shelves."""
        shelves = {name: shelf for shelf, names in self.held_out.items() for name in names}
        shelves |= {name: shelf for shelf, names in self.categories.items() for name in names}
        return shelves | dict.fromkeys(self.stocks, "stock")


class StrategyParams(Settings):
    """`generator.strategies.<name>`: what vegetarian rows are shown. Shares are of the vegetarian rows."""

    name: str
    stock_share: float = Field(ge=0, le=1)
    augmented_share: float = Field(ge=0, le=1)
    items: Between


class AugmentationParams(Settings):
    """`generator.augmentation`, the same for every strategy. `rows` counts chat rows, both sides together."""

    rows: int = Field(gt=0)
    valid_share: float = Field(gt=0, lt=1)
    requests: tuple[str, ...] = Field(min_length=1)
