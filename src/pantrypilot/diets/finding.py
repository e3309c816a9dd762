"""Find what breaks a diet in a title or in steps, with the exceptions that the judge makes.

    >>> find("Roast the carrots in butter, then add butter beans.", "vegan")
    [Span(start=21, end=27, text='butter', diet='vegan', verdict='forbidden', reason='butter → dairy → ...')]

A run of known words that names food is judged as a name; the words of `steps.yml` tell what is no food in
running text. Every step is linear in the text. Not covered: what "the mixture" stands for, parts that do not say
of which animal ("grill the chops"), and what is only spoken of: "my son hates ham" has ham.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pantrypilot.diets.judging import Judge, Verdict
from pantrypilot.diets.places import Placed, placed_tokens, stretch_reader
from pantrypilot.diets.running import IN_A_NAME, Kind, Phrase, Phrases


@dataclass(frozen=True, slots=True)
class Span:
    """`text` is what stands from `start` up to `end`; `verdict` and `reason` are the judge's."""

    start: int
    end: int
    text: str
    diet: str
    verdict: Verdict
    reason: str


@dataclass(slots=True)
class _Run:
    """Words that name food together, and what parted them from the run before; `left_out`: "instead of" them."""

    after: int
    left_out: bool = False
    phrases: list[Phrase] = field(default_factory=list)
    kinds: int = Kind.NOTHING

    def add(self, phrases: Iterable[Phrase]) -> None:
        for phrase in phrases:
            self.phrases.append(phrase)
            self.kinds |= phrase.kind

    def only_claims(self) -> bool:
        return bool(self.kinds & Kind.CLAIM) and not self.kinds & Kind.FOOD and not self.left_out


class Finder:
    """Finds by one judge; make one and keep it."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self._phrases = Phrases(judge.knowledge)
        self._read = stretch_reader(judge.knowledge.spelling)

    def find(self, text: str, diet: str, unsure: bool = False) -> list[Span]:
        """The spans of `text` that `diet` forbids, in order; with `unsure`, also those that depend on the maker.

        Raises:
            UnknownDiet: with the nearest right name.
        """
        return self.find_all(text, [diet], unsure)

    def find_all(self, text: str, diets: Iterable[str], unsure: bool = False) -> list[Span]:
        """`find` for several diets in one pass over the text; a span comes once for each diet that it breaks.

        Raises:
            UnknownDiet: with the nearest right name.
        """
        keys = [self.judge.knowledge.diet(diet).key for diet in diets]
        wanted = (Verdict.FORBIDDEN, Verdict.UNKNOWN) if unsure else (Verdict.FORBIDDEN,)
        found = []
        for said, start, end in self.named(text):
            verdicts = self.judge.verdicts(said)
            for key in keys:
                if verdicts[key] in wanted and (judged := self.judge.judge(said, key)).food_classes:
                    found.append(Span(start, end, text[start:end], key, judged.verdict, judged.reason))
        return found

    def named(self, text: str) -> Iterator[tuple[str, int, int]]:
        """What `text` names as eaten: words to judge with their claims, and from where to where the foods stand."""
        words = list(placed_tokens(text, self._read))
        for run in _with_claims(_runs(self._phrases.read(words))):
            if run.kinds & Kind.FOOD and not run.left_out:
                foods = [phrase for phrase in run.phrases if phrase.kind & Kind.FOOD]
                said = text[words[run.phrases[0].first].start : words[run.phrases[-1].end - 1].end]
                yield said, *_reach(words, foods)


def _reach(words: Sequence[Placed], foods: Sequence[Phrase]) -> tuple[int, int]:
    return words[foods[0].first].start, words[foods[-1].end - 1].end


def _runs(phrases: Iterable[Phrase]) -> list[_Run]:
    """Runs of phrases that name food or belong to one; a strange word, a mark or "with" ends a run."""
    runs: list[_Run] = []
    open_run = left_out = False
    after = Kind.SENTENCE
    for phrase in phrases:
        if phrase.kind & Kind.LEFT_OUT and not phrase.kind & Kind.BESIDE:
            open_run, left_out, after = False, True, Kind.LEFT_OUT
        elif phrase.kind & IN_A_NAME:
            # "Fry the ham", "flour 2 chops": what begins anew is another food.
            begins = phrase.kind & (Kind.DEFINITE | Kind.NUMBER) and open_run and runs[-1].kinds & Kind.FOOD
            if begins or phrase.kind & Kind.LEFT_OUT:
                left_out, after = False, Kind.NOTHING if open_run else after
                open_run = False
            if not open_run:
                runs.append(_Run(after, left_out))
                open_run = True
            runs[-1].add([phrase])
        else:
            left_out = False
            # "(vegan)," and ", and": the word says more than the mark beside it.
            after = phrase.kind if open_run or not phrase.kind & Kind.CLAUSE else after
            open_run = False
    return _whole_lists_left_out(runs)


def _whole_lists_left_out(runs: list[_Run]) -> list[_Run]:
    """What "or" ties to something left out is left out too: "no eggs, milk or butter"."""
    tied: list[_Run] = []
    in_list = False
    for run in runs:
        begins = run.left_out or bool(run.phrases[0].kind & Kind.LEFT_OUT)
        in_list = begins or (in_list and bool(run.after & (Kind.CLAUSE | Kind.OR)))
        tied = tied if in_list and not begins else []
        tied.append(run)
        if in_list and run.after & Kind.OR:
            for one in tied:
                one.left_out = True
            tied = []
    return runs


def _with_claims(runs: Sequence[_Run]) -> Iterator[_Run]:
    """Runs with the claims in runs of their own: "butter (vegan)", "vegan and gluten-free cake"."""
    waiting: list[Phrase] = []
    ready: _Run | None = None
    for run in runs:
        tied = run.after & (Kind.CLAUSE | Kind.JOINER) and not run.after & Kind.OR
        if waiting and run.after == Kind.NOTHING:
            tied = run.phrases[0].first - waiting[-1].end == 1  # one strange word: "vegan Miyoko's butter"
        if run.only_claims():
            if ready is not None and run.after & Kind.CLAUSE:
                ready.add(run.phrases)
            else:
                waiting = waiting if tied else []
                waiting += run.phrases
        else:
            if ready is not None:
                yield ready
            ready = run
            if waiting and tied:
                ready = _Run(run.after, run.left_out)
                ready.add([*waiting, *run.phrases])
            waiting = []
    if ready is not None:
        yield ready
