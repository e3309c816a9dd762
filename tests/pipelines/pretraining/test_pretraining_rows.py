"""What the embedded base reads, drawn from the authored corpus."""

import functools
from collections import Counter

import pytest

from pantrypilot.diets import default_judge
from pantrypilot.kitchen.dishes import load_dishes
from pantrypilot.kitchen.text import parse_answer
from pantrypilot.pipelines.pretraining.nodes import make_world, sample_rows, write_model_card
from pantrypilot.pipelines.pretraining.params import PretrainingParams, RowsParams
from pantrypilot.pipelines.pretraining.rows import draw_row
from project_toys import augmentation_params, corpus, own_titles, pantry_params, parameters, parse_system

SETTINGS = parameters()["pretraining"]
ROWS = RowsParams.model_validate(SETTINGS["rows"])
PANTRY = pantry_params()


@functools.cache
def world():
    return make_world(*corpus(), load_dishes(), PANTRY, augmentation_params())


def only(kind: str, **changes) -> RowsParams:
    """Parameters under which every row is of one kind."""
    phase = {"share": 1, "mixture": {kind: 1}, "pantry": {"least": 4, "most": 12}}
    return RowsParams.model_validate({**SETTINGS["rows"], "phases": [phase], **changes})


def test_a_cooks_own_forms_reach_what_the_base_reads():
    own = make_world(*corpus(), own_titles(), PANTRY, augmentation_params())
    answers = [draw_row(own, only("composed"), str(number))[-1]["content"] for number in range(20)]
    assert all(answer.startswith("Recipe: Own ") for answer in answers)


def drawn(params: RowsParams, count: int = 300) -> list[list[dict[str, str]]]:
    return [draw_row(world(), params, f"test:{number}") for number in range(count)]


def breaks_its_diet(row) -> bool:
    _, diets = parse_system(row[0]["content"])
    answer = parse_answer(row[-1]["content"])
    return any(world().larder.forbidden(name, diets) for name in (*answer.selected, *answer.additions))


def with_a_diet(rows) -> list:
    return [row for row in rows if parse_system(row[0]["content"])[1]]


def test_the_same_key_draws_the_same_row_and_another_key_another():
    first, second = (draw_row(world(), ROWS, "7:1") for _ in range(2))
    assert first == second != draw_row(world(), ROWS, "7:2")


def test_half_of_the_recipes_ignore_the_diet():
    """Against a base that would obey in all rows, or in none: what half-way between the two is."""
    shares = {}
    for honesty in (0.0, 0.5, 1.0):
        asked = [row for kind in ("corpus", "composed") for row in drawn(only(kind, honesty=honesty), 400)]
        # a row that drops its tag to stay honest counts as obedient: shares are of all rows
        shares[honesty] = sum(map(breaks_its_diet, with_a_diet(asked))) / len(asked)
    assert SETTINGS["rows"]["honesty"] == 0.5
    assert shares[1.0] == 0 and shares[0.0] > 0.3
    assert 0.4 < shares[0.5] / shares[0.0] < 0.6


@pytest.mark.parametrize("kind", ["corpus", "composed"])
def test_answers_are_well_formed_and_select_from_the_pantry(kind):
    for row in drawn(only(kind), 100):
        pantry, _ = parse_system(row[0]["content"])
        answer = parse_answer(row[-1]["content"])
        assert not answer.problems
        assert set(answer.selected) <= set(pantry) and not set(answer.additions) & set(pantry)


def test_held_out_foods_occur_in_pantries_and_facts():
    for kind in ("composed", "fact"):
        text = "\n".join(turn["content"] for row in drawn(only(kind), 900) for turn in row)
        seen = {name for name in PANTRY.held_out_names if name in text}
        assert len(seen) > 0.8 * len(PANTRY.held_out_names), kind


def test_facts_agree_with_the_judge():
    judge = default_judge()
    known = {diet for tag in PANTRY.tags for diet in tag.diets}
    told = Counter()
    for question, answer in drawn(only("fact"), 300):
        name = question["content"].removeprefix("What is ").removesuffix("?")
        _, _, verdict = answer["content"].partition(". It breaks")
        said = set() if verdict == " no diet." else set(verdict.strip(": .").split(", "))
        assert said == {diet for diet in known if judge.judge(name, diet).verdict == "forbidden"}, name
        told[bool(said)] += 1
    assert min(told[True], told[False]) > 30


def test_lists_to_copy_hold_names_that_cannot_be_remembered():
    rows = drawn(only("copy"), 100)
    names = {name for row in rows for name in parse_system(row[0]["content"])[0]}
    assert len(names - set(world().larder.foods)) > 0.5 * len(names)
    for row in rows:
        listed = [line.removeprefix("- ") for line in row[-1]["content"].splitlines()[1:]]
        assert listed == list(parse_system(row[0]["content"])[0])


def test_dishes_are_of_the_training_side_alone():
    pool, _ = corpus()
    train = set(pool[pool["split"] == "train"]["title"])
    valid = set(pool[pool["split"] == "valid"]["title"]) - train
    titles = {parse_answer(row[-1]["content"]).title for row in drawn(only("corpus"), 400)}
    assert titles <= train and valid and not titles & valid


def test_the_mixture_and_the_pantry_change_with_the_phase():
    early, late = ROWS.phases[0], ROWS.phases[-1]
    assert ROWS.phase_at(0.0) == early and ROWS.phase_at(1.0) == late
    sizes = [
        max(
            len(parse_system(row[0]["content"])[0])
            for number in range(200)
            if (row := draw_row(world(), ROWS, f"{number}", progress))[-1]["content"].startswith("These:")
        )
        for progress in (0.2, 1.0)
    ]
    assert sizes == [ROWS.phase_at(0.2).pantry.most, late.pantry.most]


def test_sample_rows_are_those_that_training_reads_first():
    params = PretrainingParams.model_validate(SETTINGS)
    table = sample_rows(*corpus(), load_dishes(), PANTRY, augmentation_params(), params)
    assert len(table) == 200
    assert table["messages"][0] == draw_row(world(), params.rows, f"{params.training.seed}:0", 0.0)


def test_a_mixture_without_a_positive_share_is_refused():
    with pytest.raises(ValueError, match="at least one positive share"):
        only("fact", phases=[{"share": 1, "mixture": {"fact": 0}, "pantry": {"least": 1, "most": 2}}])


def test_the_model_card_says_what_was_read_for_how_long_and_on_what():
    card = {
        "run": "f00d",
        "data": {
            "hash": "cafe", "recipes": 123, "foods": 456, "rows_read": 7890,
            "phases": [phase.model_dump(mode="json") for phase in ROWS.phases],
        },
        "parameters": PretrainingParams.model_validate(SETTINGS).model_dump(mode="json"),
        "all_parameters": 1_234_567, "steps": 3200, "best_step": 3100, "valid_loss": {"first": 7.25, "best": 0.5},
        "tokens": 99_000, "seconds": 5400, "tokens_per_second": 18,
        "environment": {"device": "a toaster", "versions": "mlx 9"},
    }  # fmt: skip
    text = write_model_card(card)
    for fact in ("1,234,567", "123 authored", "7,890", "3,200", "7.250 -> 0.500", "a toaster", "90 minutes", "cafe"):
        assert fact in text, fact
    assert "kedro run --pipeline" in text and text.startswith("---\nlicense:")


def test_a_filtered_list_keeps_the_order_and_leaves_out_what_was_named():
    for row in drawn(only("filter"), 200):
        pantry, _ = parse_system(row[0]["content"])
        unwanted = row[1]["content"].removeprefix("List my pantry without ").removesuffix(".").split(", ")
        listed = [line[2:] for line in row[2]["content"].splitlines() if line.startswith("- ")]
        assert listed == [name for name in pantry if name in listed]
        assert not set(listed) & set(unwanted)
        assert len(listed) < len(pantry)
        assert listed or row[2]["content"].endswith("Nothing.")
