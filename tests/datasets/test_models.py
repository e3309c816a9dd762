"""What a base is called in files that travel with the project."""

import pytest

from pantrypilot.datasets import BaseModelDataset


@pytest.mark.parametrize("below", ["", "notebooks"])
def test_a_base_inside_the_project_is_called_by_its_place_in_it(base, tmp_path, monkeypatch, below):
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "notebooks").mkdir()
    (project / "pyproject.toml").write_text("[tool.kedro]\npackage_name='p'\nproject_name='p'\n")
    (project / "models/toy").symlink_to(base.path)
    monkeypatch.chdir(project / below)
    inside = str(project / "models/toy")
    named = {given: BaseModelDataset(given).load() for given in ("models/toy", inside, base.path, "some/model")}
    assert {given: found.name for given, found in named.items()} == {
        "models/toy": "models/toy",
        inside: "models/toy",
        base.path: base.path,
        "some/model": "some/model",
    }
    assert named["models/toy"].path == named[inside].path == inside
