"""What a receipt's numbers come to: its marks, a value for every printed number, and whether its sums hold.

    menu [{"price": "16,500"}, {"price": "13,000"}], total "29,500"  →  whole numbers, 29500, agrees with the total

A line's price is what was paid for it: its own discount is taken off. Not covered: tips, and vouchers that are
neither a line nor a discount of the block below the items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pantrypilot.kitchen.receipt_numbers import Marks, amount, decide, quantity, strictly, written
from pantrypilot.kitchen.receipts import Item, Receipt, SubTotal, Total

_PRICES = ("price", "unitprice", "discountprice")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """An item in numbers; `gross` is its price before its discount, `void` takes an item back."""

    place: int
    text: str
    count: Decimal | None
    unit_price: Decimal | None
    price: Decimal | None
    gross: Decimal | None
    void: bool = False


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the items' sum was held against, and by how much it misses; None where the receipt tells no sum."""

    against: str = ""
    expected: Decimal | None = None
    difference: Decimal | None = None
    agrees: bool | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """An item that is left out (`kind` "item"), or a number of it that nobody can read ("value")."""

    place: int
    kind: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """A receipt in numbers. `options` counts parts without price and count ("less ice"), which are no line."""

    marks: Marks
    odd_numbers: int  # printed otherwise than by the marks
    lines: tuple[Line, ...]
    options: int
    problems: tuple[Problem, ...]
    items_sum: Decimal
    subtotal: Decimal | None
    charges: Decimal
    total: Decimal | None
    agreement: Agreement


def account(receipt: Receipt, rounding: float) -> Account:
    """The receipt in numbers; each printed price may be off by `rounding` of its last printed digit."""
    texts = (printed for printed in _amounts(receipt) if isinstance(printed, str))
    numbers = [number for text in texts for number in written(text)]
    marks = decide(numbers, lambda tried: _sums_that_hold(receipt, tried, rounding))
    lines, options, problems = _lines(receipt, marks)
    block, total = receipt.sub_total, amount(receipt.total.total_price, marks)
    return Account(
        marks=marks,
        odd_numbers=sum(strictly(number, marks) is None for number in numbers),
        lines=tuple(lines),
        options=options,
        problems=tuple(problems),
        items_sum=sum((line.price for line in lines if line.price is not None), ZERO),
        subtotal=amount(block.subtotal_price, marks),
        charges=_charges(block, marks),
        total=total if total is not None else _paid(receipt.total, marks),
        agreement=_agreement(receipt, lines, marks, rounding),
    )


def _amounts(receipt: Receipt) -> Iterator[str | float]:
    """All printed prices and sums; counts are left out, for they have marks of their own."""
    for block in (*(item for _, item in receipt.items), receipt.sub_total, receipt.total):
        names = _PRICES if isinstance(block, Item) else type(block).model_fields
        yield from (printed for name in names if (printed := getattr(block, name)) is not None)


def _lines(receipt: Receipt, marks: Marks) -> tuple[list[Line], int, list[Problem]]:
    lines: list[Line] = []
    problems: list[Problem] = []
    options = 0
    listed = {item.nm.casefold() for kind, item in receipt.items if kind != "void"}
    for place, (kind, item) in enumerate(receipt.items, start=1):
        if kind == "part" and item.nm and item.price is None and item.cnt is None:
            options += 1
        elif not any(map(str.isalnum, item.nm)):
            problems.append(Problem(place, "item", str(item.price or ""), "it has no name"))
        elif kind == "void" and item.nm.casefold() not in listed:
            problems.append(Problem(place, "item", item.nm, "it takes back what the receipt does not list"))
        else:
            lines.append(_line(place, item, marks, kind == "void"))
            problems += _unread(place, item, marks)
    return lines, options, problems


def _line(place: int, item: Item, marks: Marks, void: bool) -> Line:
    unit_price, gross = amount(item.unitprice, marks), amount(item.price, marks)
    ratio = abs(gross / unit_price) if gross and unit_price else None
    count = quantity(item.cnt, ratio)
    if gross is None and unit_price is not None:
        gross = unit_price * (1 if count is None else count)
    discount = abs(amount(item.discountprice, marks) or ZERO)
    price = None if gross is None else gross - discount
    if void:
        count = -abs(Decimal(1) if count is None else count)
        price, gross = (None if value is None else -abs(value) for value in (price, gross))
    return Line(place, item.nm, count, unit_price, price, gross, void)


def _unread(place: int, item: Item, marks: Marks) -> Iterator[Problem]:
    """Numbers that say something that cannot be read; blanks and words without digits say nothing."""
    for name in ("cnt", *_PRICES):
        printed = getattr(item, name)
        value = quantity(printed) if name == "cnt" else amount(printed, marks)
        if value is None and any(map(str.isdigit, str(printed or ""))) and "%" not in str(printed):
            yield Problem(place, "value", item.nm, f"{name}: {printed!r:.60} is no number; the item stays without it")


def _charges(block: SubTotal, marks: Marks) -> Decimal:
    """What comes on top of the items: taxes, service and what else is told, less nothing."""
    added = (block.service_price, block.othersvc_price, block.tax_price, block.etc)
    return sum((amount(printed, marks) or ZERO for printed in added), ZERO)


def _paid(total: Total, marks: Marks) -> Decimal | None:
    """What was paid in cash, for receipts that print no total."""
    cash, change = amount(total.cashprice, marks), amount(total.changeprice, marks)
    return None if cash is None else cash - abs(change or ZERO)


def _slack(receipt: Receipt, marks: Marks, prices: int, rounding: float) -> Decimal:
    """What rounding may make of a sum: every number in it, and the sum, are off by `rounding` of the last digit."""
    values = (amount(printed, marks) for printed in _amounts(receipt))
    decimals = max((-value.as_tuple().exponent for value in values if value is not None), default=0)
    return Decimal(str(rounding)) * (prices + 1) / 10**decimals


def _agreement(receipt: Receipt, lines: list[Line], marks: Marks, rounding: float) -> Agreement:
    """Items against the subtotal and the total, with and without discounts and what comes on top of the items.

    Receipts differ in whether prices hold the tax, and in whether the subtotal is before discounts or after.
    """
    block, printed_total = receipt.sub_total, amount(receipt.total.total_price, marks)
    total = _paid(receipt.total, marks) if printed_total is None else printed_total
    subtotal, charges = amount(block.subtotal_price, marks), _charges(block, marks)
    net = sum((line.price for line in lines if line.price is not None), ZERO)
    gross = sum((line.gross for line in lines if line.gross is not None), ZERO)
    less = abs(amount(block.discount_price, marks) or ZERO)
    expected = [("subtotal", subtotal), ("total", total)]
    if total is not None and charges:
        expected.append(("total less charges", total - charges))
    told = [(against, value) for against, value in expected if value is not None]
    if not told or not lines:
        return Agreement()
    slack = _slack(receipt, marks, len(lines), rounding)
    for against, value in told:
        for ours in (net, gross, net - less, gross - less):
            if abs(ours - value) <= slack:
                return Agreement(against, value, ours - value, True)
    against, value = told[0]
    return Agreement(against, value, net - value, False)


def _sums_that_hold(receipt: Receipt, marks: Marks, rounding: float) -> int:
    """How many of the receipt's own sums come out by these marks."""
    lines, _, _ = _lines(receipt, marks)
    block, total = receipt.sub_total, receipt.total
    subtotal, charges = amount(block.subtotal_price, marks), _charges(block, marks)
    asked, paid = amount(total.total_price, marks), _paid(total, marks)
    holds = [line.unit_price * line.count == line.gross for line in lines if line.unit_price and line.count]
    holds.append(bool(_agreement(receipt, lines, marks, rounding).agrees))
    holds.append(None not in (subtotal, asked) and subtotal + charges == asked)
    holds.append(None not in (asked, paid) and asked == paid)
    return sum(holds)
