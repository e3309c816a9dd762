"""Random numbers that stay with their household: more households change none of the first ones' rows.

Every purpose has a stream of its own, and is drawn in the order of households; numpy's generators then give the first
numbers again, however many are asked for.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


class Draws:
    """Streams by purpose. Draw from each in the order of households, in as many calls as you like."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._streams: dict[str, np.random.Generator] = {}

    def _stream(self, purpose: str) -> np.random.Generator:
        import numpy as np

        if purpose not in self._streams:
            self._streams[purpose] = np.random.default_rng([self._seed, zlib.crc32(purpose.encode())])
        return self._streams[purpose]

    def uniform(self, purpose: str, *shape: int) -> np.ndarray:
        """From 0 to 1."""
        return self._stream(purpose).random(shape)

    def factor(self, purpose: str, spread: float, *shape: int) -> np.ndarray:
        """Around 1 (the median), log-normal; `spread` is the deviation of the logarithm."""
        import numpy as np

        return np.exp(spread * self._stream(purpose).standard_normal(shape))


def pick(weights: Sequence[float] | np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Places drawn by weight. Weights of one row serve all draws; else there is a row for each draw."""
    import numpy as np

    table = np.atleast_2d(np.asarray(weights, dtype=float))
    edges = np.cumsum(table, axis=1)
    edges /= edges[:, -1:]
    if len(table) == 1:
        return np.searchsorted(edges[0], drawn, side="right").clip(max=table.shape[1] - 1)
    return (edges <= drawn[:, None]).sum(axis=1).clip(max=table.shape[1] - 1)
