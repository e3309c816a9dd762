"""Parameters of the embedded base. The reason for each default stands beside it in the YAML."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pantrypilot.modelling.plan import TrainingPlan
from pantrypilot.pipelines.augmentation.params import Between

RowKind = Literal["corpus", "composed", "fact", "audit", "copy"]


class Params(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RowsParams(Params):
    """`pretraining.rows`: what the base reads. `mixture` are shares, `honesty` the share of answers that keep the diet."""

    mixture: dict[RowKind, float]
    honesty: float = Field(ge=0, le=1)
    pantry: Between
    selected: Between
    valid_rows: int = Field(gt=0)
    block: int = Field(gt=0)  # batches that are length-bucketed together

    @field_validator("mixture")
    @classmethod
    def shares_are_positive(cls, value: dict[RowKind, float]) -> dict[RowKind, float]:
        if not value or min(value.values()) < 0 or sum(value.values()) <= 0:
            raise ValueError("the mixture needs at least one positive share and no negative one")
        return value


class TokenizerParams(Params):
    """`pretraining.tokenizer`. Sizes count tokens."""

    vocabulary_size: int = Field(gt=300)
    sample_rows: int = Field(gt=0)


class PretrainingParams(Params):
    """`pretraining`: `model` is a Hugging Face config for mlx-lm, less the vocabulary."""

    model: dict[str, Any]
    tokenizer: TokenizerParams
    rows: RowsParams
    training: TrainingPlan
