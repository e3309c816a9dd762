"""What a kitchen holds: records (recipes, pantry items, chat rows) and the text that models read and write."""

from pantrypilot.kitchen.frames import from_frame, to_frame
from pantrypilot.kitchen.records import (
    ChatRow,
    Ingredient,
    Message,
    PantryItem,
    Recipe,
    RowMetadata,
)
from pantrypilot.kitchen.text import Answer, parse_answer, render_answer, render_request, render_system

__all__ = [
    "Answer",
    "ChatRow",
    "Ingredient",
    "Message",
    "PantryItem",
    "Recipe",
    "RowMetadata",
    "from_frame",
    "parse_answer",
    "render_answer",
    "render_request",
    "render_system",
    "to_frame",
]
