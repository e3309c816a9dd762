"""The RecipeNLG CSV, plain or gzip; two columns hold lists in JSON:

    ,title,ingredients,directions,link,source,NER
    0,Nut Cookies,"[""1 c. brown sugar"", ""1/2 c. milk""]","[""Mix and boil.""]",...,Gathered,"[""milk""]"

`NER` is left aside: it names foods, but not which line they stand in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pantrypilot.kitchen.readers.base import RawRecipe, ingredients_of, text_of, texts_of
from pantrypilot.kitchen.readers.csv_rows import read_rows

COLUMNS = ("title", "ingredients", "directions")


def read(path: Path) -> Iterator[RawRecipe]:
    """Every row of the file.

    Raises:
        CollectionError: a column is missing.
    """
    return read_rows(path, COLUMNS, _fields)


def _fields(record: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": text_of(record["title"], "title"),
        "source": "recipenlg",
        "ingredients": ingredients_of(_list(record, "ingredients")),
        "steps": _list(record, "directions"),
    }


def _list(record: Mapping[str, str], column: str) -> list[str]:
    try:
        return texts_of(json.loads(record[column]), column)
    except json.JSONDecodeError as error:
        raise ValueError(f"{column}: no JSON list ({error.msg} at character {error.pos + 1})") from None
