"""What an answer may say next, and what it must not: names that its list is past, that it has said, or does not have.

Lists follow the order of the pantry, so at each selected item what is left of the pantry is right and all else is
wrong; among the additions all of the pantry is wrong, and a title names nothing twice. Found in the tokens
alone, by the first token of a name: a tokenizer whose list dash and headers are not single tokens gives none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pantrypilot.kitchen import text
from pantrypilot.modelling.batching import EncodedRow


@dataclass(frozen=True)
class ListTokens:
    """The single tokens of the answer grammar, by tokenizer."""

    dash: int
    title: int
    selected: int
    additions: int
    steps: int

    @classmethod
    def of(cls, tokenizer: Any) -> ListTokens | None:
        """None where one of them is more than one token."""
        phrases = (
            "\n-", text.TITLE_HEADER, text.SELECTED_HEADER, text.ADDITIONS_HEADER, text.STEPS_HEADER
        )  # fmt: skip
        found = [tokenizer.encode(phrase, add_special_tokens=False) for phrase in phrases]
        return cls(*(ids[0] for ids in found)) if all(len(ids) == 1 for ids in found) else None


def with_mistakes(row: EncodedRow, known: ListTokens) -> EncodedRow:
    """The row with `right` filled in for its selected items and where they end, and `wrong` for title and additions.

    Both hold first tokens of names; the token that stands there is always among the right, never among the wrong.
    """
    right, wrong = [], []
    tokens = row.tokens
    pantry = [tokens[i + 1] for i in range(row.answer_start - 1) if tokens[i] == known.dash]
    after = {known.dash, known.additions, known.steps}
    section, title, place, added = None, [], 0, []
    for index in range(row.answer_start, len(tokens)):
        token = tokens[index]
        if token == known.steps:
            break
        if token in (known.title, known.selected, known.additions):
            section = token
        elif section == known.title:
            wrong += [(index, other) for other in sorted(set(title)) if other != token]
            title.append(token)
        elif tokens[index - 1] == known.dash and section == known.additions:
            wrong += [(index, other) for other in sorted({*pantry, *added}) if other != token]
            added.append(token)
        elif tokens[index - 1] == known.dash:
            right += [(index, other) for other in sorted({token, *pantry[place:]})]
            place = _next_place(pantry, token, place)
        elif section == known.selected and {token, *tokens[index + 1 : index + 2]} & after:
            right.append((index, token))  # one more, or an end: who says the dash too often has to go back
    return replace(row, right=tuple(right), wrong=tuple(wrong))


def up_to_steps(row: EncodedRow, known: ListTokens) -> EncodedRow:
    """The row up to the header of its steps: half the tokens, and all of its lists."""
    if known.steps not in row.tokens[row.answer_start :]:
        return row
    return replace(row, tokens=row.tokens[: row.tokens.index(known.steps, row.answer_start) + 1])


def _next_place(pantry: Sequence[int], token: int, place: int) -> int:
    """One past the token's next occurrence; unmoved where the answer leaves the order."""
    return next((i + 1 for i in range(place, len(pantry)) if pantry[i] == token), place)
