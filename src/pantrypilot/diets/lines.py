"""Ingredient lines as the judge reads them best: without the words that only measure, cut and serve.

    >>> as_name("2 (12 fluid ounce) zucchini - trimmed, cut into noodles, for serving")
    '2 zucchini , trimmed, cut'

The judge knows amounts and preparations; taken away is what it cannot tell from food: sizes in brackets, the
shape after "into" ("noodles" of zucchini, "steaks" of cauliflower), what it is shredded or cut "like", and the purpose
after "for". Examples and alternatives stay, since what they name may be in it. Not covered: two foods that need two
verdicts.
"""

from __future__ import annotations

import re

_MEASURE = (
    r"(?:[0-9¼-¾⅐-⅞/⁄]+|ounces?|oz|fl|fluid|pounds?|lbs?|grams?|kilograms?|kg|g|milliliters?|millilitres?"
    r"|ml|lit(?:er|re)s?|l|cups?|pints?|quarts?|gallons?|inch(?:es)?|cm|mm|servings?|size|count|square|round|thick"
    r"|diameter|dia|each|about|or|to|by|x|and|per|blank)"
)
_SIZE = re.compile(rf"\(\s*{_MEASURE}(?:[\s\".,-]+{_MEASURE})*[\s\".]*\)(?:s\b)?", re.IGNORECASE)
_SHAPE = re.compile(r"\binto\b[^,;()]*", re.IGNORECASE)
_PURPOSE = re.compile(r"\bfor\b[^,:;()]*", re.IGNORECASE)
# "shredded like pulled pork": what it looks like.
_LIKENESS = re.compile(r"(?<=ed)\slike\b[^,;()]*", re.IGNORECASE)
_DASH = re.compile(r"\s[-–—]+\s")
_LETTER = re.compile(r"[^\W\d_]")


def as_name(line: str) -> str:
    """What to judge of a line; the line itself where nothing else names anything ("For the sauce")."""
    name = _DASH.sub(" , ", line)
    for aside in (_SIZE, _SHAPE, _LIKENESS, _PURPOSE):
        name = aside.sub(" ", name)
    return " ".join(name.split()) if _LETTER.search(name) else line
