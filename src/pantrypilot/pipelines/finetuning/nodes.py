"""Nodes: a LoRA adapter from chat rows, its loss curve and its run card."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

from pantrypilot.modelling.adapters import Adapter
from pantrypilot.modelling.base import ModelFolder
from pantrypilot.modelling.checkpoints import CheckpointFolder
from pantrypilot.pipelines.finetuning.params import FinetuningParams
from pantrypilot.pipelines.types import Figure, Table

logger = logging.getLogger(__name__)


def train_adapter(
    base: ModelFolder,
    train: Table,
    valid: Table,
    finetuning: FinetuningParams,
    checkpoints: CheckpointFolder,
    environment: dict[str, Any],
) -> tuple[Adapter, Table, dict[str, Any]]:
    """Fine-tune `base` on `train` -> adapter, loss_curve (split, step, loss, ...), run_card.

    The prompt is masked: the answer alone is learned. Rows longer than `training.max_tokens` are dropped and
    counted, or refused, never cut. An interrupted run goes on from its checkpoint when rows, base and
    parameters are the same.
    """
    import pandas as pd

    from pantrypilot.modelling import adapters
    from pantrypilot.modelling.base import parameter_count
    from pantrypilot.modelling.batching import RowBatches
    from pantrypilot.modelling.training import train as run_training

    plan = finetuning.training
    model, tokenizer = base.load()
    sides = {
        name: encode_rows(table, tokenizer, plan) for name, table in (("train", train), ("valid", valid))
    }
    config = adapters.adapter_config(finetuning.lora, model, base.name)
    adapters.add_lora(model, config, plan.seed)
    data_hash = hash_rows(train, valid)
    fingerprint = hash_text(json.dumps([data_hash, base.fingerprint, finetuning.model_dump(mode="json")]))
    run = checkpoints.for_run(fingerprint)
    steps = plan.total_steps(len(sides["train"][0]))
    source = RowBatches(sides["train"][0], plan.batch_size, plan.seed)
    strategy = train["metadata"].iloc[0]["strategy"]
    result = run_training(model, source, sides["valid"][0], plan, steps, run, title=f"finetuning {strategy}")
    adapter = adapters.adapter_of(model, config)
    card = {
        "strategy": strategy,
        "run": fingerprint,
        "base": {"path": base.name, "fingerprint": base.fingerprint},
        "data": {
            "hash": data_hash,
            **{f"{side}_rows": len(rows) for side, (rows, _) in sides.items()},
            **{f"{side}_dropped_too_long": dropped for side, (_, dropped) in sides.items()},
        },
        "parameters": finetuning.model_dump(mode="json"),
        "trainable_parameters": sum(value.size for value in adapter.weights.values()),
        "all_parameters": parameter_count(model),
        "steps": result.steps,
        "kept_step": result.kept_step,
        "best_step": result.best_step,
        "valid_loss": {"first": result.first_valid_loss, "best": result.best_valid_loss},
        "tokens": result.tokens,
        "seconds": round(result.seconds, 1),
        "tokens_per_second": round(result.tokens / result.seconds),
        "environment": environment,
    }
    return adapter, pd.DataFrame(result.history.rows()), card


def encode_rows(table: Table, tokenizer: Any, plan: Any) -> tuple[list[Any], int]:
    """(encoded rows, how many were dropped for their length). Raises ValueError by the plan's `over_length`."""
    from pantrypilot.modelling.batching import encode_row
    from pantrypilot.modelling.mistakes import ListTokens, with_mistakes

    if table.empty:
        raise ValueError("there is no chat row to train or validate on: the split left one side empty")
    rows = [encode_row(messages, tokenizer) for messages in table["messages"]]
    if plan.unlikelihood and (grammar := ListTokens.of(tokenizer)):
        rows = [with_mistakes(row, grammar) for row in rows]
    kept = [row for row in rows if len(row.tokens) <= plan.max_tokens]
    dropped = len(rows) - len(kept)
    if dropped and plan.over_length == "error":
        longest = max(range(len(rows)), key=lambda index: len(rows[index].tokens))
        raise ValueError(
            f"{dropped} of {len(rows)} rows are longer than max_tokens={plan.max_tokens} (row {longest + 1} has "
            f"{len(rows[longest].tokens)}): raise max_tokens, or set over_length: drop"
        )
    if dropped:
        logger.warning(
            "%d of %d rows are longer than %d tokens and left out", dropped, len(rows), plan.max_tokens
        )
    if not kept:
        raise ValueError(f"every row is longer than max_tokens={plan.max_tokens}: raise it")
    return kept, dropped


def plot_loss(loss_curve: Table, run_card: dict[str, Any]) -> Figure:
    """Training and validation loss by step, the kept step marked."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.subplots()
    for split, style in (("train", "-"), ("valid", "o-")):
        part = loss_curve[loss_curve["split"] == split]
        axes.plot(part["step"], part["loss"], style, label=split, markersize=3)
    axes.axvline(
        run_card["kept_step"],
        color="grey",
        linewidth=0.8,
        linestyle=":",
        label=f"kept: step {run_card['kept_step']}",
    )
    axes.set(xlabel="step", ylabel="loss (nats a token)", title=f"Fine-tuning on {run_card['strategy']}")
    axes.legend(frameon=False)
    axes.grid(alpha=0.2)
    return figure


def hash_rows(*tables: Table) -> str:
    """A hash of the tables' content, order included."""
    digest = hashlib.blake2b(digest_size=8)
    for table in tables:
        digest.update(table.to_json(orient="records", force_ascii=False).encode())
    return digest.hexdigest()


def hash_text(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
