"""The records of an evaluation; each is one line of a JSONL dataset.

`prompts.jsonl` holds `Prompt`, `generations_<model>.jsonl` holds `Generation`, and `samples.jsonl` holds `Sample`:
prompt, answer and every verdict on it, so that any figure can be traced, and made again without a model.
"""

from __future__ import annotations

from typing import Literal

from pantrypilot.kitchen.records import Record

Where = Literal["selected", "additions", "steps", "title"]


class Prompt(Record):
    """One line of `prompts.jsonl`. `forbidden` are the names in the pantry that its diets rule out."""

    prompt_id: str
    slice: str
    system: str
    user: str
    pantry: tuple[str, ...]
    diets: tuple[str, ...] = ()
    cuisine: str | None = None
    recipe_title: str | None = None
    forbidden: tuple[str, ...] = ()


class Generation(Record):
    """One line of `generations.jsonl`: a model's answer, as it came."""

    prompt_id: str
    model: str
    text: str
    finish_reason: Literal["stop", "length"]
    tokens: int


class ItemVerdict(Record):
    """What one diet says of one food, found in one part of the answer."""

    name: str
    where: Where
    diet: str
    verdict: Literal["allowed", "forbidden", "unknown"]
    reason: str


class AnswerScore(Record):
    """An answer, read and judged.

    `readable`: it ended, and something selected and steps could be read. `well_formed`: readable, and no
    format problem at all. `compliant`: readable and nothing forbidden; None where the prompt has no diet.
    An unknown food leaves `compliant` as it is and sets `has_unknown`. `hallucinated` are selected items that
    the pantry does not have.
    """

    title: str
    selected: tuple[str, ...]
    additions: tuple[str, ...]
    verdicts: tuple[ItemVerdict, ...]
    format_problems: tuple[str, ...]
    readable: bool
    well_formed: bool
    compliant: bool | None
    has_unknown: bool
    hallucinated: tuple[str, ...]
    n_selected: int

    def keeps_to(self, diet: str) -> bool:
        """Whether the answer breaks nothing of this one diet; an unreadable answer keeps to none."""
        return self.readable and not any(v.diet == diet and v.verdict == "forbidden" for v in self.verdicts)


class Sample(AnswerScore):
    """One line of `samples.jsonl`: a model's answer to a prompt, and its score. `cases`: see `scoring.cases`."""

    prompt_id: str
    slice: str
    system: str
    user: str
    pantry: tuple[str, ...]
    diets: tuple[str, ...]
    cuisine: str | None
    recipe_title: str | None
    forbidden: tuple[str, ...]
    cases: tuple[str, ...]
    model: str
    text: str
    finish_reason: Literal["stop", "length"]
    tokens: int
