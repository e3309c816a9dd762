"""Parameters of evaluation: slices of test prompts, and how answers are drawn."""

from __future__ import annotations

from pydantic import Field, model_validator

from pantrypilot.kitchen.settings import Settings
from pantrypilot.modelling.generation import GenerationSettings
from pantrypilot.pipelines.augmentation.params import Between
from pantrypilot.scoring import Case


class SliceParams(Settings):
    """A named part of the test prompts. Counts are of items a pantry.

    `diets` are the tag combinations that prompts carry, in turn; `intruders` are the shelves (by name) from
    which `count` forbidden items are put into the pantry, each from another shelf where that is possible.
    `held_out` draws them, and allowed companions, from the foods that fine-tuning never saw.
    `households` asks from the pantries of real households as they are; it needs `diets`.
    """

    prompts: int = Field(gt=0)
    diets: tuple[tuple[str, ...], ...] = ()
    intruders: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    count: Between = Between(least=0, most=0)
    held_out: bool = False
    households: bool = False

    @model_validator(mode="after")
    def guests_have_diets(self) -> SliceParams:
        if self.households and not self.diets:
            raise ValueError("a slice of households needs diets: its guests are to keep them")
        return self


class EvaluationParams(Settings):
    """`generator.evaluation`."""

    slices: dict[str, SliceParams]
    cases: dict[str, Case]
    generation: GenerationSettings
