"""A table as the last run left it, for a node that makes it anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from kedro.io import DatasetError
from kedro_datasets._typing import TablePreview

from pantrypilot.datasets.table_files import TableFilesDataset

if TYPE_CHECKING:
    from pandas import DataFrame


class PreviousTableDataset(TableFilesDataset):
    """Loads the files of a `TableFilesDataset`, or None where they are not there yet. It cannot be saved to."""

    def load(self) -> DataFrame | None:
        return super().load() if self._exists() else None

    def save(self, data: NoReturn) -> None:
        raise DatasetError(f"{self._filepath} is read here as it was; save it under its own name.")

    def preview(self, nrows: int = 10) -> TablePreview:
        return super().preview(nrows) if self._exists() else TablePreview({"index": [], "columns": [], "data": []})
