"""Bad input, as a user meets it: few lines that say what to do, or a counted reject; and the last results stay."""

import gzip
import json
import random
import sys
from pathlib import Path

import pytest
import yaml
from kedro.framework.cli.utils import KedroCliError

from pantrypilot.hooks import print_plainly
from project_toys import contents, copy_finished, finished, kedro

LINES = 8  # a message longer than this is not read


@pytest.fixture
def project():
    """A copy of the project with results of a run before, for each test its own."""
    copy, run = copy_finished()
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr
    return copy


def set_parameter(project: Path, file: str, change) -> None:
    """Change a YAML file of conf/ as a user would."""
    path = project / "conf" / file
    content = yaml.safe_load(path.read_text())
    change(content)
    path.write_text(yaml.safe_dump(content, sort_keys=False))


def run_refused(project: Path, *words: str, told: list[str]) -> str:
    """Run, and check that it is refused in a few lines that hold all of `told`, with the old outputs untouched."""
    before = kept(project)
    done = kedro(project, "run", "--env", "test", *words)
    assert done.returncode != 0
    message = done.stderr.strip()
    assert message.startswith("Error: ") and len(message.splitlines()) <= LINES, message
    assert "Traceback" not in done.stdout + done.stderr
    for text in told:
        assert text in message, message
    assert kept(project) == before
    return message


def kept(project: Path) -> dict[str, bytes]:
    """The outputs, but for what says when a run was and how much it read: the pantry's part goes before the fault."""
    files = contents(project / "data/test")
    return {name: data for name, data in files.items() if "_counts" not in name and "validation_summary" not in name}


FOODS = (
    "rice", "tofu", "onions", "salt", "garlic", "carrots", "ginger", "leeks", "limes", "mint", "noodles", "peas",
    "shrimp", "eggs", "basil", "beef",
)  # fmt: skip
WHATS_COOKING = [
    {"id": number, "cuisine": "korean", "ingredients": random.Random(number).sample(FOODS, 5)} for number in range(1500)
]


def test_a_file_that_breaks_off_in_its_first_record_is_named(project):
    (project / "cut.json").write_text(json.dumps(WHATS_COOKING)[:40])
    run_refused(
        project,
        "--params", "recipes=whats_cooking:cut.json",
        told=["cut.json breaks off in record 1", "get a whole copy"],
    )  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_breaks_off_later_is_read_so_far_and_the_rest_is_a_counted_reject(project, packed):
    whole = json.dumps(WHATS_COOKING).encode()
    whole = gzip.compress(whole, mtime=0) if packed else whole
    (project / "cut.json").write_bytes(whole[: int(len(whole) * 0.9)])
    reports = contents(project / "data/test/08_reporting/generator/v3")
    done = kedro(
        project, "run", "--env", "test", "--pipelines", "ingestion", "--params", "recipes=whats_cooking:cut.json"
    )
    assert done.returncode == 0 and "cut.json breaks off in record" in done.stdout
    counts = json.loads((project / "data/test/08_reporting/generator/ingestion_counts.json").read_text())
    assert counts["read"] == counts["kept"] + counts["duplicate"] + counts["rejected"]
    assert counts["rejected"] == 1 and counts["kept"] > 500
    rejects = (project / "data/test/02_intermediate/generator/recipe_rejects.jsonl").read_text().splitlines()
    assert json.loads(rejects[-1])["file"] == "cut.json" and "breaks off" in json.loads(rejects[-1])["reason"]
    assert contents(project / "data/test/08_reporting/generator/v3") == reports


@pytest.mark.parametrize(("scheme", "lacks"), [("recipenlg", "directions"), ("allrecipes", "ingredient")])
def test_a_csv_with_the_wrong_columns_is_told_which_it_lacks(project, scheme, lacks):
    (project / "wrong.csv").write_text("name,stuff\nsoup,water\n")
    run_refused(
        project, "--params", f"recipes={scheme}:wrong.csv", told=["wrong.csv", lacks, "it has: name, stuff"]
    )


def test_an_empty_corpus_folder_is_named(project):
    (project / "empty").mkdir()
    run_refused(project, "--params", "recipes=corpus:empty", told=["Nothing could be read from", "/empty", "no .yml"])


def test_a_collection_that_is_not_there_says_how_to_name_another(project):
    run_refused(
        project, "--params", "recipes=recipe1m:nowhere.json", told=["nowhere.json", "--params recipes=recipe1m:<path>"]
    )


def test_an_unknown_format_names_the_nearest(project):
    run_refused(
        project, "--params", "recipes=whatscooking:a.json", told=["'whatscooking'", "Did you mean 'whats_cooking'?"]
    )


def test_an_unknown_diet_to_label_is_named_with_the_nearest(project):
    def change(content):
        content["generator"]["validation"]["diets"].append("glutenfree")

    set_parameter(project, "base/generator/parameters_validation.yml", change)
    run_refused(project, told=["no diet 'glutenfree'", "Did you mean 'gluten-free'?"])


def test_an_unknown_diet_of_a_tag_is_named_with_the_nearest(project):
    def change(content):
        content["generator"]["pantry"]["tags"][2]["diets"] = ["vegann"]

    set_parameter(project, "base/generator/parameters_pantry.yml", change)
    run_refused(project, told=["'vegann'", "Did you mean 'vegan'?", "generator.pantry.tags"])


def test_an_unknown_diet_of_a_composed_dish_is_named_though_no_dish_happens_to_need_it(project):
    def change(content):
        content["generator"]["composer"]["diets"][2] = {"diets": ["vegann"], "share": 0.001}

    set_parameter(project, "base/generator/parameters_composer.yml", change)
    run_refused(project, told=["no diet 'vegann'", "Did you mean 'vegan'?"])


def test_a_typo_in_the_users_own_diets_is_named(project):
    (project / "conf/base/diets.yml").write_text("diets:\n  classes: {}\n  diets: {no-beef: {forbids: [beeef]}}\n")
    run_refused(project, told=["beeef", "beef"])


def test_an_unknown_key_in_a_parameter_file_is_named_with_its_group(project):
    def change(content):
        content["generator"]["augmentation"]["rowz"] = 5

    set_parameter(project, "test/parameters.yml", change)
    run_refused(project, told=["generator.augmentation", "rowz", "there is no such key"])


def test_a_value_of_the_wrong_kind_is_named_with_what_was_given(project):
    given = "generator.augmentation.rows=many"
    message = run_refused(project, "--params", given, told=["generator.augmentation", "rows"])
    assert "valid integer" in message and "errors.pydantic.dev" not in message


def test_an_unknown_group_of_parameters_is_named_with_the_nearest(project):
    def change(content):
        content["generator"]["blance"] = {"per_cuisine": 5}

    set_parameter(project, "test/parameters.yml", change)
    run_refused(project, told=["'generator.blance'", "Did you mean 'generator.balance'?", "conf/"])


def test_a_misspelt_run_time_parameter_is_named_even_when_one_pipeline_alone_is_loaded(project):
    run_refused(
        project, "--pipelines", "ingestion", "--params", "recipe=corpus:x", told=["'recipe'", "Did you mean 'recipes'?"]
    )


def test_an_unknown_pipeline_is_named_with_the_nearest(project):
    run_refused(project, "--pipelines", "fine_tune", told=["no pipeline 'fine_tune'", "Did you mean 'finetune'?"])


def test_a_missing_base_says_how_to_get_one(project):
    run_refused(
        project,
        "--params", "base=data/06_models/gone",
        told=["no base model in 'data/06_models/gone'", "kedro run --pipeline", "--params base="],
    )  # fmt: skip


def test_a_base_on_the_hub_keeps_its_name(tmp_path, monkeypatch):
    """A catalog entry's `filepath` would become a path of this machine."""
    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project

    project, _ = finished()
    monkeypatch.chdir(project)
    bootstrap_project(project)
    for given, found in {
        "mlx-community/some-model": "mlx-community/some-model",
        "data/06_models/pantry-tiny": str(project / "data/06_models/pantry-tiny"),
    }.items():
        with KedroSession.create(project, env="test", runtime_params={"base": given}) as session:
            assert session.load_context().catalog.load("generator.base").path == found


def printed(error: BaseException, capsys) -> list[str]:
    """What `print_plainly` writes of an error that was raised."""
    try:
        raise error
    except type(error) as caught:
        print_plainly(type(caught), caught, caught.__traceback__)
    said = capsys.readouterr()
    assert not said.out
    return said.err.strip().splitlines()


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def test_an_error_is_one_line(capsys):
    assert printed(ValueError("the soup is cold"), capsys) == ["Error: the soup is cold"]


def test_causes_follow_in_their_order(capsys):
    chain = caused(ValueError("no dinner"), caused(OSError("no gas"), RuntimeError("the bill was not paid")))
    assert printed(chain, capsys) == [
        "Error: no dinner", "  because: no gas", "  because: the bill was not paid"
    ]  # fmt: skip


def test_a_message_that_a_cause_repeats_is_said_once(capsys):
    chain = caused(KedroCliError("failed: no gas"), caused(OSError("no gas"), RuntimeError("failed: no gas")))
    assert printed(chain, capsys) == ["Error: failed: no gas"]


def test_what_happened_before_is_told_unless_it_was_suppressed(capsys):
    told, kept = ValueError("no dinner"), ValueError("no dinner")
    told.__context__ = kept.__context__ = OSError("no gas")
    kept.__suppress_context__ = True
    assert printed(kept, capsys) == ["Error: no dinner"]
    assert printed(told, capsys) == ["Error: no dinner", "  because: no gas"]


def test_an_error_without_words_is_called_by_its_name(capsys):
    assert printed(MemoryError(), capsys) == ["Error: MemoryError"]


@pytest.mark.parametrize("kind", [AttributeError, KeyError, TypeError, NameError, AssertionError, IndexError])
def test_a_bug_says_so_and_how_to_see_more(kind, capsys):
    last = printed(kind("spoon"), capsys)[-1]
    assert "looks like a bug" in last and kind.__name__ in last and "PANTRYPILOT_TRACEBACK=1" in last


def test_a_bug_in_our_code_names_file_and_line(capsys):
    from pantrypilot.kitchen.larder import Larder

    try:
        Larder([]).forbidden("tofu", ["vegan"])
    except KeyError as error:
        print_plainly(KeyError, error, error.__traceback__)
    assert "larder.py:" in capsys.readouterr().err


def test_a_typed_parameters_complaint_is_told_without_types_and_links(capsys):
    from pantrypilot.pipelines.augmentation.params import Between

    try:
        Between.model_validate({"least": 1, "mots": 2})
    except ValueError as error:
        print_plainly(type(error), error, error.__traceback__)
    said = capsys.readouterr().err
    assert "most\n  Field required" in said and "mots\n  there is no such key" in said
    assert "type=" not in said and "https://" not in said


def test_a_debugger_or_notebook_keeps_its_own_hook(monkeypatch):
    from pantrypilot.hooks import PlainErrors

    mine = lambda *_: None  # noqa: E731
    monkeypatch.setattr(sys, "excepthook", mine)
    PlainErrors().after_context_created(None)
    assert sys.excepthook is mine
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setenv("PANTRYPILOT_TRACEBACK", "1")
    PlainErrors().after_context_created(None)
    assert sys.excepthook is sys.__excepthook__
    monkeypatch.setenv("PANTRYPILOT_TRACEBACK", "")
    PlainErrors().after_context_created(None)
    assert sys.excepthook is print_plainly
