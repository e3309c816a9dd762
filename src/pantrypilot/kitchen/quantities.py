"""From an ingredient line to name, quantity, unit and note.

    >>> parse_line("2 (14 oz) cans low-sodium chicken broth, warmed")
    ParsedLine(name='low-sodium chicken broth', quantity=2.0, unit='can', note='14 oz; warmed')
    >>> parse_line("1½ to 2 cups finely chopped onion")
    ParsedLine(name='onion', quantity=1.75, unit='cup', note='finely chopped')

A range gives its middle. Things counted without a unit are `pcs`. Preparation goes to the note, so that
"chopped onion" and "onion" are one ingredient. Not covered: two ingredients in one line ("salt and
pepper" stays one name), alternatives ("butter or margarine" too) and languages other than English.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from pantrypilot.kitchen.units import recipe_spellings


class ParsedLine(NamedTuple):
    """The parts of a line. `quantity` counts `unit`s; both are None where the line gives none."""

    name: str
    quantity: float | None = None
    unit: str | None = None
    note: str | None = None


LONGEST_LINE = 400
PIECES = "pcs"

_UNITS = recipe_spellings()
# Words that can only measure: a line with nothing else names no ingredient ("3 cloves" does).
_MEASURING = ("g", "kg", "ml", "l", "cup", "tbsp", "tsp", "oz", "fl oz", "lb")
_MEASURES = {spelling for spelling, unit in _UNITS.items() if unit in _MEASURING}
_NUMBER_WORDS = {
    "a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0,
    "eight": 8.0, "ten": 10.0, "half": 0.5, "dozen": 12.0,
}  # fmt: skip
_SIZES = {
    "large", "small", "medium", "big", "heaping", "heaped", "level", "scant", "generous", "thick", "thin",
    "jumbo", "extra-large",
}  # fmt: skip
_ADVERBS = {
    "freshly", "finely", "coarsely", "thinly", "roughly", "firmly", "lightly",
}  # fmt: skip
_PREPARATIONS = _SIZES | _ADVERBS | {
    "chopped", "diced", "minced", "sliced", "shredded", "grated", "cubed", "crumbled", "halved",
    "quartered", "julienned", "peeled", "pitted", "melted", "softened", "beaten", "cooked", "uncooked",
    "packed", "sifted", "torn", "trimmed", "warmed", "chilled", "squeezed", "pressed", "toasted", "rinsed",
    "drained", "thawed", "ripe", "fresh", "skinless", "boneless", "bone-in", "skin-on", "thick-cut", "and",
    "very", "seeded", "unopened",
}  # fmt: skip
# Words that never are the food themselves: with a comma after them, the food is still to come. Those that only
# prepare stand above; of these the name keeps what it has ("low-fat milk" is not milk).
_DESCRIBING = _PREPARATIONS | {
    "whole", "frozen", "dried", "dry", "live", "cold", "hot", "warm", "soft", "firm", "strong", "long", "short",
    "mixed",
    "mashed", "crushed", "stewed", "boiled", "roasted", "smoked", "brewed", "seasoned", "sweetened", "unsweetened",
    "salted", "unsalted", "canned", "raw", "lean", "low", "reduced", "high", "fat", "sodium", "sugar", "free",
    "quality",
    "red", "green", "yellow", "white", "black", "brown", "blue", "purple", "pink", "dark", "light", "assorted",
    "orange", "sweet",
}  # fmt: skip
_CLAIM = re.compile(r"(?:low|reduced|less|no|non|high|full|extra)-[a-z]+$|[a-z]+-free$")
# These are foods too where nothing describing comes before them: "1 orange, zested".
_FOODS_TOO = {"orange", "sweet", "sugar", "fat", "sodium", "white", "dark"}

_FRACTION = r"(?:[0-9]{1,4}/[1-9][0-9]{0,3})"
_DECIMAL = r"(?:[0-9]{1,6}(?:\.[0-9]{1,4})?|\.[0-9]{1,4})"
_AMOUNT = rf"(?:[0-9]{{1,6}}(?:\s+|\s?-\s?){_FRACTION}|{_FRACTION}|{_DECIMAL})(?![0-9/%])"
_QUANTITY = re.compile(rf"({_AMOUNT})(?:\s*(?:-|to\b|or\b)\s*({_AMOUNT}))?(?!-?\s?inch)\s*")
_MIXED = re.compile(rf"([0-9]{{1,6}})(?:\s+|\s?-\s?)({_FRACTION})$")
_PARENTHESIS = re.compile(r"\(([^()]*)\)(?:s\b)?")
_WEIGHT = r"(?:oz|ounces?|fl(?:uid)? oz|lbs?|pounds?|g|grams?|kg|ml|inch)"
_PACK = re.compile(rf"({_DECIMAL}[\s-]?{_WEIGHT}\b\.?)\s*")
_SIZED_PIECE = re.compile(rf"{_DECIMAL}[\s-]inch\s+(?=[a-z])")
_TAKEN_FROM = re.compile(r"((?:juice|zest)(?: and (?:juice|zest))?) (?:of|from) (.+)")
_SPOONS = (re.compile(r"(?<=[0-9] )T\b\.?(?= )"), "tbsp"), (re.compile(r"(?<=[0-9] )t\b\.?(?= )"), "tsp")
_PLUS_MORE = re.compile(rf"(?:plus|\+)\s+({_AMOUNT}\s*(?:[a-z]+))\s+(?:of\s+)?")
_PURPOSE = "serving|garnish|garnishing|dusting|frying|drizzling|brushing|sprinkling|greasing"
_TAIL = re.compile(
    r"\s+((?:(?:or|plus|and) (?:more|less|as needed|to taste)"
    rf"|to taste|as needed|as desired|if desired|if needed|for (?:{_PURPOSE})|divided)\b.*)$"
)
_VULGAR = re.compile("[¼-¾⅐-⅞]")
_DASH = re.compile(r"\s+-+\s+|\s*[–—]\s+|\s*;\s*")
_MARKS = re.compile(r"[®™©*]|\bbrand\b(?=\))")
_EDGES = " \t,.;:-–—'\"/&+!?"


def parse_line(text: str) -> ParsedLine | None:
    """Take an ingredient line apart; None where it names nothing. Nothing raises: any text is data."""
    rest = _plain(text)
    notes: list[str] = []

    def note_down(match: re.Match[str]) -> str:
        notes.append(match[1])
        return " "

    while _PARENTHESIS.search(rest):
        rest = _PARENTHESIS.sub(note_down, rest)
    rest = _squeeze(re.sub(r"[()]", " ", rest))
    taken = _TAKEN_FROM.match(rest)
    rest = taken[2] if taken else rest
    if _SIZED_PIECE.match(rest):
        rest = f"1 {rest}"
    quantity, rest = _take_quantity(rest)
    if quantity is not None and (pack := _PACK.match(rest)) and _UNITS.get(_first_word(rest[pack.end() :])):
        notes.append(pack[1])
        rest = rest[pack.end() :]
    unit, rest = _take_unit(rest, notes) if quantity is not None else (None, rest)
    if unit and (plus := _PLUS_MORE.match(rest)):
        notes.append(f"plus {plus[1]}")
        rest = rest[plus.end() :]
    name = _take_name(rest.removeprefix("of "), notes)
    if name in _MEASURES or not any(character.isalpha() for character in name):
        return None
    name = f"{name} {taken[1]}" if taken else name
    note = "; ".join(filter(None, (_squeeze(part).rstrip(_EDGES).lstrip(" ,;:-–—") for part in notes)))
    return ParsedLine(name, quantity, unit or (PIECES if quantity is not None else None), note or None)


@lru_cache(maxsize=20_000)
def clean_name(text: str) -> str:
    """A name from a source that has names only: lower case, without trade marks and bracketed asides."""
    plain = _plain(text)
    bare = plain
    while _PARENTHESIS.search(bare):
        bare = _PARENTHESIS.sub(" ", bare)
    return _squeeze(bare).strip(_EDGES) or _squeeze(plain)


def _plain(text: str) -> str:
    """Lower case, with fractions spelled out ("1½" → "1 1/2") and one kind of space."""
    text = text[:LONGEST_LINE].encode("utf-8", "replace").decode("utf-8")
    text = _VULGAR.sub(lambda sign: f" {unicodedata.normalize('NFKC', sign[0])} ", text)
    text = _squeeze(text.replace("⁄", "/"))
    for letter, spoon in _SPOONS:  # before the capital is lost: T is a tablespoon, t a teaspoon
        text = letter.sub(spoon, text)
    text = text.lower()
    return _squeeze(_MARKS.sub("", re.sub(r"(?<=[0-9]) ?[–—] ?(?=[0-9])", "-", text)))


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _first_word(text: str) -> str:
    return text.split(" ", 1)[0].strip(_EDGES)


def _take_quantity(text: str) -> tuple[float | None, str]:
    if match := _QUANTITY.match(text):
        low = _number(match[1])
        high = _number(match[2]) if match[2] else low
        return round((low + high) / 2, 4), text[match.end() :].lstrip(" -")
    word, _, rest = text.partition(" ")
    if word in _NUMBER_WORDS and rest:
        if word == "half":
            rest = rest.removeprefix("of ").removeprefix("an ").removeprefix("a ")
        return _NUMBER_WORDS[word], rest
    return None, text


def _number(text: str) -> float:
    if mixed := _MIXED.match(text):
        return int(mixed[1]) + _number(mixed[2])
    if "/" in text:
        above, below = text.split("/")
        return int(above) / int(below)
    return float(text)


def _take_unit(text: str, notes: list[str]) -> tuple[str | None, str]:
    """The unit at the head of `text`; a size before it is noted, a unit with nothing after it is a name."""
    text = re.sub(r"^(?:fluid|fl\.?) (?:ounces?|oz)\b\.?", "floz", text)
    words = text.split(" ")
    start = 1 if len(words) > 1 and words[0] in _SIZES else 0
    unit = _UNITS.get(words[start].strip(_EDGES)) if start < len(words) else None
    rest = " ".join(words[start + 1 :])
    if unit is None or words[start].endswith(",") or not _name_part(rest.removeprefix("of ")):
        return None, text
    notes.extend(words[:start])
    return unit, rest


def _name_part(text: str) -> str:
    return _TAIL.sub("", f" {_DASH.split(text, maxsplit=1)[0].split(',', 1)[0]}").strip(_EDGES)


def _only_describes(words: list[str], after: int) -> bool:
    """Whether these words before a comma describe what comes after it; `after`: so many such parts are before them."""
    described = all(word in _DESCRIBING or _CLAIM.match(word) for word in words)
    return described and (after > 0 or not words or words[0] not in _FOODS_TOO or len(words) > 1)


def _take_name(text: str, notes: list[str]) -> str:
    """The name in what is left after quantity and unit; preparation before, after and behind it is noted."""
    head, *asides = _DASH.split(text, maxsplit=1)
    parts = head.split(",")
    # "skinless, boneless chicken breast": commas between words that only describe do not end the name.
    start = 0
    while start < len(parts) - 1 and _only_describes(parts[start].split(), after=start):
        start += 1
    name, asides = " ".join(parts[: start + 1]), [",".join(parts[start + 1 :]), *asides]
    if tail := _TAIL.search(name):
        name, asides = name[: tail.start()], [tail[1], *asides]
    words = name.split()
    skip = 0
    while skip < len(words) - 1 and words[skip] in _PREPARATIONS:
        skip += 1
    if skip and words[skip - 1] in _ADVERBS and words[skip].endswith("ed"):  # "lightly salted butter"
        skip -= 1
    notes += [" ".join(words[:skip]), *asides]
    return _squeeze(" ".join(words[skip:])).strip(_EDGES)
