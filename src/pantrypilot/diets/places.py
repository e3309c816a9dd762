"""Words of a text with their places: `"Add 2 eggs. Stir"` → add 0–3, 2 4–5, egg 6–10, STOP, stir 12–16.

The stems are those of `text.tokens`, word by word; only the ends of sentences and lines are added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from pantrypilot.diets.text import tokens

STOP = "."
# A longer stretch without a space is no word that comes again.
LONGEST_CACHED = 30
_STRETCH = re.compile(r"\S+")
_SEGMENT = re.compile(r"[^\W\d_](?:['’‘´`]*[^\W\d_])*|\d+|[^\w\s]", re.UNICODE)
# A sentence ends at its mark only before a space: "1.5" and "e.g." go on.
_ENDS = re.compile(r"[.!?…][)\]\"'’”]*$")
_DASHES = frozenset({"-", "--", "–", "—", "•", "*", "·"})


class Placed(NamedTuple):
    """A stem, BREAK or STOP, and the characters that it stands for."""

    stem: str
    start: int
    end: int


Reader = Callable[[str], tuple[Placed, ...]]


def stretch_reader(spelling: Mapping[str, str]) -> Reader:
    """A function from a stretch without spaces to its stems, placed in it; stretches that come again are kept."""

    def read(stretch: str) -> tuple[Placed, ...]:
        whole = tokens(stretch, spelling)
        placed = [
            Placed(stem, match.start(), match.end())
            for match in _SEGMENT.finditer(stretch)
            for stem in tokens(match[0], spelling)
        ]
        if [word.stem for word in placed] != whole:
            # Rare letters fold in ways that no segment shows; the stretch is then one place.
            placed = [Placed(stem, 0, len(stretch)) for stem in whole]
        if _ENDS.search(stretch) or stretch in _DASHES:
            placed.append(Placed(STOP, len(stretch), len(stretch)))
        return tuple(placed)

    cached = lru_cache(maxsize=50_000)(read)
    return lambda stretch: cached(stretch) if len(stretch) <= LONGEST_CACHED else read(stretch)


def placed_tokens(text: str, read: Reader) -> Iterator[Placed]:
    """Every stem of `text` in order, with STOP where a sentence or a line ends."""
    last = 0
    for match in _STRETCH.finditer(text):
        here = match.start()
        if "\n" in text[last:here] or "\r" in text[last:here]:
            yield Placed(STOP, here, here)
        for stem, start, end in read(match[0]):
            yield Placed(stem, here + start, here + end)
        last = match.end()
