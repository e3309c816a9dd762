"""A column of names is judged as its names are, each distinct one once."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantrypilot.diets import Judge, Knowledge, UnknownDiet, default_judge
from pantrypilot.diets.columns import judge_column


def test_every_row_has_the_verdicts_of_its_name_and_the_index_of_the_column():
    column = pd.Series(["tofu", "ham", "tofu", "pesto"], index=[7, 3, 9, 3])
    judged = judge_column(column, default_judge(), ["Vegan", "no gluten"])
    assert list(judged.index) == [7, 3, 9, 3] and list(judged.columns) == ["vegan", "gluten-free"]
    assert judged["vegan"].tolist() == ["allowed", "forbidden", "allowed", "unknown"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(["ham", "tofu", "Ham", "pesto", ""]), st.text(max_size=10))))
def test_any_list_gives_what_the_judge_gives_name_by_name(names):
    judge = default_judge()
    judged = judge_column(names, judge)
    assert list(judged.columns) == list(judge.diets)
    assert judged.astype(object).to_dict("records") == [
        {diet: str(verdict) for diet, verdict in judge.verdicts(name).items()} for name in names
    ]


def test_each_distinct_name_is_judged_once(monkeypatch):
    judge, asked = Judge(Knowledge.load()), []
    verdicts = judge.verdicts
    monkeypatch.setattr(judge, "verdicts", lambda name: asked.append(name) or verdicts(name))
    judge_column(["ham", "tofu"] * 5_000 + ["rice"], judge)
    assert asked == ["ham", "tofu", "rice"]


@pytest.mark.parametrize("dtype", [object, "str", "category"])
def test_a_missing_name_is_unknown_in_every_kind_of_column(dtype):
    judged = judge_column(pd.Series(["ham", None, float("nan")], dtype=dtype), default_judge(), ["vegan"])
    assert judged["vegan"].tolist() == ["forbidden", "unknown", "unknown"]


def test_the_strictest_verdict_of_a_recipe_is_its_maximum():
    judged = judge_column(["tofu", "pesto", "rice"], default_judge(), ["vegan"])["vegan"]
    assert judged.groupby([1, 1, 2]).max().tolist() == ["unknown", "allowed"]


def test_verdicts_take_a_byte_a_row_and_diet():
    judged = judge_column(pd.Series(["ham", "tofu"]).repeat(500), default_judge(), ["vegan"])
    assert judged["vegan"].cat.codes.dtype == "int8" and judged["vegan"].cat.ordered


def test_an_empty_column_has_all_diets_and_no_row():
    assert judge_column([], default_judge()).shape == (0, len(default_judge().diets))


def test_an_unknown_diet_names_the_nearest():
    with pytest.raises(UnknownDiet, match="'vegan'"):
        judge_column(["ham"], default_judge(), ["vegam"])
