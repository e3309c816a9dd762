"""Every notebook runs from top to bottom on the outputs of `kedro run --env test`, and is committed without outputs."""

from __future__ import annotations

import pytest

from project_toys import ROOT, finished

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.mark.slow
@each_notebook
def test_a_notebook_runs_and_draws(notebook, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    project, run = finished()
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    monkeypatch.setenv("PANTRYPILOT_ENV", "test")
    book = nbformat.read(notebook, as_version=4)
    client = NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(project)}})
    client.execute()
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs)


@each_notebook
def test_a_notebook_is_committed_without_outputs(notebook):
    import nbformat

    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    assert cells
    assert all(not cell.outputs and cell.execution_count is None for cell in cells), "clear all outputs, then commit"
