"""Chat rows, plain or gzip, one a line: the dish is read out of the assistant's answer. Two forms are known:

    {"text": "<|system|>\\n...<|end|>\\n<|user|>\\n...<|end|>\\n<|assistant|>\\n...<|end|>", "metadata": {}}
    {"messages": [..., {"role": "assistant", "content": "Recipe: ..."}], "metadata": {}}

Selected ingredients and suggested additions are both the dish's. Stray lines in an answer are forgiven;
an answer without title, ingredients or steps is a malformed row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pantrypilot.kitchen.readers.base import BROKEN, RawRecipe, broken, guarded, ingredients_of, open_text
from pantrypilot.kitchen.text import parse_answer

_TURN = re.compile(r"<\|(system|user|assistant)\|>\s*(.*?)\s*(?=<\||\Z)", re.DOTALL)


def read(path: Path) -> Iterator[RawRecipe]:
    """Every line of the file that is not blank; rows are line numbers."""
    row = 0
    with open_text(path, "utf-8-sig") as file:
        try:
            for row, line in enumerate(file, 1):
                if line.strip():
                    yield _read_line(path, row, line)
        except BROKEN as error:
            yield broken(path, row + 1, str(error))


def _read_line(path: Path, row: int, line: str) -> RawRecipe:
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        return RawRecipe(path.name, row, problem=f"no JSON: {error}")
    return guarded(path, row, _fields, record)


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    metadata = record.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise ValueError(f"metadata: expected an object, got {metadata!r:.40}")
    answer = parse_answer(_answer_of(record))
    if missing := [
        problem for problem in ("no title", "nothing selected", "no steps") if problem in answer.problems
    ]:
        raise ValueError(f"the answer has {', '.join(missing)}")
    return {
        "title": answer.title,
        "cuisine": metadata.get("cuisine"),
        "source": "chat_jsonl",
        "ingredients": ingredients_of([*answer.selected, *answer.additions]),
        "steps": answer.steps,
    }


def _answer_of(record: Mapping[str, Any]) -> str:
    """The last thing that the assistant says, in either form."""
    if isinstance(record.get("text"), str):
        turns = _TURN.findall(record["text"])
    elif isinstance(record.get("messages"), list):
        turns = [
            (turn.get("role"), turn.get("content"))
            for turn in record["messages"]
            if isinstance(turn, Mapping)
        ]
    else:
        raise ValueError("neither 'text' nor 'messages' is there")
    said = [content for role, content in turns if role == "assistant" and isinstance(content, str)]
    if not said:
        raise ValueError("the assistant says nothing")
    return said[-1]
