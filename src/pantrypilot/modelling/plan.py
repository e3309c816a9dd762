"""What a training run is told: typed, frozen, and strict about unknown keys."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, PositiveInt

from pantrypilot.kitchen.settings import Settings


class LoraSettings(Settings):
    """A low-rank adapter. y += (alpha / rank) · x A B, as in the LoRA paper; mlx-lm calls alpha / rank `scale`."""

    rank: int = Field(gt=0)
    alpha: float = Field(gt=0)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    num_layers: Literal[-1] | PositiveInt = -1  # last N blocks; -1 = all (mlx-lm would take 0 for all, too)
    keys: tuple[str, ...] | None = None  # names of the linear layers; None = all of them

    @property
    def scale(self) -> float:
        return self.alpha / self.rank


class TrainingPlan(Settings):
    """One training run: how long, how fast, how often it looks at itself. Steps are optimizer updates."""

    steps: int | None = Field(default=None, gt=0)
    epochs: float | None = Field(default=None, gt=0)
    batch_size: int = Field(gt=0)  # rows an update
    learning_rate: float = Field(gt=0)
    optimizer: Literal["adamw", "muon"] = "adamw"
    muon_learning_rate: float = Field(default=0.02, gt=0)  # matrices; embeddings and norms keep AdamW
    betas: tuple[float, float] = (0.9, 0.95)
    weight_decay: float = Field(default=0.0, ge=0)
    warmup_steps: int = Field(default=0, ge=0)
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    final_fraction: float = Field(default=0.0, ge=0, le=1)  # of the learning rate, at the last step
    unlikelihood: float = Field(default=0.0, ge=0)  # weight of what must not be said, beside what must
    max_gradient_norm: float = Field(default=1.0, gt=0)
    max_tokens: int = Field(default=1024, gt=1)  # a row
    over_length: Literal["drop", "error"] = "drop"  # never cut: a cut answer teaches to stop half-way
    evaluate_every: int = Field(default=100, gt=0)  # steps
    checkpoint_every: int = Field(default=100, gt=0)  # steps
    keep: Literal["best", "last"] = "best"  # weights: of the lowest validation loss, or of the last step
    seed: int = Field(default=0, ge=0)

    def total_steps(self, rows: int) -> int:
        """Updates of the whole run over `rows` rows; `steps` wins over `epochs`."""
        if self.steps is not None:
            return self.steps
        if self.epochs is None:
            raise ValueError("a training plan needs `steps` or `epochs`")
        return max(1, round(self.epochs * rows / self.batch_size))
