"""Tables and texts of kedro-datasets, written whole, with previews that Kedro-Viz can show.

Its table writes every cell with JavaScript's `String()`: a list of ingredients becomes "[object Object]", an
array of numpy is a server error, and an empty cell says "null". Here a cell is text before it leaves:

    [{"name": "rice", "quantity": 2.0, "unit": "cup"}, {"name": "tofu"}]  ->  "2 cup rice; tofu"
"""

from __future__ import annotations

import datetime
import html
import math
from collections.abc import Mapping
from typing import Any

from kedro_datasets import json
from kedro_datasets._typing import HTMLPreview, TablePreview
from kedro_datasets.pandas import CSVDataset, JSONDataset, ParquetDataset
from kedro_datasets.text import TextDataset

from pantrypilot.datasets.whole import WrittenWhole

ROWS = 10
MISSING = ("NAType", "NaTType")  # of pandas, which this module does not import
LONGEST = 700  # characters of a cell; a longer one makes the table unreadable


class RecordsDataset(WrittenWhole, JSONDataset):
    """One record a line, as `pandas.JSONDataset`; the turns of a chat are columns of the preview.

    `columns` of the preview_args chooses what to show, in which order.
    """

    def preview(self, nrows: int = ROWS, columns: list[str] | None = None) -> TablePreview:
        table = readable(super().preview(nrows))
        if columns is None or not table["data"]:
            return table
        places = [table["columns"].index(name) for name in columns]
        data = [[row[place] for place in places] for row in table["data"]]
        return TablePreview({**table, "columns": columns, "data": data})


class ParquetTableDataset(WrittenWhole, ParquetDataset):
    """`pandas.ParquetDataset` with a readable preview."""

    def preview(self, nrows: int = ROWS) -> TablePreview:
        return readable(super().preview(nrows))


class CsvTableDataset(WrittenWhole, CSVDataset):
    """`pandas.CSVDataset` with a readable preview."""

    def preview(self, nrows: int = ROWS) -> TablePreview:
        return readable(super().preview(nrows))


class ValuesDataset(WrittenWhole, json.JSONDataset):
    """`json.JSONDataset`: counts, metrics, a run card."""


class LastValuesDataset(ValuesDataset):
    """What the last run left in a file that this run writes anew under another name; empty where there is none."""

    def load(self) -> Any:
        return super().load() if self.exists() else {}

    def save(self, data: Any) -> None:
        raise TypeError("what the last run left is read here; write it by the entry that has the same file")


class PageDataset(WrittenWhole, TextDataset):
    """`text.TextDataset`: a report for a browser."""


class NoteDataset(PageDataset):
    """A text whose preview is the text itself, line by line."""

    def preview(self) -> HTMLPreview:
        return HTMLPreview(f"<pre>{html.escape(self.load())}</pre>")


def readable(table: Mapping[str, Any]) -> TablePreview:
    """A table in pandas' `split` form with text and numbers in its cells."""
    columns, rows = list(table["columns"]), [list(row) for row in table["data"]]
    if rows and "messages" in columns:
        place = columns.index("messages")
        roles = [turn["role"] for turn in max((row[place] for row in rows), key=len)]
        columns[place : place + 1] = roles
        for row in rows:
            said = {turn["role"]: turn["content"] for turn in row[place]}
            row[place : place + 1] = [said.get(role) for role in roles]
    data = [[cell(value) for value in row] for row in rows]
    return TablePreview({"index": list(range(len(data))), "columns": columns or ["no rows"], "data": data})


def cell(value: Any) -> Any:
    """A value as a person would write it; numbers and texts stay what they are."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, (list, tuple)):
        parts = [str(cell(item)) for item in value]
        if all(part.endswith(".") for part in parts):  # steps
            return shortened(" ".join(parts))
        nested = any(isinstance(item, (Mapping, list)) for item in value)
        return shortened(("; " if nested else ", ").join(parts))
    if value is None or (isinstance(value, float) and math.isnan(value)) or type(value).__name__ in MISSING:
        return ""
    if isinstance(value, datetime.date):
        value = str(value).removesuffix(" 00:00:00")
    if isinstance(value, str):
        return shortened(value)
    return round(value, 4) if isinstance(value, float) else value


def shortened(text: str) -> str:
    """The text, or its beginning and a mark."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _mapping(value: Mapping[str, Any]) -> str:
    if "name" in value and "quantity" in value:  # an ingredient, in the order of a recipe
        quantity = value["quantity"]
        amount = f"{quantity:g}" if isinstance(quantity, float | int) else ""
        words = [amount, value.get("unit"), value["name"], f"({value['note']})" if value.get("note") else ""]
        return " ".join(word for word in words if word)
    if set(value) == {"name", "forbidden"}:  # a thing in the pantry
        return f"{value['name']} (forbidden)" if value["forbidden"] else value["name"]
    return shortened(", ".join(f"{key}: {cell(item)}" for key, item in value.items()))
