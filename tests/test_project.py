"""Conventions of the project, as tests: the catalog, the parameters, the pipelines, the lock file."""

import functools
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from kedro.framework.project import configure_project, find_pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic import BaseModel, ValidationError

from pantrypilot.hooks import UnknownParameter, check_parameter_names
from pantrypilot.kitchen.settings import Settings
from project_toys import ROOT, config, environments

LAYERS = {"raw", "intermediate", "primary", "feature", "model_input", "models", "model_output", "reporting"}
TASKS = {"generator", "diets", "pantry", "pretraining"}
STAGES = {
    "ingestion", "validation", "transformation", "augmentation", "finetuning", "evaluation", "monitoring",
    "pretraining", "measuring",
}  # fmt: skip
COMPOSITES = {"generator", "pantry", "finetune", "diets"}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@functools.cache
def pipelines() -> dict[str, Pipeline]:
    configure_project("pantrypilot")
    return find_pipelines(raise_errors=True)


@functools.cache
def all_names() -> frozenset[str]:
    """Datasets and parameters of every pipeline."""
    return frozenset(name for pipeline in pipelines().values() for name in pipeline.datasets())


def datasets() -> set[str]:
    return {name for name in all_names() if not name.startswith(("params:", "parameters"))}


def read_parameters() -> set[str]:
    return {name.removeprefix("params:") for name in all_names() if name.startswith("params:")}


@functools.cache
def entries() -> dict[str, Any]:
    return config()["catalog"]


@functools.cache
def typed(env: str) -> dict[str, Any]:
    """All parameters of an environment as nodes get them: every typed group is a model."""
    bootstrap_project(ROOT)
    with KedroSession.create(ROOT, env=env) as session:
        return session.load_context().params


def models(branch: Any, name: str = "") -> Iterator[tuple[str, BaseModel]]:
    """Every pydantic model below a parameter, with the dotted name of its place."""
    if isinstance(branch, BaseModel):
        yield name, branch
        branch = {field: getattr(branch, field) for field in type(branch).model_fields}
    if isinstance(branch, Mapping):
        for key, value in branch.items():
            yield from models(value, f"{name}.{key}".strip("."))
    elif isinstance(branch, list | tuple):
        for place, value in enumerate(branch):
            yield from models(value, f"{name}.{place}")


def test_every_catalog_entry_names_a_layer_that_kedro_viz_shows():
    for name, entry in entries().items():
        assert entry["metadata"]["kedro-viz"]["layer"] in LAYERS, name


def test_every_catalog_entry_is_named_task_dot_name():
    for name in entries():
        assert re.fullmatch(r"[a-z]+(\.([a-z_{}]+|v\d))+", name), name
        assert name.split(".")[0] in TASKS, name


def test_no_dataset_of_a_pipeline_is_left_in_memory():
    resolver = DataCatalog.from_config(entries(), config()["credentials"]).config_resolver
    for name in sorted(datasets()):
        assert name in entries() or resolver.match_dataset_pattern(name), f"{name} is in no catalog file"


def test_every_catalog_entry_is_used_by_a_pipeline():
    resolver = DataCatalog.from_config(entries(), config()["credentials"]).config_resolver
    used = {name if name in entries() else resolver.match_dataset_pattern(name) for name in datasets()}
    assert set(entries()) - used == set()


def test_every_file_that_is_written_has_a_place_of_its_own():
    catalog = DataCatalog.from_config(entries(), config()["credentials"])
    outputs = {name for pipeline in pipelines().values() for name in pipeline.all_outputs()}
    places = [str(getattr(catalog[name], "_filepath", name)) for name in sorted(outputs)]
    assert len(places) == len(set(places))


def test_every_parameter_that_a_node_reads_is_in_the_conf():
    for name in read_parameters():
        branch = config()["parameters"]
        for part in name.split("."):
            assert part in branch, name
            branch = branch[part]


@pytest.mark.parametrize("env", environments())
def test_every_parameter_in_the_conf_is_read_by_a_node(env):
    check_parameter_names(config(env)["parameters"], read_parameters(), ())


@pytest.mark.parametrize("env", environments())
def test_every_environment_resolves_and_its_parameters_have_the_right_types(env):
    loader = config(env)
    catalog = DataCatalog.from_config(loader["catalog"], loader["credentials"])
    for name in datasets():
        assert catalog[name] is not None
    found = dict(models(typed(env)))
    tasks = {"generator.pantry", "generator.augmentation", "generator.strategies.v3", "pretraining", "measuring"}
    assert tasks <= set(found)


@pytest.mark.parametrize("env", [env for env in environments() if env != "base"])
def test_an_environment_changes_places_that_are_in_base_and_adds_none(env):
    def keys(branch: Any, prefix: str = "") -> set[str]:
        below = branch.items() if isinstance(branch, Mapping) else ()
        return {prefix}.union(*(keys(value, f"{prefix}.{key}") for key, value in below))

    assert keys(config(env)["globals"]) <= keys(config("base")["globals"])


def test_the_test_environment_writes_nothing_where_real_outputs_lie():
    catalog = DataCatalog.from_config(config("test")["catalog"], config("test")["credentials"])
    outputs = {name for pipeline in pipelines().values() for name in pipeline.all_outputs()}
    for name in sorted(outputs):
        assert "data/test/" in str(catalog[name]._describe()), name


@pytest.mark.parametrize(("name", "model"), sorted(models(typed("base")), key=lambda pair: pair[0]))
def test_a_misspelt_key_is_refused_by_its_name(name, model):
    with pytest.raises(ValidationError, match="speling"):
        type(model).model_validate({**model.model_dump(), "speling": 1})


def test_a_parameter_that_nothing_reads_is_refused_with_the_nearest_name():
    read = {"seed", "generator.pantry", "generator.strategies.v2"}
    check_parameter_names({"generator": {"pantry": {"x": 1}, "strategies": {"v2": {}}}, "base": "x"}, read, ["base"])
    for given, told in (
        ({"sed": 1}, "'sed'. Did you mean 'seed'"),
        ({"generator": {"pantri": 1}}, "'generator.pantri'. Did you mean 'generator.pantry'"),
        ({"generator": {"strategies": {"v4": {}}}}, "'generator.strategies.v4'. Did you mean"),
        ({"generator": {"base": "x"}}, "'generator.base'"),
    ):
        with pytest.raises(UnknownParameter, match=re.escape(told)):
            check_parameter_names(given, read, ["base"])


def test_every_typed_parameter_is_frozen_and_strict_by_one_class():
    assert [name for name, model in models(typed("base")) if not isinstance(model, Settings)] == []


def test_every_number_in_the_parameters_has_its_place_in_a_typed_model():
    """What is no model is data of its own (a model's config), the seed or the day."""
    untyped = {name for name in read_parameters() if name not in dict(models(typed("base")))}
    assert untyped == {"seed", "pantry.as_of"}


def test_every_node_that_judges_says_so_in_the_graph():
    """Knowledge that a node fetched by itself would be missing in the lineage, and know nothing of diets.yml."""
    for file in (ROOT / "src/pantrypilot/pipelines").rglob("*.py"):
        assert not re.search(r"Knowledge\.load|default_judge|diets import judge", file.read_text()), file
    nodes = {node.short_name: node.inputs for pipeline in pipelines().values() for node in pipeline.nodes}
    judging = {name for name, inputs in nodes.items() if "generator.diet_knowledge" in inputs}
    generator = {
        "judge_ingredients", "compose_recipes", "stock_larder", "score_generations", "answer_closed_as_v2",
        "answer_closed_as_v3", "score_closed_lists",
    }  # fmt: skip
    households = {
        "judge_foods", "match_items", "check_households", "check_inventory", "check_purchases", "check_receipts"
    }  # fmt: skip
    assert judging == generator | households | {"gather_labels", "judge_labels", "cover_recipes"}


def test_stages_tasks_and_composites_are_the_registered_pipelines():
    assert set(pipelines()) - {"__default__"} == STAGES | COMPOSITES


def test_the_default_run_goes_from_recipes_to_the_report_and_makes_no_base():
    from pantrypilot.pipeline_registry import register_pipelines

    configure_project("pantrypilot")
    default = register_pipelines()["__default__"]
    assert {"generator.recipe_collection", "generator.base"} <= default.inputs()
    ends = {"generator.report", "generator.metrics", "generator.v2.adapter", "generator.v3.adapter"}
    assert ends <= default.all_outputs()
    assert not {node.name for node in default.nodes if node.name.startswith("pretraining")}


def test_finetune_ends_with_the_adapters():
    finetune = pipelines()["finetune"]
    assert {"generator.v2.adapter", "generator.v3.adapter"} <= finetune.all_outputs()
    assert "generator.prompts" not in finetune.all_outputs()
    assert {name for name in finetune.inputs() if not name.startswith(("params:", "pantry."))} == {
        "generator.recipe_collection", "generator.diet_knowledge", "generator.dishes", "generator.writer_cache",
        "generator.base", "generator.environment", "generator.v2.checkpoints", "generator.v3.checkpoints",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(STAGES | COMPOSITES))
def test_a_pipeline_is_the_same_when_it_alone_is_loaded(name):
    configure_project("pantrypilot")
    alone = find_pipelines(pipelines_to_find=[name], raise_errors=True)[name]
    assert {node.name for node in alone.nodes} == {node.name for node in pipelines()[name].nodes}
    assert alone.nodes


def test_nodes_have_names_of_their_own_that_begin_with_a_verb():
    for name, pipeline in pipelines().items():
        names = [node.name for node in pipeline.nodes]
        assert len(names) == len(set(names)), name
        for node in pipeline.nodes:
            assert "_" in node.short_name and node.name != node.func.__name__, node.name


def test_every_pipeline_file_opens_with_its_topology():
    for file in (ROOT / "src/pantrypilot/pipelines").rglob("pipeline.py"):
        docstring = file.read_text().split('"""')[1]
        assert "->" in docstring, file.parent.name
        for name in re.findall(r"name=\"(\w+)\"", file.read_text()):
            assert name in docstring or name.startswith("answer_as"), f"{file.parent.name}: {name}"


PROJECT = PYPROJECT["project"]
LOCKS = {"requirements.lock": PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]}
LOCKS |= {f"requirements-{name}.lock": wanted for name, wanted in PYPROJECT["dependency-groups"].items()}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_holds_names_and_versions_only(lock):
    for line in (ROOT / lock).read_text().splitlines():
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[\w.+!]+( ; .+)?", line), line


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_pins_every_dependency_to_a_version_that_pyproject_allows(lock):
    pins = [Requirement(line) for line in (ROOT / lock).read_text().splitlines()]
    locked: dict[str, list[str]] = {}
    for pin in pins:
        locked.setdefault(canonicalize_name(pin.name), []).extend(spec.version for spec in pin.specifier)
    for requirement in map(Requirement, LOCKS[lock]):
        versions = locked.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is not locked"
        assert all(version in requirement.specifier for version in versions), requirement


def shipped_files() -> list[Path]:
    """Text that the project ships: what it authored, and nothing that a run, a cache or an editor left."""
    folders = ("src", "conf", "docs", "notebooks", "benchmarks", "data/01_raw", "data/06_models/pantry-tiny", ".ci")
    folders += ("operations", "airflow/dags")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*")]
    files += [ROOT / name for name in ("README.md", "Makefile", "pyproject.toml", ".gitignore", ".dvcignore", *LOCKS)]
    binary = {".png", ".safetensors", ".gz", ".pyc"}
    kept = [file for file in files if file.is_file() and file.suffix not in binary]
    left = (ROOT / "conf/local", ROOT / "data/01_raw/pantry")
    return [file for file in kept if "egg-info" not in str(file) and not any(map(file.is_relative_to, left))]


def test_a_module_is_one_thought_of_three_hundred_lines_at_most():
    lengths = {file.name: len(file.read_text().splitlines()) for file in (ROOT / "src/pantrypilot").rglob("*.py")}
    long = {name for name, lines in lengths.items() if lines > 300}
    assert not long


@pytest.mark.skipif(not shutil.which("make"), reason="no make")
def test_make_gives_matplotlib_a_folder_of_its_own_unless_the_user_names_one():
    def folder(**given: str) -> str:
        told = {"PATH": os.environ["PATH"], **given}
        words = ["make", "--no-print-directory", "--eval=told: ; @echo $$MPLCONFIGDIR", "told"]
        return subprocess.run(words, cwd=ROOT, env=told, capture_output=True, text=True, check=True).stdout.strip()

    assert folder() == str(ROOT / ".venv/matplotlib")
    assert folder(MPLCONFIGDIR="elsewhere") == "elsewhere"


def test_no_file_names_a_path_of_one_machine():
    places = re.compile(r"(?<![\w.<])/(?:home|Users|root|work|mnt|tmp)/[\w-]")
    for file in shipped_files():
        assert not (found := places.findall(file.read_text(encoding="utf-8"))), (file, found)


def test_every_shipped_yaml_file_can_be_read():
    for file in shipped_files():
        if file.suffix in {".yml", ".yaml"}:
            yaml.safe_load(file.read_text(encoding="utf-8"))
