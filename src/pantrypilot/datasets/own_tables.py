"""A folder with somebody's own household tables, as CSV:

    kedro run --pipelines pantry --params tables=path/to/folder

    user_id,item_id,item_name,quantity,unit,category,expiry_date,…          inventory.csv
    user_001,I_tofu,tofu,2.2,oz,grains_cereals,2026-04-16,…

The columns are those of kitchen/tables.py; what is missing or cannot be typed, the typing tells. A folder needs not
hold every table: one that is not there is empty.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import TablePreview

from pantrypilot.datasets.sources import project_path
from pantrypilot.kitchen.tables import TABLES
from pantrypilot.kitchen.typed import OwnTable, as_rejects

if TYPE_CHECKING:
    from pantrypilot.kitchen.tables import TableSchema

log = logging.getLogger(__name__)

# how the tables' files are called; the second is the background project's way
FILES = {
    "households": ("households.csv", "pantrypilot_household*.csv"),
    "inventory": ("inventory.csv", "pantrypilot_inventory*.csv"),
    "purchase_history": ("purchase_history.csv", "pantrypilot_purchase*.csv"),
}


class OwnTableDataset(AbstractDataset[NoReturn, OwnTable | None]):
    """Loads one table of the folder, all of it text; None where no folder is given. It cannot be saved to."""

    def __init__(self, *, table: str, folder: str | None, metadata: dict[str, Any] | None = None) -> None:
        self._table, self._folder = TABLES[table], folder
        self.metadata = metadata

    def load(self) -> OwnTable | None:
        """Rows are indexed by their number in the file, where the header is row 1.

        Raises:
            DatasetError: there is no such folder, none of the tables is in it, or a file is no CSV of UTF-8 text.
        """
        import pandas as pd

        if self._folder is None:
            return None
        file = self._file()
        if file is None:
            log.info("%s has no table %s; it is taken for empty", self._folder, self._table.name)
            frame = pd.DataFrame({name: pd.Series(dtype="str") for name in self._table.names})
            return OwnTable(self._table, frame, as_rejects())
        return _read(file, self._table)

    def save(self, data: NoReturn) -> None:
        raise DatasetError(f"{self._folder} is somebody's own; nothing is saved to it.")

    def preview(self, nrows: int = 10) -> TablePreview:
        from pantrypilot.datasets.previews import readable

        own = self.load()
        if own is None:
            return readable({"columns": list(self._table.names), "data": []})
        return readable(own.frame.head(nrows).astype(object).to_dict("split"))

    def _file(self) -> Path | None:
        folder = project_path(str(self._folder))
        if not folder.is_dir():
            raise DatasetError(f"There is no folder {folder}; --params tables= names one with inventory.csv")
        found = {name: [file for way in ways for file in sorted(folder.glob(way))] for name, ways in FILES.items()}
        if not any(found.values()):
            names = ", ".join(ways[0] for ways in FILES.values())
            raise DatasetError(f"There is none of the tables in {folder}; it may hold {names}")
        files = found[self._table.name]
        if len(files) > 1:
            names = " and ".join(file.name for file in files)
            raise DatasetError(f"Which is the table {self._table.name} in {folder}: {names}? Take one away.")
        return files[0] if files else None

    def _exists(self) -> bool:
        return self._folder is None or self._file() is not None

    def _describe(self) -> dict[str, Any]:
        return {"table": self._table.name, "folder": self._folder}


def _read(file: Path, table: TableSchema) -> OwnTable:
    """All columns as text, each distinct value once. A row with more or fewer fields than the header is a reject."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv

    malformed: list[tuple[int, str, str]] = []

    def keep_apart(row: csv.InvalidRow) -> str:
        reason = f"{row.actual_columns} fields, where the header has {row.expected_columns}"
        malformed.append((row.number, row.text or "", reason))
        return "skip"

    try:
        with csv.open_csv(file, parse_options=csv.ParseOptions(invalid_row_handler=lambda row: "skip")) as reader:
            names = reader.schema.names
        rows = csv.read_csv(
            file,
            csv.ReadOptions(use_threads=False),  # else malformed rows have no number
            csv.ParseOptions(newlines_in_values=True, invalid_row_handler=keep_apart),
            csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise DatasetError(f"{file.name} cannot be read as CSV: {error}. Save it as UTF-8 with a header.") from error
    numbers = np.setdiff1d(np.arange(2, 2 + len(rows) + len(malformed)), [number for number, *_ in malformed])
    rejects = [(number, "", "", text, reason) for number, text, reason in malformed]
    return OwnTable(table, rows.to_pandas().set_index(numbers), as_rejects(rejects, table.name))
