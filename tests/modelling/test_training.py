import math
from itertools import pairwise

import numpy as np
import pydantic
import pytest

from pantrypilot.modelling import losses, replicas, training
from pantrypilot.modelling.base import build_model
from pantrypilot.modelling.batching import EncodedRow, RowBatches, make_batch
from pantrypilot.modelling.plan import LoraSettings, TrainingPlan

import mlx.core as mx  # isort: skip
import mlx.nn as nn  # isort: skip
from mlx.utils import tree_flatten  # isort: skip


def _train(model, encoded, plan, **more):
    source = RowBatches(encoded[:40], plan.batch_size, plan.seed)
    return training.train(model, source, encoded[40:50], plan, plan.steps, **more)


def _flat(gradient) -> np.ndarray:
    return np.concatenate([np.array(value).ravel() for _, value in tree_flatten(gradient)])


def _loss_by_hand(model, row: EncodedRow) -> tuple[float, int]:
    """The row alone, unpadded, all logits: (sum over answer tokens, their number)."""
    logits = np.array(model(mx.array([row.tokens[:-1]]))[0]).astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    chances = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    wanted = [(at - 1, row.tokens[at]) for at in range(row.answer_start, len(row.tokens))]
    return -sum(chances[at, token] for at, token in wanted), len(wanted)


def test_the_loss_counts_exactly_the_answer_tokens(base, encoded):
    model, _ = base.load()
    rows = sorted(encoded[:3], key=lambda row: len(row.tokens))
    batch = make_batch(rows)
    by_hand = [_loss_by_hand(model, row) for row in rows]
    assert (batch.inputs == 0).mean() > 0.1
    assert len(batch.targets) == sum(count for _, count in by_hand)
    assert losses.answer_loss(model, batch).item() == pytest.approx(sum(loss for loss, _ in by_hand), rel=1e-4)


def test_what_stands_in_the_padding_changes_nothing(base, encoded):
    model, _ = base.load()
    batch = make_batch(encoded[:3])
    before = losses.answer_loss(model, batch).item()
    batch.inputs[batch.inputs == 0] = 7
    assert losses.answer_loss(model, batch).item() == before


def test_validation_covers_every_row_and_is_the_same_whatever_the_batch_size(base, encoded):
    model, _ = base.load()
    rows = encoded[:11]
    by_hand = [_loss_by_hand(model, row) for row in rows]
    mean = sum(loss for loss, _ in by_hand) / sum(count for _, count in by_hand)
    for size in (1, 4, 11, 64):
        assert training.evaluate(training.Replicas(model), rows, size) == pytest.approx(mean, rel=1e-4)


def test_validation_leaves_the_model_in_the_mode_it_found(base, encoded):
    model, _ = base.load()
    for mode in (True, False):
        model.train(mode)
        training.evaluate(training.Replicas(model), encoded[:2], 2)
        assert model.training is mode


def test_validation_without_rows_is_refused(base):
    with pytest.raises(ValueError, match="no row to validate"):
        training.evaluate(training.Replicas(base.load()[0]), [], 4)


def test_how_often_a_run_evaluates_does_not_change_what_it_learns(make_lora, make_plan, encoded, weights_of):
    finals = []
    for every in (1, 6):
        model, _ = make_lora(dropout=0.2)
        seen = {}
        plan = make_plan(evaluate_every=every)
        _train(model, encoded, plan, on_step=lambda step, m=model, s=seen: s.update({step: weights_of(m)}))
        finals.append(seen[6])
    assert all(np.array_equal(finals[0][name], finals[1][name]) for name in finals[0])


def test_clipping_bounds_the_update(make_plan):
    class Line(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = mx.zeros((300, 300))

        def __call__(self, inputs):
            return self.weight[inputs] * 1000

    rows = [EncodedRow((5, 6, 7, 8), 1)]
    norms = {}
    for limit in (1.0, 1e-4):
        seen = []
        original = training.optim.clip_grad_norm

        def watch(gradient, bound, original=original, seen=seen):
            clipped, norm = original(gradient, bound)
            seen.append((float(np.linalg.norm(_flat(clipped))), norm.item()))
            return clipped, norm

        training.optim.clip_grad_norm = watch
        try:
            training.train(Line(), RowBatches(rows, 1, 0), rows, make_plan(steps=1, max_gradient_norm=limit), 1)
        finally:
            training.optim.clip_grad_norm = original
        norms[limit] = seen[0]
    for limit, (clipped, raw) in norms.items():
        assert raw > 100
        assert clipped == pytest.approx(limit, rel=1e-3)


def test_the_learning_rate_warms_up_and_ends_low(make_plan):
    plan = make_plan(warmup_steps=10, learning_rate=1.0, final_fraction=0.1)
    rates = [training.learning_rate_at(step, 110, 1.0, plan) for step in range(110)]
    assert rates[:10] == pytest.approx([(step + 1) / 10 for step in range(10)])
    assert max(rates) == 1.0
    assert all(one >= next_ for one, next_ in pairwise(rates[9:]))
    assert rates[60] == pytest.approx(0.55)  # half-way down a cosine from 1 to 0.1
    assert 0.1 < rates[-1] < 0.101


def test_the_curve_holds_the_rates_that_were_used(make_lora, make_plan, encoded):
    plan = make_plan(evaluate_every=1)
    result = _train(make_lora()[0], encoded, plan)
    wanted = [training.learning_rate_at(step, 6, plan.learning_rate, plan) for step in range(6)]
    assert [point["learning_rate"] for point in result.history.train] == wanted


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_the_optimizer_is_told_the_rate_of_every_step(optimizer, make_plan):
    plan = make_plan(optimizer=optimizer, muon_learning_rate=0.5)
    optimizers = training._optimizer(plan)
    training._set_learning_rate(optimizers, 0, 6, plan)
    parts = getattr(optimizers, "optimizers", [optimizers])
    wanted = {"Muon": 0.25, "AdamW": 0.005, "MultiOptimizer": None}
    assert [part.learning_rate.item() for part in parts] == pytest.approx([wanted[type(p).__name__] for p in parts])


def test_training_learns_and_leaves_the_weights_of_the_best_validation_loss(
    make_lora, make_plan, encoded, weights_of, monkeypatch
):
    model, _ = make_lora()
    losses = iter([5.0, 3.0, 1.0, 2.0, 4.0])
    monkeypatch.setattr(training, "evaluate", lambda *_: next(losses))
    seen = {}
    result = _train(
        model, encoded, make_plan(steps=4, evaluate_every=1), on_step=lambda s: seen.update({s: weights_of(model)})
    )
    assert (result.best_step, result.best_valid_loss, result.first_valid_loss) == (2, 1.0, 5.0)
    kept = weights_of(model)
    assert all(np.array_equal(kept[name], seen[2][name]) for name in kept)
    assert any(not np.array_equal(kept[name], seen[4][name]) for name in kept)


def test_a_few_steps_lower_the_validation_loss(make_lora, make_plan, encoded):
    result = _train(make_lora()[0], encoded, make_plan(steps=12))
    assert result.best_valid_loss < result.first_valid_loss - 0.05
    assert result.tokens == result.history.valid[-1]["tokens"] > 0


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_only_the_adapter_learns(make_lora, make_plan, encoded, optimizer):
    model, _ = make_lora(num_layers=1)
    before = {name: np.array(value) for name, value in tree_flatten(model.parameters())}
    _train(model, encoded, make_plan(optimizer=optimizer))
    after = {name: np.array(value) for name, value in tree_flatten(model.parameters())}
    changed = {name for name in after if not np.array_equal(before[name], after[name])}
    assert changed
    assert all("lora_" in name and "layers.1." in name for name in changed)


def test_a_loss_that_is_no_number_stops_the_run_with_a_remedy(make_lora, make_plan, encoded, weights_of):
    model, _ = make_lora()
    model.model.norm.weight = mx.full(model.model.norm.weight.shape, math.nan)
    before = weights_of(model)
    with pytest.raises(training.NotFinite, match=r"step 1 .*Lower learning_rate"):
        _train(model, encoded, make_plan())
    assert all(np.array_equal(before[name], value) for name, value in weights_of(model).items())


def test_an_unknown_key_of_the_plan_is_refused_by_name():
    with pytest.raises(pydantic.ValidationError, match="learning_rat\n"):
        TrainingPlan(steps=1, batch_size=1, learning_rate=1e-3, learning_rat=0.5)
    with pytest.raises(pydantic.ValidationError, match="scale\n"):
        LoraSettings(rank=1, alpha=1, scale=20)


def test_zero_layers_are_refused_because_mlx_lm_would_train_all():
    with pytest.raises(pydantic.ValidationError, match="num_layers"):
        LoraSettings(rank=1, alpha=1, num_layers=0)


def test_a_plan_counts_its_steps(make_plan):
    assert make_plan(steps=7, epochs=3).total_steps(100) == 7
    assert make_plan(steps=None, epochs=3, batch_size=16).total_steps(100) == 19
    with pytest.raises(ValueError, match="`steps` or `epochs`"):
        make_plan(steps=None).total_steps(100)


_PHI3 = {
    "model_type": "phi3",
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "intermediate_size": 64,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-5,
    "vocab_size": 340,
    "rope_theta": 10000.0,
    "max_position_embeddings": 512,
    "original_max_position_embeddings": 512,
}


@pytest.mark.parametrize("tied", [True, False], ids=["tied", "untied"])
@pytest.mark.parametrize("family", ["qwen3", "phi3", "llama", "smollm3", "gemma3_text"])
def test_answer_logits_are_those_of_the_whole_model(family, tied, model_config, encoded):
    config = {
        **(_PHI3 if family == "phi3" else model_config),
        "model_type": family,
        "tie_word_embeddings": tied,
        "sliding_window_pattern": 2,  # gemma3 asks for it
    }
    model = build_model(config)
    batch = make_batch(encoded[:2])
    inputs, positions = mx.array(batch.inputs), mx.array(batch.positions)
    whole = model(inputs).reshape(-1, 340)[positions]
    ours = losses.answer_logits(model, inputs, positions)
    assert ours.shape == (len(batch.targets), 340)
    assert mx.allclose(ours, whole, atol=1e-5).item()


def test_replicas_give_the_gradient_of_one_model(make_lora, make_plan, encoded, monkeypatch):
    gradients = {}
    original = training.optim.clip_grad_norm
    for count in (1, 2, 3):
        model, _ = make_lora()
        monkeypatch.setattr(replicas, "worker_count", lambda count=count: count)
        seen = []

        def watch(gradient, limit, seen=seen):
            seen.append(_flat(gradient))
            return original(gradient, limit)

        monkeypatch.setattr(training.optim, "clip_grad_norm", watch)
        _train(model, encoded, make_plan(steps=1, batch_size=5))
        gradients[count] = seen[0]
    assert np.abs(gradients[1]).max() > 1e-3
    for count in (2, 3):
        np.testing.assert_allclose(gradients[1], gradients[count], atol=1e-5 * np.abs(gradients[1]).max())


def test_the_gradient_is_a_mean_over_tokens_not_over_parts(make_lora, make_plan, encoded, monkeypatch):
    """D11: with parts of very different answer lengths, a mean of means would differ."""
    rows = sorted(encoded, key=lambda row: len(row.tokens) - row.answer_start)
    mixed = [rows[0], rows[-1]]
    model, _ = make_lora()
    step = nn.value_and_grad(model, losses.answer_loss)
    _, together = step(model, make_batch(mixed))
    wanted = _flat(together) / len(make_batch(mixed).targets)
    seen = []
    original = training.optim.clip_grad_norm

    def watch(gradient, limit):
        seen.append(_flat(gradient))
        return original(gradient, limit)

    monkeypatch.setattr(training.optim, "clip_grad_norm", watch)
    plan = make_plan(steps=1, batch_size=2)
    training.train(model, RowBatches(mixed, 2, 0), mixed, plan, 1)
    np.testing.assert_allclose(seen[0], wanted, atol=1e-5 * np.abs(wanted).max())


def test_training_works_in_any_thread(make_plan, encoded, base):
    """kedro's ThreadRunner gives each node a thread; mlx's streams are of one thread only."""
    from concurrent.futures import ThreadPoolExecutor

    from pantrypilot.modelling import adapters

    def once(_: int) -> float:
        model, _ = base.load()
        config = adapters.adapter_config(LoraSettings(rank=2, alpha=2), model, "toy")
        return _train(adapters.add_lora(model, config, 0), encoded, make_plan(steps=1)).best_valid_loss

    here = once(0)
    for _ in range(2):
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(once, 0).result() == here


def test_the_last_weights_remain_where_the_plan_asks_for_them(make_lora, make_plan, encoded, weights_of, monkeypatch):
    model, _ = make_lora()
    losses = iter([1.0, 2.0, 3.0, 4.0])
    monkeypatch.setattr(training, "evaluate", lambda *_: next(losses))
    after: dict = {}
    plan = make_plan(keep="last", evaluate_every=2)
    result = _train(model, encoded, plan, on_step=lambda step: after.update({step: weights_of(model)}))
    assert (result.best_step, result.kept_step) == (0, 6)
    kept = weights_of(model)
    assert all(np.array_equal(kept[name], after[6][name]) for name in kept)
    assert any(not np.array_equal(kept[name], after[2][name]) for name in kept)
