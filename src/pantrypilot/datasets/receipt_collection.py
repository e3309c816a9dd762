"""A collection of parsed receipts (CORD's shape, JSONL) as a catalog entry; its fields: `kitchen/receipts.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from kedro.io import DatasetError
from kedro_datasets._typing import TablePreview

from pantrypilot.datasets.sources import SourceFileDataset
from pantrypilot.kitchen.readers.base import BROKEN, open_bytes
from pantrypilot.kitchen.receipts import RawReceipt


class ReceiptCollectionDataset(SourceFileDataset[list[RawReceipt]]):
    """Loads a JSONL file (UTF-8, plain or gzip) as `RawReceipt`s; it cannot be saved to.

    The file is read to its end before anything is made of it. Relative paths start at the Kedro project.
    """

    holds = "receipts"

    def load(self) -> list[RawReceipt]:
        """One item a line that is not blank: a JSON object, or why it is none (broken off, not JSON, no object).

        Raises:
            DatasetError: the file is missing, is empty, or has no line that is a JSON object.
        """
        path = self._path()
        if not path.is_file():
            raise DatasetError(f"No receipts at {path}. Name a file: --params receipts=path/to/receipts.jsonl")
        found = list(_read(path))
        if not found:
            raise DatasetError(f"{path} is empty. A collection has a receipt on every line, as JSON.")
        if all(receipt.record is None for receipt in found):
            raise DatasetError(
                f"{path} is no JSONL: not one of {len(found):,} lines is a JSON object. Write every receipt on a line "
                f"of its own. {found[0].file}:{found[0].row}: {found[0].problem}"
            )
        return found

    def preview(self, nrows: int = 20) -> TablePreview:
        """The first lines as Kedro-Viz shows them."""
        from pantrypilot.datasets.previews import readable

        rows = [
            [f"{one.file}:{one.row}", (one.record or {}).get("id"), (one.record or {}).get("gt_parse"), one.problem]
            for one in self.load()[:nrows]
        ]
        return readable({"columns": ["origin", "id", "gt_parse", "problem"], "data": rows})



def _read(path: Path) -> Iterator[RawReceipt]:
    row = 0
    try:
        with open_bytes(path) as file:
            for row, line in enumerate(file, start=1):
                if line.strip():
                    yield _parsed(path.name, row, line)
    except BROKEN as error:
        yield RawReceipt(path.name, row + 1, problem=f"the file breaks off here ({error}); get a whole copy")


def _parsed(file: str, row: int, line: bytes) -> RawReceipt:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return RawReceipt(file, row, problem=f"not UTF-8 text ({error.reason} at byte {error.start + 1})")
    except json.JSONDecodeError as error:
        told = "broken off" if error.pos >= len(error.doc.rstrip()) - 1 or "Unterminated" in error.msg else "no JSON"
        return RawReceipt(file, row, problem=f"{told} at character {error.pos + 1} ({error.msg})")
    except (ValueError, RecursionError) as error:
        return RawReceipt(file, row, problem=f"no JSON ({error})")
    if not isinstance(record, dict):
        return RawReceipt(file, row, problem=f"expected an object, got {record!r:.40}")
    return RawReceipt(file, row, record)
