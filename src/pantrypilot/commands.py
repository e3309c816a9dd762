"""The command line beside `kedro`: judge a name, write a recipe, look at the machine.

Everything heavy is imported where it is used, so that `pantrypilot judge` answers at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from pantrypilot.diets import Judge

DIETS = ("vegetarian", "vegan", "pescatarian", "dairy-free", "gluten-free")
OVERRIDES = "conf/base/diets.yml"
BASE = "data/06_models/pantry-tiny"
ADAPTERS = "data/06_models/generator"
ADAPTER = f"{ADAPTERS}/v3/adapter"
COLOURS = {"forbidden": "red", "unknown": "yellow", "allowed": "green"}


class Mistake(click.ClickException):
    """Something the user can put right: one line, exit code 2."""

    exit_code = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="pantrypilot")
def main() -> None:
    """PantryPilot: recipes from your pantry that keep to your diet."""


def judge_option(command: Any) -> Any:
    return click.option(
        "--overrides",
        metavar="FILE",
        help=f"Your own foods and diets.  [default: {OVERRIDES}, where there is one]",
    )(command)


@main.command()
@click.argument("names", nargs=-1)
@click.option("--diet", "diets", multiple=True, metavar="DIET", help=f"Repeatable.  [default: {', '.join(DIETS)}]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--fail-on-forbidden", is_flag=True, help="Exit with 1 when a diet forbids a name.")
@judge_option
def judge(
    names: tuple[str, ...], diets: tuple[str, ...], as_json: bool, fail_on_forbidden: bool, overrides: str | None
) -> None:
    """Say whether foods fit diets, and why. NAMES come from the arguments, else one a line from standard input."""
    if not names:
        names = tuple(line.strip() for line in sys.stdin if line.strip()) if not sys.stdin.isatty() else ()
    if not any(name.strip() for name in names):
        raise Mistake("no food was named: pantrypilot judge 'fish sauce' tofu, or one a line on standard input")
    knows = load_judge(overrides)
    keys = known_diets(knows, diets or DIETS)
    found = [(name, diet, knows.judge(name, diet)) for name in names for diet in keys]
    if as_json:
        for name, diet, said in found:
            row = {"name": name, "diet": diet, "verdict": said.verdict, "reason": said.reason}
            echo_json({**row, "food_classes": said.food_classes})
    else:
        rows = [(name, diet, str(said.verdict), said.reason) for name, diet, said in found]
        for line in table(("name", "diet", "verdict", "reason"), rows):
            click.echo(line)
    if fail_on_forbidden and any(said.verdict == "forbidden" for _, _, said in found):
        sys.exit(1)


@dataclass(frozen=True)
class Order:
    """One recipe that was asked for."""

    prompt_id: str
    system: str
    user: str
    pantry: tuple[str, ...]
    diets: tuple[str, ...]


@main.command()
@click.option("--pantry", "pantries", multiple=True, metavar="NAMES", help="'tofu, rice' or @file; repeatable.")
@click.option("--diet", "diets", multiple=True, metavar="DIET", help="Repeatable.")
@click.option("--wish", metavar="TEXT", help="What you want to eat.  [default: I want a dinner.]")
@click.option("--base", default=BASE, show_default=True, metavar="MODEL", help="A model folder, or a name on the hub.")
@click.option("--adapter", metavar="FOLDER", help=f"'none' for the base alone.  [default: {ADAPTER}]")
@click.option("--guard/--no-guard", default=True, show_default=True, help="Make forbidden food impossible to write.")
@click.option("--compare", is_flag=True, help="The base's answer, then the tuned one.")
@click.option("--batch", type=click.File(), metavar="FILE", help="Prompts, one JSON object a line; '-' reads them.")
@click.option("--output", type=click.Path(dir_okay=False), metavar="FILE", help="Where the answers to a batch go.")
@click.option("--max-tokens", type=click.IntRange(1), default=256, show_default=True)
@click.option("--temperature", type=click.FloatRange(0), default=0.0, show_default=True, help="0 is always the same.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@judge_option
def generate(
    pantries: tuple[str, ...],
    diets: tuple[str, ...],
    wish: str | None,
    base: str,
    adapter: str | None,
    guard: bool,
    compare: bool,
    batch: TextIO | None,
    output: str | None,
    max_tokens: int,
    temperature: float,
    seed: int,
    as_json: bool,
    overrides: str | None,
) -> None:
    """Write a recipe from a pantry, keeping to diets; then say what in it is not allowed."""
    knows = load_judge(overrides)
    if batch is not None:
        if pantries or diets or wish:
            raise Mistake("--batch brings its own pantries, diets and wishes: leave --pantry, --diet and --wish out")
        if output is not None and not Path(output).parent.is_dir():
            raise Mistake(f"there is no folder '{Path(output).parent}' to write '{output}' in: make it first")
        orders = list(read_batch(batch, knows))
    elif output is not None:
        raise Mistake("--output is for the answers to a --batch")
    else:
        orders = [make_order("1", read_pantry(pantries), known_diets(knows, diets), wish)]
    models = models_to_run(adapter, compare)
    settings = {"max_tokens": max_tokens, "temperature": temperature, "seed": seed}
    answers = list(run_models(base, models, orders, knows, guard, settings))
    if batch is not None or as_json:
        with click.open_file(output or "-", "w", encoding="utf-8") as out:
            for answer in answers:
                out.write(json.dumps(answer, ensure_ascii=False) + "\n")
    else:
        for answer in answers:
            show_answer(answer, heading=compare)


@main.command()
@click.option("--base", default=BASE, show_default=True, metavar="MODEL", help="The model to look for.")
def doctor(base: str) -> None:
    """Say what this machine computes with, what is there, and what would be slow and why."""
    from pantrypilot.modelling import doctor as checks

    for line in table((), checks.examine(base, ADAPTERS)):
        click.echo(line)


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


def read_pantry(given: Iterable[str]) -> tuple[str, ...]:
    """Names from 'tofu, rice' and @file, each once."""
    names: list[str] = []
    for text in given:
        if text.startswith("@"):
            try:
                names += Path(text[1:]).read_text("utf-8").replace(",", "\n").splitlines()
            except (OSError, UnicodeDecodeError) as problem:
                raise Mistake(f"the pantry file '{text[1:]}' could not be read: {one_line(problem)}") from None
        else:
            names += text.replace(",", "\n").splitlines()
    pantry = tuple(dict.fromkeys(bare for name in names if (bare := name.strip(" \t-*"))))
    if not pantry:
        raise Mistake('the pantry is empty: say what you have with --pantry "tofu, rice" or --pantry @file')
    return pantry


def make_order(prompt_id: str, pantry: Sequence[str], diets: Sequence[str], wish: str | None) -> Order:
    from pantrypilot.kitchen.text import render_request, render_system

    user = wish or render_request(meal="dinner")
    return Order(prompt_id, render_system(pantry, diets), user, tuple(pantry), tuple(diets))


def read_batch(lines: Iterable[str], knows: Judge) -> Iterator[Order]:
    """Orders from JSON lines: `{"pantry": [...], "diets": [...], "wish": "..."}`, or records of prompts.jsonl."""
    name = getattr(lines, "name", "batch")
    count = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{name}, line {number}: "
        try:
            record = json.loads(line)
        except json.JSONDecodeError as problem:
            raise Mistake(f"{where}this is not JSON ({problem})") from None
        if not isinstance(record, dict):
            raise Mistake(f"{where}expected an object with pantry, diets and wish, got {type(record).__name__}")
        count += 1
        yield read_order(record, str(number), knows, where)
    if not count:
        raise Mistake(f"{name} holds no prompt")


def read_order(record: dict[str, Any], prompt_id: str, knows: Judge, where: str) -> Order:
    lists = {}
    for key in ("pantry", "diets"):
        value = record.get(key, [])
        value = value.split(",") if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Mistake(f"{where}{key} must be a list of names, got {json.dumps(value)[:60]}")
        if any("\n" in item for item in value):
            raise Mistake(f"{where}{key} holds a name with a line break in it")
        lists[key] = tuple(dict.fromkeys(item.strip() for item in value if item.strip()))
    if not lists["pantry"]:
        raise Mistake(f"{where}the pantry is empty")
    diets = known_diets(knows, lists["diets"], where)
    texts = {key: record.get(key) for key in ("system", "user", "wish", "prompt_id")}
    for key, value in texts.items():
        if value is not None and not isinstance(value, str):
            raise Mistake(f"{where}{key} must be text, got {json.dumps(value)[:60]}")
    prompt_id = texts["prompt_id"] or prompt_id
    if texts["system"] and texts["user"]:
        return Order(prompt_id, texts["system"], texts["user"], lists["pantry"], diets)
    return make_order(prompt_id, lists["pantry"], diets, texts["wish"] or texts["user"])


def models_to_run(adapter: str | None, compare: bool) -> list[tuple[str, str | None]]:
    """(name, adapter folder) of every model that shall answer."""
    if adapter == "none":
        if compare:
            raise Mistake("--compare needs an adapter to compare the base with: leave out --adapter none")
        return [("base", None)]
    folder = Path(adapter or ADAPTER)
    if not (folder / "adapters.safetensors").is_file() or not (folder / "adapter_config.json").is_file():
        raise Mistake(
            f"no adapter in '{folder}': `kedro run --pipelines finetune` makes one; --adapter none asks the base alone"
        )
    tuned = ("tuned", str(folder))
    return [("base", None), tuned] if compare else [tuned]


def run_models(
    base: str,
    models: Sequence[tuple[str, str | None]],
    orders: Sequence[Order],
    knows: Judge,
    guarded: bool,
    settings: dict[str, Any],
) -> Iterator[dict[str, Any]]:
    """Every model's answer to every order, with verdicts, as JSON objects."""
    from pantrypilot.modelling.base import ModelFolder, ModelMissing
    from pantrypilot.modelling.batching import control_tokens, encode_prompt
    from pantrypilot.modelling.generation import GenerationSettings, generate_batch

    for name, adapter in models:
        try:
            model, tokenizer = ModelFolder(base).load_with(adapter)
        except ModelMissing as problem:
            raise Mistake(one_line(problem)) from None
        except (ValueError, RuntimeError) as problem:
            what = f"the adapter '{adapter}' does not fit '{base}'" if adapter else f"'{base}' is no usable model"
            raise Mistake(f"{what}: {one_line(problem)}") from None
        for order in orders:
            if found := control_tokens(tokenizer).search(f"{order.system}\n{order.user}"):
                raise Mistake(
                    f"prompt {order.prompt_id} holds '{found[0]}', a control token of this model: a pantry and a wish "
                    "are plain words, leave it out"
                )
        prompts = [
            encode_prompt([{"role": "system", "content": o.system}, {"role": "user", "content": o.user}], tokenizer)
            for o in orders
        ]
        watches = watch_over(tokenizer, orders, knows) if guarded else None
        processors = [[watch] for watch in watches] if watches else None
        answers = generate_batch(
            model, tokenizer, prompts, GenerationSettings(**settings), processors, title=f"answers of {name}"
        )
        for place, (order, answer) in enumerate(zip(orders, answers, strict=True)):
            report = asdict(watches[place].report) if watches else None
            yield describe(order, name, answer, knows, report)


def watch_over(tokenizer: Any, orders: Sequence[Order], knows: Judge) -> list[Any]:
    from pantrypilot.modelling.guard import Guard
    from pantrypilot.modelling.guard_tokens import UnreadableTokenizer

    try:
        guard = Guard(tokenizer, knows)
    except UnreadableTokenizer as problem:
        raise Mistake(str(problem)) from None
    return [guard.watch(order.pantry, order.diets) for order in orders]


def describe(order: Order, model: str, answer: Any, knows: Judge, report: dict[str, int] | None) -> dict[str, Any]:
    from pantrypilot.scoring.answers import score_answer

    score = score_answer(answer.text, answer.finish_reason, order.pantry, order.diets, knows)
    return {
        "prompt_id": order.prompt_id,
        "model": model,
        "diets": order.diets,
        "text": answer.text,
        "finish_reason": answer.finish_reason,
        "tokens": answer.tokens,
        "selected": score.selected,
        "additions": score.additions,
        "verdicts": [verdict.model_dump() for verdict in score.verdicts],
        "hallucinated": score.hallucinated,
        "compliant": score.compliant,
        "format_problems": score.format_problems,
        "guard": report,
    }


def show_answer(answer: dict[str, Any], heading: bool) -> None:
    if heading:
        click.secho(f"=== {answer['model']} ===", bold=True)
    click.echo(answer["text"].strip())
    click.echo()
    for verdict in answer["verdicts"]:
        if verdict["verdict"] != "allowed":
            word = click.style(verdict["verdict"], fg=COLOURS[verdict["verdict"]])
            click.echo(f"{word}: {verdict['name']} ({verdict['where']}): {verdict['reason']}")
    for name in answer["hallucinated"]:
        click.echo(f"{click.style('made up', fg='red')}: {name} (selected): it is not in the pantry")
    for problem in answer["format_problems"]:
        click.echo(f"{click.style('form', fg='yellow')}: {problem}")
    named = dict.fromkeys([*answer["selected"], *answer["additions"]])
    if answer["diets"] and all(verdict["verdict"] == "allowed" for verdict in answer["verdicts"]):
        click.echo(f"All {len(named)} ingredients are allowed: {', '.join(answer['diets'])}.")
    if report := answer["guard"]:
        click.echo(f"The guard changed {report['interventions']} of {report['steps']} tokens.")
    click.echo()


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


if __name__ == "__main__":
    main()
