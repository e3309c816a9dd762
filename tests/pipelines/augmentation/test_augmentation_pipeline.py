"""The stage's topology: recipes once, rows once for every strategy."""

from pantrypilot.pipelines import augmentation
from pantrypilot.pipelines.strategies import STRATEGIES

PIPELINE = augmentation.create_pipeline()


def nodes(name: str) -> list:
    return [node for node in PIPELINE.nodes if node.short_name == name]


def test_strategies_get_the_same_inputs_but_for_their_own_parameter():
    inputs = [set(node.inputs) for node in nodes("build_rows")]
    assert len(inputs) == len(STRATEGIES)
    own = [f"params:generator.strategies.{strategy}" for strategy in STRATEGIES]
    assert {*inputs[0]} ^ {*inputs[1]} == set(own)


def test_recipes_are_split_before_anything_is_made_of_them():
    (split,) = nodes("split_recipes")
    assert "generator.labelled_recipes" in split.inputs
    others = [node for node in PIPELINE.nodes if "generator.labelled_recipes" in node.inputs]
    assert others == [split]


def test_training_files_are_made_of_checked_rows_alone():
    for node in nodes("split_rows"):
        assert [name.rsplit(".", 1)[1] for name in node.inputs] == ["checked_rows"]


def test_every_node_is_tagged_with_its_stage_and_named_by_a_verb():
    verbs = {"split", "sample", "compose", "merge", "write", "stock", "build", "check"}
    verbs |= {"judge", "make", "choose", "shop", "take"}  # of the pantry
    for node in PIPELINE.nodes:
        assert "augmentation" in node.tags
        assert node.short_name.split("_")[0] in verbs
