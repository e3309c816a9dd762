"""Datasets for what mlx leaves on disk: base models, LoRA adapters, checkpoints.

kedro-datasets has none for mlx. Folders are written whole or not at all; nothing is pickled.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.io import AbstractDataset
from kedro_datasets._typing import JSONPreview

from pantrypilot.datasets.sources import project_root

if TYPE_CHECKING:
    from pantrypilot.modelling.adapters import Adapter
    from pantrypilot.modelling.base import ModelFolder
    from pantrypilot.modelling.checkpoints import CheckpointFolder


class BaseModelDataset(AbstractDataset):
    """A model folder in Hugging Face layout (or a hub name): loads as a `ModelFolder`, saves a `NewModel`.

    A relative folder starts at the Kedro project. The argument is no `filepath`: Kedro would make an absolute
    path of a hub name.
    """

    def __init__(self, model: str, metadata: dict[str, Any] | None = None) -> None:
        self._model, self.metadata = model, metadata

    @property
    def folder(self) -> Path:
        """Where the model lies, or would lie."""
        return project_root() / self._model

    def load(self) -> ModelFolder:
        from pantrypilot.modelling.base import ModelFolder

        if not self.folder.is_dir():
            return ModelFolder(self._model)
        root = project_root()
        inside = self.folder.is_relative_to(root)
        return ModelFolder(str(self.folder), self.folder.relative_to(root).as_posix() if inside else "")

    def save(self, data: Any) -> None:
        from pantrypilot.modelling.base import save_model

        save_model(self.folder, data.model, data.tokenizer_files, data.config)

    def preview(self) -> JSONPreview:
        """The config, for Kedro-Viz."""
        return _pretty(self.folder / "config.json")

    def _exists(self) -> bool:
        return (self.folder / "config.json").is_file()

    def _describe(self) -> dict[str, Any]:
        return {"model": self._model}


class AdapterDataset(AbstractDataset):
    """A LoRA adapter folder, as `mlx_lm.load(..., adapter_path=...)` reads it."""

    def __init__(self, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath, self.metadata = filepath, metadata

    def load(self) -> Adapter:
        from pantrypilot.modelling.adapters import load_adapter

        return load_adapter(self._filepath)

    def save(self, data: Adapter) -> None:
        from pantrypilot.modelling.adapters import save_adapter

        save_adapter(self._filepath, data)

    def preview(self) -> JSONPreview:
        """The adapter's config, for Kedro-Viz."""
        return _pretty(Path(self._filepath) / "adapter_config.json")

    def _exists(self) -> bool:
        return (Path(self._filepath) / "adapters.safetensors").is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath}


class CheckpointsDataset(AbstractDataset):
    """The folder in which a training run keeps its checkpoints; load-only, and always there."""

    def __init__(self, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath, self.metadata = filepath, metadata

    def load(self) -> CheckpointFolder:
        from pantrypilot.modelling.checkpoints import CheckpointFolder

        return CheckpointFolder(self._filepath)

    def save(self, data: Any) -> None:
        raise TypeError("checkpoints are written by the training loop, not saved by a node")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath}


def _pretty(file: Path) -> JSONPreview:
    return JSONPreview(json.dumps(json.loads(file.read_text()), indent=2))
