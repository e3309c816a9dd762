"""Readers: each format's shape, what is refused with a reason, and what cannot be read at all."""

import gzip
import json
import tracemalloc

import pytest

from pantrypilot.kitchen.readers import CollectionError, open_collection
from pantrypilot.kitchen.text import render_answer

DISH = """\
- title: Tofu Rice
  meal: Dinner
  serves: 2
  ingredients:
    - {name: Tofu, quantity: 200, unit: g}
    - {name: rice, quantity: 1, unit: cup, note: rinsed}
  steps: [Fry the tofu., Serve it over the rice.]
"""
RECIPE1M = {
    "id": "1",
    "title": "Mac and Cheese",
    "ingredients": [{"text": "6 ounces penne"}, {"text": "2 cups cheddar, grated"}],
    "instructions": [{"text": "Boil the penne."}, {"text": "Stir in the cheddar."}],
}


def read(tmp_path, scheme, name):
    return list(open_collection(f"{scheme}:{name}", tmp_path))


def write(tmp_path, name, text):
    data = text if isinstance(text, bytes) else text.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return name


def test_the_corpus_takes_its_cuisine_from_the_file_and_its_origin_from_file_and_place(tmp_path):
    write(tmp_path, "korean.yml", DISH + DISH.replace("Tofu Rice", "Rice with Tofu"))
    write(tmp_path, "french.yml", DISH)
    records = read(tmp_path, "corpus", ".")
    assert [r.origin for r in records] == ["french.yml:1", "korean.yml:1", "korean.yml:2"]
    dish = records[1].payload
    assert (dish.cuisine, dish.meal, dish.serves, dish.source) == ("korean", "dinner", 2, "corpus")
    assert [(i.name, i.quantity, i.unit, i.note) for i in dish.ingredients] == [
        ("tofu", 200, "g", None),
        ("rice", 1, "cup", "rinsed"),
    ]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (("steps:", "stepz:"), "unknown key 'stepz'; did you mean 'steps'?"),
        (("unit: g", "unti: g"), "ingredient 1: unknown key 'unti'; did you mean 'unit'?"),
        (("title: Tofu Rice", "title: ''"), "title: "),
        (("quantity: 200", "quantity: some"), "ingredients 1 quantity: should be a valid number"),
        (("  serves: 2\n", "  serves: 2\n  ingredients: []\n"), None),
    ],
)
def test_a_malformed_corpus_entry_is_a_reject_with_its_reason(tmp_path, damage, reason):
    write(tmp_path, "korean.yml", DISH + DISH.replace(*damage))
    good, bad = read(tmp_path, "corpus", "korean.yml")
    assert good.payload
    assert reason is None or reason in bad.problem


def test_a_corpus_file_that_is_no_yaml_is_one_reject_that_names_the_line(tmp_path):
    write(tmp_path, "korean.yml", DISH)
    write(tmp_path, "thai.yml", DISH + "- title: [broken\n")
    good, bad = read(tmp_path, "corpus", ".")
    assert good.payload and "thai.yml is no YAML (line 9" in bad.problem


@pytest.mark.parametrize("name", ["train.json", "train.json.gz"])
def test_whats_cooking_gets_a_title_from_its_cuisine_and_first_telling_ingredients(tmp_path, name):
    rows = [{"id": 1, "cuisine": "southern_us", "ingredients": ["salt", "Okra", "corn grits", "shrimp"]}]
    write(tmp_path, name, json.dumps(rows))
    (record,) = read(tmp_path, "whats_cooking", name)
    assert record.payload.title == "Southern Us Dish with Okra and Corn Grits"
    assert record.payload.cuisine == "southern us"
    assert record.payload.names == ("salt", "okra", "corn grits", "shrimp")


def test_allrecipes_is_mended_from_cp1252_and_its_escapes(tmp_path):
    header = '"group","name","rating","process","ingredient"\r\n'
    times, lines = "prep: 5 mins,Servings: 4", "1<U+2009>½ cups milk + <U+2153> cup rice"
    row = f'"world-cuisine.asian.thai","Café Curry",5,"{times}","{lines}"\r\n'
    write(tmp_path, "a.csv.gz", (header + row).encode("cp1252"))
    (record,) = read(tmp_path, "allrecipes", "a.csv.gz")
    dish = record.payload
    assert (dish.title, dish.cuisine, dish.serves) == ("Café Curry", "thai", 4)
    assert [(i.name, i.quantity) for i in dish.ingredients] == [("milk", 1.5), ("rice", 0.3333)]


def test_recipe1m_lines_are_taken_apart_and_steps_kept(tmp_path):
    write(tmp_path, "layer1.json", json.dumps([RECIPE1M]))
    (record,) = read(tmp_path, "recipe1m", "layer1.json")
    assert record.payload.names == ("penne", "cheddar")
    assert record.payload.steps == ("Boil the penne.", "Stir in the cheddar.")


def test_recipenlg_lists_are_read_from_their_columns(tmp_path):
    text = (
        ",title,ingredients,directions,link,source,NER\n"
        '0,Nut Cookies,"[""1 c. brown sugar"", ""1/2 c. milk""]","[""Mix."", ""Bake.""]",x,Gathered,"[]"\n'
        '1,Broken,"[""1 c. brown","[]",x,Gathered,"[]"\n'
    )
    write(tmp_path, "n.csv", text)
    good, bad = read(tmp_path, "recipenlg", "n.csv")
    assert good.payload.names == ("brown sugar", "milk") and good.payload.steps == ("Mix.", "Bake.")
    assert bad.title == "Broken" and "ingredients: no JSON list" in bad.problem


def test_chat_rows_are_read_in_both_forms(tmp_path):
    answer = render_answer("Tofu Bowl", ["tofu", "rice"], ["sesame oil"], ["Fry the tofu.", "Serve."])
    text = f"<|system|>\nA cook.<|end|>\n<|user|>\nDinner!<|end|>\n<|assistant|>\n{answer}<|end|>"
    metadata = {"recipe_title": "Tofu Bowl", "cuisine": "Korean"}
    messages = [{"role": "system", "content": "A cook."}, {"role": "assistant", "content": answer}]
    rows = [{"text": text, "metadata": metadata}, {"messages": messages}, {"text": "no turns"}]
    write(tmp_path, "c.jsonl", "\n".join([*map(json.dumps, rows), '{"text": "cut o']))
    first, second, mute, cut = read(tmp_path, "chat_jsonl", "c.jsonl")
    assert first.payload.names == second.payload.names == ("tofu", "rice", "sesame oil")
    assert first.payload.steps == ("Fry the tofu.", "Serve.") and first.payload.cuisine == "korean"
    assert mute.problem == "the assistant says nothing"
    assert cut.origin == "c.jsonl:4" and cut.problem.startswith("no JSON")


@pytest.mark.parametrize("name", ["layer1.json", "layer1.json.gz"])
def test_a_truncated_json_yields_what_was_whole_and_then_one_reject_that_says_where(tmp_path, name):
    whole = json.dumps([{**RECIPE1M, "title": f"Dish {i}"} for i in range(3)])
    write(tmp_path, name, whole[:-40])
    *good, bad = read(tmp_path, "recipe1m", name)
    assert [r.payload.title for r in good] == ["Dish 0", "Dish 1"]
    assert bad.origin == f"{name}:3"
    assert "breaks off in record 3" in bad.problem and "near byte" in bad.problem


def test_a_gzip_file_cut_short_yields_what_was_whole_and_then_one_reject(tmp_path):
    rows = [{**RECIPE1M, "title": f"Dish {i} {i**9}"} for i in range(4000)]
    packed = gzip.compress(json.dumps(rows).encode())
    (tmp_path / "layer1.json").write_bytes(packed[: len(packed) // 2])
    *good, bad = read(tmp_path, "recipe1m", "layer1.json")
    assert 100 < len(good) < 4000 and all(r.payload for r in good) and bad.fatal


def test_a_json_of_which_nothing_can_be_read_is_an_error(tmp_path):
    write(tmp_path, "layer1.json", '[{"id": "1", "ti')
    with pytest.raises(CollectionError, match=r"Nothing could be read from .*layer1.json.*breaks off in record 1"):
        read(tmp_path, "recipe1m", "layer1.json")


@pytest.mark.parametrize("record", [7, None, {}, {"title": "X"}, {"title": 3, "ingredients": [], "instructions": []}])
def test_a_record_of_the_wrong_shape_is_a_reject(tmp_path, record):
    write(tmp_path, "layer1.json", json.dumps([RECIPE1M, record]))
    good, bad = read(tmp_path, "recipe1m", "layer1.json")
    assert good.payload and bad.payload is None and bad.problem


def test_a_csv_row_with_too_many_or_too_few_fields_is_a_reject(tmp_path):
    write(tmp_path, "n.csv", 'title,ingredients,directions\nA,"[""rice""]",[]\nB,[],[],extra\nC,[]\n')
    good, long, short = read(tmp_path, "recipenlg", "n.csv")
    assert good.payload and "more fields than columns" in long.problem and "ends before directions" in short.problem


@pytest.mark.parametrize("scheme", ["allrecipes", "recipenlg"])
def test_a_csv_with_the_wrong_columns_names_file_missing_and_found(tmp_path, scheme):
    write(tmp_path, "wrong.csv", "title,price\nx,1\n")
    with pytest.raises(CollectionError, match=r"wrong\.csv lacks the columns .*ingredient.*; it has: title, price"):
        read(tmp_path, scheme, "wrong.csv")


@pytest.mark.parametrize(
    ("scheme", "name", "text"),
    [
        ("whats_cooking", "e.json", "[]"),
        ("recipe1m", "e.json", ""),
        ("recipe1m", "e.json", '{"an": "object"}'),
        ("recipenlg", "e.csv", "title,ingredients,directions\n"),
        ("allrecipes", "e.csv", ""),
        ("chat_jsonl", "e.jsonl", "\n\n"),
        ("corpus", "e.yml", ""),
    ],
)
def test_an_empty_collection_is_an_error_that_names_it(tmp_path, scheme, name, text):
    write(tmp_path, name, text)
    with pytest.raises(CollectionError, match=name.replace(".", r"\.")):
        read(tmp_path, scheme, name)


def test_a_folder_without_recipes_is_an_error(tmp_path):
    with pytest.raises(CollectionError, match=r"no \.yml file"):
        read(tmp_path, "corpus", ".")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("recipes1m:x", "no recipe format 'recipes1m'. Did you mean 'recipe1m'?"),
        ("data/01_raw/recipes", "write <format>:<path>"),
        ("corpus:", "write <format>:<path>"),
        ("corpus:nowhere", "kedro run --params recipes=corpus:<path>"),
        ("allrecipes:.", "is a folder; name the allrecipes file"),
    ],
)
def test_a_wrong_name_is_refused_before_anything_is_read(tmp_path, spec, message):
    with pytest.raises(CollectionError) as caught:
        open_collection(spec, tmp_path)
    assert message in str(caught.value)


def test_the_same_dish_gets_the_same_id_in_another_place(tmp_path):
    write(tmp_path, "korean.yml", DISH.replace("Tofu Rice", "Other") + DISH)
    (tmp_path / "more").mkdir()
    write(tmp_path / "more", "korean.yml", DISH)
    _, second = read(tmp_path, "corpus", "korean.yml")
    (alone,) = read(tmp_path, "corpus", "more")
    assert second.payload.recipe_id == alone.payload.recipe_id


def peak_of_reading(tmp_path, records):
    """Peak of the Python heap, in bytes, while a Recipe1M file of so many records streams by."""
    path = tmp_path / f"{records}.json"
    with path.open("w") as file:
        file.write("[")
        for i in range(records):
            file.write("," * (i > 0) + json.dumps({**RECIPE1M, "title": f"Dish number {i}"}))
        file.write("]")
    tracemalloc.start()
    n = sum(1 for _ in open_collection(f"recipe1m:{path}", tmp_path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n == records
    return peak


def test_memory_does_not_grow_with_a_recipe1m_file(tmp_path):
    peak_of_reading(tmp_path, 200)  # imports and caches
    small, large = peak_of_reading(tmp_path, 2_000), peak_of_reading(tmp_path, 20_000)
    # pydantic keeps the last 16,384 short strings, about 1 MB; 18,000 more records would be some 30 MB.
    assert large - small < 1_500_000
