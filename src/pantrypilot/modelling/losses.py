"""The loss of a chat model: over the answer's tokens alone, and only where they are."""

from __future__ import annotations

from collections.abc import Sequence

import mlx.core as mx
import numpy as np
from mlx import nn

from pantrypilot.modelling.batching import Batch, EncodedRow, in_length_order, make_batch
from pantrypilot.modelling.replicas import Replicas

LEAST_CHANCE = 1e-4  # below it the logarithm's slope would swamp the step


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
    return training_loss(model, batch, 0.0)


def training_loss(model: nn.Module, batch: Batch, unlikelihood: float) -> mx.array:
    """`answer_loss`, plus `unlikelihood` times -log(the chance of saying nothing wrong), summed (after Welleck 2020).

    A list in the order of the pantry has many right continuations, and their share of the loss is noise; that
    something else is wrong is certain, and this part says so without noise.
    """
    logits = answer_logits(model, mx.array(batch.inputs), mx.array(batch.positions)).astype(mx.float32)
    if not unlikelihood or not len(batch.right) + len(batch.wrong):
        return nn.losses.cross_entropy(logits, mx.array(batch.targets), reduction="sum")
    # one normaliser for all: on a CPU its exponentials are a fifth of the step
    normaliser = mx.logsumexp(logits, axis=-1)
    spoken = mx.take_along_axis(logits, mx.array(batch.targets)[:, None], axis=-1).squeeze(-1)
    loss = (normaliser - spoken).sum()
    if len(batch.right):
        right = _chance_of(batch.right, logits, normaliser)
        loss -= unlikelihood * mx.log(mx.maximum(right, LEAST_CHANCE)).sum()
    if len(batch.wrong):
        wrong = _chance_of(batch.wrong, logits, normaliser)
        loss -= unlikelihood * mx.log(mx.maximum(1 - wrong, LEAST_CHANCE)).sum()
    return loss


def _chance_of(pairs: np.ndarray, logits: mx.array, normaliser: mx.array) -> mx.array:
    """The chance of any of a position's tokens, for each position that `pairs` (index, token id) names."""
    places, groups = np.unique(pairs[:, 0], return_inverse=True)
    at = mx.array(pairs[:, 0])
    chances = mx.exp(logits[at, mx.array(pairs[:, 1])] - normaliser[at])
    return mx.zeros(len(places)).at[mx.array(groups.astype(np.int32))].add(chances)


def evaluate(replicas: Replicas, rows: Sequence[EncodedRow], batch_size: int) -> float:
    """Mean loss a supervised token over every row, without dropout."""
    if not rows:
        raise ValueError("there is no row to validate on")
    model = replicas.model
    was_training = model.training
    model.eval()
    batches = [make_batch(group) for group in in_length_order(rows, batch_size)]
    losses = replicas.map(lambda replica, batch: answer_loss(replica, batch).item(), batches)
    model.train(was_training)
    return sum(losses) / sum(len(batch.targets) for batch in batches)
