"""`pantrypilot judge`: do these foods, ingredient lines or texts fit these diets, and why?"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from pantrypilot.commands.shared import Mistake, echo_json, judge_option, known_diets, load_judge, table

if TYPE_CHECKING:
    from pantrypilot.diets import Judge

DIETS = ("vegetarian", "vegan", "pescatarian", "dairy-free", "gluten-free")
ALL = "all"
Row = dict[str, Any]


@click.command()
@click.argument("names", nargs=-1)
@click.option(
    "--diet",
    "diets",
    multiple=True,
    metavar="DIET",
    help=f"Repeatable; '{ALL}' is every one.  [default: {', '.join(DIETS)}]",
)
@click.option("--text", "as_text", is_flag=True, help="NAMES are titles or steps: say where they break a diet.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--fail-on-forbidden", is_flag=True, help="Exit with 1 when a diet forbids something.")
@click.option("--fail-on-unknown", is_flag=True, help="Exit with 1 when something is forbidden or not surely allowed.")
@judge_option
def judge(
    names: tuple[str, ...],
    diets: tuple[str, ...],
    as_text: bool,
    as_json: bool,
    fail_on_forbidden: bool,
    fail_on_unknown: bool,
    overrides: str | None,
) -> None:
    """Say whether foods fit diets, and why.

    NAMES are foods or whole ingredient lines; they come from the arguments,
    else (or for -) one a line from standard input.
    """
    given = given_names(names, as_text)
    knows = load_judge(overrides)
    keys = knows.diets if ALL in diets else known_diets(knows, diets or DIETS)
    verdicts: set[str] = set()
    rows = found_in_texts(knows, given, keys) if as_text else judged_names(knows, given, keys)
    shown: list[Row] = []
    for row in rows:
        verdicts.add(row["verdict"])
        if as_json:
            echo_json(row)
        else:
            shown.append(row)
    if not as_json:
        head = ("place", "text", "diet", "verdict", "reason") if as_text else ("name", "diet", "verdict", "reason")
        for line in table(head, [[str(row[column]) for column in head] for row in map(with_place, shown)]):
            click.echo(line)
    if (fail_on_forbidden and "forbidden" in verdicts) or (fail_on_unknown and verdicts - {"allowed"}):
        sys.exit(1)


def given_names(names: tuple[str, ...], as_text: bool) -> list[str]:
    """The names of the arguments, else (or for `-`) the lines of standard input; only texts keep blank ones."""
    names = () if names == ("-",) else names
    given = list(names) or ([] if sys.stdin.isatty() else [line.rstrip("\r\n") for line in sys.stdin])
    if not any(name.strip() for name in given):
        raise Mistake("no food was named: pantrypilot judge 'fish sauce' tofu, or one a line on standard input")
    return given if as_text or names else [name.strip() for name in given if name.strip()]


def judged_names(knows: Judge, names: Iterable[str], diets: Iterable[str]) -> Iterator[Row]:
    """One row a name and diet."""
    from pantrypilot.diets.lines import as_name

    for name in names:
        for diet in diets:
            said = knows.judge(as_name(name), diet)
            row = {"name": name, "diet": diet, "verdict": said.verdict, "reason": said.reason}
            yield {**row, "food_classes": said.food_classes}


def found_in_texts(knows: Judge, texts: Iterable[str], diets: Iterable[str]) -> Iterator[Row]:
    """One row for everything that is forbidden or depends on the maker; `line` counts the texts, from 1."""
    from pantrypilot.diets import Finder

    finder, diets = Finder(knows), tuple(diets)
    for number, text in enumerate(texts, 1):
        for span in finder.find_all(text, diets, unsure=True):
            row = {"line": number, "start": span.start, "end": span.end, "text": span.text, "diet": span.diet}
            yield {**row, "verdict": span.verdict, "reason": span.reason}


def with_place(row: Row) -> Row:
    """The row with where it stands as people count: line and letter, from 1."""
    return {**row, "place": f"{row['line']}:{row['start'] + 1}"} if "line" in row else row
