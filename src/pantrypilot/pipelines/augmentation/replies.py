"""Reads a recipe out of a model's reply, as JSON or in our own form; amounts may be missing in both.

    Recipe: Tofu Rice Bowl
    Selected ingredients from your pantry:
    - tofu (250 g)
    Instructions:
    1. Fry the tofu for 5 minutes.

    {"title": "Tofu Rice Bowl", "ingredients": [{"name": "tofu", "quantity": 250, "unit": "g"}, "rice"],
     "steps": ["Fry the tofu for 5 minutes."]}

Not covered: several recipes in one reply (the first JSON object, or one text, is read), other languages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from pantrypilot.kitchen.records import Ingredient, Recipe, make_recipe_id
from pantrypilot.kitchen.text import ADDITIONS_HEADER, SELECTED_HEADER, STEPS_HEADER, parse_answer
from pantrypilot.pipelines.augmentation.writers import SERVES, Rejected, Request

LARGEST_QUANTITY = 100_000  # of anything: more is a slip of the model
AMOUNT = re.compile(r"^[-*]\s+(?P<name>.+?)\s*(?:\((?P<amount>[^)]*)\))?$")
QUANTITY = re.compile(r"^(?P<number>\d+\s+\d+/\d+|\d+/\d+|\d+(?:\.\d+)?)\s*(?P<unit>[a-zA-Z]*)")


def parse_reply(text: str, request: Request, source: str) -> Recipe:
    """The recipe in a reply, as JSON or in our own form.

    Raises:
        Rejected: neither can be read; the message says what is missing.
    """
    found = _json_object(text)
    title, items, steps = _from_json(found, request) if found is not None else _from_text(text)
    if not title:
        raise Rejected("no title")
    if not items:
        raise Rejected("no ingredients")
    if not steps:
        raise Rejected("no steps")
    names = [item.name for item in items]
    if len(set(names)) < len(names):
        raise Rejected(f"{next(name for name in names if names.count(name) > 1)} is listed twice")
    return Recipe(
        recipe_id=make_recipe_id(request.cuisine, title, "|".join([title, *names, *steps])),
        title=title,
        cuisine=request.cuisine,
        meal=request.meal,
        serves=SERVES,
        source=source,
        origin=f"{source}:{request.label}",
        ingredients=tuple(items),
        steps=tuple(steps),
    )


def _json_object(text: str) -> Mapping[str, Any] | None:
    """The first JSON object with a title in the text, also inside a code fence or between sentences."""
    decoder = json.JSONDecoder()
    for place in (match.start() for match in re.finditer(r"\{", text)):
        try:
            found, _ = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and "title" in found:
            return found
    return None


def _from_json(found: Mapping[str, Any], request: Request) -> tuple[str, list[Ingredient], list[str]]:
    cuisine = found.get("cuisine")
    if isinstance(cuisine, str) and cuisine.strip().lower() != request.cuisine:
        raise Rejected(f"the reply calls itself {cuisine.strip().lower()}, not {request.cuisine}")
    title, listed = found["title"], found.get("ingredients")
    steps = found.get("steps", found.get("instructions"))
    if not isinstance(title, str) or not isinstance(listed, list) or not isinstance(steps, list):
        raise Rejected("the JSON needs a title, a list 'ingredients' and a list 'steps'")
    if not all(isinstance(step, str) for step in steps):
        raise Rejected("the JSON's steps are not all text")
    items = []
    for item in listed:
        if isinstance(item, str):
            items.append(_ingredient(item, ""))
        elif isinstance(item, dict) and isinstance(item.get("name"), str):
            items.append(_ingredient(item["name"], f"{item.get('quantity') or ''} {item.get('unit') or ''}"))
        else:
            raise Rejected(f"an ingredient without a name: {json.dumps(item)[:60]}")
    return title.strip(), items, [re.sub(r"^\d+[.)]\s*", "", step.strip()) for step in steps if step.strip()]


def _from_text(text: str) -> tuple[str, list[Ingredient], list[str]]:
    answer = parse_answer(text)
    if answer.problems:
        raise Rejected("; ".join(dict.fromkeys(answer.problems)))
    amounts: dict[str, str] = {}
    listing = False
    for line in (raw.replace("**", "").strip() for raw in text.splitlines()):
        if line in (SELECTED_HEADER, ADDITIONS_HEADER, STEPS_HEADER):
            listing = line != STEPS_HEADER
        elif listing and (match := AMOUNT.match(line)):
            amounts.setdefault(match["name"].lower(), match["amount"] or "")
    names = (*answer.selected, *answer.additions)
    return answer.title, [_ingredient(name, amounts.get(name, "")) for name in names], list(answer.steps)


def _ingredient(name: str, amount: str) -> Ingredient:
    """An ingredient from a name and '250 g', '1 1/2 cup' or nothing."""
    name = " ".join(name.lower().split())
    if not name:
        raise Rejected("an ingredient without a name")
    match = QUANTITY.match(amount.strip())
    if not match:
        return Ingredient(name=name, note=amount.strip() or None)
    try:
        quantity = float(sum(Fraction(part) for part in match["number"].split()))
    except (ZeroDivisionError, OverflowError):
        quantity = 0.0
    if not 0 < quantity < LARGEST_QUANTITY:
        return Ingredient(name=name)
    return Ingredient(name=name, quantity=quantity, unit=match["unit"].lower() or "pcs")
