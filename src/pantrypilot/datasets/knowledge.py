"""What the package knows of diets, dishes and foods as catalog entries, so that the graph shows what rests on it:

generator.diet_knowledge:
  type: pantrypilot.datasets.DietKnowledgeDataset
  overrides: ${globals:diets}      # conf/base/diets.yml
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import TablePreview

from pantrypilot.diets import Knowledge
from pantrypilot.kitchen.dishes import Dishes, load_dishes
from pantrypilot.kitchen.foods import Foods, load_foods


class _Overlaid(AbstractDataset):
    """Packaged YAML with a user's own over it; loaded, never saved."""

    written_in = ""

    def __init__(
        self, overrides: Mapping[str, Any] | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        given = overrides or {}
        self._overrides = given if any(given.values()) else {}  # the packaged knowledge itself is made once
        self.metadata = metadata

    def save(self, data: NoReturn) -> None:
        raise DatasetError(f"this is written by hand, in {self.written_in}")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"overrides": self._overrides}


class DietKnowledgeDataset(_Overlaid):
    """Loads as `Knowledge`. Raises KnowledgeError on load when an override is wrong, with the nearest right word."""

    written_in = "conf/base/diets.yml"

    def load(self) -> Knowledge:
        return Knowledge.load(self._overrides)

    def preview(self) -> TablePreview:
        """The diets, for Kedro-Viz."""
        from pantrypilot.datasets.previews import readable

        columns = ["key", "forbids", "unsure", "allows", "description", "source"]
        rows = [[getattr(diet, column) for column in columns] for diet in self.load().diets.values()]
        return readable({"columns": ["diet", *columns[1:]], "data": rows})


class DishesDataset(_Overlaid):
    """Loads as `Dishes`. Raises DishesError on load when an override is wrong, with the nearest right word."""

    written_in = "conf/base/dishes.yml"

    def load(self) -> Dishes:
        return load_dishes(self._overrides)

    def preview(self) -> TablePreview:
        """The forms of dishes, for Kedro-Viz."""
        from pantrypilot.datasets.previews import readable

        columns = ["titles", "meals", "cuisines", "needs", "never"]
        rows = [[name, *(getattr(form, c) for c in columns)] for name, form in self.load().data.forms.items()]
        return readable({"columns": ["form", *columns], "data": rows})


class FoodsDataset(_Overlaid):
    """Loads as `Foods`. Raises FoodsError on load when an override is wrong, with the nearest right word."""

    written_in = "conf/base/foods.yml"

    def load(self) -> Foods:
        return load_foods(self._overrides)

    def preview(self) -> TablePreview:
        """The foods, for Kedro-Viz."""
        from pantrypilot.datasets.previews import readable

        hidden = ["item_id", "brands", "popularity"]
        return readable(self.load().frame().drop(columns=hidden).to_dict("split"))
