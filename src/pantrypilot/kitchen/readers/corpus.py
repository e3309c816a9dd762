"""The project's own corpus: a folder of `<cuisine>.yml`, each a list of recipes.

    - title: Kimchi Fried Rice
      meal: dinner
      serves: 2
      ingredients:
        - {name: rice, quantity: 2, unit: cup, note: "cooked, chilled"}
      steps:
        - Fry the kimchi in sesame oil for 3 minutes.

The file's name is the cuisine. A file that is no YAML counts as one malformed record, and none of it is read.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pantrypilot.kitchen.readers.base import RawRecipe, guarded
from pantrypilot.kitchen.records import Ingredient

KEYS = ("title", "meal", "serves", "ingredients", "steps")


def read(path: Path) -> Iterator[RawRecipe]:
    """Every recipe of one file, or of all `.yml` files in a folder, in the order of their names."""
    for file in sorted(path.glob("*.yml")) if path.is_dir() else [path]:
        yield from _read_file(file)


def _read_file(file: Path) -> Iterator[RawRecipe]:
    import yaml

    try:
        records = yaml.load(file.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: {error.problem}" if mark else str(error)
        yield RawRecipe(
            file.name, 1, problem=f"{file.name} is no YAML ({where}); none of it was read", fatal=True
        )
        return
    if not isinstance(records, list | None):
        yield RawRecipe(file.name, 1, problem=f"{file.name} should hold a list of recipes", fatal=True)
        return
    for row, record in enumerate(records or [], 1):
        yield guarded(file, row, lambda fields: _fields(fields, cuisine=file.stem), record)


def _fields(record: Mapping[str, Any], cuisine: str) -> dict[str, Any]:
    _refuse_unknown(record, KEYS, "")
    for place, ingredient in enumerate(record["ingredients"] or [], 1):
        if isinstance(ingredient, Mapping):
            _refuse_unknown(ingredient, tuple(Ingredient.model_fields), f"ingredient {place}: ")
    return {
        "title": record["title"],
        "cuisine": cuisine.replace("_", " "),
        "meal": record.get("meal"),
        "serves": record.get("serves"),
        "source": "corpus",
        "ingredients": [_lower_name(ingredient) for ingredient in record["ingredients"] or []],
        "steps": record["steps"] or [],
    }


def _lower_name(ingredient: Any) -> Any:
    if isinstance(ingredient, Mapping) and isinstance(ingredient.get("name"), str):
        return {**ingredient, "name": ingredient["name"].lower()}
    return ingredient


def _refuse_unknown(given: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in given:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1, cutoff=0.5)
            raise ValueError(f"{where}unknown key {key!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
