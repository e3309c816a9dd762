"""The form of an answer as states, followed byte by byte: what may come next, and what that leads to.

A state is a fork (fixed text follows), a name being picked from the pantry, or a line of running text.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pantrypilot.kitchen import text
from pantrypilot.modelling.guard_words import FoodWords, Writing


class Fork(NamedTuple):
    """Fixed text follows: one of `ways`, each the bytes left and the state behind them. No two begin alike."""

    ways: tuple[tuple[bytes, Any], ...]


class Picking(NamedTuple):
    """Inside a line of the selected list. `taken` are the names used up, `said` the bytes of this one."""

    shelf: Shelf
    taken: frozenset[bytes]
    said: bytes


class Line(NamedTuple):
    """A line of running text: the title (0), an addition (-1) or a step (its number).

    Only the title needs the shelf, for what follows it: all prompts with the same words share the other lines.
    """

    words: FoodWords
    number: int
    writing: Writing
    shelf: Shelf | None = None


class Shelf(NamedTuple):
    """What one prompt offers: names that may be selected, as bytes, and the words that may be written."""

    offered: frozenset[bytes]
    words: FoodWords


State = Fork | Picking | Line


def start(shelf: Shelf) -> State:
    title = Line(shelf.words, 0, Writing(context=()), shelf)
    heading = f"{text.TITLE_HEADER} ".encode()
    return Fork(((heading, title), (b" " + heading, title), (b"\n" + heading, title)))


def _after_selected(shelf: Shelf, taken: frozenset[bytes]) -> Fork:
    ways = [
        _way(text.ADDITIONS_HEADER + "\n- ", Line(shelf.words, -1, Writing(context=()))),
        _steps(shelf.words, frozenset()),
    ]
    if shelf.offered - taken:
        ways.append((b"- ", Picking(shelf, taken, b"")))
    return Fork(tuple(ways))


def _steps(words: FoodWords, learned: frozenset[tuple[str, ...]]) -> tuple[bytes, State]:
    return _way(text.STEPS_HEADER + "\n1. ", Line(words, 1, Writing(learned=learned)))


def _way(words: str, state: State) -> tuple[bytes, State]:
    return words.encode(), state


def step(state: State, byte: int) -> State | None:
    """The state one byte further, or None where the text would break a rule."""
    if isinstance(state, Fork):
        left = tuple((words[1:], then) for words, then in state.ways if words[0] == byte)
        if not left:
            return None
        return left[0][1] if not left[0][0] else Fork(left)
    if isinstance(state, Picking):
        if byte == 0x0A:
            return _after_selected(state.shelf, state.taken | {state.said}) if may_pick(state) else None
        said = state.said + bytes([byte])
        fits = any(name.startswith(said) for name in state.shelf.offered - state.taken)
        return state._replace(said=said) if fits else None
    if byte == 0x0A:
        return next_line(state)
    writing = state.words.step(state.writing, byte, state.number < 0)
    return None if writing is None else state._replace(writing=writing)


def may_pick(state: Picking) -> bool:
    return state.said in state.shelf.offered - state.taken


def next_line(line: Line) -> State | None:
    words, adding = line.words, line.number < 0
    if not words.may_end(line.writing, adding):
        return None
    if line.number == 0:
        return Fork((_way(text.SELECTED_HEADER + "\n", _after_selected(line.shelf, frozenset())),))
    if not adding:
        number = line.number + 1
        return Fork((_way(f"{number}. ", Line(words, number, Writing(learned=line.writing.learned))),))
    closed = words.finish(line.writing, ",", adding)
    another = Line(words, -1, Writing(context=(), learned=closed.learned))
    return Fork((_way("- ", another), _steps(words, closed.learned)))


def may_pause(state: State) -> bool:
    """Whether a token may end here."""
    return not isinstance(state, Line) or state.words.may_pause(state.writing, state.number < 0)


def may_end(state: State) -> bool:
    """Whether the answer may end here: at the end of a step."""
    return isinstance(state, Line) and state.number > 0 and state.words.may_end(state.writing, False)


def why(state: State) -> str:
    """The rule that bounds a state: 'form', 'selection' or 'food'."""
    return "selection" if isinstance(state, Picking) else "food" if isinstance(state, Line) else "form"
