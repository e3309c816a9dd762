"""Numbers as receipts print them, whichever mark parts the decimals.

    "16,500"  "Rp. 23.000"  "4,5"  "-Rp 34,363"  "1.234,56"  "18 000"  "(1.50)"  "5.99-"  "@6500"  "1.00xITEMs"

One number does not always tell: "1.250" is a price of a thousand and more, or a weight. So all numbers of a receipt
decide together which marks it uses (`decide`), and each is then read by them (`read`).
Not covered: digits of other scripts than Latin and full-width, groups of two ("1,00,000") and numbers in words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache


class Marks(StrEnum):
    """What a receipt parts its numbers by; thousands may stand apart by a blank or an apostrophe in all three."""

    WHOLE = "whole"  # no decimals; both "." and "," part thousands, as on receipts in rupiah
    POINT = "point"  # 1,234.56
    COMMA = "comma"  # 1.234,56


_GROUPING = {Marks.WHOLE: ".,' ", Marks.POINT: ",' ", Marks.COMMA: ".' "}
_DECIMAL = {Marks.POINT: ".", Marks.COMMA: ","}
# A mark before the first digit is a decimal one (".5") unless it ends an abbreviation ("Rp.35.000").
_NUMBER = re.compile(r"(?:(?<![^\W\d_])[.,])?[0-9]+(?:[.,'][0-9]+| [0-9]{3}(?![0-9]))*")
_PERCENT = re.compile(r"[0-9]+(?:[.,][0-9]+)?\s*%")
_BARE_DECIMALS = re.compile(r"[.,]([0-9]{1,3})")
LONGEST = 15  # digits; a float holds no more, and no shop asks for more


@lru_cache(maxsize=50_000)
def written(text: str) -> tuple[str, ...]:
    """The numbers in a text as they stand there, each with its sign before it; percentages are none.

    A minus may stand before the currency or after the number, and accountants write it as brackets.
    """
    plain = unicodedata.normalize("NFKC", text).translate({0x2212: "-", 0x2013: "-", 0x2019: "'"})
    plain = _PERCENT.sub(" ", plain)
    found = []
    for match in _NUMBER.finditer(plain):
        before, after = plain[: match.start()].rstrip(), plain[match.end() :].lstrip()
        minus = re.search(r"(?:^|\s)-\s*[^\W\d_]*\.?[^\w\s]?$|-$", before) or re.match(r"-(?!\s*[0-9@])", after)
        brackets = before.endswith("(") and after.startswith(")")
        found.append(f"-{match.group()}" if minus or brackets else match.group())
    return tuple(found)


@lru_cache(maxsize=50_000)
def strictly(number: str, marks: Marks) -> Decimal | None:
    """The value of one of `written`'s numbers by these marks; None where it breaks them."""
    sign, body = (Decimal(-1), number[1:]) if number.startswith("-") else (Decimal(1), number)
    if sum(map(str.isdigit, body)) > LONGEST:
        return None
    point = re.escape(_DECIMAL.get(marks, ""))
    decimals = rf"(?:{point}([0-9]{{1,3}}))?" if point else "()"
    grouped = "|".join(rf"[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+" for mark in _GROUPING[marks])
    if match := re.fullmatch(rf"([0-9]+|{grouped}){decimals}", body):
        whole = re.sub(r"[^0-9]", "", match.group(1))
        return sign * Decimal(f"{whole}.{match.group(2)}" if match.group(2) else whole)
    if point and (match := _BARE_DECIMALS.fullmatch(body)) and body[0] == _DECIMAL[marks]:
        return sign * Decimal(f"0.{match.group(1)}")
    return None


def read(number: str, marks: Marks) -> Decimal | None:
    """The value by the receipt's marks or, where it breaks them, by the first others that it keeps; else None."""
    values = (strictly(number, each) for each in (marks, *(other for other in Marks if other is not marks)))
    return next((value for value in values if value is not None), None)


def amount(printed: str | float | None, marks: Marks) -> Decimal | None:
    """The one amount in a printed text; None where there is none, or more than one. JSON numbers are what they are."""
    if not isinstance(printed, str):
        return _exact(printed)
    found = written(printed)
    return read(found[0], marks) if len(found) == 1 else None


def quantity(printed: str | float | None, ratio: Decimal | None = None) -> Decimal | None:
    """The count or weight in a printed text: "2 x", "1.00xITEMs", "x1", "0,455 kg".

    "1.250" is read so that it comes next to `ratio` (price by unit price) where that is known, otherwise as decimals:
    households weigh a kilogram and a quarter and do not buy a thousand of a thing.
    """
    if not isinstance(printed, str):
        return _exact(printed)
    first = written(printed)[:1]
    readings = [strictly(number, marks) for number in first for marks in (Marks.POINT, Marks.COMMA)]
    nearest = ratio or Decimal(0)
    return min((value for value in readings if value is not None), key=lambda value: abs(value - nearest), default=None)


def _exact(value: float | None) -> Decimal | None:
    return Decimal(str(value)) if value is not None and abs(value) < 10**LONGEST else None


def decide(numbers: Iterable[str], sums_that_hold: Callable[[Marks], int]) -> Marks:
    """The marks by which most of a receipt's numbers can be read, then those by which most of its sums hold.

    Between what is still equal, those that make fewest numbers of three decimals: prices have two.
    """
    telling = [number for number in numbers if re.search(r"[1-9]", number)]

    def merits(marks: Marks) -> tuple[int, int, int]:
        values = [value for number in telling if (value := strictly(number, marks)) is not None]
        thin = sum(value.as_tuple().exponent == -3 for value in values)
        return len(values), sums_that_hold(marks), -thin

    return max(Marks, key=merits)
