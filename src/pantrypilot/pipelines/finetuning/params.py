"""Parameters of fine-tuning. The reason for each default stands beside it in the YAML."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from pantrypilot.modelling.plan import LoraSettings, TrainingPlan


class FinetuningParams(BaseModel):
    """`generator.finetuning`: the adapter's shape and the training run, the same for every strategy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lora: LoraSettings
    training: TrainingPlan
