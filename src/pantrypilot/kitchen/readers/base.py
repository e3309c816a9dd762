"""What all readers share: the raw record, its refusal, and how a file is opened.

A reader is a generator `read(path) -> Iterator[RawRecipe]`: one item for every record in the file, a recipe
or the reason why it is none. Nothing is held back, so memory does not grow with the file.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from pantrypilot.kitchen.quantities import parse_line
from pantrypilot.kitchen.records import Recipe, make_recipe_id

# What reading can raise where a file breaks off or is damaged; the records before it are whole.
BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError)


class CollectionError(ValueError):
    """A collection cannot be read; the message names the file and what to do."""


@dataclass(frozen=True, slots=True)
class RawRecipe:
    """One record of a collection: a recipe in `payload`, or in `problem` the reason why it is none.

    `row` counts records from 1. After a `fatal` problem the rest of the file could not be read.
    """

    file: str
    row: int
    title: str | None = None
    payload: Recipe | None = None
    problem: str | None = None
    fatal: bool = False

    @property
    def origin(self) -> str:
        return f"{self.file}:{self.row}"


def make_recipe(path: Path, row: int, fields: Mapping[str, Any]) -> RawRecipe:
    """A record from the fields of a `Recipe`, bar id and origin; what does not fit becomes the problem."""
    title = fields.get("title") if isinstance(fields.get("title"), str) else None
    try:
        recipe = Recipe(recipe_id="", origin=f"{path.name}:{row}", **fields)
    except ValidationError as error:
        return RawRecipe(path.name, row, title, problem=explain(error))
    recipe_id = make_recipe_id(recipe.cuisine, recipe.title, recipe.content_key)
    return RawRecipe(path.name, row, recipe.title, recipe.model_copy(update={"recipe_id": recipe_id}))


def explain(error: ValidationError) -> str:
    """A validation error in one line: `ingredients 3 quantity: should be a valid number (got 'some')`."""
    told = []
    for problem in error.errors(include_url=False):
        place = " ".join(str(part + 1 if isinstance(part, int) else part) for part in problem["loc"])
        given = f" (got {problem['input']!r:.40})" if problem["type"] != "missing" else ""
        told.append(f"{place}: {problem['msg'].removeprefix('Input ')}{given}")
    return "; ".join(told[:3])


def ingredients_of(lines: Iterable[object]) -> list[dict[str, Any]]:
    """Lines ("2 cups rice, rinsed") as the fields of `Ingredient`; lines that name nothing are dropped.

    Raises:
        ValueError: a line is not text.
    """
    return [parsed._asdict() for line in lines if (parsed := parse_line(text_of(line, "ingredient")))]


def texts_of(values: object, what: str) -> list[str]:
    """A list of texts, blanks dropped.

    Raises:
        ValueError: it is not a list, or holds something else.
    """
    if not isinstance(values, list):
        raise ValueError(f"{what}: expected a list, got {values!r:.40}")
    return [text for value in values if (text := text_of(value, what))]


def text_of(value: object, what: str) -> str:
    """The text with one kind of space.

    Raises:
        ValueError: it is not text.
    """
    if not isinstance(value, str):
        raise ValueError(f"{what}: expected text, got {value!r:.40}")
    return " ".join(value.split())


def open_bytes(path: Path) -> IO[bytes]:
    """The file's content, unpacked if it is gzip, whatever its name."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")


def open_text(path: Path, encoding: str, errors: str = "strict") -> io.TextIOWrapper:
    """`open_bytes` as text; line ends are kept, as the csv module wants them."""
    return io.TextIOWrapper(open_bytes(path), encoding=encoding, errors=errors, newline="")


def broken(path: Path, row: int, why: str) -> RawRecipe:
    """The last item of a file that could not be read to its end; `row` is the record that it broke in."""
    told = (
        f"{path.name} breaks off in record {row} ({why}); {row - 1:,} before it were read; get a whole copy"
    )
    return RawRecipe(path.name, row, problem=told, fatal=True)


def guarded(
    path: Path, row: int, build: Callable[[Mapping[str, Any]], dict[str, Any]], record: object
) -> RawRecipe:
    """`build(record)` gives the fields of a recipe; its complaints become this row's problem."""
    if not isinstance(record, Mapping):
        return RawRecipe(path.name, row, problem=f"expected an object, got {record!r:.40}")
    title = record.get("title") if isinstance(record.get("title"), str) else None
    try:
        fields = build(record)
    except KeyError as error:
        return RawRecipe(path.name, row, title, problem=f"{error.args[0]}: missing")
    except ValueError as error:
        return RawRecipe(path.name, row, title, problem=str(error))
    return make_recipe(path, row, fields)
