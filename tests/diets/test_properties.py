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


amounts = st.lists(st.sampled_from(["2", "1/2", "(14 oz)", "cups", "about", "large", "can"]), max_size=4)


@settings(max_examples=200, deadline=None)
@given(names, amounts, st.randoms(use_true_random=False))
def test_the_order_of_the_words_of_an_amount_never_changes_a_verdict(name, amount, chance):
    judge = default_judge()
    shuffled = chance.sample(amount, len(amount))
    assert judge.verdicts(" ".join([*shuffled, name])) == judge.verdicts(" ".join([*amount, name]))


def test_an_amount_before_every_known_name_changes_nothing():
    judge = default_judge()
    assert [n for n in NAMES if judge.verdicts(f"2 (14 oz) cups {n}") != judge.verdicts(n)] == []


@pytest.mark.parametrize(
    ("claim", "diet"),
    [
        ("vegan", "vegan"),
        ("plant-based", "vegetarian"),
        ("vegetarian", "vegetarian"),
        ("meat-free", "pescatarian"),
        ("dairy-free", "dairy-free"),
        ("egg-free", "egg-free"),
        ("gluten-free", "gluten-free"),
        ("peanut-free", "peanut-free"),
        ("nut-free", "tree-nut-free"),
        ("soy-free", "soy-free"),
        ("fish-free", "fish-free"),
        ("shellfish-free", "shellfish-free"),
        ("sesame-free", "sesame-free"),
        ("alcohol-free", "halal"),
    ],
)
def test_a_claim_before_a_name_is_believed(claim, diet):
    judge = default_judge()
    forbids = set(judge.knowledge.diet(diet).forbids) - {"alcohol"}
    # Alcohol is not all that halal forbids: pork stays pork.
    others = forbids if diet == "halal" else set()
    for food in judge.knowledge.classes.values():
        if others.isdisjoint(judge.knowledge.content[food.key]):
            for name in food.names:
                assert judge.judge(f"{claim} {name}", diet).verdict is not Verdict.FORBIDDEN, name


@settings(max_examples=300, deadline=None)
@given(names, names)
def test_a_claim_says_nothing_of_what_is_served_with_it(name, other):
    judge = default_judge()
    alone, together = judge.verdicts(name), judge.verdicts(f"{name} with vegan {other}")
    assert alone["vegan"] is not Verdict.FORBIDDEN or together["vegan"] is Verdict.FORBIDDEN


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_no_text_crashes_it(text):
    judge = default_judge()
    assert set(judge.verdicts(text)) == set(judge.diets)
    assert judge.judge(text, "vegan").reason


def test_a_name_of_ten_thousand_characters_is_judged():
    text = "".join(random.Random(0).choices("abcé ß🥚,()-", k=9_000)) + " chicken" * 125
    assert default_judge().judge(text, "vegan").verdict is Verdict.FORBIDDEN


@pytest.mark.parametrize("piece", ["vegan ", "no ", "a,", "or ", "free ", "egg-free ", "with ", "roast, ", "leaves "])
def test_ten_thousand_characters_of_the_words_that_act_are_judged(piece):
    judge = default_judge()
    assert set(judge.verdicts(piece * (10_000 // len(piece)))) == set(judge.diets)


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
        ("peanut-free", "nut-free"),
        ("crustacean-free", "shellfish-free"),
        ("mollusc-free", "shellfish-free"),
    ):
        assert ORDER.index(verdicts[wide]) >= ORDER.index(verdicts[narrow])
