"""Chat rows of both strategies, from the authored corpus."""

import random
import re
from collections import Counter

import pytest

from pantrypilot.diets import default_judge
from pantrypilot.kitchen.text import parse_answer, render_answer
from pantrypilot.pipelines.augmentation.checks import check_rows, split_rows
from pantrypilot.pipelines.augmentation.rows import MEATLESS, build_rows, draw_home, in_shares
from project_toys import (
    SEED,
    augmentation_params,
    config,
    corpus,
    corpus_rows,
    homes,
    pantry_params,
    parse_system,
    strategy_params,
)

PANTRY = pantry_params()


def meatless(metadata: dict) -> list[str]:
    return [diet for diet in metadata["dietary_tags"] if diet in MEATLESS]


def names(metadata: dict) -> list[str]:
    return [item["name"] for item in metadata["inventory"]]


def pairs() -> list[tuple[dict, dict, list, list]]:
    """Row by row: metadata and messages of v2 and v3."""
    v2, v3 = corpus_rows("v2"), corpus_rows("v3")
    return list(zip(v2["metadata"], v3["metadata"], v2["messages"], v3["messages"], strict=True))


def with_answer(table, selected, additions=()):
    """The table with the first row's answer replaced."""
    messages = list(table["messages"])
    messages[0] = [
        *messages[0][:2],
        {"role": "assistant", "content": render_answer("Bad Idea", selected, additions, ["Cook it."])},
    ]
    return table.assign(messages=messages)


def first_row(diets: tuple[str, ...]):
    table = corpus_rows("v2")
    fits = table["metadata"].map(lambda metadata: tuple(metadata["dietary_tags"]) == diets)
    return table[fits].head(1).reset_index(drop=True)


def test_v2_and_v3_differ_by_the_forbidden_items_alone():
    for before, after, asked, answered in pairs():
        assert asked[1:] == answered[1:]
        added, gone = set(names(after)) - set(names(before)), set(names(before)) - set(names(after))
        assert len(gone) <= len(added) and not gone & set(before["selected"])
        if not added:
            assert asked == answered
            assert {**before, "strategy": "v3"} == after
        else:
            assert meatless(before)
            same = set(before) - {"inventory", "inventory_size", "strategy"}
            assert {key: before[key] for key in same} == {key: after[key] for key in same}


def test_the_only_meat_in_v2s_meatless_pantries_is_stock():
    judge = default_judge()
    shown = Counter()
    for metadata in corpus_rows("v2")["metadata"]:
        for diet in meatless(metadata):
            fleshless = "pescatarian" if diet == "pescatarian" else "vegetarian"
            bad = {name for name in names(metadata) if judge.judge(name, fleshless).verdict == "forbidden"}
            assert bad <= set(PANTRY.stocks), (metadata["recipe_id"], bad)
            shown[bool(bad)] += 1
    assert 0.4 < shown[True] / shown.total() < 0.6  # stock_share


def test_about_the_documented_share_of_v3s_meatless_rows_is_augmented():
    augmented = [bool(set(names(after)) - set(names(before))) for before, after, *_ in pairs() if meatless(before)]
    assert 0.33 < sum(augmented) / len(augmented) < 0.47


def test_augmented_rows_hold_two_or_three_forbidden_items_of_different_categories():
    category = {name: shelf for shelf, foods in PANTRY.categories.items() for name in foods}
    seen = Counter()
    for before, after, *_ in pairs():
        if added := set(names(after)) - set(names(before)):
            assert 2 <= len(added) <= 3
            shelves = {category[name] for name in added}
            assert len(shelves) == len(added)
            assert all(item["forbidden"] for item in after["inventory"] if item["name"] in added)
            seen.update(shelves)
    assert set(seen) == set(PANTRY.categories)


def test_an_item_is_flagged_exactly_when_the_judge_forbids_it():
    judge = default_judge()
    for metadata in corpus_rows("v3")["metadata"].head(80):
        for item in metadata["inventory"]:
            verdicts = {judge.judge(item["name"], diet).verdict for diet in metadata["dietary_tags"]}
            assert item["forbidden"] == ("forbidden" in verdicts), (item, metadata["dietary_tags"])


@pytest.mark.parametrize("strategy", ["v2", "v3"])
def test_no_held_out_food_is_in_any_row(strategy):
    for messages, metadata in zip(*(corpus_rows(strategy)[name] for name in ("messages", "metadata")), strict=True):
        answer = parse_answer(messages[-1]["content"])
        shown = {*names(metadata), *answer.selected, *answer.additions}
        assert not shown & PANTRY.held_out_names


@pytest.mark.parametrize("strategy", ["v2", "v3"])
def test_no_held_out_food_is_named_anywhere_in_a_row(strategy):
    for messages in corpus_rows(strategy)["messages"]:
        text = " ".join(turn["content"] for turn in messages).lower()
        assert not [name for name in PANTRY.held_out_names if re.search(rf"\b{name}\b", text)]


def test_a_recipe_with_a_held_out_food_is_not_used():
    pool, _ = corpus()
    with_one = {
        row.recipe_id
        for row in pool.itertuples()
        if {item["name"] for item in row.ingredients} & PANTRY.held_out_names
    }
    assert with_one  # else this tests nothing
    assert not with_one & {metadata["recipe_id"] for metadata in corpus_rows("v3")["metadata"]}


def test_no_recipe_is_on_both_sides():
    train, valid = split_rows(corpus_rows("v3"))
    sides = [{metadata["recipe_id"] for metadata in side["metadata"]} for side in (train, valid)]
    assert all(sides) and not sides[0] & sides[1]


def test_a_recipe_on_both_sides_is_refused():
    table = corpus_rows("v3").head(2).assign(split=["train", "valid"])
    table["metadata"] = [table["metadata"][0]] * 2
    with pytest.raises(ValueError, match="train and valid"):
        split_rows(table)


def test_a_side_without_rows_is_refused():
    table = corpus_rows("v3")
    with pytest.raises(ValueError, match="no valid row is left"):
        split_rows(table[table["split"] == "train"])


def test_an_answer_that_breaks_its_diet_is_rejected_with_the_reason():
    kept, rejects = check_rows(with_answer(first_row(("vegan",)), ["bacon"]), corpus()[1])
    assert kept.empty
    assert "bacon is not surely allowed for vegan" in rejects["reason"][0]


def test_a_forbidden_addition_is_rejected_too():
    row = first_row(("vegetarian",))
    selected = row["metadata"][0]["selected"]
    _, rejects = check_rows(with_answer(row, selected, ["ground beef"]), corpus()[1])
    assert list(rejects["reason"]) == ["ground beef is not surely allowed for vegetarian"]


def test_an_ingredient_that_the_diet_is_unsure_of_is_rejected():
    larder = corpus()[1]
    unsure = larder[larder["unsure"].str.split(";").map(lambda diets: "vegan" in diets)]["name"].iloc[0]
    _, rejects = check_rows(with_answer(first_row(("vegan",)), [unsure]), larder)
    assert f"{unsure} is not surely allowed for vegan" in rejects["reason"][0]


def test_an_answer_that_selects_what_is_not_there_is_rejected():
    row = first_row(())
    absent = next(name for name in ("tofu", "rice", "salt") if name not in names(row["metadata"][0]))
    _, rejects = check_rows(with_answer(row, [absent]), corpus()[1])
    assert list(rejects["reason"]) == [f"{absent} is selected but not in the pantry"]


def test_an_answer_that_cannot_be_read_back_is_rejected():
    row = first_row(())
    row["messages"] = [[*row["messages"][0][:2], {"role": "assistant", "content": "Just order a pizza."}]]
    _, rejects = check_rows(row, corpus()[1])
    assert "no title" in rejects["reason"][0] and "no steps" in rejects["reason"][0]


@pytest.mark.parametrize("strategy", ["v2", "v3"])
def test_kept_and_rejected_rows_add_up_and_the_corpus_teaches_no_violation(strategy):
    rows = corpus_rows(strategy)
    kept, rejects = check_rows(rows, corpus()[1])
    assert len(kept) + len(rejects) == len(rows)
    train, valid = split_rows(kept)
    assert len(train) + len(valid) == len(kept)
    judge = default_judge()
    for messages, metadata in zip(kept["messages"], kept["metadata"], strict=True):
        answer = parse_answer(messages[-1]["content"])
        for diet in metadata["dietary_tags"]:
            for name in (*answer.selected, *answer.additions):
                assert judge.judge(name, diet).verdict == "allowed", (metadata["recipe_id"], name, diet)


def as_jsonl(table) -> bytes:
    """As the catalog writes it."""
    options = config()["catalog"]["generator.{strategy}.train"]["save_args"]
    return table.to_json(**options).encode()


def test_the_same_seed_gives_byte_identical_files_and_another_seed_does_not():
    arguments = (*corpus(), homes(), PANTRY, augmentation_params(rows=60), strategy_params("v3"))
    once, again, other = (build_rows(*arguments, seed) for seed in (SEED, SEED, SEED + 1))
    random.seed(1)  # the global generator has no say
    assert as_jsonl(once) == as_jsonl(again) == as_jsonl(build_rows(*arguments, SEED))
    assert as_jsonl(once) != as_jsonl(other)


def test_sizes_are_as_the_parameters_say():
    rows = corpus_rows("v3")
    assert Counter(rows["split"]) == {"train": 540, "valid": 60}
    tags = Counter(tuple(metadata["dietary_tags"]) for metadata in rows["metadata"])
    for tag in PANTRY.tags:
        assert abs(tags[tag.diets] - 600 * tag.share) <= 2, tag
    plain = corpus_rows("v2")
    for metadata in plain["metadata"]:
        longest = max(PANTRY.size.most, len(metadata["selected"]) + 1)
        assert len(metadata["selected"]) < metadata["inventory_size"] <= longest


@pytest.mark.parametrize("count", [1, 5, 37, 160, 1440, 4500])
def test_shares_are_dealt_out_to_the_last_row(count):
    parts = in_shares([tag.share for tag in PANTRY.tags], count)
    assert sum(parts) == count
    assert all(abs(part - count * tag.share) < 1 for part, tag in zip(parts, PANTRY.tags, strict=True))


def test_rows_of_a_household_are_filled_up_from_what_it_has_alone():
    pantry = pantry_params(household_share=1.0)
    rows = build_rows(*corpus(), homes(), pantry, augmentation_params(rows=60), strategy_params("v2"), SEED)
    shelves = [set(shelf) | set(pantry.stocks) for shelf in homes()["names"]]
    for metadata in rows["metadata"]:
        others = set(names(metadata)) - set(metadata["selected"])
        assert any(others <= shelf for shelf in shelves), others


def test_the_share_of_household_rows_is_as_asked_and_v2_stays_without_meat():
    drawn = [draw_home(list(homes()["names"]), PANTRY, f"key {number}") for number in range(2000)]
    assert abs(sum(map(bool, drawn)) / 2000 - PANTRY.household_share) < 0.04
    pantry = pantry_params(household_share=1.0)
    rows = build_rows(*corpus(), homes(), pantry, augmentation_params(rows=60), strategy_params("v2"), SEED)
    for metadata in rows["metadata"]:
        if meatless(metadata):
            assert not {"bacon", "veal"} & set(names(metadata))


def test_a_diet_that_no_recipe_is_labelled_with_is_named_with_the_nearest_word():
    pantry = pantry_params(tags=[{"diets": ["vegann"], "share": 1}])
    with pytest.raises(ValueError, match=r"'vegann'\. Did you mean 'vegan'"):
        build_rows(*corpus(), homes(), pantry, augmentation_params(rows=60), strategy_params("v2"), SEED)


def test_rows_carry_the_documented_metadata_and_it_agrees_with_the_text():
    wanted = {
        "recipe_title", "cuisine", "source", "dietary_tags", "user_request", "inventory", "inventory_size",
        "selected", "selected_count", "strategy", "seed",
    }  # fmt: skip
    rows = corpus_rows("v3")
    for messages, metadata in zip(rows["messages"], rows["metadata"], strict=True):
        assert wanted <= set(metadata)
        assert [message["role"] for message in messages] == ["system", "user", "assistant"]
        pantry, diets = parse_system(messages[0]["content"])
        answer = parse_answer(messages[2]["content"])
        assert list(pantry) == names(metadata) and len(pantry) == metadata["inventory_size"]
        assert list(diets) == metadata["dietary_tags"]
        assert messages[1]["content"] == metadata["user_request"]
        assert list(answer.selected) == metadata["selected"]
        assert len(answer.selected) == metadata["selected_count"]
        assert answer.title == metadata["recipe_title"]
        assert set(answer.selected) <= set(pantry) and not set(answer.additions) & set(pantry)
        assert metadata["seed"] == SEED and metadata["strategy"] == "v3"


def test_wishes_are_whole_sentences():
    wishes = {metadata["user_request"] for metadata in corpus_rows("v3")["metadata"]}
    assert len(wishes) > 20
    for wish in wishes:
        assert wish[-1] in ".?" and "{" not in wish and "  " not in wish
        assert not re.search(r"\ba [aeiou]", wish), wish


def test_mlx_lms_own_loader_reads_the_folder(tmp_path, tokenizer):
    from mlx_lm.tuner.datasets import load_local_dataset

    for side, table in zip(("train", "valid"), split_rows(corpus_rows("v3", 60)), strict=True):
        (tmp_path / f"{side}.jsonl").write_bytes(as_jsonl(table))
    train, valid, test = load_local_dataset(tmp_path, tokenizer, type("Config", (), {"mask_prompt": True})())
    assert (len(train), len(valid), len(test)) == (54, 6, 0)
    tokens, offset = train.process(train[0])
    assert 0 < offset < len(tokens)
    assert tokenizer.decode(tokens[offset:]).startswith("Recipe:")
