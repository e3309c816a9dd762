"""What the transformation can be told; conf/base/pantry/parameters_transformation.yml gives the reasons."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pantrypilot.kitchen.settings import Settings


class UnitParams(Settings):
    """`units`. `packages`: what a package holds, unit → food or `any` → amount ("400 g")."""

    locale: str
    canonical: Literal["foods", "most_rows", "own"]
    packages: dict[str, dict[str, str]]


class UsageParams(Settings):
    """`usage`; `longest` in days."""

    fewest_purchases: int = Field(ge=2)
    longest: int = Field(gt=0, le=100_000)
