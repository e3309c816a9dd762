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
