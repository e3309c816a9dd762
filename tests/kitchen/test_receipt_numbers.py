"""Printed numbers, of either convention and of none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantrypilot.kitchen.receipt_numbers import LONGEST, Marks, amount, decide, quantity, read, strictly, written

CENTS = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)
BLANKS = ["", " ", "'"]


def printed(value: Decimal, marks: Marks, group: str) -> str:
    """As a till prints it: "1.234,56"."""
    text = f"{value:,.2f}" if marks is not Marks.WHOLE else f"{value:,.0f}"
    return text.translate({ord(","): group, ord("."): "," if marks is Marks.COMMA else "."})


@given(CENTS, st.sampled_from([(Marks.POINT, ","), (Marks.COMMA, ".")]), st.sampled_from(BLANKS) | st.none())
def test_what_is_printed_by_either_convention_is_read_back(value, convention, blank):
    marks, own = convention
    number = printed(value, marks, own if blank is None else blank)
    assert written(number) == (number,)
    assert strictly(number, marks) == value == amount(f"Rp. {number} A", marks)


@given(st.integers(0, 10**12), st.sampled_from([",", ".", *BLANKS]))
def test_whole_numbers_are_read_back_whichever_mark_parts_thousands(value, group):
    assert strictly(printed(Decimal(value), Marks.WHOLE, group), Marks.WHOLE) == value


@given(st.lists(CENTS.filter(lambda value: value % 10 != 0), min_size=1), st.sampled_from([Marks.POINT, Marks.COMMA]))
def test_a_receipts_numbers_tell_its_marks_together(values, marks):
    group = "," if marks is Marks.POINT else "."
    numbers = [printed(value, marks, group) for value in values]
    assert decide(numbers, lambda _: 0) is marks
    assert [read(number, marks) for number in numbers] == values


@given(st.text(max_size=60) | st.floats(allow_nan=False) | st.integers() | st.none(), st.sampled_from(Marks))
def test_no_text_and_no_number_breaks_the_reading(anything, marks):
    for value in (amount(anything, marks), quantity(anything)):
        assert value is None or abs(value) < 10**LONGEST


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16,500", "16500"), ("23.000", "23000"), ("Rp.35.000", "35000"), ("18 000", "18000"), ("@6500", "6500"),
        ("-Rp 34,363", "-34363"), ("5.99-", "-5.99"), ("5.99- A", "-5.99"), ("(1.50)", "-1.50"), ("60.000)", "60000"),
        ("−3,20", "-3.20"), (".5", "0.5"), ("4,5", "4.5"), ("$-5.00", "-5"), (":9,000", "9000"), ("１，２００", "1200"),
        (16500, "16500"), (4.5, "4.5"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_a_person_reads_it(text, value):
    assert amount(text, Marks.WHOLE) == Decimal(value)


@pytest.mark.parametrize("text", ["", None, "Discount(0%)", "10% Tax", "12,34,567", "4.500 4.500", "9" * 40, 1e300])
def test_what_is_no_amount_is_none(text):
    assert amount(text, Marks.WHOLE) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("2 x", 2), ("1.00xITEMs", 1), ("x1", 1), ("*2", 2), ("1Prs", 1), (".5", "0.5"), ("1,250 kg", "1.25"),
     ("0,455", "0.455"), ("1.000", 1), ("170", 170), (3, 3), ("", None), ("one", None)],
)  # fmt: skip
def test_a_count_is_a_count_or_a_weight(text, value):
    assert quantity(text) == (None if value is None else Decimal(str(value)))


def test_an_ambiguous_count_is_what_price_by_unit_price_says():
    assert quantity("1.250", Decimal("1.249")) == Decimal("1.25")
    assert quantity("1.250", Decimal(1250)) == 1250


def test_three_decimals_are_decimals_where_the_sums_say_so():
    dinars = ["1.250", "2.500", "3.750", "20", "16.250"]  # the last two are cash and change
    assert decide(dinars, lambda marks: int(strictly("20", marks) - strictly("3.750", marks) == Decimal("16.250"))) is (
        Marks.POINT
    )
    assert decide(dinars[:3], lambda _: 1) is Marks.WHOLE


def test_between_two_equal_readings_prices_have_two_decimals():
    assert decide(["1.500", "2,50", "3.50"], lambda _: 0) is Marks.COMMA
