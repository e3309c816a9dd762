"""A run that was stopped and goes on is the run that never stopped, bit for bit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pantrypilot.modelling import training
from pantrypilot.modelling.batching import RowBatches
from pantrypilot.modelling.checkpoints import CheckpointFolder


class Killed(BaseException):
    """A stop that nothing in the loop may catch, as kill -9 is."""


def _train(model, encoded, plan, checkpoints=None, stop_after=None, signal=Killed):
    def on_step(step: int) -> None:
        if step == stop_after:
            raise signal

    source = RowBatches(encoded[:21], plan.batch_size, plan.seed)
    return training.train(model, source, encoded[40:45], plan, plan.steps, checkpoints, on_step=on_step)


def _same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
@pytest.mark.parametrize("layers", [-1, 1])
def test_a_run_killed_anywhere_ends_like_one_that_was_not(
    tmp_path, make_lora, make_plan, encoded, weights_of, optimizer, layers
):
    plan = make_plan(steps=8, evaluate_every=3, checkpoint_every=2, optimizer=optimizer)
    whole, _ = make_lora(dropout=0.3, num_layers=layers)
    expected = _train(whole, encoded, plan)
    for stop_after in (1, 2, 5, 7, 8) if layers < 0 else (5,):
        folder = CheckpointFolder(tmp_path / str(stop_after), "run")
        broken, _ = make_lora(dropout=0.3, num_layers=layers)
        with pytest.raises(Killed):
            _train(broken, encoded, plan, folder, stop_after)
        resumed, _ = make_lora(dropout=0.3, num_layers=layers, seed=99)  # its own weights must not matter
        result = _train(resumed, encoded, plan, folder) if stop_after > 1 else None
        if result is None:  # nothing was stored yet: it starts again
            resumed, _ = make_lora(dropout=0.3, num_layers=layers)
            result = _train(resumed, encoded, plan, folder)
        assert result.history == expected.history, f"stopped after {stop_after}"
        assert (result.best_step, result.tokens) == (expected.best_step, expected.tokens)
        assert _same(weights_of(resumed), weights_of(whole)), f"stopped after {stop_after}"


def test_ctrl_c_keeps_the_steps_that_are_done(tmp_path, make_lora, make_plan, encoded, weights_of):
    plan = make_plan(steps=8, checkpoint_every=100)
    whole, _ = make_lora()
    expected = _train(whole, encoded, plan)
    folder = CheckpointFolder(tmp_path / "checkpoints", "run")
    with pytest.raises(KeyboardInterrupt):
        _train(make_lora()[0], encoded, plan, folder, stop_after=5, signal=KeyboardInterrupt)
    assert folder.latest().state["step"] == 5
    model, _ = make_lora()
    assert _train(model, encoded, plan, folder).history == expected.history
    assert _same(weights_of(model), weights_of(whole))


def test_ctrl_c_in_the_middle_of_a_step_stores_no_half_step(
    tmp_path, make_lora, make_plan, encoded, weights_of, monkeypatch
):
    """Interrupted while the validation loss is made: the last whole state is the one on disk."""
    plan = make_plan(steps=6, checkpoint_every=2, evaluate_every=3)
    whole, _ = make_lora()
    expected = _train(whole, encoded, plan)
    folder = CheckpointFolder(tmp_path / "checkpoints", "run")
    original, calls = training.evaluate, []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) == 2:  # 1: before the first step; 2: after the third
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(training, "evaluate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _train(make_lora()[0], encoded, plan, folder)
    assert folder.latest().state["step"] == 2
    monkeypatch.undo()
    model, _ = make_lora()
    assert _train(model, encoded, plan, folder).history == expected.history
    assert _same(weights_of(model), weights_of(whole))


def test_a_checkpoint_of_another_run_is_not_used_and_goes_away(tmp_path, make_lora, make_plan, encoded, weights_of):
    plan = make_plan()
    _train(make_lora()[0], encoded, make_plan(steps=8, learning_rate=0.5), CheckpointFolder(tmp_path, "other"))
    expected, fresh = make_lora()[0], make_lora()[0]
    _train(expected, encoded, plan)
    folder = CheckpointFolder(tmp_path).for_run("mine")
    assert folder.latest() is None
    _train(fresh, encoded, plan, folder)
    assert _same(weights_of(fresh), weights_of(expected))
    assert [path.name for path in tmp_path.iterdir()] == ["step-0000006"]


def test_only_the_newest_checkpoint_is_kept_and_nothing_half_written(tmp_path, make_lora, make_plan, encoded):
    folder = CheckpointFolder(tmp_path / "checkpoints", "run")
    _train(make_lora()[0], encoded, make_plan(), folder)
    assert [path.name for path in folder.path.iterdir()] == ["step-0000006"]
    folder.clear()
    assert folder.latest() is None


def test_a_failure_while_writing_leaves_the_checkpoint_before(tmp_path, make_lora, make_plan, encoded, monkeypatch):
    import mlx.core as mx

    folder = CheckpointFolder(tmp_path, "run")
    with pytest.raises(Killed):
        _train(make_lora()[0], encoded, make_plan(), folder, stop_after=2)
    original = mx.save_safetensors

    def full_disk(path, *rest):
        if "best" in path:
            raise OSError("no space left on device")
        original(path, *rest)

    monkeypatch.setattr(mx, "save_safetensors", full_disk)
    with pytest.raises(OSError, match="no space"):
        _train(make_lora()[0], encoded, make_plan(), folder)
    monkeypatch.undo()
    assert folder.latest().state["step"] == 2


def test_a_removal_that_was_killed_half_way_does_not_stop_the_next_run(
    tmp_path, make_lora, make_plan, encoded, monkeypatch
):
    """An older run's longer checkpoint is being removed when the process dies: half of it must not be read."""
    other = CheckpointFolder(tmp_path, "other")
    _train(make_lora()[0], encoded, make_plan(steps=8), other)
    folder = CheckpointFolder(tmp_path, "run")

    def killed(path, ignore_errors=False):
        if Path(path).is_dir():
            (Path(path) / "state.json").unlink(missing_ok=True)
            raise Killed

    monkeypatch.setattr("shutil.rmtree", killed)
    with pytest.raises(Killed):
        _train(make_lora()[0], encoded, make_plan(), folder)
    monkeypatch.undo()
    assert folder.latest().state["step"] == 2


_RUN = """
import json, sys
from pathlib import Path
from pantrypilot.modelling import adapters, training
from pantrypilot.modelling.base import ModelFolder
from pantrypilot.modelling.batching import EncodedRow, RowBatches
from pantrypilot.modelling.plan import LoraSettings, TrainingPlan

base, out, rows = sys.argv[1:]
rows = [EncodedRow(tuple(tokens), start) for tokens, start in json.loads(Path(rows).read_text())]
model, _ = ModelFolder(base).load()
config = adapters.adapter_config(LoraSettings(rank=4, alpha=8, dropout=0.1), model, base)
adapters.add_lora(model, config, 5)
plan = TrainingPlan(steps=5, batch_size=5, learning_rate=0.01, evaluate_every=2, seed=5)
training.train(model, RowBatches(rows[:40], 5, 5), rows[40:], plan, 5)
adapters.save_adapter(out, adapters.adapter_of(model, config))
"""


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path, base, encoded):
    rows = tmp_path / "rows.json"
    rows.write_text(json.dumps([[row.tokens, row.answer_start] for row in encoded]))
    files = []
    for name in ("one", "other"):
        # a hash seed each: nothing may depend on the order of a set
        environment = {**os.environ, "PYTHONHASHSEED": str(len(name)), "PYTHONPATH": "src"}
        command = [sys.executable, "-c", _RUN, base.path, str(tmp_path / name), str(rows)]
        subprocess.run(command, check=True, env=environment, capture_output=True, timeout=120)
        files.append((tmp_path / name / "adapters.safetensors").read_bytes())
    assert files[0] == files[1]
