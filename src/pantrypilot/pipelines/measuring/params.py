"""What measuring can be told; conf/base/diets/parameters.yml gives the reasons."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class MeasuringParams(BaseModel):
    """`measuring`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    synonyms: bool
    smallest_class: int = Field(gt=0)
    coverage_diets: tuple[str, ...] = Field(min_length=1)
    sample: int = Field(gt=0)
