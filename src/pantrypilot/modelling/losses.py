"""The loss of a chat model: over the answer's tokens alone, and only where they are.

On a CPU work is split over two streams, one a core: mlx runs each stream on a thread of its own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import Any

import mlx.core as mx
from mlx import nn

from pantrypilot.modelling.batching import Batch, EncodedRow, in_length_order, make_batch


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
    streams = compute_streams()
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


def compute_streams() -> list[Any]:
    """Where the parts of a step run: two CPU streams on two cores or more, else the default stream."""
    if mx.default_device().type == mx.cpu and (os.cpu_count() or 1) > 1:
        if not hasattr(_LOCAL, "streams"):
            _LOCAL.streams = [mx.new_stream(mx.cpu) for _ in range(2)]
        return _LOCAL.streams
    return [mx.default_stream(mx.default_device())]


_LOCAL = threading.local()  # a stream works in the thread that made it only, and is never freed: make them once
