"""May this ingredient be eaten on this diet?

    >>> from pantrypilot.diets import judge
    >>> judge("fish sauce", "vegetarian").reason
    'fish sauce → fish → not vegetarian'

Foods, diets and the words around them are data (`knowledge/*.yml`); the code only matches.
A name says what a food is, not how it was slaughtered, certified or contaminated.
"""

from functools import cache

from pantrypilot.diets.finding import Finder, Span
from pantrypilot.diets.judging import Judge, Judgement, Judgements, Verdict
from pantrypilot.diets.knowledge import Diet, FoodClass, Knowledge, KnowledgeError, UnknownDiet

__all__ = [
    "Diet",
    "Finder",
    "FoodClass",
    "Judge",
    "Judgement",
    "Judgements",
    "Knowledge",
    "KnowledgeError",
    "Span",
    "UnknownDiet",
    "Verdict",
    "default_judge",
    "find",
    "forbidden",
    "judge",
]


@cache
def default_judge() -> Judge:
    """The judge with the packaged knowledge, made once."""
    return Judge(Knowledge.load())


def judge(ingredient: str, diet: str) -> Judgement:
    """`Judge.judge` with the packaged knowledge."""
    return default_judge().judge(ingredient, diet)


@cache
def _default_finder() -> Finder:
    return Finder(default_judge())


def find(text: str, diet: str) -> list[Span]:
    """`Finder.find` with the packaged knowledge: where a title or a step breaks a diet."""
    return _default_finder().find(text, diet)


def forbidden(ingredients: list[str], diets: list[str]) -> list[tuple[str, str, str]]:
    """`Judge.forbidden` with the packaged knowledge: `(ingredient, diet, reason)`."""
    return default_judge().forbidden(ingredients, diets)
