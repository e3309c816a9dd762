"""`pantrypilot judge` for people at a terminal and for scripts: all diets, ingredient lines, texts, exit codes."""

import json

import pytest
from click.testing import CliRunner

from pantrypilot.commands import main
from pantrypilot.diets import default_judge


def run(*arguments, stdin=""):
    return CliRunner().invoke(main, ["judge", *arguments], input=stdin)


def rows(*arguments, stdin=""):
    result = run("--json", *arguments, stdin=stdin)
    return [json.loads(line) for line in result.output.splitlines()]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_all_asks_every_diet():
    assert [row["diet"] for row in rows("ham", "--diet", "all")] == list(default_judge().diets)


def test_a_whole_ingredient_line_is_judged_by_its_food_and_shown_as_given():
    line = "2 zucchini - trimmed, cut into noodles"
    [row] = rows(line, "--diet", "gluten-free")
    assert (row["name"], row["verdict"]) == (line, "allowed")


def test_a_dash_is_standard_input():
    assert [row["name"] for row in rows("-", "--diet", "vegan", stdin="ham\ntofu\n")] == ["ham", "tofu"]


def test_a_text_shows_what_breaks_the_diet_and_where():
    result = run("--text", "Melt the butter.", "Serve.", "Fry the ham", "--diet", "vegan")
    lines = [line.split() for line in result.output.splitlines()]
    assert lines[0] == ["place", "text", "diet", "verdict", "reason"]
    assert [line[:4] for line in lines[1:]] == [
        ["1:10", "butter", "vegan", "forbidden"],
        ["3:9", "ham", "vegan", "forbidden"],
    ]


def test_places_in_a_file_are_those_of_an_editor():
    [row] = rows("--text", "--diet", "vegan", stdin="Rice\n\n  with ham\r\n")
    assert (row["line"], row["start"], row["end"], row["text"]) == (3, 7, 10, "ham")


def test_a_text_tells_what_depends_on_the_maker_too():
    [row] = rows("--text", "Add worcestershire sauce", "--diet", "vegetarian")
    assert row["verdict"] == "unknown"


def test_a_clean_text_gives_no_json_line():
    assert rows("--text", "Roast the carrots", "--diet", "vegan") == []


@pytest.mark.parametrize("as_text", [(), ("--text",)])
@pytest.mark.parametrize(
    ("food", "flags", "code"),
    [
        ("ham", (), 0),
        ("ham", ("--fail-on-forbidden",), 1),
        ("ham", ("--fail-on-unknown",), 1),
        ("worcestershire sauce", ("--fail-on-forbidden",), 0),
        ("worcestershire sauce", ("--fail-on-unknown",), 1),
        ("tofu", ("--fail-on-forbidden", "--fail-on-unknown"), 0),
    ],
)
def test_exit_codes_tell_a_script_what_was_found(food, flags, code, as_text):
    assert run(food, "--diet", "vegetarian", *flags, *as_text).exit_code == code


def test_a_users_own_foods_count_in_texts(tmp_path):
    (tmp_path / "mine.yml").write_text("diets: {classes: {fish_sauce: {names: [mai drops]}}}")
    [row] = rows("--text", "Add mai drops", "--diet", "vegan", "--overrides", "mine.yml")
    assert row["text"] == "mai drops"


def test_only_blank_lines_are_a_mistake():
    result = run(stdin="\n  \n")
    assert result.exit_code == 2 and "no food was named" in result.output
