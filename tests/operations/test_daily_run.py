"""The daily run: what its tasks do, and Airflow itself running them once in a copy of the project."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pantrypilot.pipelines.pantry import create_pipeline
from project_toys import QUIET, ROOT, copy_project, kedro

DAG = ROOT / "airflow/dags/pantrypilot_pantry_dag.py"
TASKS = yaml.safe_load((ROOT / "conf/base/airflow.yml").read_text())["pantry"]["tasks"]
AIRFLOW, DVC = ROOT / ".venv-airflow/bin/airflow", ROOT / ".venv-dvc"


def task_of(node) -> str:
    found = [task for task, tags in TASKS.items() if node.tags & set(tags)]
    assert len(found) == 1, f"{node.name} is in the tasks {found}"
    return found[0]


def test_every_node_of_the_pantry_is_in_one_task():
    for node in create_pipeline().nodes:
        task_of(node)


def test_no_task_waits_for_what_a_later_one_makes():
    pipeline, order = create_pipeline(), list(TASKS)
    for node, before in pipeline.node_dependencies.items():
        for other in before:
            assert order.index(task_of(other)) <= order.index(task_of(node)), (other.name, node.name)


def test_the_committed_dag_is_what_kedro_airflow_makes_of_the_conf(tmp_path):
    """Fails after a change of conf/base/airflow.yml or the template: `make dag`."""
    words = ["--pipelines", "pantry", "--jinja-file", "operations/pantry_dag.py.j2", "--target-dir", str(tmp_path)]
    made = kedro(ROOT, "airflow", "create", *words)
    assert made.returncode == 0, made.stdout + made.stderr
    assert (tmp_path / DAG.name).read_text() == DAG.read_text()


@pytest.mark.slow
@pytest.mark.skipif(not AIRFLOW.exists() or not DVC.exists(), reason="no .venv-airflow: `make test` makes it")
def test_airflow_runs_the_day_and_a_task_that_fails_stops_it(tmp_path):
    project = copy_project(tmp_path / "project")
    links = {".venv": Path(sys.prefix), ".venv-dvc": DVC, "operations": ROOT / "operations", ".dvc": ROOT / ".dvc"}
    for name, target in links.items():
        (project / name).symlink_to(target)
    settings = project / "conf/local/parameters.yml"
    settings.parent.mkdir()
    settings.write_text("pantry: {households: {users: 4, items: 20, purchases: 60}}\n")

    told = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        **QUIET,
        "PANTRYPILOT_PROJECT": str(project),
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAG.parent),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }

    def airflow(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(AIRFLOW), *words]
        return subprocess.run(command, env=told, capture_output=True, text=True, timeout=600, check=False)

    assert airflow("db", "migrate").returncode == 0
    day = airflow("dags", "test", "pantrypilot_data_pipeline", "2026-11-02")
    assert day.returncode == 0, day.stdout[-3000:] + day.stderr[-3000:]
    assert "data/ is in no version yet" in day.stdout + day.stderr
    for file in ("01_raw/pantry/inventory", "03_primary/pantry/stock", "08_reporting/pantry/alerts"):
        assert (project / "data" / f"{file}.csv").is_file(), file

    settings.write_text("pantry: {households: {users: none}}\n")
    day = airflow("dags", "test", "pantrypilot_data_pipeline", "2026-11-03")
    assert day.returncode != 0 and "task_id=validate" not in day.stdout + day.stderr
