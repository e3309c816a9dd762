"""What synthetic households can be told; conf/base/pantry/parameters_augmentation.yml gives the reasons."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pantrypilot.kitchen.settings import Settings

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]
Spread = Annotated[float, Field(ge=0, le=2)]
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
Payment = Literal["credit_card", "debit_card", "mobile_pay", "cash"]
WEEKDAYS: tuple[Weekday, ...] = Weekday.__args__


class RegionParams(Settings):
    """Where households live and shop. `prices` is 1 where the costs of foods.yml hold; `sizes[0]` weighs one person."""

    share: float = Field(gt=0, le=1)
    sizes: tuple[Weight, ...] = Field(min_length=1)
    diets: dict[str, Share]
    stores: tuple[str, ...] = Field(min_length=1)
    cities: tuple[str, ...] = Field(min_length=1)
    prices: float = Field(gt=0)
    online: Share
    payments: dict[Payment, Weight]

    @model_validator(mode="after")
    def diets_fit_into_one(self) -> RegionParams:
        if (total := sum(self.diets.values())) > 1:
            raise ValueError(f"the shares of `diets` add up to {total:g}, more than 1")
        if not sum(self.sizes) or not sum(self.payments.values()):
            raise ValueError("`sizes` and `payments` need a weight above 0")
        return self


class Affinity(Settings):
    """Weights of a food by whose it is."""

    own: float = Field(gt=0)
    everywhere: float = Field(gt=0)
    neighbour: float = Field(gt=0)
    foreign: float = Field(gt=0)


class Lapses(Settings):
    """Shares of what is forbidden that may be kept all the same."""

    diets: Share
    allergens: Share


class Discounts(Settings):
    """Share of purchases, and the range of what is taken off."""

    share: Share
    least: float = Field(ge=0, lt=1)
    most: float = Field(ge=0, lt=1)


class HouseholdParams(Settings):
    """`pantry.households`. `items`, `gone` and `purchases` are of one household."""

    users: int = Field(gt=0)
    items: int = Field(gt=0)
    purchases: int = Field(gt=0)
    gone: int = Field(ge=0)
    until: datetime.date
    days: int = Field(ge=7, le=3650)
    abroad: Share
    affinity: Affinity
    lapses: Lapses
    doubt: float = Field(gt=0, le=1)
    allergens: dict[str, Share]
    usage_spread: Spread
    rhythm: Spread
    lateness: Spread
    off_season: float = Field(gt=0, le=1)
    off_season_surcharge: float = Field(ge=0)
    shopping_days: dict[Weekday, Weight]
    main_trip: Share
    main_store: Share
    discounts: Discounts
    price_noise: Spread
    reorder_days: float = Field(gt=0)
    regions: dict[str, RegionParams] = Field(min_length=1)

    @model_validator(mode="after")
    def can_be_drawn(self) -> HouseholdParams:
        total = sum(region.share for region in self.regions.values())
        if abs(total - 1) > 0.001:
            raise ValueError(f"the shares of `regions` add up to {total:g}, not to 1")
        if not sum(self.shopping_days.values()):
            raise ValueError("`shopping_days` need a weight above 0")
        foods = self.items + self.gone
        if self.purchases > foods * self.days:
            raise ValueError(
                f"{self.purchases} purchases of {foods} foods in {self.days} days are more than one of each a day"
            )
        return self

    @property
    def diets(self) -> tuple[str, ...]:
        """Every diet and allergen diet that a household may keep to."""
        named = [diet for region in self.regions.values() for names in region.diets for diet in names.split(",")]
        return tuple(dict.fromkeys((*named, *self.allergens)))
