import pytest
from scoring_toys import answer, sample

from pantrypilot.scoring import compare_models, measure, proportion, summarise

BAD = answer(["tofu", "chicken breast"])


def test_every_answer_is_counted_and_an_empty_or_cut_one_fails():
    figures = measure([sample(), sample(text=""), sample(finish_reason="length"), sample(text=BAD)])
    assert (figures["compliance"]["k"], figures["compliance"]["n"]) == (1, 4)
    assert (figures["format"]["k"], figures["format"]["n"]) == (2, 4)


def test_a_prompt_without_a_diet_counts_for_everything_but_compliance():
    figures = measure([sample(), sample(diets=(), text=answer(["moon cheese", "tofu"]))])
    assert figures["compliance"]["n"] == 1
    assert figures["format"]["n"] == 2
    assert (figures["hallucinated_items"]["k"], figures["hallucinated_items"]["n"]) == (1, 4)
    assert (figures["hallucinated_answers"]["k"], figures["hallucinated_answers"]["n"]) == (1, 2)


def test_an_unknown_food_is_neither_safe_nor_forbidden():
    figures = measure([sample(text=answer(["zorbel"]), pantry=("zorbel",)), sample()])
    assert figures["compliance"]["value"] == 1
    assert figures["certain"]["value"] == 0.5
    assert figures["unknown"]["value"] == 0.5


def test_a_diet_is_measured_by_its_own_verdicts_alone():
    butter = sample(diets=("vegetarian", "dairy-free"), text=answer(["butter"]), pantry=("butter",))
    assert measure([butter], "vegetarian")["compliance"]["k"] == 1
    assert measure([butter], "dairy-free")["compliance"]["k"] == 0
    assert measure([butter])["compliance"]["k"] == 0


def test_the_number_selected_has_mean_and_standard_deviation():
    two = [sample(text=answer(["tofu"])), sample(text=answer(["tofu", "rice", "onion"]))]
    assert measure(two)["selected"] == {"mean": 2, "sd": pytest.approx(2**0.5), "n": 2}


def test_without_failures_the_bound_of_what_could_still_fail_is_given():
    assert measure([sample()] * 50)["could_still_fail"] == pytest.approx(0.0582, abs=1e-4)
    assert measure([sample(), sample(text=BAD)])["could_still_fail"] is None


def test_a_share_of_nothing_has_no_value():
    assert proportion(0, 0) == {"value": None, "low": None, "high": None, "k": 0, "n": 0}
    assert measure([])["selected"]["mean"] is None


def test_metrics_are_cut_by_slice_by_diet_by_both_and_by_case():
    case = "pescatarian with meat"
    metrics = summarise(
        [
            sample("a-1"),
            sample("a-2", text=BAD, diets=("pescatarian",), cases=(case,)),
            sample("b-1", slice_name="b"),
        ],
        ["another case", case],
    )
    figures = metrics["by_model"]["v3"]
    assert (metrics["models"], metrics["slices"], metrics["cases"]) == (["v3"], ["a", "b"], [case])
    assert figures["overall"]["compliance"]["n"] == 3
    assert figures["by_slice"]["a"]["compliance"]["k"] == 1
    assert figures["by_diet"]["vegetarian"]["compliance"]["n"] == 2
    assert set(figures["by_slice_and_diet"]["b"]) == {"vegetarian"}
    assert figures["by_case"][case]["compliance"]["k"] == 0


def test_a_slice_says_how_many_recipes_its_prompts_are_made_from():
    made = [sample("a-1", recipe="Stew"), sample("a-2", recipe="Stew"), sample("a-3", recipe="Soup")]
    again = [sample("a-1", model="v2", recipe="Stew"), sample("b-1", slice_name="b")]
    assert summarise(made + again, [])["recipes_by_slice"] == {"a": 2, "b": 0}


def outcomes(model, passes):
    return [sample(f"a-{i}", model, answer() if good else BAD) for i, good in enumerate(passes)]


def test_models_are_compared_prompt_by_prompt():
    found = compare_models(outcomes("v2", [True] + [False] * 19) + outcomes("v3", [False] + [True] * 19))
    overall = next(c for c in found if c["where"] == "overall")
    assert (overall["first"], overall["second"], overall["n"]) == ("v3", "v2", 20)
    assert (overall["only_first"], overall["only_second"], overall["points"]) == (19, 1, 90)
    assert overall["better"] == "v3"
    assert overall["p"] <= overall["p_adjusted"] < 0.05


def test_no_winner_is_named_where_chance_explains_the_difference():
    found = compare_models(outcomes("v2", [True] * 4 + [False] * 2) + outcomes("v3", [True] * 6))
    assert len(found) == 2
    assert all(c["points"] > 0 and c["better"] is None for c in found)


def test_too_few_prompts_to_ever_show_a_difference_are_not_compared():
    assert compare_models(outcomes("v2", [False] * 5) + outcomes("v3", [True] * 5)) == []


def test_the_worse_of_two_models_is_not_called_better():
    found = compare_models(outcomes("v2", [True] * 20) + outcomes("v3", [False] * 20))
    assert {c["better"] for c in found} == {"v2"}
