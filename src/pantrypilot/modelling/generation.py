"""Batched generation on mlx-lm's `BatchGenerator`, with a sampler and logits processors for each sequence."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import Field

from pantrypilot.kitchen.settings import Settings

if TYPE_CHECKING:
    import mlx.core as mx
    from mlx import nn

logger = logging.getLogger(__name__)
Processor = Callable[["mx.array", "mx.array"], "mx.array"]


class GenerationSettings(Settings):
    """How answers are drawn. Temperature 0 is greedy: the same prompt gives the same answer."""

    max_tokens: int = Field(default=256, gt=0)
    temperature: float = Field(default=0.0, ge=0)
    top_p: float = Field(default=1.0, gt=0, le=1)
    batch_size: int = Field(default=64, gt=0)
    seed: int = 0


@dataclass(frozen=True)
class Generation:
    """One answer. `finish_reason` is 'stop' (the model ended it) or 'length' (it was cut)."""

    text: str
    finish_reason: str
    tokens: int


def generate_batch(
    model: nn.Module,
    tokenizer: Any,
    prompts: Sequence[Sequence[int]],
    settings: GenerationSettings,
    processors: Sequence[list[Processor]] | None = None,
    title: str = "generating",
) -> list[Generation]:
    """Answers to token prompts, in their order. Prompts run longest first, so that a batch wastes little."""
    import mlx.core as mx
    from mlx_lm.generate import BatchGenerator
    from mlx_lm.sample_utils import make_sampler
    from tqdm.auto import tqdm

    if not prompts:
        return []
    mx.random.seed(settings.seed)
    order = sorted(range(len(prompts)), key=lambda index: -len(prompts[index]))
    generator = BatchGenerator(
        model,
        max_tokens=settings.max_tokens,
        stop_tokens=[[token] for token in sorted(tokenizer.eos_token_ids)],
        sampler=make_sampler(temp=settings.temperature, top_p=settings.top_p),
        completion_batch_size=settings.batch_size,
        prefill_batch_size=min(settings.batch_size, 32),
    )
    uids = generator.insert(
        [list(prompts[index]) for index in order],
        logits_processors=[processors[index] for index in order] if processors else None,
    )
    position = dict(zip(uids, order, strict=True))
    tokens: dict[int, list[int]] = {uid: [] for uid in uids}
    done: dict[int, Generation] = {}
    began = last = time.perf_counter()
    bar = tqdm(total=len(prompts), desc=title, unit="answer", disable=None)
    while len(done) < len(prompts):
        for response in generator.next_generated():
            if response.finish_reason != "stop":
                tokens[response.uid].append(response.token)
            if response.finish_reason is not None:
                text = tokenizer.decode(tokens[response.uid])
                done[position[response.uid]] = Generation(
                    text, response.finish_reason, len(tokens[response.uid])
                )
                bar.update()
        if bar.disable and time.perf_counter() - last > 10:
            last = time.perf_counter()
            logger.info("%s: %d of %d answers, %.0f s", title, len(done), len(prompts), last - began)
    bar.close()
    generator.close()
    return [done[index] for index in range(len(prompts))]
