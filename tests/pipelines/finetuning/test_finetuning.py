import itertools
import json
import math

import pandas as pd
import pytest

from pantrypilot.modelling.checkpoints import CheckpointFolder
from pantrypilot.pipelines.finetuning.nodes import encode_rows, hash_rows, plot_loss, train_adapter
from pantrypilot.pipelines.finetuning.params import FinetuningParams
from pantrypilot.pipelines.finetuning.pipeline import create_pipeline
from pantrypilot.pipelines.strategies import STRATEGIES

_CARD = {
    "strategy",
    "run",
    "base",
    "data",
    "parameters",
    "trainable_parameters",
    "all_parameters",
    "steps",
    "best_step", "kept_step",
    "valid_loss",
    "tokens",
    "seconds",
    "tokens_per_second",
    "environment",
}


def _params(**training) -> FinetuningParams:
    settings = {"steps": 4, "batch_size": 4, "learning_rate": 0.01, "evaluate_every": 2, "seed": 3, **training}
    return FinetuningParams(lora={"rank": 2, "alpha": 4}, training=settings)


@pytest.fixture
def tables(chat_rows) -> tuple[pd.DataFrame, pd.DataFrame]:
    return pd.DataFrame(chat_rows[:20]), pd.DataFrame(chat_rows[20:25])


@pytest.fixture
def run(base, tables, tmp_path):
    folders = (CheckpointFolder(tmp_path / f"checkpoints-{number}") for number in itertools.count())

    def run(params: FinetuningParams, train=tables[0], valid=tables[1]):
        return train_adapter(base, train, valid, params, next(folders), {"python": "3"})

    return run


def test_a_bare_call_gives_adapter_curve_and_card(run, base, tmp_path):
    adapter, curve, card = run(_params())
    assert adapter.config["lora_parameters"] == {"rank": 2, "scale": 2.0, "dropout": 0.0}
    assert all(name.endswith(("lora_a", "lora_b")) for name in adapter.weights)
    assert {"split", "step", "loss", "learning_rate", "gradient_norm", "tokens"} <= set(curve.columns)
    assert curve.groupby("split")["step"].apply(list).to_dict() == {"train": [2, 4], "valid": [0, 2, 4]}
    assert curve["loss"].map(math.isfinite).all()
    assert set(card) == _CARD
    assert card["strategy"] == "toy"
    assert card["base"] == {"path": base.path, "fingerprint": base.fingerprint}
    assert set(card["data"]) == {
        "hash",
        *(f"{side}_{what}" for side in ("train", "valid") for what in ("rows", "dropped_too_long")),
    }
    assert card["data"]["train_rows"] == 20
    assert card["trainable_parameters"] == sum(value.size for value in adapter.weights.values())
    assert card["valid_loss"]["best"] <= card["valid_loss"]["first"]
    assert json.loads(json.dumps(card)) == card
    assert list((tmp_path / "checkpoints-0").glob("step-*")), "kept until the catalog has stored the adapter"


def test_the_same_call_gives_the_same_adapter(run):
    import numpy as np

    one, other, seeded = run(_params())[0], run(_params())[0], run(_params(seed=4))[0]
    assert all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)
    assert any(not np.array_equal(one.weights[name], seeded.weights[name]) for name in one.weights)


def test_rows_that_are_too_long_are_dropped_and_counted(run, tables, encoded):
    lengths = [len(row.tokens) for row in encoded[:20]]
    limit = sorted(lengths)[14]
    _, curve, card = run(_params(max_tokens=limit))
    assert card["data"]["train_dropped_too_long"] == sum(length > limit for length in lengths) > 0
    assert card["data"]["train_rows"] + card["data"]["train_dropped_too_long"] == 20
    assert curve["loss"].map(math.isfinite).all()


def test_rows_that_are_too_long_can_be_refused_naming_the_longest(tables, tokenizer, encoded):
    lengths = [len(row.tokens) for row in encoded[:20]]
    plan = _params(max_tokens=max(lengths) - 1, over_length="error").training
    with pytest.raises(ValueError, match=rf"row {lengths.index(max(lengths)) + 1} has {max(lengths)}\)"):
        encode_rows(tables[0], tokenizer, plan)


def test_no_row_left_is_refused(tables, tokenizer):
    with pytest.raises(ValueError, match="every row is longer than max_tokens=5"):
        encode_rows(tables[0], tokenizer, _params(max_tokens=5).training)
    with pytest.raises(ValueError, match="no chat row"):
        encode_rows(tables[0].head(0), tokenizer, _params().training)


def test_the_hash_of_the_rows_sees_content_and_order(tables):
    train, valid = tables
    assert hash_rows(train, valid) == hash_rows(train.copy(), valid)
    assert hash_rows(train, valid) != hash_rows(train.iloc[::-1], valid)
    assert hash_rows(train, valid) != hash_rows(train.head(19), valid)


def test_the_plot_marks_the_kept_step(run):
    _, curve, card = run(_params())
    figure = plot_loss(curve, card)
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["train", "valid", f"kept: step {card['kept_step']}"]


def test_there_is_one_training_for_each_strategy_with_the_same_parameters():
    pipeline = create_pipeline()
    trainings = [node for node in pipeline.nodes if node.short_name == "train_adapter"]
    assert len(trainings) == len(STRATEGIES)
    for node in trainings:
        assert "params:generator.finetuning" in node.inputs
        assert "generator.base" in node.inputs
