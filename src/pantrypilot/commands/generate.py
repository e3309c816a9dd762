"""`pantrypilot generate`: a recipe from a pantry, and what in it is not allowed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from pantrypilot.commands.shared import (
    ADAPTERS,
    BASE,
    COLOURS,
    Mistake,
    judge_option,
    known_diets,
    load_judge,
    one_line,
)

if TYPE_CHECKING:
    from pantrypilot.diets import Judge

ADAPTER = f"{ADAPTERS}/v3/adapter"


@dataclass(frozen=True)
class Order:
    """One recipe that was asked for."""

    prompt_id: str
    system: str
    user: str
    pantry: tuple[str, ...]
    diets: tuple[str, ...]


@click.command()
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
