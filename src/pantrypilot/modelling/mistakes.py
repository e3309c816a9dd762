"""What an answer must not say next: names that its list is past, and names that it has said before.

Lists follow the order of the pantry, so at each item of the answer all of the pantry up to the last item is wrong,
and among the additions all of the pantry. A title names nothing twice. Found in the tokens alone:
a tokenizer whose list dash and headers are not single tokens gives no mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    """The row with its `wrong` filled in: first tokens of names, never the token that stands there."""
    return replace(row, wrong=tuple(_mistakes(row, known)))


def up_to_steps(row: EncodedRow, known: ListTokens) -> EncodedRow:
    """The row up to the header of its steps: half the tokens, and all of its lists."""
    if known.steps not in row.tokens[row.answer_start :]:
        return row
    return replace(row, tokens=row.tokens[: row.tokens.index(known.steps, row.answer_start) + 1])


def _mistakes(row: EncodedRow, known: ListTokens) -> Iterator[tuple[int, int]]:
    tokens = row.tokens
    pantry = [tokens[i + 1] for i in range(row.answer_start - 1) if tokens[i] == known.dash]
    place, added, title = 0, [], None
    for index in range(row.answer_start, len(tokens)):
        token, before = tokens[index], tokens[index - 1]
        if token == known.selected:
            title = None
        elif token == known.additions:
            place = len(pantry)
        elif token == known.steps:
            return
        if title is not None:
            yield from _all_but(token, title, index)
            title.append(token)
        if token == known.title:
            title = []
        if before == known.dash:
            yield from _all_but(token, set(pantry[:place]).union(added) - set(pantry[place:]), index)
            if place < len(pantry) or token in pantry[place:]:
                place = _next_place(pantry, token, place)
            else:
                added.append(token)


def _all_but(token: int, wrong: Sequence[int] | set[int], index: int) -> Iterator[tuple[int, int]]:
    return ((index, other) for other in sorted(set(wrong)) if other != token)


def _next_place(pantry: Sequence[int], token: int, place: int) -> int:
    """One past the token's next occurrence; unmoved where the answer leaves the order."""
    return next((i + 1 for i in range(place, len(pantry)) if pantry[i] == token), place)
