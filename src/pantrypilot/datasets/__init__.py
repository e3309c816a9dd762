"""The few catalog datasets that kedro-datasets lacks; each is imported when a catalog first names it."""

from importlib import import_module
from typing import Any

_MODULES = {
    "AdapterDataset": "models",
    "BaseModelDataset": "models",
    "CheckpointsDataset": "models",
    "CsvTableDataset": "previews",
    "EnvironmentDataset": "environment",
    "LabelledNamesDataset": "labelled_names",
    "NoteDataset": "previews",
    "ParquetTableDataset": "previews",
    "RecipeCollectionDataset": "recipe_collection",
    "RecordsDataset": "previews",
    "ReplyCache": "reply_cache",
}
__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"pantrypilot.datasets has no {name}; it has {', '.join(_MODULES)}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
