"""Versions of the data by DVC itself, in a folder without git and without a git user."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from project_toys import ROOT, config, contents

PYTHON = ROOT / ".venv-dvc/bin/python"
pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="no .venv-dvc here: `make test` makes it")


class Project:
    """A folder with what `make snapshot` needs, and some data."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        for name in ("conf/base/versions.yml", ".dvc/config", ".dvcignore"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)

    def write(self, name: str, text: str) -> None:
        (self.data / name).parent.mkdir(parents=True, exist_ok=True)
        (self.data / name).write_text(text)

    def do(self, *words: str) -> subprocess.CompletedProcess[str]:
        told = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "GIT_CEILING_DIRECTORIES": str(self.folder)}
        command = [str(PYTHON), str(ROOT / "operations/versions.py"), *words]
        return subprocess.run(command, cwd=self.folder, env=told, capture_output=True, text=True, check=False)

    def must(self, *words: str) -> str:
        done = self.do(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def versions(self) -> list[str]:
        return sorted(file.stem for file in (self.folder / "versions").glob("*.yml"))


def make_project(folder: Path) -> Project:
    project = Project(folder / "project")
    project.write("01_raw/pantry/inventory.csv", "user,item\nu1,tofu\n")
    project.write("08_reporting/pantry/alerts.csv", "expired\n")
    project.write("08_reporting/pantry/data_docs/index.html", "<p>\r\nbytes, not lines")
    return project


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """One with a version `first` of all that it holds; nobody changes it."""
    project = make_project(tmp_path_factory.mktemp("kept"))
    project.must("snapshot", "first")
    return project


def test_restoring_the_first_of_two_versions_gives_the_same_bytes_and_no_file_more(project):
    before = contents(project.data)
    project.must("snapshot", "first")
    project.write("08_reporting/pantry/alerts.csv", "low stock\n")
    project.write("01_raw/pantry/receipts.csv", "new\n")
    (project.data / "08_reporting/pantry/data_docs/index.html").unlink()
    after = contents(project.data)
    project.must("snapshot", "second")
    project.must("restore", "first")
    assert contents(project.data) == before
    project.must("restore", "second")
    assert contents(project.data) == after


def test_a_version_comes_back_from_the_remote_where_neither_data_nor_cache_is_left(project):
    before = contents(project.data)
    project.must("snapshot", "first")
    shutil.rmtree(project.data)
    shutil.rmtree(project.folder / ".dvc/cache")
    project.must("restore", "first")
    assert contents(project.data) == before


def test_restoring_never_loses_a_file_that_is_in_no_version_unless_told_to(project):
    project.must("snapshot", "first")
    project.write("08_reporting/pantry/alerts.csv", "in no version\n")
    held = contents(project.data)
    refused = project.do("restore", "first")
    assert refused.returncode == 1 and "alerts.csv" in refused.stderr and "FORCE=1" in refused.stderr
    assert contents(project.data) == held
    project.must("restore", "first", "--force")
    assert "expired" in (project.data / "08_reporting/pantry/alerts.csv").read_text()


def test_a_second_snapshot_of_the_same_data_makes_no_version(kept):
    assert "Nothing changed" in kept.must("snapshot") and kept.versions() == ["first"]


def test_a_remote_that_was_emptied_is_filled_again(project):
    project.must("snapshot", "first")
    stored = contents(project.folder / ".dvc-store")
    shutil.rmtree(project.folder / ".dvc-store")
    project.must("snapshot")
    assert stored and contents(project.folder / ".dvc-store") == stored


def test_a_version_tells_when_and_of_what_it_is_and_status_tells_what_changed(project):
    project.must("snapshot", "first")
    version = yaml.safe_load((project.folder / "versions/first.yml").read_text())
    assert {out["path"] for out in version["outs"]} == {"data/01_raw/pantry", "data/08_reporting/pantry"}
    assert version["meta"]["time"].endswith("+00:00")
    assert "first, unchanged" in project.must("status")
    project.write("03_primary/pantry/stock.csv", "new\n")
    project.write("01_raw/pantry/inventory.csv", "changed\n")
    told = project.must("status")
    assert "modified  data/01_raw/pantry/inventory.csv" in told and "added     data/03_primary/pantry" in told
    assert "* first" in project.must("list")


def test_a_folder_that_the_version_does_not_have_is_left_as_it_is(project):
    project.must("snapshot", "first")
    project.write("06_models/generator/v3/adapter/weights", "a\n")
    assert "06_models/generator is not in that version" in project.must("restore", "first")
    assert (project.data / "06_models/generator/v3/adapter/weights").exists()


def test_unfinished_trainings_are_no_part_of_a_version(project):
    project.write("06_models/generator/v3/adapter/weights", "a\n")
    project.write("06_models/generator/v3/checkpoints/step", "1\n")
    project.must("snapshot", "first")
    project.write("06_models/generator/v3/checkpoints/step", "2\n")
    project.must("restore", "first")
    assert (project.data / "06_models/generator/v3/checkpoints/step").read_text() == "2\n"


def test_a_remote_that_cannot_be_reached_leaves_no_version_behind(project):
    project.must("snapshot", "first")
    (project.folder / ".dvc/config.local").write_text("['remote \"store\"']\n    url = /proc/nowhere\n")
    project.write("08_reporting/pantry/alerts.csv", "low stock\n")
    failed = project.do("snapshot", "second")
    assert failed.returncode == 1 and "/proc/nowhere" in failed.stderr and "Traceback" not in failed.stderr
    assert project.versions() == ["first"] and "held version first" in project.must("status")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("restore", "frist"), "Did you mean 'first'"),
        (("restore", ""), "make restore VERSION=name"),
        (("snapshot", "first"), "There is a version 'first' already"),
        (("snapshot", "../first"), "cannot be the name of a version"),
    ],
)
def test_a_name_that_does_not_fit_is_explained(kept, words, told):
    failed = kept.do(*words)
    assert failed.returncode == 1 and told in failed.stderr and "Traceback" not in failed.stderr


@pytest.mark.parametrize("kind", ["all", "one file"])
def test_a_version_whose_files_are_nowhere_is_refused_and_what_lies_there_stays(project, kind):
    """DVC's own checkout would remove the folders."""
    project.must("snapshot", "first")
    project.write("08_reporting/pantry/alerts.csv", "low stock\n")
    held = contents(project.data)
    for store in (".dvc/cache", ".dvc-store"):
        for file in [file for file in (project.folder / store).rglob("*") if file.is_file()]:
            if kind == "all" or file.read_bytes() == b"expired\n":
                file.unlink()
    failed = project.do("restore", "first", "--force")
    assert failed.returncode == 1 and "neither in DVC's cache nor in the remote" in failed.stderr
    assert contents(project.data) == held


def test_without_any_data_there_is_nothing_to_keep(project):
    shutil.rmtree(project.data)
    failed = project.do("snapshot")
    assert failed.returncode == 1 and "kedro run --pipelines pantry" in failed.stderr
    assert not (project.folder / "data.dvc").exists()


def test_what_is_kept_are_folders_that_the_catalog_writes_to():
    paths = config()["globals"]["paths"]
    written = {f"{paths[layer]}/pantry" for layer in ("primary", "reporting")}
    kept = yaml.safe_load((ROOT / "conf/base/versions.yml").read_text())["folders"]
    assert set(kept) == written | {paths["snapshots"], f"{paths['models']}/generator"}
