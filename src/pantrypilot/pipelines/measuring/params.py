"""What measuring can be told; conf/base/diets/parameters.yml gives the reasons."""

from __future__ import annotations

from pydantic import Field

from pantrypilot.kitchen.settings import Settings


class MeasuringParams(Settings):
    """`measuring`."""

    synonyms: bool
    lines: bool
    smallest_class: int = Field(gt=0)
    coverage_diets: tuple[str, ...] = Field(min_length=1)
    sample: int = Field(gt=0)
