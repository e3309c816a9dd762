"""What the validation stage can be told; conf/base/generator/parameters_validation.yml gives the reasons."""

from __future__ import annotations

from pydantic import Field, field_validator

from pantrypilot.diets.knowledge import nearest
from pantrypilot.kitchen.settings import Settings
from pantrypilot.pipelines.validation.checks import CHECKS


class ValidationParams(Settings):
    """`generator.validation`."""

    diets: tuple[str, ...] = Field(min_length=1)
    checks: tuple[str, ...] = tuple(CHECKS)
    largest_quantity: dict[str, float]
    largest_count: float = Field(gt=0)
    most_ingredients: int = Field(default=12, ge=2)
    sources_without_steps: tuple[str, ...] = ()

    @field_validator("checks")
    @classmethod
    def known_checks(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in CHECKS:
                raise ValueError(f"there is no recipe check {name!r}.{nearest(name, CHECKS)}")
        return names
