"""Recipe1M's `layer1.json`, plain or gzip: a JSON array of about a million dishes, streamed.

    {"id": "000018c8a5", "title": "Worlds Best Mac and Cheese", "partition": "train", "url": "...",
     "ingredients": [{"text": "6 ounces penne"}], "instructions": [{"text": "Preheat the oven to 350 F."}]}

It knows neither cuisine nor servings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pantrypilot.kitchen.readers.base import RawRecipe, ingredients_of, text_of, texts_of
from pantrypilot.kitchen.readers.json_array import read_array


def read(path: Path) -> Iterator[RawRecipe]:
    """Every dish of the file; one that breaks off yields the whole dishes before it."""
    return read_array(path, _fields)


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": text_of(record["title"], "title"),
        "source": "recipe1m",
        "ingredients": ingredients_of(_texts(record["ingredients"], "ingredients")),
        "steps": _texts(record["instructions"], "instructions"),
    }


def _texts(entries: object, what: str) -> list[str]:
    if not isinstance(entries, list) or not all(
        isinstance(entry, Mapping) and "text" in entry for entry in entries
    ):
        raise ValueError(f"{what}: expected a list of {{text: ...}}, got {entries!r:.40}")
    return texts_of([entry["text"] for entry in entries], what)
