"""The named cases: failures that production reported, and that every report must answer.

One of them, as `generator.evaluation.cases` gives it:

    vegan with dairy and eggs:
      diets: [vegan]
      tempted_by: [{breaks: dairy-free}, {breaks: egg-free}]
      pantry: [eggs, milk, butter, chickpeas, tomatoes, onion, olive oil, cumin]
      request: I want an indian lunch.

Pantry and request are asked as they stand. Any other prompt is an example of the case when it has its diets, and
every temptation stands in its pantry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field, model_validator

from pantrypilot.diets import Judge
from pantrypilot.kitchen.settings import Settings


class Temptation(Settings):
    """A food by its name, or any that a diet forbids."""

    food: str | None = None
    breaks: str | None = None

    @model_validator(mode="after")
    def one_of_the_two(self) -> Temptation:
        if (self.food is None) == (self.breaks is None):
            raise ValueError("a temptation is either `food: <name>` or `breaks: <diet>`")
        return self

    def is_met_by(self, name: str, judge: Judge) -> bool:
        """Whether a food in the pantry is this temptation. Raises UnknownDiet."""
        if self.breaks is not None:
            return judge.judge(name, self.breaks).verdict == "forbidden"
        return judge.knowledge.stems(name) == judge.knowledge.stems(self.food)


class Case(Settings):
    """Diets, what tempts to break them, and the one prompt that is written for it."""

    diets: tuple[str, ...] = Field(min_length=1)
    tempted_by: tuple[Temptation, ...] = Field(min_length=1)
    pantry: tuple[str, ...] = Field(min_length=2)
    request: str

    def is_met_by(self, pantry: Sequence[str], diets: Sequence[str], judge: Judge) -> bool:
        """Whether a prompt with this pantry and these diets is an example of the case."""
        return set(self.diets) <= set(diets) and all(
            any(temptation.is_met_by(name, judge) for name in pantry) for temptation in self.tempted_by
        )


def cases_of(
    cases: Mapping[str, Case], pantry: Sequence[str], diets: Sequence[str], judge: Judge
) -> tuple[str, ...]:
    """The names of the cases that a prompt is an example of."""
    return tuple(name for name, case in cases.items() if case.is_met_by(pantry, diets, judge))
