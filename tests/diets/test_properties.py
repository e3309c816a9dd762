"""Things that hold for any text, found out by trying many."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantrypilot.diets import Judge, Knowledge, Verdict, default_judge

NAMES = [name for food in Knowledge.load().classes.values() for name in food.names]
ORDER = [Verdict.ALLOWED, Verdict.UNKNOWN, Verdict.FORBIDDEN]
names = st.sampled_from(NAMES)
phrases = st.lists(
    st.sampled_from([*NAMES, "fresh", "chopped", "zorgle", "vegan", "or", ",", "without", "flavoured"]),
    min_size=1,
    max_size=5,
).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(
    phrases,
    st.sampled_from(
        [
            str.upper,
            str.title,
            lambda s: f"  {s} ",
            lambda s: s.replace(" ", "  "),
            lambda s: s.replace("e", "é"),
        ]
    ),
)
def test_case_accents_and_spacing_never_change_a_verdict(text, change):
    judge = default_judge()
    assert judge.verdicts(change(text)) == judge.verdicts(text)


@settings(max_examples=300, deadline=None)
@given(names)
def test_vegan_before_a_name_is_never_forbidden_for_vegans(name):
    assert default_judge().judge(f"vegan {name}", "vegan").verdict is not Verdict.FORBIDDEN


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_no_text_crashes_it(text):
    judge = default_judge()
    assert set(judge.verdicts(text)) == set(judge.diets)
    assert judge.judge(text, "vegan").reason


def test_a_name_of_ten_thousand_characters_is_judged():
    text = "".join(random.Random(0).choices("abcé ß🥚,()-", k=9_000)) + " chicken" * 125
    assert default_judge().judge(text, "vegan").verdict is Verdict.FORBIDDEN


@pytest.fixture(scope="module")
def wider():
    """The knowledge with two diets, one forbidding all that the other does and eggs as well."""
    diets = {"some": {"forbids": ["dairy", "fish"]}, "more": {"forbids": ["dairy", "fish", "egg"]}}
    return Judge(Knowledge.load({"diets": diets}))


@settings(max_examples=200, deadline=None)
@given(phrases)
def test_a_diet_that_forbids_more_never_allows_more(wider, text):
    verdicts = wider.verdicts(text)
    for narrow, wide in (
        ("some", "more"),
        ("vegetarian", "vegan"),
        ("pescatarian", "vegetarian"),
        ("tree-nut-free", "nut-free"),
    ):
        assert ORDER.index(verdicts[wide]) >= ORDER.index(verdicts[narrow])
