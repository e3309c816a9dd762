"""Printed items and the foods that they are, or are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from receipt_toys import labelled, matcher

KITCHEN = ("milk", "butter", "eggs", "rice", "vinegar", "cream", "potatoes", "onion", "beans", "cheese", "ginger",
           "orange", "corn", "chicken", "fish", "peas", "apple", "pepper", "garlic", "tomatoes", "beer")  # fmt: skip
PLAIN = matcher(*KITCHEN)


@pytest.mark.parametrize(
    "text",
    ["COCONUT MILK 400ML", "ALMOND MILK", "MILK CHOCOLATE", "CHOCOLATE MILK", "CONDENSED MILK", "MILK POWDER", "MILKA",
     "BUTTERMILK 1L", "PEANUT BUTTER", "BUTTER BEANS", "COCOA BUTTER", "VEGAN BUTTER", "BUTTERNUT SQUASH",
     "EGGPLANT", "EGG NOODLES", "EGGNOG", "RICE VINEGAR", "RICE COOKER", "RICE NOODLES", "SOUR CREAM", "ICE CREAM",
     "CREAM CHEESE", "SWEET POTATOES", "SPRING ONIONS", "JELLY BEANS", "GINGER ALE", "ORANGE JUICE", "CORN SYRUP",
     "CHICKEN STOCK", "DOG FOOD CHICKEN", "FISH SAUCE", "APPLE PIE", "GARLIC POWDER", "TOMATO SOUP", "ROOT BEER",
     "PEPPERONI", "", "1234", "2 X 3.99"],
)  # fmt: skip
def test_another_food_is_not_taken_for_the_one_whose_name_it_holds(text):
    assert PLAIN.match(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("MILK 2% 1L", "milk"), ("ORG WHL MLK 1GAL", "milk"), ("MILK1L", "milk"), ("4003-EGGS 12CT", "eggs"),
     ("Butter, unsalted", "butter"), ("BASMATI RICE 5KG", "rice"), ("CHEDDAR CHEESE", "cheese"), ("0NI0NS", "onion"),
     ("ROMA TOMATOES X6", "tomatoes"), ("FROZEN PEAS", "peas"), ("APPLES GALA", "apple"), ("TOMATOS", "tomatoes"),
     ("CHIKCEN", "chicken")],
)  # fmt: skip
def test_size_brand_plural_and_misprints_leave_a_food_what_it_is(text, name):
    assert PLAIN.match(text).item_name == name


def test_the_longer_name_goes_before_the_shorter():
    both = matcher("milk", "coconut milk", "rice", "rice vinegar", "vinegar", "cheddar", "cheese")
    for text, name in (("COCONUT MILK", "coconut milk"), ("RICE VINEGAR", "rice vinegar"), ("MILK", "milk")):
        assert both.match(text).item_name == name
    assert both.match("CHEDDAR CHEESE 200G").item_id == "I_cheddar"


def test_one_strange_word_before_passes_for_a_brand_two_do_not_and_a_known_brand_costs_nothing():
    assert PLAIN.match("ZORBO MILK").score == 0.85
    assert PLAIN.match("ZORBO QUIMBLE MILK") is None and PLAIN.match("MILK ZORBO") is None
    assert matcher("milk", brands=["zorbo"]).match("MILK ZORBO").score == 1.0


def test_the_threshold_and_the_spelling_are_parameters():
    assert matcher("milk", threshold=0.95).match("ZORBO MILK") is None
    assert PLAIN.match("BUTTRE").score < 1.0
    assert matcher(*KITCHEN, spelling=1.0).match("BUTTRE") is None


def test_a_food_that_the_knowledge_does_not_know_is_matched_by_its_name():
    assert matcher("zorbless", "milk").match("ZORBLESS 1KG").item_name == "zorbless"
    assert matcher("zorb milk", "milk").match("ZORB MILK").item_name == "zorb milk"


@given(st.text(max_size=80))
def test_no_text_breaks_the_matching_and_a_score_is_a_share(text):
    found = PLAIN.match(text)
    assert found is None or 0 <= found.score <= 1


def test_every_food_is_found_by_its_own_name():
    names = sorted({row["item_name"] for row in labelled() if row["item_name"]})
    inventory = matcher(*names)
    assert [name for name in names if getattr(inventory.match(name.upper()), "item_name", None) != name] == []


def test_the_labelled_items_are_matched_as_docs_say():
    names = sorted({row["item_name"] for row in labelled() if row["item_name"]})
    inventory = matcher(*names)
    found = [(row, inventory.match(row["item_text"])) for row in labelled()]
    wrong = {row["item_text"] for row, match in found if match and match.item_name != row["item_name"]}
    missed = [row["item_text"] for row, match in found if row["item_name"] and not match]
    assert wrong <= {"PEARL ONIONS", "PINEAPPLE CHUNKS CAN", "SUGAR SNAP PEAS"}
    assert len(missed) <= 32 and len(found) == 363
