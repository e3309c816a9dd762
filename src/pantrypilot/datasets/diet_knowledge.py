"""What the judge knows as a catalog entry, so that the graph shows what every verdict rests on:

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


class DietKnowledgeDataset(AbstractDataset[NoReturn, Knowledge]):
    """Loads as `Knowledge`: the packaged YAML with a user's own classes and diets laid over it.

    Raises KnowledgeError on load when an override is wrong; it names the place and the nearest right word.
    """

    def __init__(
        self, overrides: Mapping[str, Any] | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        self._overrides = {key: value for key, value in (overrides or {}).items() if value}
        self.metadata = metadata

    def load(self) -> Knowledge:
        return Knowledge.load(self._overrides)

    def save(self, data: NoReturn) -> None:
        raise DatasetError("diet knowledge is written by hand, in conf/base/diets.yml")

    def preview(self) -> TablePreview:
        """The diets, for Kedro-Viz."""
        from pantrypilot.datasets.previews import readable

        columns = ["key", "forbids", "unsure", "allows", "description", "source"]
        rows = [[getattr(diet, column) for column in columns] for diet in self.load().diets.values()]
        return readable({"columns": ["diet", *columns[1:]], "data": rows})

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"overrides": self._overrides}
