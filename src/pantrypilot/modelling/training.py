"""The training loop, for pretraining and for adapters alike: it updates what the model says is trainable.

Built on mlx-lm's parts (models, LoRA layers, adapter files) but not on its trainer, whose defects in 0.32
it avoids, each with a test: length bucketing that works, no pad token in the loss, token-weighted means,
gradient clipping, the whole validation set, data order independent of evaluation, the best weights kept,
and a resume that continues bit for bit.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import mlx.core as mx
import mlx.optimizers as optim
from mlx import nn
from mlx.utils import tree_flatten, tree_map, tree_unflatten

from pantrypilot.modelling.batching import Batch, EncodedRow, make_batch
from pantrypilot.modelling.checkpoints import CheckpointFolder
from pantrypilot.modelling.losses import evaluate, training_loss
from pantrypilot.modelling.plan import TrainingPlan
from pantrypilot.modelling.replicas import Replicas

logger = logging.getLogger(__name__)
LOG_EVERY = 10  # seconds, where there is no terminal for a progress bar


class RowSource(Protocol):
    """Rows of any step, by its number alone, so that a run can resume anywhere."""

    def batch(self, step: int) -> list[EncodedRow]: ...


@dataclass
class History:
    """The loss curve. Losses are nats a supervised token; `tokens` counts inputs seen, padding excluded."""

    train: list[dict[str, float]] = field(default_factory=list)
    valid: list[dict[str, float]] = field(default_factory=list)

    def rows(self) -> list[dict[str, Any]]:
        """One dict a point: step, split, loss, learning_rate, gradient_norm, tokens, tokens_per_second."""
        return [{"split": "train", **p} for p in self.train] + [{"split": "valid", **p} for p in self.valid]


@dataclass(frozen=True)
class Trained:
    """What a run leaves: the weights that the plan keeps already in the model, and the story of it."""

    history: History
    steps: int
    kept_step: int
    best_step: int
    best_valid_loss: float
    first_valid_loss: float
    tokens: int
    seconds: float


class NotFinite(RuntimeError):
    """The loss left the numbers; the message says where, and what to do."""


def learning_rate_at(step: int, total: int, peak: float, plan: TrainingPlan) -> float:
    """Linear warm-up to `peak`, then the plan's schedule towards `final_fraction` of it, met one step past the last."""
    if step < plan.warmup_steps:
        return peak * (step + 1) / plan.warmup_steps
    done = (step - plan.warmup_steps) / max(1, total - plan.warmup_steps)
    if plan.schedule == "constant":
        return peak
    shape = 0.5 * (1 + math.cos(math.pi * done)) if plan.schedule == "cosine" else 1 - done
    return peak * (plan.final_fraction + (1 - plan.final_fraction) * shape)


def train(
    model: nn.Module,
    source: RowSource,
    valid_rows: Sequence[EncodedRow],
    plan: TrainingPlan,
    total_steps: int,
    checkpoints: CheckpointFolder | None = None,
    title: str = "training",
    on_step: Callable[[int], None] | None = None,
) -> Trained:
    """Train to `total_steps`, from the last checkpoint if there is one; the model ends with what the plan keeps.

    Raises NotFinite when the loss or gradient is not a number. Ctrl-C saves a checkpoint before it goes on up, unless
    it falls between an update and its bookkeeping: then the last one on disk stands.
    """
    return _Run(model, source, valid_rows, plan, total_steps, checkpoints, title).to_the_end(on_step)


@dataclass
class _State:
    """What a run has behind it, weights and optimizer apart: the `state.json` of a checkpoint."""

    step: int = 0
    train: list[dict[str, float]] = field(default_factory=list)
    valid: list[dict[str, float]] = field(default_factory=list)
    best_loss: float = math.inf
    best_step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    window: tuple[float, int] = (0.0, 0)  # loss and supervised tokens since the last point of the curve


class _Run:
    """One training run: the model, its optimizer, and how far it is."""

    def __init__(
        self,
        model: nn.Module,
        source: RowSource,
        valid_rows: Sequence[EncodedRow],
        plan: TrainingPlan,
        total_steps: int,
        checkpoints: CheckpointFolder | None,
        title: str,
    ) -> None:
        self.model, self.source, self.valid_rows, self.plan = model, source, valid_rows, plan
        self.total_steps, self.checkpoints, self.title = total_steps, checkpoints, title
        mx.random.seed(plan.seed)
        model.train()
        self.optimizer = _optimizer(plan)
        self.optimizer.init(model.trainable_parameters())
        self.replicas = Replicas(model)
        self.state, self.best, self.stored = _State(), self._weights(), 0
        self._restore()
        self.began = time.perf_counter() - self.state.seconds

    def to_the_end(self, on_step: Callable[[int], None] | None) -> Trained:
        from tqdm.auto import tqdm

        if self.state.step == 0:
            self._evaluate(0)
        bar = tqdm(total=self.total_steps, initial=self.state.step, desc=self.title, unit="step", disable=None)
        updated = self.state.step  # steps in the weights; `state.step` counts those with their bookkeeping
        last_log = time.perf_counter()
        try:
            for step in range(self.state.step, self.total_steps):
                rows = self.source.batch(step)
                gradient, loss, supervised, norm = self._gradient(step, rows)
                updated = step + 1
                self._update(step, gradient)
                self._keep_count(step + 1, rows, loss, supervised, norm)
                bar.update()
                bar.set_postfix(loss=f"{loss / supervised:.3f}", tok_s=f"{self._rate():.0f}", refresh=False)
                if bar.disable and time.perf_counter() - last_log > LOG_EVERY:
                    last_log = time.perf_counter()
                    self._log(loss / supervised)
                if self.state.step % self.plan.checkpoint_every == 0 or self.state.step == self.total_steps:
                    self._remember()
                if on_step is not None:
                    on_step(self.state.step)
        except KeyboardInterrupt:
            if updated == self.state.step > self.stored:
                self._remember()
            if self.checkpoints is not None:
                logger.warning("%s: stopped; the same run again goes on from step %d", self.title, self.stored)
            raise
        finally:
            bar.close()
        state, keep_best = self.state, self.plan.keep == "best"
        if keep_best:
            self.model.load_weights(list(self.best.items()), strict=False)
        self.model.eval()
        kept = state.best_step if keep_best else self.total_steps
        return Trained(
            History(state.train, state.valid), self.total_steps, kept, state.best_step, state.best_loss,
            state.valid[0]["loss"], state.tokens, time.perf_counter() - self.began,
        )  # fmt: skip

    def _gradient(self, step: int, rows: Sequence[EncodedRow]) -> tuple[Any, float, int, float]:
        """(clipped mean gradient, summed loss, supervised tokens, norm before clipping) of a step's rows."""
        count = len(self.replicas)
        parts = [make_batch(part) for start in range(count) if (part := rows[start::count])]
        seeds = [(self.plan.seed * 1_000_003 + step) * count + part for part in range(len(parts))]
        weight = self.plan.unlikelihood
        results = self.replicas.map(_loss_and_gradient, [(*pair, weight) for pair in zip(parts, seeds, strict=True)])
        losses, gradients = zip(*results, strict=True)
        supervised = sum(len(part.targets) for part in parts)
        gradient, norm = optim.clip_grad_norm(_mean(gradients, supervised), self.plan.max_gradient_norm)
        mx.eval(gradient, norm)
        loss = sum(part.item() for part in losses)
        if not math.isfinite(loss) or not math.isfinite(norm.item()):
            raise NotFinite(
                f"{self.title}: at step {step + 1} the loss is {loss / supervised} and the gradient's norm "
                f"{norm.item()}. Lower learning_rate or max_gradient_norm; the last checkpoint is untouched."
            )
        return gradient, loss, supervised, norm.item()

    def _update(self, step: int, gradient: Any) -> None:
        _set_learning_rate(self.optimizer, step, self.total_steps, self.plan)
        self.optimizer.update(self.model, gradient)
        mx.eval(self.model.trainable_parameters(), self.optimizer.state)

    def _keep_count(self, done: int, rows: Sequence[EncodedRow], loss: float, supervised: int, norm: float) -> None:
        """Bookkeeping of a step that is in the weights; a point of the curve where one is due."""
        state = self.state
        state.tokens += sum(len(row.tokens) - 1 for row in rows)
        state.window = (state.window[0] + loss, state.window[1] + supervised)
        if done % self.plan.evaluate_every == 0 or done == self.total_steps:
            point = {
                "step": done,
                "loss": state.window[0] / state.window[1],
                "tokens": state.tokens,
                "learning_rate": learning_rate_at(done - 1, self.total_steps, self.plan.learning_rate, self.plan),
                "gradient_norm": norm,
            }
            state.train.append(point)
            state.window = (0.0, 0)
            self._evaluate(done)
        state.step = done

    def _evaluate(self, done: int) -> None:
        """A point of the validation curve, and the weights kept if they are the best so far."""
        loss = evaluate(self.replicas, self.valid_rows, max(self.plan.batch_size, 16))
        self.state.valid.append({"step": done, "loss": loss, "tokens": self.state.tokens})
        if loss < self.state.best_loss:
            self.state.best_loss, self.state.best_step = loss, done
            self.best = tree_map(lambda value: value + 0, self._weights())
            mx.eval(self.best)

    def _restore(self) -> None:
        saved = self.checkpoints.latest() if self.checkpoints else None
        if saved is None:
            return
        self.model.load_weights(list(saved.weights.items()), strict=False)
        self.optimizer.state = tree_unflatten(list(saved.optimizer.items()))
        self.best = saved.best
        self.state = _State(**{name: saved.state[name] for name in _State.__dataclass_fields__})
        self.stored = self.state.step
        logger.info("%s: resumed at step %d of %d", self.title, self.state.step, self.total_steps)

    def _remember(self) -> None:
        if self.checkpoints is None:
            return
        self.state.seconds = time.perf_counter() - self.began
        optimizer = dict(tree_flatten(self.optimizer.state))
        self.checkpoints.save(self.state.step, self._weights(), optimizer, self.best, asdict(self.state))
        self.stored = self.state.step

    def _weights(self) -> dict[str, mx.array]:
        return dict(tree_flatten(self.model.trainable_parameters()))

    def _rate(self) -> float:
        return self.state.tokens / max(1e-9, time.perf_counter() - self.began)

    def _log(self, loss: float) -> None:
        done, valid = self.state.step, self.state.valid[-1]["loss"]
        left = (time.perf_counter() - self.began) / done * (self.total_steps - done)
        message = "%s: step %d of %d, loss %.3f, valid %.3f, %.0f tokens/s, %.0f s left"
        logger.info(message, self.title, done, self.total_steps, loss, valid, self._rate(), left)


def _loss_and_gradient(model: nn.Module, part: tuple[Batch, int, float]) -> tuple[mx.array, Any]:
    """Summed loss and gradient of a part of a step. Its own seed: dropout is the same after an interruption."""
    batch, seed, unlikelihood = part
    mx.random.seed(seed)
    loss, gradient = nn.value_and_grad(model, training_loss)(model, batch, unlikelihood)
    mx.eval(loss, gradient)
    return loss, gradient


def _mean(gradients: Sequence[Any], supervised: int) -> Any:
    """The parts' summed gradients as one, a supervised token."""
    return tree_map(lambda *parts: sum(parts[1:], parts[0]) / supervised, *gradients)


def _optimizer(plan: TrainingPlan) -> Any:
    adam = optim.AdamW(
        plan.learning_rate, betas=list(plan.betas), weight_decay=plan.weight_decay, bias_correction=True
    )
    if plan.optimizer == "adamw":
        return adam
    muon = optim.Muon(plan.muon_learning_rate, momentum=0.95, weight_decay=plan.weight_decay)
    return optim.MultiOptimizer([muon, adam], [lambda path, weight: weight.ndim == 2 and "embed" not in path])


def _set_learning_rate(optimizer: Any, step: int, total: int, plan: TrainingPlan) -> None:
    for part in getattr(optimizer, "optimizers", [optimizer]):
        peak = plan.muon_learning_rate if isinstance(part, optim.Muon) else plan.learning_rate
        part.learning_rate = learning_rate_at(step, total, peak, plan)
