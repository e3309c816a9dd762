"""Recipe collections, one module a format; `open_collection("<format>:<path>")` chooses by the scheme.

Adding a format is a module with `read(path) -> Iterator[RawRecipe]` and a line in `FORMATS`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from pathlib import Path

from pantrypilot.kitchen.readers import allrecipes, chat_jsonl, corpus, recipe1m, recipenlg, whats_cooking
from pantrypilot.kitchen.readers.base import CollectionError, RawRecipe

__all__ = ["FORMATS", "CollectionError", "RawRecipe", "locate", "open_collection"]

FORMATS: dict[str, Callable[[Path], Iterator[RawRecipe]]] = {
    "corpus": corpus.read,
    "whats_cooking": whats_cooking.read,
    "allrecipes": allrecipes.read,
    "recipe1m": recipe1m.read,
    "recipenlg": recipenlg.read,
    "chat_jsonl": chat_jsonl.read,
}


def open_collection(spec: str, root: Path) -> Iterator[RawRecipe]:
    """The records of the collection, read as they are asked for; relative paths start at `root`.

    Raises:
        CollectionError: at once, where `locate` does; while reading, where nothing at all can be read.
    """
    scheme, path = locate(spec, root)
    return _read(FORMATS[scheme], path)


def locate(spec: str, root: Path) -> tuple[str, Path]:
    """The format and the path of `<format>:<path>`.

    Raises:
        CollectionError: the format is not known, the path is missing, or a folder stands where a file should.
    """
    scheme, colon, place = str(spec).partition(":")
    if not colon or not place.strip():
        raise CollectionError(
            f"{spec!r} is no recipe collection: write <format>:<path>. Formats: {', '.join(FORMATS)}."
        )
    if scheme not in FORMATS:
        near = difflib.get_close_matches(scheme, FORMATS, n=1, cutoff=0.4)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise CollectionError(f"There is no recipe format {scheme!r}.{hint} Formats: {', '.join(FORMATS)}.")
    path = root / Path(place.strip()).expanduser()
    if not path.exists():
        raise CollectionError(
            f"No recipes at {path}. Put the {scheme} collection there, or name another: "
            f"kedro run --params recipes={scheme}:<path> (relative to {root})."
        )
    if path.is_dir() and scheme != "corpus":
        raise CollectionError(f"{path} is a folder; name the {scheme} file in it.")
    return scheme, path


def _read(read: Callable[[Path], Iterator[RawRecipe]], path: Path) -> Iterator[RawRecipe]:
    seen, first_break = 0, None
    for record in read(path):
        seen += not record.fatal
        if record.fatal:
            first_break = first_break or record.problem
        yield record
    if not seen:
        raise CollectionError(f"Nothing could be read from {path}: {first_break or _emptiness(path)}.")


def _emptiness(path: Path) -> str:
    return "no .yml file with a recipe is in it" if path.is_dir() else "it holds no record"
