"""A recipe collection of any known format as a catalog entry:

generator.recipe_collection:
  type: pantrypilot.datasets.RecipeCollectionDataset
  collection: corpus:data/01_raw/recipes
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn

from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import TablePreview

from pantrypilot.datasets.sources import project_root
from pantrypilot.kitchen.readers import CollectionError, RawRecipe, locate, open_collection


class RecipeCollectionDataset(AbstractDataset[NoReturn, Iterator[RawRecipe]]):
    """Loads `<format>:<path>` as a stream of `RawRecipe`; it cannot be saved to.

    Relative paths start at the Kedro project that the working directory is in. Nothing is read before it is
    asked for, so memory does not grow with the file.
    """

    def __init__(self, *, collection: str, metadata: dict[str, Any] | None = None) -> None:
        self._collection = collection
        self.metadata = metadata

    def load(self) -> Iterator[RawRecipe]:
        """The records, each a recipe or a problem.

        Raises:
            DatasetError: the format is not known or the path is missing.
        """
        try:
            return open_collection(self._collection, project_root())
        except CollectionError as error:
            raise DatasetError(str(error)) from error

    def save(self, data: NoReturn) -> None:
        raise DatasetError(f"{self._collection} is a source of recipes; nothing is saved to it.")

    def preview(self, nrows: int = 20) -> TablePreview:
        """The first rows as Kedro-Viz shows them; a record that is no recipe shows its problem."""
        from pantrypilot.datasets.previews import readable

        columns = ["origin", "title", "cuisine", "meal", "ingredients", "steps", "problem"]
        return readable({"columns": columns, "data": map(_preview_row, islice(self.load(), nrows))})

    def _exists(self) -> bool:
        try:
            locate(self._collection, project_root())
        except CollectionError:
            return False
        return True

    def _describe(self) -> dict[str, Any]:
        return {"collection": self._collection}


def _preview_row(record: RawRecipe) -> list[Any]:
    recipe = record.payload
    if recipe is None:
        return [record.origin, record.title, None, None, None, None, record.problem]
    names, steps = ", ".join(recipe.names), " ".join(recipe.steps)
    return [record.origin, recipe.title, recipe.cuisine, recipe.meal, names, steps, None]
