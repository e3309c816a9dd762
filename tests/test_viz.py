"""The graph as Kedro-Viz shows it: layers from top to bottom, colours by stage, previews that a person can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pantrypilot.datasets.previews import LONGEST, NoteDataset, RecordsDataset, cell, readable
from project_toys import ROOT, finished

LAYERS = ["raw", "intermediate", "primary", "feature", "model_input", "models", "model_output", "reporting"]
# one stage alone has layers that nothing in it connects; Kedro-Viz orders those as it likes
WHOLE = ("__default__", "generator", "finetune", "pretraining", "diets")


@pytest.fixture(scope="module")
def graphs() -> dict[str, dict[str, Any]]:
    """What `/api/pipelines/<name>` answers, for every registered pipeline."""
    return {name: json.loads(response.model_dump_json()) for name, response in _responses(ROOT).items()}


def _responses(project: Path, env: str | None = None) -> dict[str, Any]:
    from kedro_viz.api.rest.responses.pipelines import get_pipeline_response
    from kedro_viz.data_access import data_access_manager
    from kedro_viz.server import load_and_populate_data

    data_access_manager.reset_fields()
    load_and_populate_data(project, env=env)
    names = [pipeline.id for pipeline in data_access_manager.registered_pipelines.as_list()]
    return {name: get_pipeline_response(name) for name in names}


def _of(graph: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [node for node in graph["nodes"] if node["type"] == kind]


def test_every_dataset_has_a_layer(graphs):
    bare = {node["name"] for graph in graphs.values() for node in _of(graph, "data") if node["layer"] not in LAYERS}
    assert not bare


def test_layers_are_drawn_because_they_never_go_in_a_circle(graphs):
    """Kedro-Viz leaves all layers out when one is both before and after another."""
    assert [name for name, graph in graphs.items() if not graph["layers"]] == []


@pytest.mark.parametrize("name", WHOLE)
def test_layers_go_from_raw_to_reporting(graphs, name):
    present = {node["layer"] for node in _of(graphs[name], "data")}
    assert [layer for layer in graphs[name]["layers"] if layer in present] == [x for x in LAYERS if x in present]


def test_every_node_has_its_stage_as_tag_and_its_colour(graphs):
    nodes = [node for graph in graphs.values() for node in _of(graph, "task")]
    assert not {node["name"] for node in nodes if len(node["tags"]) != 1}
    plain = {node["name"] for node in nodes if not (node["node_extras"] or {}).get("styles")}
    assert not plain, f"give {', '.join(sorted(plain))} a colour in .viz/styles.json"


def test_styles_name_nothing_that_is_gone(graphs):
    names = {node["name"] for graph in graphs.values() for node in graph["nodes"]}
    assert set(json.loads((ROOT / ".viz/styles.json").read_text())) <= names


def test_every_dataset_stands_in_the_page_on_data_layers(graphs):
    page = (ROOT / "docs/data_layers.md").read_text()
    names = {node["name"].replace(".v2.", ".v3.") for graph in graphs.values() for node in _of(graph, "data")}
    missing = {name for name in names if f"`{name.replace('_v2', '_v3')}`" not in page}
    assert not missing


@pytest.mark.slow
def test_every_dataset_of_a_finished_run_shows_its_preview(caplog, monkeypatch):
    from kedro_viz.api.rest.responses.nodes import get_node_metadata_response
    from kedro_viz.api.rest.responses.utils import get_encoded_response
    from kedro_viz.data_access import data_access_manager

    project, run = finished()
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    monkeypatch.chdir(project)
    graph = json.loads(_responses(project, "test")["__default__"].model_dump_json())
    shown = {}
    for node in _of(graph, "data"):
        response = get_node_metadata_response(node["id"])
        shown[node["name"]] = json.loads(get_encoded_response(response))
        dataset = data_access_manager.nodes.get_node_by_id(node["id"]).kedro_obj
        if hasattr(dataset, "preview") and (dataset.metadata or {}).get("kedro-viz", {}).get("preview", True):
            assert shown[node["name"]].get("preview"), f"{node['name']} has no preview: {caplog.text[-500:]}"
    for name, answer in shown.items():
        if answer.get("preview_type") == "TablePreview":
            cells = [value for row in answer["preview"]["data"] for value in row]
            assert all(isinstance(value, str | int | float) for value in cells), name
    assert shown["generator.v3.train"]["preview"]["columns"][:3] == ["system", "user", "assistant"]


def test_an_ingredient_reads_as_a_cook_writes_it():
    assert cell([{"name": "rice", "quantity": 2.0, "unit": "cup", "note": "cooked"}]) == "2 cup rice (cooked)"
    assert cell({"name": "tofu", "quantity": None, "unit": None, "note": None}) == "tofu"
    assert cell({"name": "veal", "forbidden": True}) == "veal (forbidden)"


def test_steps_lists_gaps_and_long_texts_are_text():
    assert cell(["Fry it.", "Serve it."]) == "Fry it. Serve it."
    assert cell(["vegan", "nut-free"]) == "vegan, nut-free"
    assert (cell(None), cell(float("nan")), cell(0.123456), cell(True)) == ("", "", 0.1235, True)
    assert len(cell("x" * 5000)) < LONGEST + 5
    day, moment = pd.Timestamp("2026-11-01"), pd.Timestamp("2026-11-01 22:01:22")
    assert (cell(day), cell(moment), cell(pd.NaT), cell(pd.NA)) == ("2026-11-01", "2026-11-01 22:01:22", "", "")


def test_turns_of_a_chat_are_columns_even_where_a_row_has_fewer():
    turns = [{"role": "user", "content": "What is veal?"}, {"role": "assistant", "content": "Beef."}]
    long = [{"role": "system", "content": "Cook."}, *turns]
    table = readable({"columns": ["messages"], "data": [[turns], [long]]})
    assert table["columns"] == ["system", "user", "assistant"]
    assert table["data"] == [["", "What is veal?", "Beef."], ["Cook.", "What is veal?", "Beef."]]


def test_an_empty_table_says_so(tmp_path):
    file = tmp_path / "rejects.jsonl"
    file.write_text("\n")
    assert RecordsDataset(filepath=str(file), load_args={"lines": True}).preview()["columns"] == ["no rows"]


def test_chosen_columns_come_in_the_order_asked(tmp_path):
    file = tmp_path / "samples.jsonl"
    file.write_text('{"model": "v2", "text": "a", "title": "Stew"}\n')
    table = RecordsDataset(filepath=str(file), load_args={"lines": True}).preview(5, ["title", "model"])
    assert (table["columns"], table["data"]) == (["title", "model"], [["Stew", "v2"]])


def test_a_note_is_escaped(tmp_path):
    file = tmp_path / "summary.txt"
    file.write_text("a <b>\n")
    assert NoteDataset(filepath=str(file)).preview() == "<pre>a &lt;b&gt;\n</pre>"
