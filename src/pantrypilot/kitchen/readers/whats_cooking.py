"""Kaggle's "What's Cooking": a JSON array, plain or gzip, without titles, quantities and steps.

    {"id": 10259, "cuisine": "greek", "ingredients": ["romaine lettuce", "black olives", "feta cheese"]}

A title is made from what there is: "Greek Dish with Romaine Lettuce and Black Olives".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pantrypilot.kitchen.quantities import clean_name
from pantrypilot.kitchen.readers.base import RawRecipe, text_of, texts_of
from pantrypilot.kitchen.readers.json_array import read_array

# Said of nearly every dish, so they tell nothing in a title.
STAPLES = {"salt", "water", "pepper", "black pepper", "ground black pepper", "kosher salt", "sugar", "oil"}
STAPLES |= {"vegetable oil", "olive oil", "all-purpose flour", "butter"}


def read(path: Path) -> Iterator[RawRecipe]:
    """Every dish of the file; one that breaks off yields the whole dishes before it."""
    return read_array(path, _fields)


def make_title(cuisine: str, names: Sequence[str]) -> str:
    """A title from the cuisine and the first two ingredients that tell something."""
    telling = [name for name in names if name not in STAPLES] or list(names)
    return f"{_capital(cuisine)} Dish with {' and '.join(_capital(name) for name in telling[:2])}"


def _capital(text: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in text.split())


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    cuisine = text_of(record["cuisine"], "cuisine").replace("_", " ")
    names = list(dict.fromkeys(map(clean_name, texts_of(record["ingredients"], "ingredients"))))
    if not names:
        raise ValueError("ingredients: none")
    return {
        "title": make_title(cuisine, names),
        "cuisine": cuisine,
        "source": "whats_cooking",
        "ingredients": [{"name": name} for name in names],
    }
