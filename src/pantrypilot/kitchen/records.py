"""The records that travel between nodes; each is one line of a JSONL dataset.

A recipe, as in `data/02_intermediate/generator/recipes.jsonl`:

    {"recipe_id": "korean-kimchi-fried-rice-1a2b3c4d", "title": "Kimchi Fried Rice", "cuisine": "korean",
     "meal": "dinner", "serves": 2, "source": "corpus", "origin": "korean.yml:1",
     "ingredients": [{"name": "rice", "quantity": 2.0, "unit": "cup", "note": "cooked, chilled"}, ...],
     "steps": ["Fry the kimchi in sesame oil for 3 minutes.", ...]}
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal

from pydantic import ConfigDict, Field, field_validator

from pantrypilot.kitchen.settings import Settings


class Record(Settings):
    """One line of a dataset."""

    model_config = ConfigDict(str_strip_whitespace=True)


class Ingredient(Record):
    """One ingredient of a recipe. `quantity` counts `unit`s; both are None where a source has names only."""

    name: str = Field(min_length=1)
    quantity: float | None = Field(default=None, ge=0)
    unit: str | None = None
    note: str | None = None


class Recipe(Record):
    """A dish. `origin` is the file and row it was read from; `source` names the collection or writer."""

    recipe_id: str
    title: str = Field(min_length=1)
    cuisine: str | None = None
    meal: str | None = None
    serves: float | None = None
    source: str
    origin: str
    ingredients: tuple[Ingredient, ...] = Field(min_length=1)
    steps: tuple[str, ...] = ()

    @field_validator("cuisine", "meal")
    @classmethod
    def lower_case(cls, value: str | None) -> str | None:
        return value.lower() if value else None

    @property
    def names(self) -> tuple[str, ...]:
        """Ingredient names, in the order of the recipe, each once."""
        return tuple(dict.fromkeys(item.name for item in self.ingredients))

    @property
    def content_key(self) -> str:
        """Two recipes with this key in common are one dish: same title, ingredients and steps, bar spelling."""
        amounts = sorted(f"{item.name} {item.quantity or ''} {item.unit or ''}" for item in self.ingredients)
        text = "|".join([self.title, *amounts, *self.steps])
        words = re.sub(r"[\W_]+", " ", text.replace("|", "\n").casefold()).split()
        return hashlib.blake2b(" ".join(words).encode(), digest_size=12).hexdigest()


def make_recipe_id(cuisine: str | None, title: str, content: str) -> str:
    """A readable, stable id: the same content gets the same id on every machine."""
    slug = re.sub(r"[^a-z0-9]+", "-", f"{cuisine or 'any'} {title}".lower()).strip("-")[:60]
    return f"{slug}-{hashlib.blake2b(content.encode(), digest_size=4).hexdigest()}"


class PantryItem(Record):
    """One thing in the pantry; `forbidden` says whether the row's diets rule it out."""

    name: str = Field(min_length=1)
    forbidden: bool = False


class Message(Record):
    """One turn of a chat, as `mlx_lm.lora --data` and every chat template read it."""

    role: Literal["system", "user", "assistant"]
    content: str


class RowMetadata(Record):
    """Where a chat row comes from and what it holds, so that any answer can be traced to its dish."""

    recipe_id: str
    recipe_title: str
    cuisine: str | None
    source: str
    dietary_tags: tuple[str, ...]
    user_request: str
    inventory: tuple[PantryItem, ...]
    inventory_size: int
    selected: tuple[str, ...]
    selected_count: int
    strategy: str
    seed: int


class ChatRow(Record):
    """One line of `train.jsonl` and `valid.jsonl`."""

    messages: tuple[Message, ...]
    metadata: RowMetadata


class RecipeReject(Record):
    """One line of `recipe_rejects.jsonl`: a raw record that was left out, where it stands and why."""

    file: str
    row: int
    title: str | None
    kind: Literal["duplicate", "malformed", "implausible"]
    reason: str


class LabelledRecipe(Recipe):
    """One line of `labelled_recipes.jsonl`: a recipe and the diets under which every ingredient is allowed.

    `unknown_ingredients` counts the names in which the judge finds no food.
    """

    diets: tuple[str, ...] = ()
    unknown_ingredients: int = 0
