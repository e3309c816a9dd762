"""A CSV file read one row at a time, its columns checked first; plain or gzip."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pantrypilot.kitchen.readers.base import BROKEN, CollectionError, RawRecipe, broken, guarded, open_text

EXTRA = "more fields than columns"


def read_rows(
    path: Path,
    columns: Sequence[str],
    build: Callable[[Mapping[str, str]], dict[str, Any]],
    encoding: str = "utf-8-sig",
    errors: str = "strict",
) -> Iterator[RawRecipe]:
    """One item for every row after the header; row 1 is the first of them.

    Raises:
        CollectionError: a column is missing.
    """
    row = 0
    with open_text(path, encoding, errors) as file:
        try:
            table = csv.DictReader(file, restkey=EXTRA)
            _check_columns(path, columns, table.fieldnames or [])
            while True:
                row += 1
                try:
                    record = next(table)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield RawRecipe(path.name, row, problem=f"line {table.line_num}: {error}")
                else:
                    yield _judge_row(path, row, record, columns, build)
        except BROKEN as error:
            yield broken(path, row or 1, str(error))


def _judge_row(path: Path, row: int, record: dict[str, Any], columns: Sequence[str], build: Any) -> RawRecipe:
    if EXTRA in record:
        return RawRecipe(
            path.name, row, problem=f"{len(record[EXTRA])} more fields than columns: a quote is lost?"
        )
    if short := [name for name in columns if record[name] is None]:
        return RawRecipe(path.name, row, problem=f"the row ends before {', '.join(short)}")
    return guarded(path, row, build, record)


def _check_columns(path: Path, wanted: Sequence[str], found: Sequence[str]) -> None:
    if missing := [name for name in wanted if name not in found]:
        raise CollectionError(
            f"{path.name} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}; it has: "
            f"{', '.join(found) or 'none'}. Is it the right file for this format?"
        )
