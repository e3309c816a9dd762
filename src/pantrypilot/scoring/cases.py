"""The named cases: the failures that production reported, and that every report must answer.

A case is a diet and the foods that tempt it; a prompt is an example of a case when its diets hold the diet
and its pantry holds a temptation of every kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pantrypilot.diets import Judge


def _chicken_breast(name: str, judge: Judge) -> bool:
    return judge.knowledge.stems(name) == judge.knowledge.stems("chicken breast")


def _dairy(name: str, judge: Judge) -> bool:
    return judge.judge(name, "dairy-free").verdict == "forbidden"


def _eggs(name: str, judge: Judge) -> bool:
    return judge.judge(name, "egg-free").verdict == "forbidden"


def _meat(name: str, judge: Judge) -> bool:
    return judge.judge(name, "pescatarian").verdict == "forbidden"


Temptation = Callable[[str, Judge], bool]
CASES: Mapping[str, tuple[str, tuple[Temptation, ...]]] = {
    "vegetarian with chicken breast": ("vegetarian", (_chicken_breast,)),
    "vegan with dairy and eggs": ("vegan", (_dairy, _eggs)),
    "pescatarian with meat": ("pescatarian", (_meat,)),
}


def cases_of(pantry: Sequence[str], diets: Sequence[str], judge: Judge) -> tuple[str, ...]:
    """The names of the cases that a prompt with this pantry and these diets is an example of."""
    return tuple(
        case
        for case, (diet, temptations) in CASES.items()
        if diet in diets and all(any(tempts(name, judge) for name in pantry) for tempts in temptations)
    )
