import json

import pandas as pd
import pytest

from pantrypilot.diets import Knowledge
from pantrypilot.kitchen import render_answer
from pantrypilot.pipelines.evaluation.scoring import (
    ScoringError,
    compute_metrics,
    score_generations,
    table_for_terminal,
)
from project_toys import evaluation_params

FOODS = {
    "classes": {"zorbmeat": {"names": ["zorbsteak"]}, "zorbplant": {"names": ["glimroot", "glimleaf"]}},
    "diets": {"zorbless": {"forbids": ["zorbmeat"]}},
}


EVALUATION = evaluation_params()
KNOWLEDGE = Knowledge.load(FOODS)


def prompt(prompt_id, slice_name="production_meats", **fields):
    return {
        "prompt_id": prompt_id, "slice": slice_name, "system": "s", "user": "u",
        "pantry": ["glimroot", "zorbsteak"], "diets": ["zorbless"], "cuisine": None, "recipe_title": None,
        "forbidden": ["zorbsteak"], **fields,
    }  # fmt: skip


def generation(prompt_id, model, selected="glimroot"):
    text = render_answer("Stew", [selected], [], ["Stir it for 5 minutes."])
    return {"prompt_id": prompt_id, "model": model, "text": text, "finish_reason": "stop", "tokens": 9}


PROMPTS = pd.DataFrame([prompt("production_meats-0001"), prompt("same_distribution-0001", "same_distribution")])
V2 = pd.DataFrame([generation(p, "v2", "zorbsteak") for p in PROMPTS["prompt_id"]])
V3 = pd.DataFrame([generation(p, "v3") for p in reversed(PROMPTS["prompt_id"].tolist())])


def test_every_model_and_prompt_gives_one_sample_in_the_order_of_the_prompts():
    samples = score_generations(PROMPTS, KNOWLEDGE, EVALUATION, V2, V3)
    assert samples[["model", "prompt_id", "compliant"]].to_numpy().tolist() == [
        ["v2", "production_meats-0001", False],
        ["v2", "same_distribution-0001", False],
        ["v3", "production_meats-0001", True],
        ["v3", "same_distribution-0001", True],
    ]


def test_samples_hold_every_verdict_with_its_reason():
    first = score_generations(PROMPTS, KNOWLEDGE, EVALUATION, V2).iloc[0]
    assert [(v["name"], v["verdict"]) for v in first["verdicts"]] == [("zorbsteak", "forbidden")]
    assert "zorbless" in first["verdicts"][0]["reason"]


def test_a_missing_generation_is_an_error_that_names_model_and_prompt():
    with pytest.raises(ScoringError, match="v3 hold no answer to prompt production_meats-0001"):
        score_generations(PROMPTS, KNOWLEDGE, EVALUATION, V2, V3[V3["prompt_id"] != "production_meats-0001"])


def test_a_generation_for_another_set_of_prompts_is_an_error():
    stray = pd.concat([V3, pd.DataFrame([generation("elsewhere-0001", "v3")])])
    with pytest.raises(ScoringError, match="elsewhere-0001"):
        score_generations(PROMPTS, KNOWLEDGE, EVALUATION, stray)


def test_an_answer_given_twice_is_an_error():
    with pytest.raises(ScoringError, match="more than one answer"):
        score_generations(PROMPTS, KNOWLEDGE, EVALUATION, pd.concat([V3, V3]))


def test_an_empty_table_of_generations_is_an_error():
    with pytest.raises(ScoringError, match="Table 2"):
        score_generations(PROMPTS, KNOWLEDGE, EVALUATION, V2, V3.iloc[:0])


def test_samples_survive_the_catalogs_jsonl_and_metrics_survive_json(tmp_path):
    prompts = pd.concat([PROMPTS, pd.DataFrame([prompt("production_meats-0002", diets=[], forbidden=[])])])
    answers = pd.concat([V3, pd.DataFrame([generation("production_meats-0002", "v3")])])
    samples = score_generations(prompts, KNOWLEDGE, EVALUATION, answers)
    samples.to_json(tmp_path / "samples.jsonl", orient="records", lines=True)
    again = pd.read_json(tmp_path / "samples.jsonl", orient="records", lines=True)
    metrics = compute_metrics(again, EVALUATION)
    assert metrics == compute_metrics(samples, EVALUATION) == json.loads(json.dumps(metrics))
    assert metrics["by_model"]["v3"]["overall"]["compliance"]["n"] == 2


def test_the_table_is_plain_ascii_of_at_most_120_columns_with_every_model_and_slice():
    slices = ["production_meats", "same_distribution", "held_out_ingredients", "households", "cases"]
    prompts = pd.DataFrame([prompt(f"{name}-{i}", name) for name in slices for i in range(6)])
    v2 = pd.DataFrame([generation(p, "v2", "zorbsteak") for p in prompts["prompt_id"]])
    v3 = pd.DataFrame([generation(p, "v3") for p in prompts["prompt_id"]])
    metrics = compute_metrics(score_generations(prompts, KNOWLEDGE, EVALUATION, v2, v3), EVALUATION)
    table = table_for_terminal(metrics, metrics)
    grid = [line for line in table.splitlines() if " | " in line or "-+-" in line]
    assert table.isascii()
    assert len(grid) > 4
    assert max(map(len, grid)) <= 120
    assert "?" not in table  # what is cut off ends in a mark that is not ASCII
    assert all(word in table for word in ("v2", "v3", "production", "100.0", "+100.0 points"))
    assert table.count("production") == 3 and "both lists closed" in table
    assert "no difference shown" in table  # six prompts a slice prove nothing
