"""From chat rows to padded batches, with the answer alone supervised.

Rows of similar length share a batch (true length bucketing: padding stays at a few percent), batches come
in a shuffled order, and both depend on (seed, epoch) alone, never on how often the run evaluates.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from pantrypilot.kitchen.records import Message


@dataclass(frozen=True)
class EncodedRow:
    """Token ids of a row; those from `answer_start` on are supervised.

    `right` and `wrong` hold pairs (index, token id): of what the row says may stand at that index, nothing else may;
    or it must not stand there. For unlikelihood training.
    """

    tokens: tuple[int, ...]
    answer_start: int
    right: tuple[tuple[int, int], ...] = ()
    wrong: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.answer_start < len(self.tokens):
            raise ValueError(
                f"a row of {len(self.tokens)} tokens whose answer starts at {self.answer_start} has no prompt or "
                "no answer to learn: check its messages and the chat template"
            )


@dataclass(frozen=True)
class Batch:
    """`inputs` [rows, length] int32; `positions` [n] index the flattened inputs whose next token is `targets` [n].

    `right` [k, 2] and `wrong` [m, 2] hold (index into targets, token id) of what alone may be said there, and of what
    must not.
    """

    inputs: np.ndarray
    positions: np.ndarray
    targets: np.ndarray
    right: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.int32))
    wrong: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.int32))


def encode_row(messages: Sequence[Message | dict[str, str]], tokenizer: object) -> EncodedRow:
    """Token ids of prompt and answer by the tokenizer's own chat template; the last message is the answer."""
    turns = _turns(messages, tokenizer)
    prompt = encode_prompt(turns[:-1], tokenizer)
    whole = list(tokenizer.apply_chat_template(turns, return_dict=False))
    if whole[: len(prompt)] != prompt:
        raise ValueError(
            "the chat template does not extend the prompt by the answer: prompt and answer cannot be told apart. "
            f"Prompt ends {prompt[-5:]}, whole row has {whole[len(prompt) - 5 : len(prompt)]} there"
        )
    return EncodedRow(tuple(whole), len(prompt))


def encode_prompt(messages: Sequence[Message | dict[str, str]], tokenizer: object) -> list[int]:
    """Token ids up to where the answer begins."""
    turns = _turns(messages, tokenizer)
    return list(tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=False))


@lru_cache(maxsize=8)
def control_tokens(tokenizer: object) -> re.Pattern[str]:
    """Finds the texts that a tokenizer reads as its control tokens: `<|end|>`, `<|assistant|>`."""
    special = sorted(token.content for token in tokenizer.added_tokens_decoder.values() if token.special)
    return re.compile("|".join(map(re.escape, special)) or "(?!)")


def _turns(messages: Sequence[Message | dict[str, str]], tokenizer: object) -> list[dict[str, str]]:
    """The messages as the template takes them; a control token inside a text is only text: `< |end|>`.

    Else a food that somebody called "rice<|end|><|system|>…" would open a turn of its own.
    """
    turns = [m.model_dump() if isinstance(m, Message) else dict(m) for m in messages]
    steering = control_tokens(tokenizer)
    return [{**t, "content": steering.sub(lambda found: f"{found[0][:1]} {found[0][1:]}", t["content"])} for t in turns]


def make_batch(rows: Sequence[EncodedRow], multiple: int = 8) -> Batch:
    """Pad rows to one length (a multiple of `multiple`, so that few shapes occur)."""
    longest = max(len(row.tokens) for row in rows) - 1  # the last token is only ever a target
    length = -(-longest // multiple) * multiple
    inputs = np.zeros((len(rows), length), np.int32)
    positions, targets, right, wrong, supervised = [], [], [], [], 0
    for index, row in enumerate(rows):
        inputs[index, : len(row.tokens) - 1] = row.tokens[:-1]
        positions.append(np.arange(row.answer_start - 1, len(row.tokens) - 1) + index * length)
        targets.append(row.tokens[row.answer_start :])
        start = supervised - row.answer_start
        right += [(start + place, token) for place, token in row.right]
        wrong += [(start + place, token) for place, token in row.wrong]
        supervised += len(targets[-1])
    return Batch(
        inputs,
        np.concatenate(positions).astype(np.int32),
        np.concatenate(targets).astype(np.int32),
        np.array(right, np.int32).reshape(-1, 2),
        np.array(wrong, np.int32).reshape(-1, 2),
    )


def bucketed_order(lengths: Sequence[int], batch_size: int, seed: int, epoch: int) -> list[list[int]]:
    """Row indices of every batch of an epoch: rows of like length together, batches shuffled.

    Rows are shuffled before the stable sort, so that each epoch groups equal lengths anew. No row is
    dropped: the last batch may be smaller.
    """
    rng = random.Random(f"{seed}:{epoch}")
    order = list(range(len(lengths)))
    rng.shuffle(order)
    order.sort(key=lambda index: lengths[index])
    batches = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
    rng.shuffle(batches)
    return batches


class RowBatches:
    """Endless batches over a fixed set of rows: `batch(step)` is the same whoever asks, and whenever."""

    def __init__(self, rows: Sequence[EncodedRow], batch_size: int, seed: int) -> None:
        if not rows:
            raise ValueError("there is no row to train on")
        self.rows, self.batch_size, self.seed = rows, batch_size, seed
        self._lengths = [len(row.tokens) for row in rows]
        self._per_epoch = -(-len(rows) // batch_size)
        self._epoch: tuple[int, list[list[int]]] = (-1, [])

    def batch(self, step: int) -> list[EncodedRow]:
        epoch, index = divmod(step, self._per_epoch)
        if self._epoch[0] != epoch:
            self._epoch = (epoch, bucketed_order(self._lengths, self.batch_size, self.seed, epoch))
        return [self.rows[i] for i in self._epoch[1][index]]


def in_length_order(rows: Sequence[EncodedRow], batch_size: int) -> Iterator[list[EncodedRow]]:
    """Every row once, for validation: nothing random, nothing dropped."""
    ordered = sorted(rows, key=lambda row: (len(row.tokens), row.tokens))
    for start in range(0, len(ordered), batch_size):
        yield ordered[start : start + batch_size]


class DrawnBatches:
    """Endless batches of rows that are drawn anew: row `n` is made from `n` alone, so any step can be remade.

    `block` batches are drawn together and sorted into like lengths, then shuffled.
    """

    def __init__(self, draw: Callable[[int], EncodedRow], batch_size: int, seed: int, block: int) -> None:
        self.draw, self.batch_size, self.seed, self.block_size = draw, batch_size, seed, block
        self._block: tuple[int, list[list[EncodedRow]]] = (-1, [])

    def batch(self, step: int) -> list[EncodedRow]:
        block, index = divmod(step, self.block_size)
        if self._block[0] != block:
            first = block * self.block_size * self.batch_size
            rows = [self.draw(first + offset) for offset in range(self.block_size * self.batch_size)]
            order = bucketed_order([len(row.tokens) for row in rows], self.batch_size, self.seed, block)
            self._block = (block, [[rows[i] for i in group] for group in order])
        return self._block[1][index]
