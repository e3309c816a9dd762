"""Test prompts by slice, from the validation side of the authored corpus."""

import functools
from collections import Counter

import pytest

from pantrypilot.diets import default_judge
from pantrypilot.kitchen.frames import from_frame
from pantrypilot.pipelines.augmentation.rows import MEATLESS
from pantrypilot.pipelines.evaluation.prompts import make_prompts
from pantrypilot.scoring import Prompt, cases_of
from project_toys import (
    SEED,
    augmentation_params,
    corpus,
    evaluation_params,
    homes,
    pantry_params,
    parameters,
    parse_system,
    strategy_params,
)

PANTRY = pantry_params()
SETTINGS = parameters()["generator"]["evaluation"]


def made(seed: int = SEED, pool=None, **changes):
    recipes, larder = corpus()
    arguments = (homes(), PANTRY, augmentation_params(), evaluation_params(**changes), strategy_params("v2"), seed)
    return make_prompts(recipes if pool is None else pool, larder, *arguments)


@functools.cache
def prompts(name: str | None = None) -> list[Prompt]:
    """The prompts of a slice, or all."""
    return [prompt for prompt in from_frame(made(), Prompt) if name in (None, prompt.slice)]


def forbidden_by_judge(names, diets) -> set[str]:
    judge = default_judge()
    return {name for name in names if any(judge.judge(name, diet).verdict == "forbidden" for diet in diets)}


def test_each_slice_has_as_many_prompts_as_its_parameter_says():
    wanted = {name: part["prompts"] for name, part in SETTINGS["slices"].items()}
    assert Counter(prompt.slice for prompt in prompts()) == {**wanted, "cases": len(SETTINGS["cases"])}


def test_households_are_asked_from_what_they_have_and_their_guests_diets_take_turns():
    asked = prompts("households")
    shelves = [set(names) for names in homes()["names"]]
    for number, prompt in enumerate(asked):
        assert set(prompt.pantry) <= shelves[number % len(shelves)]
        assert set(prompt.forbidden) == forbidden_by_judge(prompt.pantry, prompt.diets)
    diets = SETTINGS["slices"]["households"]["diets"]
    assert [list(prompt.diets) for prompt in asked[: len(diets)]] == diets


def test_a_slice_of_households_without_diets_is_refused():
    with pytest.raises(ValueError, match="needs diets"):
        evaluation_params(slices={"households": {"prompts": 1, "households": True}})


def test_ids_are_unique_and_begin_with_their_slice():
    ids = [prompt.prompt_id for prompt in prompts()]
    assert len(ids) == len(set(ids))
    assert all(prompt.prompt_id.startswith((prompt.slice, "case: ")) for prompt in prompts())


def test_the_system_message_says_what_the_record_says():
    for prompt in prompts():
        assert parse_system(prompt.system) == (prompt.pantry, prompt.diets)


def test_the_forbidden_list_is_what_the_judge_forbids_of_the_pantry():
    for prompt in prompts()[::3]:
        assert set(prompt.forbidden) == forbidden_by_judge(prompt.pantry, prompt.diets), prompt.prompt_id


def test_production_pantries_hold_two_or_three_intruders_that_the_diet_forbids():
    part = SETTINGS["slices"]["production_meats"]
    intruders = {name for names in part["intruders"].values() for name in names}
    for prompt in prompts("production_meats"):
        found = set(prompt.pantry) & intruders
        forbidden = found & set(prompt.forbidden)
        assert part["count"]["least"] <= len(forbidden) <= part["count"]["most"], prompt.prompt_id


def test_production_prompts_carry_each_of_the_slices_diets_equally_often():
    counts = Counter(prompt.diets for prompt in prompts("production_meats"))
    assert set(counts) == {tuple(diets) for diets in SETTINGS["slices"]["production_meats"]["diets"]}
    assert max(counts.values()) - min(counts.values()) <= 1


def test_held_out_pantries_hold_forbidden_and_allowed_foods_that_were_never_trained_on():
    for prompt in prompts("held_out_ingredients"):
        unseen = set(prompt.pantry) & PANTRY.held_out_names
        assert len(unseen & set(prompt.forbidden)) >= 2, prompt.prompt_id
        assert unseen - set(prompt.forbidden), prompt.prompt_id


@pytest.mark.parametrize("name", ["same_distribution", "production_meats", "cases"])
def test_held_out_foods_are_in_no_other_slice(name):
    for prompt in prompts(name):
        assert not set(prompt.pantry) & PANTRY.held_out_names, prompt.prompt_id


def test_same_distribution_shows_meatless_diets_no_meat_but_stock():
    stocks = 0
    for prompt in prompts("same_distribution"):
        meatless = [diet for diet in prompt.diets if diet in MEATLESS]
        fleshless = ["pescatarian"] if "pescatarian" in meatless else ["vegetarian"] * bool(meatless)
        flesh = forbidden_by_judge(prompt.pantry, fleshless)
        assert flesh <= set(PANTRY.stocks), prompt.prompt_id
        stocks += bool(flesh)
    assert stocks  # as v2's pantries


def test_only_recipes_of_the_validation_side_are_asked_for():
    pool, _ = corpus()
    valid = set(pool[pool["split"] == "valid"]["title"])
    assert {prompt.recipe_title for prompt in prompts()} - {None} <= valid


def test_training_recipes_change_no_prompt():
    pool, _ = corpus()
    assert made(pool=pool[pool["split"] == "valid"]).equals(made())


def test_the_documents_cases_are_asked_word_for_word():
    for name, case in SETTINGS["cases"].items():
        (prompt,) = [prompt for prompt in prompts("cases") if prompt.prompt_id == f"case: {name}"]
        assert prompt.user == case["request"] and list(prompt.pantry) == case["pantry"]
        assert name in cases_of(evaluation_params().cases, prompt.pantry, prompt.diets, default_judge())
        assert prompt.forbidden and set(prompt.forbidden) == forbidden_by_judge(case["pantry"], case["diets"])


def test_the_same_seed_asks_the_same_and_another_does_not():
    assert made().equals(made()) and not made().equals(made(seed=SEED + 1))


def test_a_misspelt_diet_of_a_slice_is_named_before_anything_is_generated():
    part = {**SETTINGS["slices"]["production_meats"], "diets": [["vegetariann"]]}
    with pytest.raises(ValueError, match=r"'vegetariann'\. Did you mean 'vegetarian'"):
        made(slices={"production_meats": part})


def test_a_misspelt_diet_of_a_case_is_named_before_anything_is_generated():
    case = {"diets": ["pescatarian"], "pantry": ["tuna", "ham"], "request": "Dinner."}
    for wrong in (
        {"diets": ["pescetarian"], "tempted_by": [{"food": "ham"}]},
        {"tempted_by": [{"breaks": "pescetarian"}]},
    ):
        with pytest.raises(ValueError, match=r"'a case': there is no diet 'pescetarian'\. Did you mean 'pescatarian'"):
            made(cases={"a case": {**case, **wrong}})


def test_a_case_of_the_users_own_is_found_in_other_prompts_too():
    case = {"diets": ["vegan"], "pantry": ["honey", "rice"], "request": "Dinner.", "tempted_by": [{"food": "honey"}]}
    own = evaluation_params(cases={"vegan with honey": case}).cases
    assert cases_of(own, ["Honey", "tofu"], ["vegan", "gluten-free"], default_judge()) == ("vegan with honey",)
    assert cases_of(own, ["honeydew melon"], ["vegan"], default_judge()) == ()
    with pytest.raises(ValueError, match="either `food: <name>` or `breaks: <diet>`"):
        evaluation_params(cases={"x": {**case, "tempted_by": [{"food": "honey", "breaks": "vegan"}]}})
