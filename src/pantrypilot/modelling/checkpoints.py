"""Checkpoints of a training run: everything that a bit-exact resume needs, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import mlx.core as mx


@dataclass(frozen=True)
class Checkpoint:
    """Trainable weights, optimizer state, the best weights so far, and `state` (step, curve, counts)."""

    weights: dict[str, mx.array]
    optimizer: dict[str, mx.array]
    best: dict[str, mx.array]
    state: dict[str, Any]


class CheckpointFolder:
    """`<path>/step-0000100/{weights,optimizer,best}.safetensors + state.json`; only the newest is kept.

    `fingerprint` names the run (data, plan, base): a checkpoint of another run is cleared away, because to
    go on from it would mix two experiments.
    """

    def __init__(self, path: Path | str, fingerprint: str = "") -> None:
        self.path, self.fingerprint = Path(path), fingerprint

    def for_run(self, fingerprint: str) -> CheckpointFolder:
        """The same folder, for one run only."""
        return CheckpointFolder(self.path, fingerprint)

    def latest(self) -> Checkpoint | None:
        """The newest complete checkpoint of this run, or None."""
        import mlx.core as mx

        for folder in sorted(self.path.glob("step-*"), reverse=True):
            state = json.loads((folder / "state.json").read_text())
            if state["fingerprint"] != self.fingerprint:
                continue
            return Checkpoint(
                *(
                    dict(mx.load(str(folder / f"{name}.safetensors")))
                    for name in ("weights", "optimizer", "best")
                ),
                state,
            )
        return None

    def save(
        self,
        step: int,
        weights: dict[str, mx.array],
        optimizer: dict[str, mx.array],
        best: dict[str, mx.array],
        state: dict[str, Any],
    ) -> None:
        """Write a checkpoint beside the others, move it into place, then drop the older ones."""
        import mlx.core as mx

        temporary = self.path / f".writing-{os.getpid()}"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        for name, arrays in (("weights", weights), ("optimizer", optimizer), ("best", best)):
            mx.save_safetensors(str(temporary / f"{name}.safetensors"), arrays)
        (temporary / "state.json").write_text(json.dumps({**state, "fingerprint": self.fingerprint}))
        target = self.path / f"step-{step:07d}"
        if target.exists():
            _set_aside(target)
        temporary.rename(target)
        for old in self.path.glob("step-*"):
            if old != target:
                _set_aside(old)
        for stale in self.path.glob(".writing-*"):
            shutil.rmtree(stale, ignore_errors=True)

    def clear(self) -> None:
        """Forget the run: its result is stored elsewhere by now."""
        shutil.rmtree(self.path, ignore_errors=True)


def _set_aside(folder: Path) -> None:
    """Out of the way in one move: a removal that is killed half-way must not leave half a checkpoint."""
    folder.rename(folder.with_name(f".writing-{os.getpid()}-{folder.name}"))
