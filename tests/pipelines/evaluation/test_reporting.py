import re

import pandas as pd
import pytest

from pantrypilot.diets import Knowledge
from pantrypilot.kitchen import from_frame, render_answer
from pantrypilot.pipelines.charts import ticks
from pantrypilot.pipelines.evaluation.charts import line_chart
from pantrypilot.pipelines.evaluation.reporting import (
    CASE_SLICE,
    SLICE_NOTES,
    ReportError,
    flatten,
    pick_examples,
    render_report,
    write_report,
)
from pantrypilot.pipelines.evaluation.scoring import compute_metrics, score_generations
from pantrypilot.scoring import Sample
from project_toys import evaluation_params

FOODS = {
    "classes": {"zorbmeat": {"names": ["zorbsteak"]}, "zorbplant": {"names": ["glimroot"]}},
    "diets": {"zorbless": {"forbids": ["zorbmeat"]}},
}
EVALUATION = evaluation_params()
KNOWLEDGE = Knowledge.load(FOODS)
EVIL = "<script>alert('soup')</script>"
PROMPTS = pd.DataFrame(
    [
        {
            "prompt_id": f"production_meats-{number:04}", "slice": "production_meats", "system": "s",
            "user": f"{EVIL} dinner", "pantry": ["glimroot", "zorbsteak"], "diets": ["zorbless"],
            "cuisine": None, "recipe_title": f"Stew {number % 5}", "forbidden": ["zorbsteak"],
        }
        for number in range(40)
    ]
)  # fmt: skip
CURVE = pd.DataFrame([{"step": s, "split": split, "loss": 2 / s} for s in (1, 50, 100) for split in ("train", "valid")])
DISTRIBUTION = pd.DataFrame([{"cuisine": "korean", "diet": "vegan", "n": 12, "share": 0.3}])
CARD = {"plan": {"seed": 7, "rate": 5e-5}, "adapter": "9f2c", "device": "two cores"}


def answers(model, selected):
    text = render_answer(EVIL, [selected], [], [f"Stir {EVIL}."])
    answer = {"model": model, "text": text, "finish_reason": "stop", "tokens": 9}
    return pd.DataFrame([{"prompt_id": prompt, **answer} for prompt in PROMPTS["prompt_id"]])


@pytest.fixture(scope="module")
def scored():
    samples = score_generations(PROMPTS, KNOWLEDGE, EVALUATION, answers("v2", "zorbsteak"), answers("v3", "glimroot"))
    metrics = compute_metrics(samples, EVALUATION)
    return metrics, metrics, samples


@pytest.fixture(scope="module")
def page(scored):
    return render_report(*scored, {"v2": CURVE, "v3": CURVE}, {"v3": CARD}, DISTRIBUTION)


def test_the_headline_states_the_result_and_the_interval(page):
    heading = re.search(r"<h1>(.*?)</h1>", page)[1]
    assert heading == "v3 keeps to the diet in 100.0% of answers, v2 in 0.0%."
    assert "v3 stands at 100.0% [91.2–100.0], 40/40" in page


def test_a_slice_shows_that_its_prompts_come_from_fewer_recipes(page):
    assert "n = 40; the prompts are made from 5 recipes" in page


def test_what_a_model_or_user_wrote_is_escaped(page):
    assert EVIL not in page
    assert "&lt;script&gt;alert(&#39;soup&#39;)&lt;/script&gt;" in page


def test_the_page_loads_nothing_from_anywhere(page):
    assert not re.search(r"https?://|//cdn|<link|@import|url\(|\ssrc=", page)
    assert len(page) < 3_000_000


def test_every_verdict_of_an_example_is_shown_with_its_reason(page, scored):
    assert scored[2].iloc[0]["verdicts"][0]["reason"] in page
    assert "zorbsteak, zorbless: forbidden" in page
    assert "glimroot, zorbless: allowed" in page


def test_every_failure_is_a_row_that_the_filters_can_find(page):
    row = '<tr data-model="v2" data-slice="production_meats" data-diet="|zorbless|" data-kind="|diet|">'
    assert page.count(row) == 40
    assert 'data-model="v3"' not in page


def test_what_so_many_answers_can_prove_is_said(page):
    assert "v3 broke no diet in 40 answers" in page
    assert "up to 7.2%" in page


def test_the_run_card_the_losses_and_the_data_are_in_the_page(page):
    for text in ("plan.seed", "5e-05", "two cores", "v2 valid: 0.020 at the end", "korean"):
        assert text in page


def test_tables_name_their_columns_for_a_screen_reader(page):
    assert not re.findall(r"<th(?![^>]*scope=)[ >]", page)


def test_the_figures_with_closed_lists_stand_in_a_table_of_their_own(scored):
    metrics, _, samples = scored
    closed = compute_metrics(samples[samples["model"] == "v3"], EVALUATION)
    page = render_report(metrics, closed, samples, {}, {}, DISTRIBUTION)
    table = page.split('aria-label="All measures with closed lists"')[1].split("</table>")[0]
    assert 'scope="row">v3<' in table and 'scope="row">v2<' not in table


def test_a_report_without_training_data_or_distribution_still_renders(scored):
    page = render_report(*scored, {}, {}, DISTRIBUTION.iloc[:0])
    assert "No loss curve was recorded." in page
    assert "No distribution was recorded." in page


def test_one_model_alone_needs_no_comparison():
    samples = score_generations(PROMPTS, KNOWLEDGE, EVALUATION, answers("v3", "glimroot"))
    metrics = compute_metrics(samples, EVALUATION)
    page = render_report(metrics, metrics, samples, {}, {}, DISTRIBUTION)
    assert "<h1>v3 keeps to the diet in 100.0% of answers.</h1>" in page


def test_the_node_sorts_its_flat_inputs_by_name_and_refuses_others(scored, page):
    flat = {"loss_curve_v2": CURVE, "loss_curve_v3": CURVE, "run_card_v3": CARD}
    assert write_report(*scored, DISTRIBUTION, **flat) == page
    with pytest.raises(ReportError, match="loss_cruve_v3"):
        write_report(*scored, DISTRIBUTION, loss_cruve_v3=CURVE)


def test_a_nested_run_card_becomes_dotted_lines():
    card = {"a": {"b": [1, 2], "c": None}, "d": {}}
    assert flatten(card) == [("a.b", "1, 2"), ("a.c", "none"), ("d", "{}")]


def test_ticks_are_round_and_cover_the_data():
    assert ticks(0.43, 1.2) == [0.4, 0.6, 0.8, 1.0, 1.2]
    assert ticks(0, 300)[0] == 0
    assert ticks(5, 5)[0] < 5 < ticks(5, 5)[-1]


def test_loss_lines_run_from_left_to_right_inside_the_frame():
    chart = line_chart({"v3": CURVE}, ["v3"])
    points = [tuple(map(float, pair.split(","))) for pair in chart["lines"][0]["points"].split()]
    assert points == sorted(points)
    assert all(0 <= value <= 100 for point in points for value in point)
    assert line_chart({"v3": CURVE.iloc[:0]}, ["v3"]) is None


def test_a_named_case_shows_the_prompt_written_for_it_whatever_came_of_it():
    chicken = {"pantry": ["glimroot", "chicken breast"], "diets": ["vegetarian"], "forbidden": ["chicken breast"]}
    prompts = pd.DataFrame(
        [
            {**PROMPTS.iloc[0], **chicken, "prompt_id": "production_meats-0001"},
            {**PROMPTS.iloc[0], **chicken, "prompt_id": "case: the one", "slice": "cases"},
        ]
    )
    fails = [answers("v2", "chicken breast").iloc[:2], answers("v3", "chicken breast").iloc[:2]]
    generations = [frame.assign(prompt_id=prompts["prompt_id"].tolist()) for frame in fails]
    overrides = {**FOODS, "classes": {**FOODS["classes"], "zorbbird": {"names": ["chicken breast"]}}}
    overrides["diets"] = {**FOODS["diets"], "vegetarian": {"forbids": ["zorbbird"]}}
    samples = score_generations(prompts, Knowledge.load(overrides), EVALUATION, *generations)
    examples = pick_examples(from_frame(samples, Sample), compute_metrics(samples, EVALUATION))
    assert examples[0]["why"] == "Case: vegetarian with chicken breast"
    assert examples[0]["prompt"].prompt_id == "case: the one"


def test_the_report_says_of_every_slice_what_it_is():
    assert {*EVALUATION.slices, CASE_SLICE} == set(SLICE_NOTES)
