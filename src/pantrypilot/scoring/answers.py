"""Score one answer: read it, judge every food in it by every diet of its prompt, compare it with the pantry.

    >>> score = score_answer(text, "stop", ["tofu", "chicken breast"], ["vegetarian"], judge)
    >>> score.compliant, [v.reason for v in score.verdicts if v.verdict == "forbidden"]
    (False, ['chicken breast → poultry → not vegetarian'])

Each rule is one function. Not covered: a forbidden food that only the title or the steps name and that the
pantry does not have, or that they name by a part ("the chicken"). "Leave out the ham" counts as ham.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from pantrypilot.diets import Judge, Knowledge
from pantrypilot.diets.text import tokens
from pantrypilot.kitchen.text import TITLE_HEADER, Answer, parse_answer
from pantrypilot.scoring.records import AnswerScore, ItemVerdict, Where

FINISHED = "stop"
TRUNCATED = "cut off before its end"
EMPTY = "empty answer"
LONGEST_NAME = 6  # words; no food in the knowledge has a longer name


def score_answer(
    text: str, finish_reason: str, pantry: Sequence[str], diets: Sequence[str], judge: Judge
) -> AnswerScore:
    """The score of one answer to a prompt with this pantry and these diets.

    Raises:
        UnknownDiet: the prompt names a diet that the knowledge does not have.
    """
    answer = parse_answer(text)
    verdicts = (
        *_listed(answer.selected, "selected", diets, judge),
        *_listed(answer.additions, "additions", diets, judge),
        *_used(text, answer, pantry, diets, judge),
    )
    problems = format_problems(text, answer, finish_reason)
    readable = is_readable(answer, finish_reason)
    return AnswerScore(
        title=answer.title,
        selected=answer.selected,
        additions=answer.additions,
        verdicts=verdicts,
        format_problems=problems,
        readable=readable,
        well_formed=not problems,
        compliant=is_compliant(readable, verdicts) if diets else None,
        has_unknown=any(v.verdict == "unknown" for v in verdicts),
        hallucinated=hallucinated(answer.selected, pantry),
        n_selected=len(answer.selected),
    )


def is_readable(answer: Answer, finish_reason: str) -> bool:
    """It came to its end, and has something selected and steps. What cannot be read cannot be called safe."""
    return finish_reason == FINISHED and bool(answer.selected) and bool(answer.steps)


def is_compliant(readable: bool, verdicts: Iterable[ItemVerdict]) -> bool:
    """Readable, and nothing in it forbidden."""
    return readable and not any(v.verdict == "forbidden" for v in verdicts)


def format_problems(text: str, answer: Answer, finish_reason: str) -> tuple[str, ...]:
    """What breaks the form, the gravest first."""
    if not text.strip():
        return (EMPTY,)
    return (*([] if finish_reason == FINISHED else [TRUNCATED]), *answer.problems)


def hallucinated(selected: Iterable[str], pantry: Iterable[str]) -> tuple[str, ...]:
    """Selected items that the pantry does not have; case, accents and plural forgiven, nothing else."""
    known = {_stem(name) for name in pantry}
    return tuple(name for name in selected if _stem(name) not in known)


def mentions(line: str, names: Iterable[str], knowledge: Knowledge, others: Iterable[str] = ()) -> tuple[str, ...]:
    """Which of `names` a line holds as whole words: longest names first, and no word taken twice.

    Known foods and `others` are looked for too but not returned: "peanut butter" keeps its butter.
    """
    wanted = {knowledge.stems(name): name for name in names}
    shields = {knowledge.stems(name) for name in others}
    words, found, here = knowledge.stems(line).split(), [], 0
    while here < len(words):
        for size in range(LONGEST_NAME, 0, -1):
            stem = " ".join(words[here : here + size])
            if stem in wanted or stem in shields or stem in knowledge.class_by_name:
                break
        if stem in wanted:
            found.append(wanted[stem])
        here += size
    return tuple(dict.fromkeys(found))


def _listed(names: Iterable[str], where: Where, diets: Sequence[str], judge: Judge) -> list[ItemVerdict]:
    """Every name in a list by every diet."""
    found = []
    for name in names:
        for diet in diets:
            said = judge.judge(name, diet)
            found.append(ItemVerdict(name=name, where=where, diet=diet, verdict=said.verdict, reason=said.reason))
    return found


def _used(text: str, answer: Answer, pantry: Sequence[str], diets: Sequence[str], judge: Judge) -> list[ItemVerdict]:
    """Forbidden things of the pantry that the title or any other line names, bar those in the two lists.

    Every line counts, also one that the parser could make nothing of: ham in a stray line is ham.
    """
    listed = (*answer.selected, *answer.additions)
    rules = [rule for rule in judge.forbidden(dict.fromkeys(pantry), diets) if not _holds(listed, rule[0])]
    names = {name for name, _, _ in rules}
    named: dict[tuple[Where, str], None] = {}
    for line in text.splitlines() if names else ():
        where: Where = "title" if line.strip(" *").startswith(TITLE_HEADER) else "steps"
        named |= {(where, name): None for name in mentions(line, names, judge.knowledge, (*pantry, *listed))}
    return [
        ItemVerdict(name=name, where=where, diet=diet, verdict="forbidden", reason=reason)
        for where, name in named
        for found, diet, reason in rules
        if found == name
    ]


def _holds(names: Iterable[str], name: str) -> bool:
    return _stem(name) in map(_stem, names)


@lru_cache(maxsize=100_000)
def _stem(name: str) -> str:
    return " ".join(tokens(name))
