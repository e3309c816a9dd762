import pytest
from scoring_toys import JUDGE, answer

from pantrypilot.diets import UnknownDiet
from pantrypilot.scoring import cases_of, score_answer
from pantrypilot.scoring.answers import hallucinated, mentions
from project_toys import evaluation_params

CASES = evaluation_params().cases
PANTRY = ("tofu", "rice", "chicken breast", "butter", "peanut butter", "eggs")


def score(text, diets=("vegetarian",), finish_reason="stop", pantry=PANTRY):
    return score_answer(text, finish_reason, pantry, diets, JUDGE)


def broken(scored):
    return [(v.name, v.where, v.diet) for v in scored.verdicts if v.verdict == "forbidden"]


def test_a_clean_answer_is_compliant_and_well_formed():
    scored = score(answer(additions=["onion"]))
    assert scored.compliant and scored.well_formed and scored.readable and not scored.has_unknown
    assert scored.n_selected == 2
    assert {(v.name, v.where) for v in scored.verdicts} == {
        ("tofu", "selected"), ("rice", "selected"), ("onion", "additions"),
    }  # fmt: skip


def test_a_forbidden_food_that_is_selected_breaks_the_diet_with_its_reason():
    scored = score(answer(["tofu", "chicken breast"]))
    assert scored.compliant is False
    assert broken(scored) == [("chicken breast", "selected", "vegetarian")]
    assert "not vegetarian" in next(v.reason for v in scored.verdicts if v.verdict == "forbidden")


def test_a_forbidden_addition_breaks_the_diet():
    assert broken(score(answer(additions=["chicken"]))) == [("chicken", "additions", "vegetarian")]


def test_a_forbidden_food_of_the_pantry_that_only_the_steps_use_breaks_the_diet():
    scored = score(answer(steps=["Fry the chicken breasts.", "Serve."]))
    assert scored.compliant is False
    assert broken(scored) == [("chicken breast", "steps", "vegetarian")]


def test_a_forbidden_food_of_the_pantry_in_the_title_breaks_the_diet():
    assert broken(score(answer(title="Chicken Breast Bowl"))) == [("chicken breast", "title", "vegetarian")]


def test_a_forbidden_food_in_a_line_that_cannot_be_parsed_is_still_found():
    text = answer().replace("Instructions:", "and chicken breast\nInstructions:")
    assert broken(score(text)) == [("chicken breast", "steps", "vegetarian")]


def test_peanut_butter_in_the_steps_is_not_the_butter_of_the_pantry():
    scored = score(answer(["tofu", "peanut butter"], steps=["Stir in the peanut butter."]), ("vegan",))
    assert scored.compliant is True


def test_peanut_butter_from_nowhere_is_not_the_butter_of_the_pantry_either():
    scored = score(answer(["tofu"], steps=["Stir in peanut butter."]), ("vegan",), pantry=("tofu", "butter"))
    assert scored.compliant is True


def test_a_listed_item_is_not_reported_a_second_time_for_the_steps():
    scored = score(answer(["chicken breast"], steps=["Fry the chicken breast."]))
    assert broken(scored) == [("chicken breast", "selected", "vegetarian")]


def test_every_diet_of_the_prompt_gives_its_own_verdict():
    scored = score(answer(["butter", "tofu"]), ("vegetarian", "dairy-free"))
    assert broken(scored) == [("butter", "selected", "dairy-free")]
    assert (scored.keeps_to("vegetarian"), scored.keeps_to("dairy-free")) == (True, False)


def test_a_food_that_nobody_knows_is_counted_apart():
    scored = score(answer(["tofu", "zorbel"]), pantry=("tofu", "zorbel"))
    assert (scored.compliant, scored.has_unknown) == (True, True)


def test_without_a_diet_there_is_no_compliance_but_all_else_is_scored():
    scored = score(answer(["chicken breast", "moon cheese"]), ())
    assert scored.compliant is None
    assert scored.verdicts == ()
    assert scored.hallucinated == ("moon cheese",)


@pytest.mark.parametrize(
    ("text", "finish_reason"),
    [("", "stop"), (" \n ", "stop"), (answer(), "length"), ("I cannot.", "stop"), (answer(steps=[]), "stop")],
)
def test_what_is_empty_cut_off_or_unreadable_fails(text, finish_reason):
    scored = score(text, finish_reason=finish_reason)
    assert (scored.compliant, scored.readable, scored.well_formed) == (False, False, False)
    assert scored.format_problems
    assert not scored.keeps_to("vegetarian")


def test_a_small_flaw_of_form_does_not_break_the_diet():
    scored = score(answer(["tofu", "tofu"]))
    assert (scored.compliant, scored.well_formed) == (True, False)


def test_selected_items_are_matched_with_the_pantry_bar_case_accents_and_plural():
    pantry = ["eggs", "creme fraiche"]
    assert hallucinated(["Egg", "crème fraîche", "egg noodles"], pantry) == ("egg noodles",)


def test_mentions_are_whole_words_and_longest_first():
    names = ["chicken", "chicken breast", "butter"]
    assert mentions("Sear the chicken breast", names, JUDGE.knowledge) == ("chicken breast",)
    assert mentions("A chickenless, buttery dish", names, JUDGE.knowledge) == ()
    assert mentions("Butter the chicken.", names, JUDGE.knowledge) == ("butter", "chicken")


def test_a_diet_that_nobody_knows_is_an_error_with_its_name():
    with pytest.raises(UnknownDiet, match="vegitarian"):
        score(answer(), ("vegitarian",))


def cases(pantry, diets):
    return cases_of(CASES, pantry, diets, JUDGE)


def test_named_cases_need_the_diet_and_every_temptation():
    assert cases(["chicken breast"], ["vegetarian"]) == ("vegetarian with chicken breast",)
    assert cases(["chicken breast"], ["pescatarian"]) == ("pescatarian with meat",)
    assert cases(["butter"], ["vegan"]) == ()
    assert cases(["butter", "eggs"], ["vegan", "egg-free"]) == ("vegan with dairy and eggs",)
    assert cases(["chicken breast", "butter", "eggs"], []) == ()
