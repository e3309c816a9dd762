"""What the project does around a run."""

from types import SimpleNamespace

from pantrypilot.hooks import SpentCheckpoints


class Folder:
    cleared = False

    def clear(self):
        self.cleared = True


def a_save(dataset_name):
    """A node with two outputs has had one of them stored; returns its checkpoint folder."""
    folder, hook = Folder(), SpentCheckpoints()
    hook.after_catalog_created(SimpleNamespace(load={"generator.v3.checkpoints": folder}.__getitem__))
    node = SimpleNamespace(inputs=["generator.base", "generator.v3.checkpoints"], outputs=["adapter", "run_card"])
    hook.after_dataset_saved(dataset_name, None, node)
    return folder


def test_checkpoints_are_cleared_when_the_last_output_is_stored():
    assert a_save("run_card").cleared


def test_checkpoints_stay_while_an_output_is_still_to_be_stored():
    assert not a_save("adapter").cleared


def test_every_task_of_a_run_has_its_summary_printed(tmp_path, capsys):
    from kedro.io import DataCatalog
    from kedro.pipeline import Node, Pipeline

    from pantrypilot.datasets import NoteDataset, PageDataset
    from pantrypilot.hooks import RunSummary

    tasks, entries = ("diets", "pantry"), {}
    for task in tasks:
        (tmp_path / f"{task}.txt").write_text(f"what {task} found")
        entries[f"{task}.summary"] = NoteDataset(filepath=str(tmp_path / f"{task}.txt"))
        entries[f"{task}.report"] = PageDataset(filepath=str(tmp_path / f"{task}.html"))
    nodes = [Node(lambda rows: rows, f"{task}.rows", f"{task}.summary", name=f"sum_up_{task}") for task in tasks]
    RunSummary().after_pipeline_run({}, Pipeline(nodes), DataCatalog(entries))
    printed = capsys.readouterr().out
    for task in tasks:
        assert f"what {task} found" in printed and f"{task}.html" in printed
