"""Parts of a step on threads of their own."""

import subprocess
import sys

import mlx.core as mx
import pytest
from mlx import nn

from pantrypilot.modelling.replicas import Replicas


def _answer(model, item):
    result = model(mx.full((1, 4), float(item))).sum()
    mx.eval(result)
    return result.item()


@pytest.fixture
def model():
    mx.random.seed(1)
    return nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(model, count):
    model.eval()
    assert Replicas(model, count).map(_answer, list(range(7))) == [_answer(model, item) for item in range(7)]


def test_replicas_share_weights_and_follow_what_is_trained(model):
    model.eval()
    replicas = Replicas(model, 2)
    model.update({"layers": [{"weight": mx.zeros((4, 4)), "bias": mx.ones(4)}]})
    assert replicas.map(_answer, [1, 2]) == [4.0, 4.0]


def test_replicas_follow_the_mode_of_the_model(model):
    replicas = Replicas(model, 2)
    assert replicas.map(lambda replica, _: replica.layers[1].training, [0, 0]) == [True, True]
    model.eval()
    assert replicas.map(lambda replica, _: replica.layers[1].training, [0, 0]) == [False, False]


def test_a_failure_in_one_part_is_raised_after_the_others_are_done(model):
    finished = []

    def work(replica, item):
        if item == 0:
            raise ValueError("part 0 failed")
        finished.append(item)
        return item

    replicas = Replicas(model, 2)
    with pytest.raises(ValueError, match="part 0 failed"):
        replicas.map(work, [0, 1])
    assert finished == [1]
    assert replicas.map(work, [2, 3]) == [2, 3]


def test_a_process_with_workers_ends_cleanly():
    """mlx kills a process whose threads end while Python goes down: about every third run, before they were daemons."""
    script = (
        "import mlx.core as mx\nfrom mlx import nn\nfrom pantrypilot.modelling.replicas import Replicas\n"
        "step = lambda model, n: nn.value_and_grad(model, lambda m: m(mx.ones((n, 64))).sum())(model)\n"
        "work = lambda model, n: mx.eval(step(model, n))\n"
        "Replicas(nn.Linear(64, 64), 2).map(work, [8] * 4)\n"
    )
    for _ in range(3):
        subprocess.run([sys.executable, "-c", script], check=True, timeout=120)
