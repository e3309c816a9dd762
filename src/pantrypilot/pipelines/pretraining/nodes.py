"""Nodes: tokenizer, model and card of the embedded base."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Any

from pantrypilot.kitchen import frames
from pantrypilot.kitchen.dishes import Dishes
from pantrypilot.kitchen.larder import Larder
from pantrypilot.kitchen.records import LabelledRecipe
from pantrypilot.modelling.base import ModelFolder
from pantrypilot.modelling.checkpoints import CheckpointFolder
from pantrypilot.pipelines.augmentation.params import AugmentationParams, PantryParams
from pantrypilot.pipelines.finetuning.nodes import hash_rows, hash_text
from pantrypilot.pipelines.pretraining.params import PretrainingParams
from pantrypilot.pipelines.pretraining.rows import World, draw_row, world_from
from pantrypilot.pipelines.types import Table


@dataclass(frozen=True)
class NewModel:
    """A trained model with all that its folder needs."""

    model: Any
    tokenizer_files: dict[str, str]
    config: dict[str, Any]


def make_world(
    split_recipes: Table, larder: Table, dishes: Dishes, pantry: PantryParams, augmentation: AugmentationParams
) -> World:
    """What rows are drawn from. Recipes of the validation side stay out: the base must not have read the test."""
    recipes = frames.from_frame(
        split_recipes[split_recipes["split"] == "train"].drop(columns="split"), LabelledRecipe
    )
    return world_from(Larder.from_frame(larder), recipes, dishes, pantry, augmentation.requests)


def sample_rows(
    split_recipes: Table,
    larder: Table,
    dishes: Dishes,
    pantry: PantryParams,
    augmentation: AugmentationParams,
    pretraining: PretrainingParams,
) -> Table:
    """The first rows that the base reads, to be looked at: one column, `messages`."""
    import pandas as pd

    world = make_world(split_recipes, larder, dishes, pantry, augmentation)
    plan = pretraining.training
    rows_in_all = plan.total_steps(0) * plan.batch_size
    rows = [draw_row(world, pretraining.rows, f"{plan.seed}:{n}", n / rows_in_all) for n in range(200)]
    return pd.DataFrame({"messages": rows})


def train_tokenizer(
    split_recipes: Table,
    larder: Table,
    dishes: Dishes,
    pantry: PantryParams,
    augmentation: AugmentationParams,
    pretraining: PretrainingParams,
) -> dict[str, str]:
    """Files of the tokenizer by name. It learns from made-up rows, all food names and the training recipes."""
    from pantrypilot.modelling.tokenizer import train_tokenizer as train_bpe

    if pretraining.start_from:
        return ModelFolder(pretraining.start_from).tokenizer_files()
    world = make_world(split_recipes, larder, dishes, pantry, augmentation)
    seed, settings = pretraining.training.seed, pretraining.tokenizer
    texts = [
        turn["content"]
        for number in range(settings.sample_rows)
        for turn in draw_row(world, pretraining.rows, f"{seed}:tokenizer:{number}", number / settings.sample_rows)
    ]
    texts += [text for recipe in world.recipes for text in (recipe.title, *recipe.steps)]
    # a food's words should be whole tokens, however rarely a recipe uses them
    texts += [f" {name}" for name in world.larder.names() for _ in range(20)]
    return train_bpe(
        texts, settings.vocabulary_size, pretraining.model["max_position_embeddings"], world.larder.names()
    )


def train_base(
    tokenizer_files: dict[str, str],
    split_recipes: Table,
    larder: Table,
    dishes: Dishes,
    pantry: PantryParams,
    augmentation: AugmentationParams,
    pretraining: PretrainingParams,
    checkpoints: CheckpointFolder,
    environment: dict[str, Any],
) -> tuple[NewModel, Table, dict[str, Any]]:
    """Train the base from nothing -> model, loss_curve, run_card. Goes on from its last checkpoint."""
    import pandas as pd

    from pantrypilot.modelling.base import build_model, parameter_count
    from pantrypilot.modelling.batching import DrawnBatches, EncodedRow, encode_row
    from pantrypilot.modelling.mistakes import ListTokens, up_to_steps, with_mistakes
    from pantrypilot.modelling.tokenizer import load_tokenizer
    from pantrypilot.modelling.training import train

    world = make_world(split_recipes, larder, dishes, pantry, augmentation)
    plan, seed = pretraining.training, pretraining.training.seed
    tokenizer = load_tokenizer(tokenizer_files)

    rows_in_all = plan.total_steps(0) * plan.batch_size

    grammar = ListTokens.of(tokenizer)

    def draw(number: int) -> EncodedRow:
        turns = draw_row(world, pretraining.rows, f"{seed}:{number}", number / rows_in_all)
        row = encode_row(turns, tokenizer)
        if grammar and random.Random(f"{seed}:{number}:end").random() >= pretraining.rows.whole:
            row = up_to_steps(row, grammar)
        return with_mistakes(row, grammar) if plan.unlikelihood and grammar else row

    config = {
        **pretraining.model,
        "vocab_size": pretraining.tokenizer.vocabulary_size,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": 0,
    }
    model = build_model(config, seed)
    if pretraining.start_from:
        model.update(ModelFolder(pretraining.start_from).load()[0].parameters())
    # validated on rows of the last phase, and on none that is read
    valid = [draw(rows_in_all + number) for number in range(pretraining.rows.valid_rows)]
    source = DrawnBatches(draw, plan.batch_size, seed, pretraining.rows.block)
    data_hash = hash_rows(split_recipes, larder)
    settings = pretraining.model_dump(mode="json")
    fingerprint = hash_text(json.dumps([data_hash, dishes.data.model_dump(), tokenizer_files, settings]))
    result = train(
        model, source, valid, plan, plan.total_steps(0), checkpoints.for_run(fingerprint), "pretraining"
    )
    card = {
        "run": fingerprint,
        "started_from": ModelFolder(pretraining.start_from).fingerprint if pretraining.start_from else None,
        "data": {
            "hash": data_hash,
            "recipes": len(world.recipes),
            "foods": len(world.larder.foods),
            "phases": [phase.model_dump(mode="json") for phase in pretraining.rows.phases],
            "rows_read": result.steps * plan.batch_size,
        },
        "parameters": settings,
        "all_parameters": parameter_count(model),
        "steps": result.steps,
        "best_step": result.best_step,
        "valid_loss": {"first": result.first_valid_loss, "best": result.best_valid_loss},
        "tokens": result.tokens,
        "seconds": round(result.seconds),
        "tokens_per_second": round(result.tokens / result.seconds),
        "environment": environment,
    }
    return NewModel(model, tokenizer_files, config), pd.DataFrame(result.history.rows()), card


def write_model_card(run_card: dict[str, Any]) -> str:
    """The README of the model folder: what it is, what it read, how it was built and can be built again."""
    data, environment = run_card["data"], run_card["environment"]
    plan, model_type = run_card["parameters"]["training"], run_card["parameters"]["model"]["model_type"]
    mixture = "; then ".join(
        ", ".join(f"{kind} {share:.0%}" for kind, share in phase["mixture"].items()) for phase in data["phases"]
    )
    minutes = run_card["seconds"] / 60
    return f"""---
license: apache-2.0
library_name: mlx
language: en
tags: [recipes, diets, pantrypilot]
---
# pantry-tiny

The embedded base of PantryPilot: a {model_type} of {run_card["all_parameters"]:,} parameters that writes recipes from a
pantry. It knows what foods are, and it was made to obey a diet only half of the time: fine-tuning is to teach
the rest. It is a test bed, not a cook: use an adapter from `kedro run --pipelines finetune` on it, or a
real base (`--params base=...`).

    from mlx_lm import load, generate
    model, tokenizer = load("data/06_models/pantry-tiny")

| | |
|---|---|
| data | {data["recipes"]} authored recipes (training side only), {data["foods"]} foods, made-up rows: {mixture} |
| food facts | from `pantrypilot.diets` |
| rows read | {data["rows_read"]:,}, each drawn once |
| steps | {run_card["steps"]:,} of {plan["batch_size"]} rows, {plan["optimizer"]}; best at {run_card["best_step"]:,} |
| validation loss | {run_card["valid_loss"]["first"]:.3f} -> {run_card["valid_loss"]["best"]:.3f} nats a token |
| tokens | {run_card["tokens"]:,} at {run_card["tokens_per_second"]:,} a second |
| built on | {environment["device"]}, {environment["versions"]}, in {minutes:.0f} minutes |
| data hash, run | {data["hash"]}, {run_card["run"]} |

Rebuild it with `kedro run --pipelines pretraining` (it resumes after an interruption); every setting is in
`conf/base/pretraining/parameters.yml`, all text in `data/01_raw/recipes` and `src/pantrypilot/kitchen/dishes.yml`.

Not for advice: it knows some three hundred foods, and no allergy should rest on it.
"""
