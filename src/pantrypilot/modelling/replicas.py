"""Parts of a step side by side on a CPU: one thread, one stream and one replica of the model for each.

mlx runs a stream's work on a thread of its own, but one `mx.eval` lets two streams overlap only in part, threads with
a stream each overlap fully (benchmarks/training_throughput.py). A model cannot be traced by two threads at
once (`value_and_grad` puts its tracers into it), so each thread has a replica, which shares the weights.
"""

from __future__ import annotations

import copy
import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import Any, TypeVar

import mlx.core as mx
from mlx import nn

MOST_WORKERS = 4  # a step of 16 short rows has little to share out among more
Item = TypeVar("Item")
Result = TypeVar("Result")


def worker_count() -> int:
    """Parts of a step that run side by side: the cores, up to MOST_WORKERS; 1 where a GPU computes."""
    if mx.default_device().type != mx.cpu:
        return 1
    return max(1, min(MOST_WORKERS, os.cpu_count() or 1))


class Replicas:
    """A model and what computes with it in parallel. The replicas follow its trainable weights and its mode."""

    def __init__(self, model: nn.Module, count: int | None = None) -> None:
        self.model = model
        # every array, frequencies of the position code included: an unevaluated one belongs to this thread
        arrays = [value for part in model.modules() for value in part.values() if isinstance(value, mx.array)]
        mx.eval(arrays)
        others = (count or worker_count()) - 1
        self._models = [model, *(copy.deepcopy(model, {id(array): array for array in arrays}) for _ in range(others))]

    def __len__(self) -> int:
        return len(self._models)

    def map(self, work: Callable[[nn.Module, Item], Result], items: Sequence[Item]) -> list[Result]:
        """`work(replica, item)` for each item, in their order; it evaluates what it returns, and takes no mlx array."""
        if len(self) == 1:
            return [work(self.model, item) for item in items]
        self._follow()
        results: list[Result] = []
        for start in range(0, len(items), len(self)):
            group = items[start : start + len(self)]
            pairs = enumerate(zip(self._models, group, strict=False))
            futures = [_worker(number).submit(work, replica, item) for number, (replica, item) in pairs]
            wait(futures)  # all of them, also when one failed: their replicas must be free again
            results += [future.result() for future in futures]
        return results

    def _follow(self) -> None:
        weights = self.model.trainable_parameters()
        mx.eval(weights)
        for replica in self._models[1:]:
            replica.update(weights)
            replica.train(self.model.training)


class _Worker(threading.Thread):
    """A thread with a stream of its own, for the rest of the process.

    A daemon, and no pool of concurrent.futures, because it must not end: what mlx keeps for a thread asks for the
    GIL when the thread goes, which kills a process that is on its way out (mlx pull request 4110).
    """

    def __init__(self, number: int) -> None:
        super().__init__(name=f"replica-{number}", daemon=True)
        self._tasks: queue.SimpleQueue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = queue.SimpleQueue()

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._tasks.put((future, work, arguments))
        return future

    def run(self) -> None:
        stream = mx.new_stream(mx.cpu)
        while True:
            future, work, arguments = self._tasks.get()
            try:
                with mx.stream(stream):
                    future.set_result(work(*arguments))
            except BaseException as problem:
                future.set_exception(problem)
            del future, work, arguments  # nothing of a finished run is held while this waits


def _worker(number: int) -> _Worker:
    """The worker of this number, made when first asked for."""
    with _LOCK:
        while len(_WORKERS) <= number:
            _WORKERS.append(_Worker(len(_WORKERS)))
            _WORKERS[-1].start()
    return _WORKERS[number]


_LOCK = threading.Lock()
_WORKERS: list[_Worker] = []
