"""What all sources of the project share: paths start at the Kedro project, and nothing is saved to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, NoReturn, TypeVar

from kedro.io import AbstractDataset, DatasetError
from kedro.utils import find_kedro_project

Loaded = TypeVar("Loaded")


def project_root() -> Path:
    """The Kedro project that the working directory is in, or the working directory."""
    return find_kedro_project(Path.cwd()) or Path.cwd()


def project_path(text: str) -> Path:
    """A path that somebody wrote, from the project on; `~` is the home folder."""
    return project_root() / Path(text).expanduser()


class SourceFileDataset(AbstractDataset[NoReturn, Loaded]):
    """A file of the user's, `filepath`, that is read and never written."""

    holds: ClassVar[str]  # "receipts", for messages

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = str(filepath)
        self.metadata = metadata

    def save(self, data: NoReturn) -> None:
        raise DatasetError(f"{self._filepath} is a source of {self.holds}; nothing is saved to it.")

    def _path(self) -> Path:
        return project_path(self._filepath)

    def _exists(self) -> bool:
        return self._path().is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath}
