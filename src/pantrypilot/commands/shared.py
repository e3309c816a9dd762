"""What the commands share: the judge with the user's own foods, mistakes in one line, tables and JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pantrypilot.diets import Judge

OVERRIDES = "conf/base/diets.yml"
BASE = "data/06_models/pantry-tiny"
ADAPTERS = "data/06_models/generator"
COLOURS = {"forbidden": "red", "unknown": "yellow", "allowed": "green"}


class Mistake(click.ClickException):
    """Something the user can put right: one line, exit code 2."""

    exit_code = 2


def judge_option(command: Any) -> Any:
    return click.option(
        "--overrides",
        metavar="FILE",
        help=f"Your own foods and diets.  [default: {OVERRIDES}, where there is one]",
    )(command)


def load_judge(overrides: str | None) -> Judge:
    """The judge, with the user's foods and diets over the packaged ones."""
    from pantrypilot.diets import Judge, Knowledge, KnowledgeError, default_judge

    path = Path(overrides or OVERRIDES)
    if not path.is_file():
        if overrides:
            raise Mistake(f"there is no file '{overrides}' to read foods and diets from")
        return default_judge()
    import yaml

    try:
        given = yaml.safe_load(path.read_text("utf-8")) or {}
        if not isinstance(given, dict) or not isinstance(given.get("diets"), dict | None):
            raise KnowledgeError("expected `diets:` with `classes:` and `diets:` under it")
        own = {key: value for key, value in (given.get("diets") or {}).items() if value}
        return Judge(Knowledge.load(own)) if own else default_judge()
    except (yaml.YAMLError, UnicodeDecodeError, KnowledgeError) as problem:
        raise Mistake(f"{path}: {one_line(problem)}") from None


def known_diets(knows: Judge, diets: Iterable[str], where: str = "") -> tuple[str, ...]:
    """Diets by their keys, each once."""
    from pantrypilot.diets import UnknownDiet

    try:
        return tuple(dict.fromkeys(knows.knowledge.diet(diet).key for diet in diets))
    except UnknownDiet as problem:
        raise Mistake(f"{where}{problem}") from None


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Aligned lines; the last column runs on."""
    lines = [head, *rows] if head else rows
    widths = [max(len(row[column]) for row in lines) for column in range(len(lines[0]) - 1)]
    for row in lines:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        cells = [click.style(c, fg=COLOURS.get(c.strip())) if c.strip() in COLOURS else c for c in cells]
        yield "  ".join([*cells, row[-1]]).rstrip()


def echo_json(record: dict[str, Any]) -> None:
    click.echo(json.dumps(record, ensure_ascii=False))


def one_line(problem: Exception) -> str:
    return " ".join(str(problem).split())
