"""The project end to end, in small and in a copy: `kedro run --env test`."""

import json
import math
import re
from html.parser import HTMLParser

import pytest

from project_toys import BASE, config, contents, copy_finished, copy_project, finished, kedro

MODELS = ["base", "v2", "v3"]
SEED_DECIDES = ("05_model_input", "04_feature", "03_primary", "02_intermediate", "06_models/generator")


@pytest.fixture(scope="module")
def project():
    """A copy in which the main job ran."""
    folder, done = finished()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return folder


def reporting(project, name: str):
    return project / "data/test/08_reporting/generator" / name


def jsonl(file) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_every_output_of_the_main_job_is_there(project):
    from kedro.io import DataCatalog

    from pantrypilot.pipelines import generator

    entries = config("test")["catalog"]
    for entry in entries.values():
        for key in ("filepath", "model", "path"):
            if entry.get(key):
                entry[key] = str(project / entry[key])
    catalog = DataCatalog.from_config(entries, config("test")["credentials"])
    # not the tables: looking would keep their server up in this process, and tests that copy the project need it down
    files = [name for name in sorted(generator.create_pipeline().all_outputs()) if not name.endswith("_table")]
    missing = [name for name in files if not catalog[name].exists()]
    assert not missing


def test_the_real_outputs_places_stay_empty(project):
    layers = {path.relative_to(project / "data").parts[0] for path in (project / "data").rglob("*") if path.is_file()}
    assert layers == {"01_raw", "06_models", "test"}
    assert [path.name for path in (project / "data/06_models").iterdir()] == ["pantry-tiny"]


def test_the_metrics_compare_base_and_both_strategies_on_every_slice(project):
    metrics = json.loads(reporting(project, "metrics.json").read_text())
    assert metrics["models"] == MODELS
    slices = {"same_distribution", "production_meats", "held_out_ingredients", "households", "cases"}
    for model in MODELS:
        figures = metrics["by_model"][model]
        assert set(figures["by_slice"]) == slices
        assert figures["by_slice"]["production_meats"]["compliance"]["n"] == 8


def test_every_prompt_has_a_sample_of_every_model_with_its_verdicts(project):
    prompts = jsonl(project / "data/test/05_model_input/generator/prompts.jsonl")
    samples = jsonl(project / "data/test/07_model_output/generator/samples.jsonl")
    wanted = {(model, prompt["prompt_id"]) for model in MODELS for prompt in prompts}
    assert {(sample["model"], sample["prompt_id"]) for sample in samples} == wanted
    assert len(samples) == len(wanted)
    assert any(sample["verdicts"] for sample in samples)


class Page(HTMLParser):
    """Tags of a page, and what it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.fetched: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        places = [value for key, value in attrs if key in ("src", "href")]
        self.fetched += [place for place in places if not place.startswith(("#", "data:"))]


def test_the_report_is_one_page_that_fetches_nothing(project):
    text = reporting(project, "report.html").read_text()
    page = Page()
    page.feed(text)
    assert text.lower().startswith("<!doctype html") and {"html", "table", "svg"} <= page.tags
    assert not page.fetched and "@import" not in text
    assert all(name in text for name in ("production meats", "v2", "v3"))


def test_the_result_and_the_reports_place_are_printed_last(project):
    lines = finished()[1].stdout.rstrip().splitlines()
    assert lines[-1] == f"Report: {reporting(project, 'report.html')}"
    summary = reporting(project, "summary.txt").read_text()
    assert summary in finished()[1].stdout
    assert all(re.search(rf"^{model} ", summary, re.MULTILINE) for model in MODELS)


def test_a_loss_curve_and_a_run_card_tell_how_each_adapter_was_made(project):
    for strategy in ("v2", "v3"):
        card = json.loads(reporting(project, f"{strategy}/run_card.json").read_text())
        assert card["strategy"] == strategy and card["steps"] == 4 and card["data"]["train_rows"] > 0
        assert all(math.isfinite(value) for value in card["valid_loss"].values())
        assert {"commit", "device", "versions"} <= set(card["environment"])
        curve = reporting(project, f"{strategy}/loss_curve.csv").read_text()
        assert {"train", "valid"} <= set(re.findall(r"\b(train|valid)\b", curve))
        assert reporting(project, f"{strategy}/loss_plot.png").read_bytes().startswith(b"\x89PNG")


def test_checkpoints_are_cleared_away_once_the_adapter_is_stored(project):
    assert not list((project / "data/test/06_models").rglob("step-*"))


def test_a_second_run_for_missing_outputs_does_nothing(project):
    before = contents(project / "data/test")
    again = kedro(project, "run", "--env", "test", "--only-missing-outputs")
    assert again.returncode == 0, again.stderr
    assert "Running node" not in again.stdout and "Skipping all" in again.stdout
    assert contents(project / "data/test") == before


def test_an_output_that_was_lost_is_made_again_alone():
    copy, _ = copy_finished()
    reporting(copy, "report.html").unlink()
    again = kedro(copy, "run", "--env", "test", "--only-missing-outputs")
    assert re.findall(r"Running node: (\w+):", again.stdout) == ["write_report"]
    assert reporting(copy, "report.html").exists()


def test_finetune_alone_makes_the_same_files_and_adapters_byte_by_byte(project, tmp_path):
    """`--pipelines` loads this composite alone; the seed decides everything else."""
    copy = copy_project(tmp_path / "project")
    done = kedro(copy, "run", "--pipelines", "finetune", "--env", "test")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    one, other = contents(project / "data/test"), contents(copy / "data/test")
    assert not [name for name in other if "report.html" in name]
    compared = [name for name in other if name.startswith(SEED_DECIDES)]
    assert sum("adapters.safetensors" in name for name in compared) == 2 and len(compared) > 15
    differing = [name for name in compared if one[name] != other[name]]
    assert not differing


def test_no_file_of_a_run_names_a_place_of_this_machine(project):
    """An adapter's config names its base from the project's root, so that the project can move."""
    files = [*(project / "data/test/06_models").rglob("*.json"), *reporting(project, "").rglob("run_card.json")]
    texts = {file.name: file.read_text() for file in files if "checkpoints" not in file.parts}
    assert {"adapter_config.json", "run_card.json"} <= set(texts)
    assert [name for name, text in texts.items() if str(project) in text] == []
    assert json.loads(texts["adapter_config.json"])["model"] == "data/06_models/pantry-tiny"


def test_mlx_lm_loads_an_adapter_and_writes_with_it(project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # from any directory
    import pantrypilot.modelling  # noqa: F401 - the BLAS goes first

    from mlx_lm import generate, load  # isort: skip

    adapter = project / "data/test/06_models/generator/v3/adapter"
    model, tokenizer = load(str(BASE), adapter_path=str(adapter))
    row = jsonl(project / "data/test/05_model_input/generator/v3/valid.jsonl")[0]
    prompt = tokenizer.apply_chat_template(row["messages"][:-1], add_generation_prompt=True)
    assert generate(model, tokenizer, prompt, max_tokens=6).startswith("Recipe:")
    trained = [name for name, _ in _flat(model) if "lora_" in name]
    assert trained and trained == [name for name in trained if name.startswith("model.layers.")]


def _flat(model):
    from mlx.utils import tree_flatten

    return tree_flatten(model.parameters())


def test_pretraining_makes_a_base_that_mlx_lm_reads(tmp_path):
    copy = copy_project(tmp_path / "project")
    done = kedro(copy, "run", "--pipelines", "pretraining", "--env", "test")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    import pantrypilot.modelling  # noqa: F401 - the BLAS goes first

    from mlx_lm import generate, load  # isort: skip

    folder = copy / "data/test/06_models/pantry-tiny"
    model, tokenizer = load(str(folder))
    assert len(model.layers) == 2
    prompt = tokenizer.apply_chat_template([{"role": "user", "content": "What is veal?"}], add_generation_prompt=True)
    assert isinstance(generate(model, tokenizer, prompt, max_tokens=3), str)
    card = json.loads((folder / "run_card.json").read_text())
    assert card["steps"] == 4 and card["data"]["rows_read"] == 32
    assert "# pantry-tiny" in (folder / "README.md").read_text()
    assert len(jsonl(copy / "data/test/05_model_input/pretraining/sample_rows.jsonl")) == 200
