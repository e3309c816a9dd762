"""Decoding that cannot emit a forbidden or made-up ingredient, whatever the model.

    >>> guard = Guard(tokenizer, default_judge())
    >>> watches = [guard.watch(pantry, diets) for pantry, diets in ...]
    >>> answers = generate_batch(model, tokenizer, prompts, settings, [[watch] for watch in watches])
    >>> watches[0].report.interventions  # steps whose likeliest token was masked

The guard follows the answer's text byte by byte, not its tokens: however a word is cut into tokens, it is the
same word. At every step it masks each token of the vocabulary whose text would leave the rules:

- form: title, selected, additions (optional), numbered steps, in this order, so that no list can hide from
  the parser; marks that readers drop (`*`, invisible characters) are not written;
- selected: names of the pantry, letter for letter, each once; none that a diet forbids or is unsure of, so
  with nothing to offer the list stays empty and the recipe goes on;
- title, additions, steps: no forbidden food as whole words (see `guard_words`).

What it does not do:
- A food that the knowledge does not name is not seen, nor one in another language, misspelt ("chikken"), in
  look-alike letters of another script, or spaced out ("c h i c k e n"). Additions may be `unknown`.
- It sees names, not meaning: "leave out the butter" cannot be written either, and "roast" is a verb only at
  the head of a sentence.
- Sentences may read oddly where the model wanted something else, and nothing makes it a good recipe.
- An answer that is cut at `max_tokens` may end inside a longer name ("butter" of "butter beans").
- A model that reasons before it answers cannot do so: the answer starts with its title.
- The first answers with a vocabulary of 130,000 take some seconds, until the masks are known; then it is quick.
- Where no token fits (a vocabulary without single bytes), the answer ends there and `stuck` counts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pantrypilot.diets import Judge
from pantrypilot.modelling.guard_states import Line, Shelf, State, may_end, next_line, start, step, why
from pantrypilot.modelling.guard_tokens import Node, TokenTree, token_bytes
from pantrypilot.modelling.guard_words import FoodWords, Writing

if TYPE_CHECKING:
    import mlx.core as mx

MASK_BYTES = 128_000_000  # of cached masks; the oldest go first
LONGEST_TOKEN = 96  # bytes; longer ones are rulers and blanks, and no answer needs them
WALK_ENTRIES = 1_000_000
Range = tuple[int, int]


@dataclass
class GuardReport:
    """What the guard did in one answer. `interventions` counts steps whose likeliest token was masked, by rule:
    `selection` (not offered, or again), `food` (forbidden words), `form` (another layout, or an early end)."""

    steps: int = 0
    interventions: int = 0
    selection: int = 0
    food: int = 0
    form: int = 0
    stuck: int = 0


class Blocked(NamedTuple):
    """Tokens that may not be written: `ranges`, more in `parts`; from `breaks` the walk goes on in a new line."""

    ranges: list[Range]
    breaks: list[tuple[Writing, Node]]
    parts: list[Blocked]


NOTHING_BLOCKED = Blocked([], [], [])


class Guard:
    """The rules of a judge over the vocabulary of a tokenizer; make one, and a `watch` for each answer.

    Raises:
        UnreadableTokenizer: the tokens' text cannot be told.
    """

    def __init__(self, tokenizer: Any, judge: Judge) -> None:
        self.judge = judge
        self.ends = sorted(tokenizer.eos_token_ids)
        self.texts = token_bytes(tokenizer)
        for index, written in enumerate(self.texts):
            if index in self.ends or len(written) > LONGEST_TOKEN:
                self.texts[index] = b""
        self.tree = TokenTree(self.texts)
        self._order = np.array(self.tree.order, np.int64)
        spelled = (item.decode("utf-8", "ignore").lower().strip() for item in self.texts)
        self._vocabulary = {word for word in spelled if word.isalpha()}
        self._words: dict[Any, FoodWords] = {}
        self._walks: dict[Any, Any] = {}
        self._masks: dict[State, Any] = {}

    def watch(self, pantry: Sequence[str], diets: Sequence[str]) -> Watch:
        """A logits processor for one answer to a prompt with this pantry and these diets.

        Raises:
            UnknownDiet: with the nearest right name.
        """
        diets = tuple(sorted({self.judge.knowledge.diet(diet).key for diet in diets}))
        said = {name: self.judge.verdicts(name) for name in pantry}
        offered = {name.lower(): name for name in pantry if all(said[name][diet] == "allowed" for diet in diets)}
        banned = [name for name in pantry if any(said[name][diet] == "forbidden" for diet in diets)]
        names = frozenset(name.encode() for name in offered.values())
        return Watch(self, start(Shelf(names, self.words(diets, offered.values(), banned))))

    def accepts(self, answer: str, pantry: Sequence[str], diets: Sequence[str]) -> bool:
        """Whether every byte of a whole answer may be written, and the answer may end there."""
        state = self.watch(pantry, diets).state
        for byte in answer.encode():
            if (state := step(state, byte)) is None:
                return False
        return may_end(state)

    def words(self, diets: tuple[str, ...], offered: Iterable[str], banned: Iterable[str]) -> FoodWords:
        """The words of these diets. Pantries that make no difference to them share one, and all its masks."""
        if (plain := self._words.get(diets)) is None:
            plain = self._words[diets] = FoodWords(self.judge, diets, vocabulary=self._vocabulary)
        special = tuple(sorted(name for name in offered if plain.needs(name)))
        strange = tuple(sorted(name for name in banned if not plain.refuses(name)))
        if not special and not strange:
            return plain
        key = (diets, special, strange)
        if key not in self._words:
            self._words[key] = FoodWords(self.judge, diets, special, strange, self._vocabulary)
        return self._words[key]

    def mask(self, state: State, vocabulary: int) -> tuple[mx.array, np.ndarray, bool]:
        """Which tokens may not follow: on the device, here, and whether nothing was left but to end."""
        found = self._masks.get(state)
        if found is None:
            import mlx.core as mx

            blocked = np.ones(vocabulary, bool)
            sorted_blocked = np.zeros(len(self._order), bool)
            for low, high in self._blocked(state):
                sorted_blocked[low:high] = True
            blocked[self._order] = sorted_blocked
            blocked[self.ends] = not may_end(state)
            stuck = bool(blocked.all())
            if stuck:
                blocked[self.ends] = False
            while len(self._masks) * vocabulary > MASK_BYTES:
                del self._masks[next(iter(self._masks))]
            found = self._masks[state] = (mx.array(blocked), blocked, stuck)
        return found

    def _blocked(self, state: State) -> list[Range]:
        if len(self._walks) > WALK_ENTRIES:
            self._walks.clear()
        return self._walk(state, self.tree.root)

    def _walk(self, state: State, node: Node) -> list[Range]:
        """Ranges of tokens under `node` that may not be written from `state` on."""
        found: list[Range] = []
        if not isinstance(state, Line):
            for byte, child in self.tree.children(node):
                following = step(state, byte)
                found += [(child.low, child.high)] if following is None else self._walk(following, child)
            return found
        after: dict[Writing, State | None] = {}
        todo = [self._walk_line(state.words, state.writing, state.number < 0, node)]
        while todo:
            part = todo.pop()
            found += part.ranges
            todo += part.parts
            for writing, below in part.breaks:
                if writing not in after:
                    after[writing] = next_line(state._replace(writing=writing))
                following = after[writing]
                found += self._walk(following, below) if following is not None else [(below.low, below.high)]
        return found

    def _walk_line(self, words: FoodWords, writing: Writing, adding: bool, node: Node) -> Blocked:
        """As `_walk`, for running text up to its line break: the same for every line of every answer, so kept."""
        if node.high - node.low == 1:
            return self._walk_token(words, writing, adding, node)
        key = (id(words), writing, adding, id(node))
        if (known := self._walks.get(key)) is not None:
            return known
        ranges: list[Range] = []
        breaks: list[tuple[Writing, Node]] = []
        parts: list[Blocked] = []
        ending = self.tree.ending(node)
        if ending and node.depth and not words.may_pause(writing, adding):
            ranges.append((node.low, node.low + ending))
        for byte, child in self.tree.children(node):
            if byte == 0x0A:
                breaks.append((writing, child))
                continue
            following = words.step(writing, byte, adding)
            if following is None:
                ranges.append((child.low, child.high))
            elif (part := self._walk_line(words, following, adding, child)) is not NOTHING_BLOCKED:
                parts.append(part)
        found = Blocked(ranges, breaks, parts) if ranges or breaks or parts else NOTHING_BLOCKED
        self._walks[key] = found
        return found

    def _walk_token(self, words: FoodWords, writing: Writing, adding: bool, node: Node) -> Blocked:
        """`_walk_line` where a single token is left: straight on, nothing to keep."""
        token = self.tree.texts[node.low]
        for depth in range(node.depth, len(token)):
            if token[depth] == 0x0A:
                return Blocked([], [(writing, Node(node.low, node.high, depth + 1))], [])
            following = words.step(writing, token[depth], adding)
            if following is None:
                return Blocked([(node.low, node.high)], [], [])
            writing = following
        fine = words.may_pause(writing, adding)
        return NOTHING_BLOCKED if fine else Blocked([(node.low, node.high)], [], [])


class Watch:
    """A logits processor for one sequence, as mlx-lm calls it: `(tokens so far, logits [1, vocabulary])`.

    The first call carries the prompt; every later one a token more.
    """

    def __init__(self, guard: Guard, state: State) -> None:
        self.guard, self.state = guard, state
        self._seen: int | None = None
        self._ended = False
        self._top: tuple[mx.array, np.ndarray, str] | None = None
        self._report = GuardReport()

    def __call__(self, tokens: mx.array, logits: mx.array) -> mx.array:
        import mlx.core as mx

        if self._seen is not None:
            self._follow(tokens[self._seen :].tolist())
        self._seen = len(tokens)
        if self._ended:
            return logits
        masked, blocked, stuck = self.guard.mask(self.state, logits.shape[-1])
        self._count()
        top = mx.argmax(logits, axis=-1)
        mx.async_eval(top)
        self._top = (top, blocked, why(self.state))
        self._report.steps += 1
        self._report.stuck += stuck
        return mx.where(masked, mx.array(-np.inf, logits.dtype), logits)

    @property
    def report(self) -> GuardReport:
        """What was done so far."""
        self._count()
        return self._report

    def _follow(self, tokens: list[int]) -> None:
        for token in tokens:
            if token in self.guard.ends:
                self._ended = True
                return
            for byte in self.guard.texts[token]:
                following = step(self.state, byte)
                if following is None:
                    raise RuntimeError(f"token {token} ({self.guard.texts[token]!r}) was masked and came all the same")
                self.state = following

    def _count(self) -> None:
        """The likeliest token of the step before: read late, so that no step waits for it."""
        if self._top is None:
            return
        top, blocked, rule = self._top
        self._top = None
        token = int(top.item())
        if blocked[token]:
            rule = "form" if token in self.guard.ends else rule
            self._report.interventions += 1
            setattr(self._report, rule, getattr(self._report, rule) + 1)
