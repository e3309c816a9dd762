"""The AllRecipes CSV, plain or gzip, one dish a row and no steps:

    "main-dish.sandwiches","Egg Filling",4.5,...,"prep: 5 mins,Servings: 3","1<U+2009>½ cups milk + 1 egg"

It was written by R on Windows: the bytes are cp1252, and what cp1252 lacks stands as `<U+2153>`. Lines of
`ingredient` are parted by " + ". World cuisines and the meal are read from `group`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pantrypilot.kitchen.readers.base import RawRecipe, ingredients_of, text_of
from pantrypilot.kitchen.readers.csv_rows import read_rows

COLUMNS = ("group", "name", "process", "ingredient")
MEALS = {
    "breakfast-and-brunch": "breakfast",
    "desserts": "dessert",
    "appetizers-and-snacks": "snack",
    "main-dish": "dinner",
}
_ESCAPE = re.compile(r"<U\+([0-9A-F]{4,5})>")
_SERVINGS = re.compile(r"\bServings: ([0-9]{1,4})\b")


def read(path: Path) -> Iterator[RawRecipe]:
    """Every row of the file.

    Raises:
        CollectionError: a column is missing.
    """
    return read_rows(path, COLUMNS, _fields, encoding="cp1252", errors="replace")


def repair(text: str) -> str:
    """Escapes as the characters that they stand for: "1<U+2009>½" → "1 ½"."""
    return _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)


def _fields(record: Mapping[str, str]) -> dict[str, Any]:
    group = record["group"].split(".")
    servings = _SERVINGS.search(record["process"])
    return {
        "title": text_of(repair(record["name"]), "name"),
        "cuisine": group[-1].replace("-", " ") if group[0] == "world-cuisine" else None,
        "meal": MEALS.get(group[0]),
        "serves": float(servings[1]) if servings else None,
        "source": "allrecipes",
        "ingredients": ingredients_of(repair(record["ingredient"]).split(" + ")),
    }
