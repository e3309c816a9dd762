"""Text to comparable tokens: `"Crème fraîche (2 cups)"` → `["creme", "fraiche", ",", "2", "cup", ","]`.

Both sides of every comparison pass through here, so a stem need not be a word ("cookie" becomes
"cooky"); it only has to be the same stem for the singular and the plural.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

BREAK = ","
_LIGATURES = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "&": " and ",
        "’": "'",
        "‘": "'",
        "´": "'",
        "`": "'",
    }
)
# "beurre d'anchois", "dell'Etna": a word of its own, as "de" and "della" are.
_ELISION = re.compile(r"\b(d|l|dell|all)'(?=[^\W\d_])")
_ELIDED = {"dell": "della", "all": "alla"}
_APOSTROPHE = re.compile(r"'")
_TOKEN = re.compile(r"[a-z]+|[0-9]+|[,;:()\[\]/|+]")
_F_PLURALS = {
    "leaves": "leaf",
    "loaves": "loaf",
    "halves": "half",
    "calves": "calf",
    "knives": "knife",
    "hooves": "hoof",
    "geese": "goose",
}
# Things in -ie that an adjective or a verb in -y must not become: sausages are not smoky tofu.
_IE_SINGULARS = {word: word.removesuffix("s") for word in ("smokies", "silkies", "gummies", "fries", "jimmies")}
_IE_WORDS = frozenset(_IE_SINGULARS.values())
_SINGULARS = _F_PLURALS | _IE_SINGULARS


@lru_cache(maxsize=50_000)
def singular(word: str) -> str:
    """The stem that a word shares with its plural: "anchovies" and "anchovy" → "anchovy"."""
    if word in _SINGULARS:
        return _SINGULARS[word]
    if word in _IE_WORDS or len(word) <= 3:
        return word
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        if len(word) == 4:
            return word[:-1]
        word = word[:-1]
    elif word.endswith("sses"):
        word = word[:-1]
    if word.endswith("ie"):
        return word[:-2] + "y"
    if word.endswith(("oe", "she", "che", "xe", "sse", "zze")):
        return word[:-1]
    return word


def tokens(text: str, spelling: Mapping[str, str] | None = None) -> list[str]:
    """Lower-case, unaccented, singular words, numbers, and `","` for any mark that parts a list.

    `spelling` maps variants to the form used in the knowledge ("yoghurt" → "yogurt").
    """
    if text.isascii():  # most names are, and this is a third of the time
        plain = text.lower().replace("&", " and ").replace("`", "'")
    else:
        # Folded twice: decomposing can bring out capitals that folding has not seen (U+1D400 and others).
        folded = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_LIGATURES)
        plain = "".join(c for c in folded if not unicodedata.combining(c))
    if "'" in plain:
        plain = _APOSTROPHE.sub("", _ELISION.sub(lambda m: f"{_ELIDED.get(m[1], m[1])} ", plain))
    found = _TOKEN.findall(plain)
    spelling = spelling or {}
    result = []
    for token in found:
        if not token.isalnum():
            result.append(BREAK)
        else:
            stem = singular(token)
            result.append(spelling.get(stem, stem))
    return result
