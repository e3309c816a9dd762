"""Parameters of the embedded base. The reason for each default stands beside it in the YAML."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from pantrypilot.kitchen.settings import Settings
from pantrypilot.modelling.plan import TrainingPlan
from pantrypilot.pipelines.augmentation.params import Between

RowKind = Literal["corpus", "variant", "composed", "fact", "copy", "filter", "echo"]


class PhaseParams(Settings):
    """A part of the run. `share` is of its steps, `mixture` of its rows; `pantry` is the pantry's size in items."""

    share: float = Field(gt=0, le=1)
    mixture: dict[RowKind, float]
    pantry: Between

    @field_validator("mixture")
    @classmethod
    def shares_are_positive(cls, value: dict[RowKind, float]) -> dict[RowKind, float]:
        if not value or min(value.values()) < 0 or sum(value.values()) <= 0:
            raise ValueError("the mixture needs at least one positive share and no negative one")
        return value


class RowsParams(Settings):
    """`pretraining.rows`: what the base reads. `honesty` is the share of recipes that keep the diet."""

    phases: tuple[PhaseParams, ...] = Field(min_length=1)
    honesty: float = Field(ge=0, le=1)
    selected: Between
    whole: float = Field(default=1.0, gt=0, le=1)  # share of rows that go on past their lists, to the steps
    valid_rows: int = Field(gt=0)
    block: int = Field(gt=0)  # batches that are length-bucketed together

    def phase_at(self, progress: float) -> PhaseParams:
        """The phase when `progress` (0 to 1) of the run is done."""
        total, done = sum(phase.share for phase in self.phases), 0.0
        for phase in self.phases:
            done += phase.share / total
            if progress < done:
                return phase
        return self.phases[-1]


class TokenizerParams(Settings):
    """`pretraining.tokenizer`. Sizes count tokens."""

    vocabulary_size: int = Field(gt=300)
    sample_rows: int = Field(gt=0)


class PretrainingParams(Settings):
    """`pretraining`: `model` is a Hugging Face config for mlx-lm, less the vocabulary.

    `start_from` is a model folder whose weights and tokenizer are trained further; None starts from nothing.
    """

    start_from: str | None = None

    model: dict[str, Any]
    tokenizer: TokenizerParams
    rows: RowsParams
    training: TrainingPlan
