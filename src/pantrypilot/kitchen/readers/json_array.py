"""A JSON array read one element at a time: `[{"id": 1, ...}, {"id": 2, ...}]`, plain or gzip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pantrypilot.kitchen.readers.base import BROKEN, RawRecipe, broken, guarded, open_bytes


def read_array(path: Path, build: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Iterator[RawRecipe]:
    """One item for every element; a file that breaks off yields what was whole, then one fatal item."""
    import ijson

    row = 0
    with open_bytes(path) as file:
        try:
            for row, record in enumerate(ijson.items(file, "item", use_float=True), 1):
                yield guarded(path, row, build, record)
        except (ijson.JSONError, *BROKEN) as error:
            why = str(error).strip().splitlines()[0].strip()
            yield broken(path, row + 1, f"near byte {file.tell():,}: {why}")
