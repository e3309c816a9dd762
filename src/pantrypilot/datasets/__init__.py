"""The few catalog datasets that kedro-datasets lacks; each is imported when a catalog first names it."""

from importlib import import_module
from typing import Any

_MODULES = {
    "AdapterDataset": "models",
    "BaseModelDataset": "models",
    "ChartDataset": "figures",
    "CheckpointsDataset": "models",
    "CsvTableDataset": "previews",
    "DietKnowledgeDataset": "knowledge",
    "DishesDataset": "knowledge",
    "EnvironmentDataset": "environment",
    "LabelledNamesDataset": "labelled_names",
    "NoteDataset": "previews",
    "OwnTableDataset": "own_tables",
    "PageDataset": "previews",
    "ParquetTableDataset": "previews",
    "PictureDataset": "figures",
    "PostgresTableDataset": "postgres",
    "PreviousTableDataset": "previous",
    "RecipeCollectionDataset": "recipe_collection",
    "RecordsDataset": "previews",
    "ReplyCache": "reply_cache",
    "TableFilesDataset": "table_files",
    "ValuesDataset": "previews",
}
__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"pantrypilot.datasets has no {name}; it has {', '.join(_MODULES)}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
