"""The project itself as a toy: its configuration, a copy of it to run in, and tables of its own corpus."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from kedro.config import OmegaConfigLoader

from pantrypilot.datasets import DishesDataset
from pantrypilot.diets import Knowledge
from pantrypilot.kitchen.dishes import Dishes, load_dishes
from pantrypilot.kitchen.readers import open_collection
from pantrypilot.kitchen.text import DIETARY_HEADER, NO_DIET
from pantrypilot.pipelines.augmentation.balance import split_recipes
from pantrypilot.pipelines.augmentation.larder import stock_larder
from pantrypilot.pipelines.augmentation.params import AugmentationParams, PantryParams, StrategyParams
from pantrypilot.pipelines.augmentation.rows import build_rows
from pantrypilot.pipelines.evaluation.params import EvaluationParams
from pantrypilot.pipelines.ingestion.recipes import read_recipes
from pantrypilot.pipelines.validation.ingredients import judge_ingredients
from pantrypilot.pipelines.validation.labels import label_recipes
from pantrypilot.pipelines.validation.params import ValidationParams
from pantrypilot.settings import CONFIG_LOADER_ARGS

ROOT = Path(__file__).parents[1]
# another base than the embedded one may be tried: PANTRYPILOT_TEST_BASE=<folder>
BASE = Path(os.environ.get("PANTRYPILOT_TEST_BASE", ROOT / "data/06_models/pantry-tiny"))
SEED = 7
# no telemetry, no network, and no setting of the developer's that would change what is printed
QUIET = {"DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1", "PANTRYPILOT_TRACEBACK": "", "COLUMNS": "120"}


def config(env: str = "base") -> OmegaConfigLoader:
    """What Kedro loads for an environment, with the project's own settings."""
    return OmegaConfigLoader(str(ROOT / "conf"), **{**CONFIG_LOADER_ARGS, "default_run_env": "base"}, env=env)


def environments() -> list[str]:
    """All folders of conf but the machine's own."""
    return sorted(folder.name for folder in (ROOT / "conf").iterdir() if folder.is_dir() and folder.name != "local")


@functools.cache
def parameters() -> dict[str, Any]:
    return config()["parameters"]


def pantry_params(**changes: Any) -> PantryParams:
    return PantryParams.model_validate({**parameters()["generator"]["pantry"], **changes})


def augmentation_params(**changes: Any) -> AugmentationParams:
    return AugmentationParams.model_validate({**parameters()["generator"]["augmentation"], **changes})


def evaluation_params(**changes: Any) -> EvaluationParams:
    return EvaluationParams.model_validate({**parameters()["generator"]["evaluation"], **changes})


def strategy_params(name: str, **changes: Any) -> StrategyParams:
    return StrategyParams.model_validate({**parameters()["generator"]["strategies"][name], **changes})


def own_titles() -> Dishes:
    """Dish forms as a cook may change them in conf/base/dishes.yml: all are called "Own …"."""
    forms = {name: form.model_dump() | {"titles": ["Own {first}"]} for name, form in load_dishes().data.forms.items()}
    return DishesDataset({"forms": forms}).load()


@functools.cache
def corpus() -> tuple[pd.DataFrame, pd.DataFrame]:
    """(recipes with their labels and split, larder) of the authored corpus; nobody changes them."""
    recipes, _, _ = read_recipes(open_collection("corpus:data/01_raw/recipes", ROOT))
    knowledge = Knowledge.load(config()["globals"]["diets"])
    verdicts = judge_ingredients(recipes, knowledge)
    validation = ValidationParams.model_validate(parameters()["generator"]["validation"])
    labelled, _ = label_recipes(recipes, verdicts, validation)
    pool = split_recipes(labelled, augmentation_params(), SEED)
    return pool, stock_larder(verdicts, pantry_params(), knowledge)


@functools.cache
def homes() -> pd.DataFrame:
    """Two households' pantries, as `gather_pantries` makes them."""
    one = ["bacon", "butter", "eggs", "garlic", "milk", "onion", "potatoes", "rice", "soy sauce", "tomatoes", "veal"]
    other = ["chickpeas", "cumin", "fish sauce", "lemon", "olive oil", "onion", "salmon fillet", "tofu", "yogurt"]
    return pd.DataFrame({"user_id": ["user_001", "user_002"], "names": [one, other]})


@functools.cache
def corpus_rows(strategy: str, count: int = 600, seed: int = SEED) -> pd.DataFrame:
    """Chat rows of the corpus before their checks."""
    pool, larder = corpus()
    return build_rows(
        pool, larder, homes(), pantry_params(), augmentation_params(rows=count), strategy_params(strategy), seed
    )


def parse_system(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(pantry, diets) of a system message that `render_system` wrote."""
    pantry = tuple(line[2:].strip() for line in text.splitlines() if line.startswith("- "))
    diet_line = next((line for line in text.splitlines() if line.startswith(DIETARY_HEADER)), "")
    diets = tuple(
        tag.strip()
        for tag in diet_line.removeprefix(DIETARY_HEADER).split(",")
        if tag.strip() not in ("", NO_DIET)
    )
    return pantry, diets


def copy_project(folder: Path) -> Path:
    """The project in another folder, without its outputs: what runs there leaves the checkout alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("conf", "data/01_raw"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("local"))
    if BASE.exists():
        shutil.copytree(BASE, folder / "data/06_models/pantry-tiny")
    for name in ("pyproject.toml", ".telemetry"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "src").mkdir()  # Kedro asks for it; the code is the installed one
    return folder


def kedro(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`kedro <words>` in a project."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("kedro")), *words],
        cwd=project,
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@functools.cache
def finished() -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A copy in which the main job ran in small (`kedro run --env test`), and what that printed. Read only."""
    folder = Path(tempfile.mkdtemp(prefix="pantrypilot-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    project = copy_project(folder / "project")
    return project, kedro(project, "run", "--env", "test")


def copy_finished() -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The finished project once more, for a test to change. Not in pytest's folder, which another session may close to
    the user of the embedded database; owners are kept, because PostgreSQL takes no data of others."""
    project, done = finished()
    folder = Path(tempfile.mkdtemp(prefix="pantrypilot-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    subprocess.run(["cp", "-a", str(project), str(folder / "project")], check=True)
    return folder / "project", done


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the database's own, which change when it starts."""
    files = {str(file.relative_to(folder)): file for file in folder.rglob("*") if file.is_file()}
    return {name: file.read_bytes() for name, file in files.items() if not name.lstrip(".").startswith("postgres")}
