"""Receipts in CORD's shapes, and what their numbers come to."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantrypilot.kitchen.receipt_numbers import Marks
from pantrypilot.kitchen.receipt_sums import account
from pantrypilot.kitchen.receipts import RawReceipt, Receipt, parse_receipt


def receipt(menu, /, **parsed) -> Receipt:
    total = {"total": {"total_price": parsed.pop("total")}} if isinstance(parsed.get("total"), str) else {}
    found = parse_receipt(RawReceipt("r.jsonl", 1, {"id": "r", "gt_parse": {"menu": menu, **parsed, **total}}))
    assert isinstance(found, Receipt), found
    return found


def item(nm, price=None, **more):
    return {"nm": nm, **({} if price is None else {"price": price}), **more}


def told(menu, /, **parsed):
    return account(receipt(menu, **parsed), rounding=0.5)


def prices(menu, /, **parsed):
    return [line.price for line in told(menu, **parsed).lines]


def test_one_item_is_a_dict_several_are_a_list():
    assert prices(item("tofu", "2.50")) == prices([item("tofu", "2.50")]) == [Decimal("2.5")]


def test_a_name_in_parts_is_one_text_without_bare_marks():
    assert told(item(["-", "BLACK", "OLIVES"], "3")).lines[0].text == "BLACK OLIVES"


def test_what_no_database_keeps_is_left_out_of_a_text():
    assert told(item("so\x00y\ud800 sauce", "3")).lines[0].text == "so y sauce"


def test_a_part_with_a_price_is_a_line_and_one_with_neither_price_nor_count_an_option():
    found = told(item("box", "9", sub=[item("juice", "2"), item("less ice"), item("spoon", cnt="1")]), total="11")
    assert [line.text for line in found.lines] == ["box", "juice", "spoon"]
    assert found.options == 1 and found.agreement.agrees


def test_a_part_without_a_name_only_repeats_the_price():
    found = told(item("lemonade", "26,000", sub={"price": "26,000"}), total="26,000")
    assert found.items_sum == 26000 and found.problems[0].reason == "it has no name"


def test_a_void_line_takes_back_what_is_listed_and_nothing_else():
    menu = [item("milk", "2.00"), item("eggs", "3.00")]
    found = told(menu, void_menu=item("MILK", "2.00"), total="3.00")
    assert (found.lines[-1].count, found.lines[-1].price) == (-1, -2) and found.agreement.agrees
    found = told(menu, void_menu=item("rice", "2.00"), total="5.00")
    assert len(found.lines) == 2 and "does not list" in found.problems[0].reason and found.agreement.agrees


def test_a_price_is_what_was_paid_for_the_line():
    assert prices(item("apples", "2.49", discountprice="-0.50")) == [Decimal("1.99")]
    assert prices(item("apples", unitprice="2.00", cnt="3")) == [6]
    assert prices([item("apples", "2.49"), item("member", "-1.00")])[1] == -1


def test_a_number_that_nobody_can_read_is_told_and_its_line_stays():
    found = told([item("milk", "1.2.3.4"), item("eggs", "3.00")])
    assert found.lines[0].price is None
    assert "'1.2.3.4' is no number" in found.problems[0].reason and found.problems[0].kind == "value"


@pytest.mark.parametrize(
    ("sums", "against"),
    [
        ({"sub_total": {"subtotal_price": "30"}}, "subtotal"),
        ({"total": {"total_price": "30"}}, "total"),
        ({"sub_total": {"tax_price": "3", "service_price": "2"}, "total": {"total_price": "35"}}, "total less charges"),
        ({"sub_total": {"discount_price": "-6"}, "total": {"total_price": "24"}}, "total"),
        ({"total": {"cashprice": "50", "changeprice": "-20"}}, "total"),
        ({"sub_total": [{"subtotal_price": "30"}, {"subtotal_price": "9"}]}, "subtotal"),
    ],
)
def test_sums_agree_with_or_without_what_comes_on_top(sums, against):
    agreement = told([item("a", "10"), item("b", "20")], **sums).agreement
    assert (agreement.agrees, agreement.against) == (True, against)


def test_sums_that_differ_or_are_not_told_say_so():
    wrong = told([item("a", "12.80"), item("b", "2.00")], total="4.80").agreement
    assert (wrong.agrees, wrong.difference) == (False, 10)
    assert told(item("a", "12.80")).agreement.agrees is None


def test_rounding_is_half_of_the_last_digit_for_each_number():
    menu = [item("a", "7,727"), item("b", "33,636")]
    assert told(menu, total="41,364").agreement.agrees
    assert not told(menu, total="41,366").agreement.agrees
    assert not told([item("a", "7.72"), item("b", "3.36")], total="11.10").agreement.agrees
    assert not told([item("a", 7.72), item("b", 3.36)], total={"total_price": 11.1}).agreement.agrees


def test_a_receipt_of_two_minds_is_read_by_its_majority_and_the_rest_by_its_form():
    found = told([item("a", "85,000"), item("b", "85.500")], total="170,500")
    assert (found.marks, found.odd_numbers, found.agreement.agrees) == (Marks.WHOLE, 0, True)
    found = told([item("a", "8,50"), item("b", "9,50"), item("c", "1.20")], total="19,20")
    assert (found.marks, found.odd_numbers, found.agreement.agrees) == (Marks.COMMA, 1, True)


@given(
    st.lists(st.integers(1, 10**7), min_size=1, max_size=12),
    st.sampled_from([(100, ",."), (100, ".,"), (1, ",,"), (1, ".."), (1, "  ")]),
)
def test_a_receipt_of_any_convention_comes_to_its_sum(units, convention):
    scale, (group, point) = convention

    def printed(value: int) -> str:
        text = f"{Decimal(value) / scale:,.2f}" if scale > 1 else f"{value:,}"
        return text.translate({ord(","): group, ord("."): point})

    menu = [item(f"a{place}", printed(value)) for place, value in enumerate(units)]
    found = told(menu, total=printed(sum(units)))
    assert found.items_sum == Decimal(sum(units)) / scale == found.total
    assert found.agreement.agrees and found.odd_numbers == 0


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({}, "gt_parse: missing"),
        ({"gt_parse": {"total": {}}}, "menu: missing"),
        ({"gt_parse": {"menu": "tofu"}}, "menu 1: should be a valid dictionary"),
        ({"gt_parse": {"menu": {"nm": "tofu", "price": {"usd": 1}}}}, "menu 1 price"),
        ({"gt_parse": {"menu": {"nm": 7}}}, "menu 1 nm"),
        ({"gt_parse": {"menu": {"nm": "tofu", "price": float("inf")}}}, "finite"),
        ({"ground_truth": "{"}, "ground_truth: no JSON object"),
    ],
)
def test_what_is_no_receipt_says_why(record, reason):
    assert reason in parse_receipt(RawReceipt("r.jsonl", 1, record))


def test_a_collection_as_donut_reads_it_names_its_image():
    parsed = json.dumps({"gt_parse": {"menu": item("tofu", "2")}})
    found = parse_receipt(RawReceipt("metadata.jsonl", 3, {"file_name": "0007.jpg", "ground_truth": parsed}))
    assert (found.receipt_id, found.image) == ("0007", "0007.jpg")


def test_a_receipt_without_an_id_is_called_by_its_place():
    found = parse_receipt(RawReceipt("june.jsonl", 12, {"gt_parse": {"menu": item("tofu", "2")}}))
    assert found.receipt_id == "june_0012"
