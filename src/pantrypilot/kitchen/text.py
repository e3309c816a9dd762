"""The text of prompts and answers: written here, and read back here, by one grammar.

A prompt and its answer:

    You write recipes from the pantry and keep to the diet.
    Available ingredients in pantry:
    - tofu
    - chicken breast
    - rice
    Dietary: vegetarian
    ----
    I want a quick korean dinner.
    ----
    Recipe: Tofu Rice Bowl
    Selected ingredients from your pantry:
    - tofu
    - rice
    Suggested additions:
    - sesame oil
    Instructions:
    1. Fry the tofu in the sesame oil for 5 minutes.
    2. Serve it over the rice.

Not covered: quantities in answers, and answers in other languages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

ROLE = "You write recipes from the pantry and keep to the diet."
PANTRY_HEADER = "Available ingredients in pantry:"
DIETARY_HEADER = "Dietary:"
TITLE_HEADER = "Recipe:"
SELECTED_HEADER = "Selected ingredients from your pantry:"
ADDITIONS_HEADER = "Suggested additions:"
STEPS_HEADER = "Instructions:"
NO_DIET = "none"
MEALS = ("breakfast", "lunch", "dinner", "snack", "dessert")


@dataclass(frozen=True)
class Answer:
    """A parsed answer. `problems` lists what breaks the format; empty means well formed."""

    title: str = ""
    selected: tuple[str, ...] = ()
    additions: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    problems: tuple[str, ...] = field(default=())


def render_system(pantry: Sequence[str], diets: Sequence[str] = ()) -> str:
    """The system message: role, pantry and diets."""
    items = [f"- {name}" for name in pantry]
    return "\n".join([ROLE, PANTRY_HEADER, *items, f"{DIETARY_HEADER} {', '.join(diets) or NO_DIET}"])


def render_request(cuisine: str | None = None, meal: str | None = None, template: str | None = None) -> str:
    """The user's wish, from a template with `{cuisine}` and `{meal}`: 'I want an italian dinner.'"""
    text = template or "I want {a} {cuisine} {meal}."
    text = text.replace("{cuisine}", cuisine or "").replace("{meal}", meal or "meal")
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\{a\} (?=[aeiou])", "an ", text)
    return text.replace("{a} ", "a ").replace(" .", ".").strip()


def render_answer(title: str, selected: Sequence[str], additions: Sequence[str], steps: Sequence[str]) -> str:
    """The assistant message. The additions block is left out when there are none."""
    lines = [f"{TITLE_HEADER} {title}", SELECTED_HEADER, *(f"- {name}" for name in selected)]
    if additions:
        lines += [ADDITIONS_HEADER, *(f"- {name}" for name in additions)]
    lines += [STEPS_HEADER, *(f"{number}. {step}" for number, step in enumerate(steps, 1))]
    return "\n".join(lines)


_STEP = re.compile(r"^(\d+)[.)]\s+(.+)$")


def parse_answer(text: str) -> Answer:  # noqa: PLR0912 - one branch a kind of line, in reading order
    """Read an answer back, leniently in content and strictly in form.

    Blank lines, bold marks and amounts in brackets after a name are forgiven. A missing title, an empty
    list of selected ingredients, an item said twice, missing or misnumbered steps and lines that belong
    nowhere are problems. Nothing raises: what a model writes is data.
    """
    title, section = "", None
    found: dict[str, list[str]] = {"selected": [], "additions": [], "steps": []}
    problems: list[str] = []
    sections = {SELECTED_HEADER: "selected", ADDITIONS_HEADER: "additions", STEPS_HEADER: "steps"}
    for raw in text.strip().splitlines():
        line = raw.replace("**", "").strip()
        if not line:
            continue
        if line.startswith(TITLE_HEADER) and section is None and not title:
            title = line.removeprefix(TITLE_HEADER).strip()
        elif line in sections:
            section = sections[line]
        elif section in ("selected", "additions") and line.startswith(("- ", "* ")):
            name = re.sub(r"\s*\([^)]*\)$", "", line[2:].strip()).lower()
            if name in found[section]:
                problems.append(f"{section} names '{name}' twice")
            elif name:
                found[section].append(name)
        elif section == "steps" and (match := _STEP.match(line)):
            if int(match[1]) != len(found["steps"]) + 1:
                problems.append(f"step {match[1]} follows step {len(found['steps'])}")
            found["steps"].append(match[2])
        else:
            problems.append(f"stray line: {line[:60]}")
    if not title:
        problems.append("no title")
    if not found["selected"]:
        problems.append("nothing selected")
    if not found["steps"]:
        problems.append("no steps")
    return Answer(
        title, tuple(found["selected"]), tuple(found["additions"]), tuple(found["steps"]), tuple(problems)
    )
