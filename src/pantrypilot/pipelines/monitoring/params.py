"""What monitoring can be told; conf/base/pantry/parameters_monitoring.yml gives the reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from pantrypilot.kitchen.settings import Settings

EVEN = "even"
Target = Literal["even"] | dict[str, float]  # or how much of each name there should be, in shares that add up to 1


class AlertParams(Settings):
    """`monitoring.alerts`; all in whole days."""

    run_out_days: int = Field(ge=0)
    expiring_days: int = Field(ge=0)
    expiring_days_by_storage: dict[str, int]


class BiasParams(Settings):
    """`monitoring.bias`. A target says how much of each name there should be; `foods_*` are of what is bought."""

    alpha: float = Field(gt=0, lt=1)
    smallest_effect: float = Field(ge=0)
    draws: int = Field(ge=99)
    deals: int = Field(ge=99)
    households_region: Target
    households_cuisine: Target
    foods_region: Target
    foods_cuisine: Target

    @field_validator("households_region", "households_cuisine", "foods_region", "foods_cuisine", mode="before")
    @classmethod
    def _adds_up_to_one(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        if len(given) < 2 or any(weight <= 0 for weight in given.values()):
            raise ValueError("a target needs two names or more, each with a weight above 0")
        whole = math.fsum(given.values())
        return {str(name): weight / whole for name, weight in given.items()}


class DriftParams(Settings):
    """`monitoring.drift`."""

    psi_moved: float = Field(gt=0)
    psi_drifted: float = Field(gt=0)
    alpha: float = Field(gt=0, lt=1)
    rows_change: float = Field(gt=0)
    most_categories: int = Field(gt=1)


class PageParams(Settings):
    """`monitoring.page`."""

    alerts: int = Field(gt=0)
    foods: int = Field(gt=0)
    purchases: int = Field(gt=0)
    weeks: int = Field(gt=0)
