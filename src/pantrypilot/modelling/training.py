"""The training loop, for pretraining and for adapters alike: it updates what the model says is trainable.

Built on mlx-lm's parts (models, LoRA layers, adapter files) but not on its trainer, whose defects in 0.32
it avoids, each with a test: length bucketing that works, no pad token in the loss, token-weighted means,
gradient clipping, the whole validation set, data order independent of evaluation, the best weights kept,
and a resume that continues bit for bit.

On a CPU a step is split over two streams, one a core: mlx runs each stream on a thread of its own.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import mlx.core as mx
import mlx.optimizers as optim
from mlx import nn
from mlx.utils import tree_flatten, tree_map, tree_unflatten

from pantrypilot.modelling.batching import Batch, EncodedRow, in_length_order, make_batch
from pantrypilot.modelling.checkpoints import CheckpointFolder
from pantrypilot.modelling.plan import TrainingPlan

logger = logging.getLogger(__name__)


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
    """What a run leaves: the best weights (by validation loss) already in the model, and the story of it."""

    history: History
    steps: int
    best_step: int
    best_valid_loss: float
    first_valid_loss: float
    tokens: int
    seconds: float


class NotFinite(RuntimeError):
    """The loss left the numbers; the message says where, and what to do."""


def answer_logits(model: nn.Module, inputs: mx.array, positions: mx.array) -> mx.array:
    """Logits [n, vocabulary] at the supervised positions only.

    Where the model's head can be told from its body, the product with the vocabulary is spared for prompts
    and padding; otherwise all logits are made and most thrown away.
    """
    body = getattr(model, "model", None)
    tied = getattr(getattr(model, "args", None), "tie_word_embeddings", None)
    if body is not None and getattr(model, "model_type", "") in ("qwen3", "phi3", "llama", "smollm3"):
        hidden = body(inputs)
        hidden = hidden.reshape(-1, hidden.shape[-1])[positions]
        return body.embed_tokens.as_linear(hidden) if tied else model.lm_head(hidden)
    logits = model(inputs)
    return logits.reshape(-1, logits.shape[-1])[positions]


def answer_loss(model: nn.Module, batch: Batch) -> mx.array:
    """Sum of cross-entropies over the supervised tokens, in nats; divide by `len(batch.targets)`."""
    logits = answer_logits(model, mx.array(batch.inputs), mx.array(batch.positions)).astype(mx.float32)
    return nn.losses.cross_entropy(logits, mx.array(batch.targets), reduction="sum")


def evaluate(model: nn.Module, rows: Sequence[EncodedRow], batch_size: int) -> float:
    """Mean loss a supervised token over every row."""
    if not rows:
        raise ValueError("there is no row to validate on")
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    streams = _streams()
    pending: list[mx.array] = []
    for index, group in enumerate(in_length_order(rows, batch_size)):
        batch = make_batch(group)
        with mx.stream(streams[index % len(streams)]):
            pending.append(answer_loss(model, batch))
        count += len(batch.targets)
        if len(pending) == len(streams):
            mx.eval(pending)
            total += sum(loss.item() for loss in pending)
            pending = []
    total += sum(loss.item() for loss in pending)
    model.train(was_training)
    return total / count


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
    """Train to `total_steps`, from the last checkpoint if there is one; the model ends with its best weights.

    Raises NotFinite when the loss or gradient is not a number. Ctrl-C saves a checkpoint before it goes on up, unless
    it falls between an update and its bookkeeping: then the last one on disk stands.
    """
    from tqdm.auto import tqdm

    mx.random.seed(plan.seed)
    model.train()
    optimizers = _optimizers(plan)
    optimizers.init(model.trainable_parameters())
    history, start, best_loss, best_step, tokens, spent = History(), 0, math.inf, 0, 0, 0.0
    loss_sum = token_sum = 0.0  # since the last point of the curve
    best = dict(tree_flatten(model.trainable_parameters()))
    if checkpoints is not None and (saved := checkpoints.latest()):
        model.load_weights(list(saved.weights.items()), strict=False)
        optimizers.state = tree_unflatten(list(saved.optimizer.items()))
        best, state = saved.best, saved.state
        history = History(state["train"], state["valid"])
        start, best_loss, best_step = state["step"], state["best_loss"], state["best_step"]
        tokens, spent = state["tokens"], state["seconds"]
        loss_sum, token_sum = state.get("window", (0.0, 0))
        logger.info("%s: resumed at step %d of %d", title, start, total_steps)
    step_gradient = nn.value_and_grad(model, answer_loss)
    streams = _streams()
    began = time.perf_counter() - spent
    last_log = time.perf_counter()
    updated = whole = stored = start  # steps in the weights, with their bookkeeping, on disk

    def remember(step: int) -> None:
        nonlocal stored
        if checkpoints is not None:
            checkpoints.save(
                step,
                dict(tree_flatten(model.trainable_parameters())),
                dict(tree_flatten(optimizers.state)),
                best,
                {
                    "step": step,
                    "train": history.train,
                    "valid": history.valid,
                    "best_loss": best_loss,
                    "best_step": best_step,
                    "tokens": tokens,
                    "seconds": time.perf_counter() - began,
                    "window": [loss_sum, token_sum],
                },
            )
            stored = step

    def look(step: int) -> None:
        nonlocal best, best_loss, best_step
        loss = evaluate(model, valid_rows, max(plan.batch_size, 16))
        history.valid.append({"step": step, "loss": loss, "tokens": tokens})
        if loss < best_loss:
            best_loss, best_step = loss, step
            best = tree_map(lambda value: value + 0, dict(tree_flatten(model.trainable_parameters())))
            mx.eval(best)

    if start == 0:
        look(0)
    bar = tqdm(total=total_steps, initial=start, desc=title, unit="step", disable=None, leave=True)
    try:
        for step in range(start, total_steps):
            rows = source.batch(step)
            # the step's own seed: dropout is the same whether or not the run was interrupted
            mx.random.seed(plan.seed * 1_000_003 + step)
            batches = [make_batch(part) for i in range(len(streams)) if (part := rows[i :: len(streams)])]
            losses, gradients = [], []
            for stream, batch in zip(streams, batches, strict=False):
                with mx.stream(stream):
                    loss, gradient = step_gradient(model, batch)
                losses.append(loss)
                gradients.append(gradient)
            supervised = sum(len(batch.targets) for batch in batches)
            gradient, norm = optim.clip_grad_norm(_mean(gradients, supervised), plan.max_gradient_norm)
            mx.eval(gradient, losses, norm)
            loss_value = sum(loss.item() for loss in losses)
            if not math.isfinite(loss_value) or not math.isfinite(norm.item()):
                raise NotFinite(
                    f"{title}: at step {step + 1} the loss is {loss_value / supervised} and the gradient's norm "
                    f"{norm.item()}. Lower learning_rate or max_gradient_norm; the last checkpoint is untouched."
                )
            updated = step + 1
            _set_learning_rate(optimizers, step, total_steps, plan)
            optimizers.update(model, gradient)
            mx.eval(model.trainable_parameters(), optimizers.state)
            tokens += sum(len(row.tokens) - 1 for row in rows)
            loss_sum, token_sum = loss_sum + loss_value, token_sum + supervised
            bar.update()
            now, done = time.perf_counter(), step + 1
            rate = tokens / max(1e-9, now - began)
            bar.set_postfix(loss=f"{loss_value / supervised:.3f}", tok_s=f"{rate:.0f}", refresh=False)
            if done % plan.evaluate_every == 0 or done == total_steps:
                history.train.append(
                    {
                        "step": done,
                        "loss": loss_sum / token_sum,
                        "tokens": tokens,
                        "learning_rate": learning_rate_at(step, total_steps, plan.learning_rate, plan),
                        "gradient_norm": norm.item(),
                    }
                )
                loss_sum = token_sum = 0.0
                look(done)
            if now - last_log > 10 and bar.disable:
                last_log = now
                left = (now - began) / done * (total_steps - done)
                logger.info(
                    "%s: step %d of %d, loss %.3f, valid %.3f, %.0f tokens/s, %.0f s left",
                    title,
                    done,
                    total_steps,
                    loss_value / supervised,
                    history.valid[-1]["loss"],
                    rate,
                    left,
                )
            whole = done
            if done % plan.checkpoint_every == 0 or done == total_steps:
                remember(done)
            if on_step is not None:
                on_step(done)
    except KeyboardInterrupt:
        if updated == whole > stored:
            remember(whole)
        if checkpoints is not None:
            logger.warning("%s: stopped; the same run again goes on from step %d", title, stored)
        raise
    finally:
        bar.close()
    model.load_weights(list(best.items()), strict=False)
    model.eval()
    return Trained(
        history,
        total_steps,
        best_step,
        best_loss,
        history.valid[0]["loss"],
        tokens,
        time.perf_counter() - began,
    )


def _mean(gradients: list[Any], supervised: int) -> Any:
    """The parts' summed gradients as one, a supervised token."""
    return tree_map(lambda *parts: sum(parts[1:], parts[0]) / supervised, *gradients)


def _streams() -> list[Any]:
    """Where the parts of a step run: two CPU streams on two cores or more, else the default stream."""
    if mx.default_device().type == mx.cpu and (os.cpu_count() or 1) > 1:
        if not hasattr(_LOCAL, "streams"):
            _LOCAL.streams = [mx.new_stream(mx.cpu) for _ in range(2)]
        return _LOCAL.streams
    return [mx.default_stream(mx.default_device())]


_LOCAL = threading.local()  # a stream works in the thread that made it only, and is never freed: make them once


def _optimizers(plan: TrainingPlan) -> Any:
    adam = optim.AdamW(
        plan.learning_rate, betas=list(plan.betas), weight_decay=plan.weight_decay, bias_correction=True
    )
    if plan.optimizer == "adamw":
        return adam
    muon = optim.Muon(plan.muon_learning_rate, momentum=0.95, weight_decay=plan.weight_decay)
    return optim.MultiOptimizer([muon, adam], [lambda path, weight: weight.ndim == 2 and "embed" not in path])


def _set_learning_rate(optimizers: Any, step: int, total: int, plan: TrainingPlan) -> None:
    for optimizer in getattr(optimizers, "optimizers", [optimizers]):
        peak = plan.muon_learning_rate if isinstance(optimizer, optim.Muon) else plan.learning_rate
        optimizer.learning_rate = learning_rate_at(step, total, peak, plan)
