"""What a character is to running text, and which words have one stem.

    >>> fold("É"), fold("-"), fold("!")
    (('e',), (' ',), ('.',))
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

from pantrypilot.diets import text as diet_text

_UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Zs", "Co", "Cn")
_ENDS_IN_ES = ("o", "sh", "ch", "x", "ss", "zz")
SOFT, BREAK, STOP, BANNED = " ", ",", ".", None


@cache
def fold(character: str) -> tuple[str | None, ...]:
    """What a character is to the text: letters, digits, SOFT (the name goes on), BREAK or STOP (it does not),
    nothing at all (accents, apostrophes), or BANNED: marks that a reader does not see or that readers drop.
    """
    if character in ".!?":
        return (STOP,)
    if character in " -":
        return (SOFT,)
    if character in "*\ufffd" or unicodedata.category(character) in _UNSEEN:
        return (BANNED,)
    folded = unicodedata.normalize("NFKD", character.casefold()).casefold().translate(diet_text._LIGATURES)
    kinds: list[str | None] = []
    for part in folded:
        if "a" <= part <= "z" or "0" <= part <= "9":
            kinds.append(part)
        elif part == " ":
            kinds.append(SOFT)
        elif part != "'" and not unicodedata.combining(part):
            kinds.append(BREAK)
    return tuple(kinds)


def spellings(stem: str) -> set[str]:
    """Every word with this stem: the inverse of `diets.text.singular`."""
    words = {stem, f"{stem}s"}
    if stem.endswith("y"):
        words |= {f"{stem[:-1]}ie", f"{stem[:-1]}ies"}
    if stem.endswith(_ENDS_IN_ES):
        words |= {f"{stem}e", f"{stem}es"}
    words |= {word for word, of in diet_text._F_PLURALS.items() if of == stem}
    return {word for word in words if diet_text.singular(word) == stem}


def words_of(phrases: Iterable[str]) -> set[str]:
    found = set()
    for phrase in phrases:
        letters = "".join(part or " " for character in phrase for part in fold(character))
        found |= {word for word in letters.replace(",", " ").replace(".", " ").split() if word.isalpha()}
    return found


def prefixes(words: Iterable[str]) -> set[str]:
    return {word[:size] for word in words for size in range(1, len(word) + 1)}
