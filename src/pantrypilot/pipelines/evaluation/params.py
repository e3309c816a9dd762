"""Parameters of evaluation: slices of test prompts, and how answers are drawn."""

from __future__ import annotations

from pydantic import Field

from pantrypilot.kitchen.settings import Settings
from pantrypilot.modelling.generation import GenerationSettings
from pantrypilot.pipelines.augmentation.params import Between
from pantrypilot.scoring import Case


class SliceParams(Settings):
    """A named part of the test prompts. Counts are of items a pantry.

    `diets` are the tag combinations that prompts carry, in turn; `intruders` are the shelves (by name) from
    which `count` forbidden items are put into the pantry, each from another shelf where that is possible.
    `held_out` draws them, and allowed companions, from the foods that fine-tuning never saw.
    """

    prompts: int = Field(gt=0)
    diets: tuple[tuple[str, ...], ...] = ()
    intruders: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    count: Between = Between(least=0, most=0)
    held_out: bool = False


class EvaluationParams(Settings):
    """`generator.evaluation`."""

    slices: dict[str, SliceParams]
    cases: dict[str, Case]
    generation: GenerationSettings
