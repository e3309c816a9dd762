"""Running text that cannot name a forbidden food, followed letter by letter.

A forbidden name (see `guard_names`) is exempt inside a longer allowed one: before its end ("peanut
butter"), or after it where the longer name is at hand ("butter beans" in the pantry): then nothing but
"beans" may follow "butter".

A word that begins with a forbidden one ("egg" + "plant") must be a word that is known: from the pantry, from
the knowledge, or whole in the model's own vocabulary. So "chickenbreast" cannot be pieced together.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from pantrypilot.modelling.guard_letters import BANNED, BREAK, SOFT, STOP, fold, prefixes
from pantrypilot.modelling.guard_names import START, FoodNames, Name


class Writing(NamedTuple):
    """Where a line of running text stands.

    `context`: stems before the word, as far as they matter; `word`: its letters so far, DEAD once they cannot
    matter; `due`: what must follow to complete a longer name; `learned`: names that the additions brought in;
    `filled`: there is something on the line; `pending`: bytes of an unfinished character.
    """

    context: Name = (START,)
    word: str = ""
    due: frozenset[tuple[Name, Name]] = frozenset()
    learned: frozenset[Name] = frozenset()
    filled: bool = False
    pending: bytes = b""


DEAD, DEAD_NUMBER = "~", "#"
_NOTHING: frozenset[tuple[Name, Name]] = frozenset()


class FoodWords(FoodNames):
    """Follows running text, with the names of some diets. `step` is exact and slow; callers cache."""

    def __init__(self, *names: Any, **more: Any) -> None:
        super().__init__(*names, **more)
        for method in ("may_pause", "_reduce", "_beginnings", "step"):
            setattr(self, method, lru_cache(maxsize=100_000)(getattr(self, method)))

    def step(self, at: Writing, byte: int, additions: bool) -> Writing | None:
        """The text one byte of UTF-8 further, or None where that would be illegal."""
        if byte >= 0x80 and not at.pending and (at.due or self._bound(at)):
            return None  # what must follow can be written in plain letters, and nothing else leads on
        if byte >= 0x80 or at.pending:
            try:
                character = (at.pending + bytes([byte])).decode()
            except UnicodeDecodeError as problem:
                unfinished = problem.reason == "unexpected end of data"
                return at._replace(pending=at.pending + bytes([byte])) if unfinished else None
            at = at._replace(pending=b"")
        else:
            character = chr(byte)
        kinds = fold(character)
        if not kinds and (at.due or self.finish(at, SOFT, additions) is None):
            return None  # an apostrophe moves nothing on: not where the word must go on
        for part in kinds:
            if part is BANNED:
                return None
            following = self._letter(at, part, additions) if part.isalnum() else self.finish(at, part, additions)
            if following is None:
                return None
            at = following
        return at

    def _bound(self, at: Writing) -> bool:
        """Whether the word so far is forbidden, or begins with a forbidden one."""
        alive = at.word not in ("", DEAD, DEAD_NUMBER)
        return alive and bool(self.ends(at.context, at.word) or self.tainted(at.context, at.word))

    def _letter(self, at: Writing, letter: str, additions: bool) -> Writing | None:
        dead = DEAD_NUMBER if letter.isdigit() else DEAD
        if at.word and (at.word == DEAD_NUMBER or at.word[-1].isdigit()) != letter.isdigit():
            after = self.finish(at, SOFT, additions)
            return after and self._letter(after, letter, additions)
        word = dead if at.word == dead else at.word + letter
        at = at._replace(filled=True)
        if at.due:
            fits = any(spelled.startswith(word) for rest, _ in at.due for spelled in self._spellings(rest[0]))
            return at._replace(word=word) if fits else None
        if word == dead:
            return at
        if self.tainted(at.context, word):
            return at._replace(word=word) if word in self._beginnings(at.learned, additions, whole=True) else None
        return at._replace(word=word if word in self._alive else dead)

    def finish(self, at: Writing, mark: str, additions: bool) -> Writing | None:
        """The text after the end of a word, or None where the word makes a forbidden name."""
        if at.word:
            following = self._close(at, additions)
            if following is None:
                return None
            at = following
        elif at.due and mark == SOFT:
            return None  # one space at a time, or the longer name would never come
        if mark == SOFT:
            return at
        if at.due:
            return None
        return at._replace(context=(START,) if mark == STOP else ())

    def _close(self, at: Writing, additions: bool) -> Writing | None:
        if at.word in (DEAD, DEAD_NUMBER):
            return at._replace(word="", context=())
        stem = self.stem(at.word)
        if at.due:
            left = {(rest[1:], name) for rest, name in at.due if rest[0] == stem}
            whole = {name for rest, name in left if not rest}
            if whole:
                learned = at.learned | whole if additions else at.learned
                return at._replace(word="", due=_NOTHING, context=(), learned=learned)
            return at._replace(word="", due=frozenset(left)) if left else None
        learned = at.learned
        if self.tainted(at.context, at.word):
            if at.word not in self._lexicon(at.learned, additions) and at.word not in self._whole:
                return None
            learned = learned | {(at.word,)} if additions else learned
        size = self.ends(at.context, at.word)
        words = (*at.context, stem)
        if size:
            due = {
                (name[len(tail) :], name)
                for k in range(len(words) - size + 1)
                for tail in [words[k:]]
                for name in (self.exempt if additions else self.at_hand | at.learned)
                if len(name) > len(tail) and name[: len(tail)] == tail
            }
            return at._replace(word="", context=(), due=frozenset(due)) if due else None
        return at._replace(word="", context=self._reduce(words), learned=learned)

    def may_pause(self, at: Writing, additions: bool) -> bool:
        """Whether a token may end here: not on a forbidden word that nothing at hand would complete."""
        if not at.word or at.due or self._close(at, additions) is not None:
            return True
        if self.tainted(at.context, at.word):
            return True
        return at.word in self._beginnings(at.learned, additions, whole=False)

    def may_end(self, at: Writing, additions: bool) -> bool:
        """Whether the line may end here."""
        return at.filled and not at.pending and self.finish(at, BREAK, additions) is not None

    def _lexicon(self, learned: frozenset[Name], additions: bool) -> frozenset[str]:
        words = self._common | self._listed if additions else self._common
        return words | {name[0] for name in learned if len(name) == 1} if learned else words

    def _beginnings(self, learned: frozenset[Name], additions: bool, whole: bool) -> frozenset[str]:
        lexicon = self._lexicon(learned, additions)
        return frozenset(prefixes(lexicon | self._whole if whole else lexicon))

    def _reduce(self, words: Name) -> Name:
        """The words that can still matter: a name begun, or openers and then perhaps a name begun."""
        return next((words[k:] for k in range(len(words)) if self._matters(words[k:])), ())

    def _matters(self, words: Name) -> bool:
        if words in self._ways:
            return True
        for size in range(1, len(words) + 1):
            if words[:size] in self._openers and (size == len(words) or self._matters(words[size:])):
                return True
        return False
