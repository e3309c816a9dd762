"""Parameters of fine-tuning. The reason for each default stands beside it in the YAML."""

from __future__ import annotations

from pantrypilot.kitchen.settings import Settings
from pantrypilot.modelling.plan import LoraSettings, TrainingPlan


class FinetuningParams(Settings):
    """`generator.finetuning`: the adapter's shape and the training run, the same for every strategy."""

    lora: LoraSettings
    training: TrainingPlan
