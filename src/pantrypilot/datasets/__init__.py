"""The few catalog datasets that kedro-datasets lacks."""

from pantrypilot.datasets.environment import EnvironmentDataset
from pantrypilot.datasets.models import AdapterDataset, BaseModelDataset, CheckpointsDataset
from pantrypilot.datasets.recipe_collection import RecipeCollectionDataset
from pantrypilot.datasets.reply_cache import ReplyCache

__all__ = [
    "AdapterDataset", "BaseModelDataset", "CheckpointsDataset", "EnvironmentDataset", "RecipeCollectionDataset",
    "ReplyCache",
]  # fmt: skip
