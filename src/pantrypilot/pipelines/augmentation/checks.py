"""Nodes: no chat row breaks its own diet, and no recipe stands on both sides of the split."""

from __future__ import annotations

from pantrypilot.kitchen import parse_answer
from pantrypilot.kitchen.larder import Larder
from pantrypilot.pipelines.types import Table


def check_rows(chat_rows: Table, larder: Table) -> tuple[Table, Table]:
    """Zero violations: rows whose answer breaks its own diet, or cannot be read back, go to the rejects with a reason.

    An ingredient that the diet is unsure of is a reject too: what teaches must be certain.
    """
    foods = Larder.from_frame(larder)
    reasons = []
    for messages, metadata in zip(chat_rows["messages"], chat_rows["metadata"], strict=True):
        answer = parse_answer(messages[-1]["content"])
        bad = [
            name
            for name in (*answer.selected, *answer.additions)
            if not foods.allowed(name, metadata["dietary_tags"])
        ]
        pantry = {item["name"] for item in metadata["inventory"]}
        absent = [name for name in answer.selected if name not in pantry]
        reasons.append(
            "; ".join(
                [
                    *answer.problems,
                    *(
                        f"{name} is not surely allowed for {', '.join(metadata['dietary_tags'])}"
                        for name in bad
                    ),
                    *(f"{name} is selected but not in the pantry" for name in absent),
                ]
            )
        )
    table = chat_rows.assign(reason=reasons)
    kept = table[table["reason"] == ""].drop(columns="reason").reset_index(drop=True)
    return kept, table[table["reason"] != ""].reset_index(drop=True)


def split_rows(checked_rows: Table) -> tuple[Table, Table]:
    """(train, valid) as mlx-lm reads them. Raises ValueError when a recipe stands on both sides, or a side is empty."""
    sides = {
        side: checked_rows[checked_rows["split"] == side].drop(columns="split").reset_index(drop=True)
        for side in ("train", "valid")
    }
    recipes = {side: {m["recipe_id"] for m in table["metadata"]} for side, table in sides.items()}
    if both := recipes["train"] & recipes["valid"]:
        raise ValueError(f"{len(both)} recipes stand in train and valid, {min(both)} for one")
    for side, table in sides.items():
        if table.empty:
            raise ValueError(f"no {side} row is left after the checks: see the row rejects for their reasons")
    return sides["train"], sides["valid"]
