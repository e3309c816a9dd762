"""A CSV that only grows: every save adds lines with the time, and no line is ever lost.

time,dataset,suite,status,failed_expectations,rows,invalid_rows
2026-11-21T09:12:44Z,inventory,inventory_suite,PASS,,1000,3
"""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import TablePreview

if TYPE_CHECKING:
    from pandas import DataFrame

ROWS = 20


class AppendedCsvDataset(AbstractDataset["DataFrame", "DataFrame"]):
    """Adds a table's rows to a CSV file, `time` (UTC) before them; loads all that were ever added.

    The lines of a save are written in one piece: where that fails half-way the file is cut back to what it was. Two
    runs at once wait for each other.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath, self.metadata = str(filepath), metadata

    def save(self, data: DataFrame) -> None:
        """Raises DatasetError when the file has other columns; it is left as it is."""
        path = Path(self._filepath)
        path.parent.mkdir(parents=True, exist_ok=True)
        stamped = data.copy()
        stamped.insert(0, "time", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        header = ",".join(stamped.columns) + "\n"
        with path.open("ab+", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            if size and file.read(len(header) + 1).splitlines()[:1] != [header.strip().encode()]:
                raise DatasetError(f"{path} has other columns than {header.strip()}; move it away, it is as it was.")
            file.seek(max(size - 1, 0))
            mend = b"\n" if size and file.read(1) != b"\n" else b""  # a line that somebody cut by hand
            text = stamped.to_csv(index=False, header=not size, lineterminator="\n").encode()
            try:
                _write_all(file.fileno(), mend + text)
                os.fsync(file.fileno())
            except BaseException:
                os.ftruncate(file.fileno(), size)
                raise

    def load(self) -> DataFrame:
        """All lines; texts are texts, and an empty one is no null."""
        import pandas as pd

        return pd.read_csv(self._filepath, keep_default_na=False)

    def preview(self, nrows: int = ROWS) -> TablePreview:
        """The latest lines, for Kedro-Viz."""
        from pantrypilot.datasets.previews import readable

        return readable(self.load().tail(nrows).to_dict("split"))

    def _exists(self) -> bool:
        return Path(self._filepath).is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath}


def _write_all(file: int, text: bytes) -> None:
    while text:
        text = text[os.write(file, text) :]
