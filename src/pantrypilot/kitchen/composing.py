"""A title and steps for a list of ingredients, from the sentences in `dishes.yml`.

    >>> compose_dish(["tofu", "soy sauce", "kale", "garlic"], random.Random(1), load_dishes())
    ('Tofu and Kale Stir-Fry', ('Warm the garlic in a wide pan for 2 minutes.', 'Fry the tofu ...', ...))

Every ingredient is named once in the steps. Not covered: amounts in the steps, and whether a cook would
put these ingredients into one dish.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from string import capwords

from pantrypilot.kitchen.dish_data import ANY, LEADS
from pantrypilot.kitchen.dishes import Dishes, Form

LONGEST_TITLE = 6
MOST_STEPS, FEWEST_STEPS = 5, 3
NAMES_A_STEP, WORDS_A_STEP = 3, 9
MINUTES_TO_THE_FIVE = 10  # above, a cook reads 15 or 20 minutes off the clock, not 17
PACKING = {"canned", "dried", "fresh", "frozen"}


def compose_dish(
    names: Sequence[str],
    rng: random.Random,
    templates: Dishes,
    *,
    form: str | None = None,
    cuisine: str | None = None,
) -> tuple[str, tuple[str, ...]]:
    """A title and 3 to 5 steps for 2 to 7 ingredients, each named once in the steps, unknown ones too.

    `form` fixes the kind of dish (a key of `forms` in dishes.yml), else one that suits the ingredients is
    drawn. Titles name the cuisine only where it is given. A step has 5 to 13 words unless a name is longer.
    """
    if not names:
        raise ValueError("compose_dish needs at least one ingredient.")
    roles = [templates.role_of(name) for name in names]
    chosen = templates.forms[form] if form else _draw_form(names, roles, rng, templates)
    title = _title(names, roles, chosen, rng, cuisine)
    groups = _groups(names, roles, chosen)
    steps = [_step(group, place, chosen, rng, templates) for place, group in groups]
    if len(steps) < FEWEST_STEPS:
        steps.insert(0, rng.choice(templates.data.openers))
    if len(steps) < FEWEST_STEPS:
        steps.append(rng.choice(templates.data.closers))
    return title, tuple(steps)


def _draw_form(names: Sequence[str], roles: Sequence[str], rng: random.Random, templates: Dishes) -> Form:
    suiting = templates.suiting(frozenset(roles))
    strict = [form for form in suiting if all(templates.allowed_in(form, name) for name in names)]
    return rng.choice(strict or suiting)


Group = list[tuple[str, str]]


def _groups(names: Sequence[str], roles: Sequence[str], form: Form) -> list[tuple[int, Group]]:
    """(phase, [(name, role)]) in the order of cooking, each group short enough for one sentence."""
    phases: list[Group] = [[] for _ in form.phrases]
    left = []
    for name, role in zip(names, roles, strict=True):
        place = form.place_of.get(role)
        if place is None:
            left.append((name, role))
        else:
            phases[place].append((name, role))
    for item in left:
        phases[min(form.rest_places, key=lambda place: len(phases[place]))].append(item)
    groups = []
    for place, items in enumerate(phases):
        group: Group = []
        words = 0
        for item in items:
            size = item[0].count(" ") + 1
            if group and (len(group) == NAMES_A_STEP or words + size > WORDS_A_STEP - 2):
                groups.append((place, group))
                group, words = [], 0
            group.append(item)
            words += size
        if group:
            groups.append((place, group))
    while len(groups) > MOST_STEPS:
        shortest = min(range(len(groups) - 1), key=lambda at: len(groups[at][1]) + len(groups[at + 1][1]))
        (_, earlier), (place, later) = groups[shortest : shortest + 2]
        groups[shortest : shortest + 2] = [(place, earlier + later)]
    return groups


def _step(group: Group, place: int, form: Form, rng: random.Random, templates: Dishes) -> str:
    fats = [name for name, role in group if role == "fat"]
    fat = fats[0] if len(fats) == 1 and len(group) > 1 else None
    kinds = {role for _, role in group if role != "fat"} if fat else {role for _, role in group}
    words = sum(name.count(" ") + 1 for name, _ in group) + 1 + (len(group) > 1)
    # A sentence with {fat} needs exactly one fat beside the others, and then the list leaves it out.
    usable = templates.fitting(form, place, kinds.pop() if len(kinds) == 1 else ANY, words, fat is not None)
    sentence = rng.choice(usable)
    listed = [name for name, _ in group if not (sentence.with_fat and name == fat)]
    these = f"the {', '.join(listed[:-1])} and {listed[-1]}" if len(listed) > 1 else f"the {listed[0]}"
    number = rng.randint(sentence.low, sentence.high) if sentence.high else 0
    if number > MINUTES_TO_THE_FIVE:
        number = number // 5 * 5
    return sentence.text.format(these=these, fat=fat, number=number)


def _title(names: Sequence[str], roles: Sequence[str], form: Form, rng: random.Random, cuisine: str | None) -> str:
    order = sorted(range(len(names)), key=lambda at: _LEAD_PLACE.get(roles[at], len(LEADS)))
    first = _short(names[order[0]])
    second = _short(names[order[1]]) if len(order) > 1 else first
    adjective = capwords(cuisine.replace("_", " ")) if cuisine else ""
    made = []
    for pattern in form.data.titles:
        if "{cuisine}" in pattern and not cuisine:
            continue
        if "{second}" in pattern and len(order) < 2:
            continue
        made.append(pattern.format(first=first, second=second, cuisine=adjective))
    fitting = [title for title in made if title.count(" ") < LONGEST_TITLE]
    # A lone ingredient may meet a form whose titles all want a second one.
    return rng.choice(fitting or made or [first])


_LEAD_PLACE = {role: place for place, role in enumerate(LEADS)}


@cache
def _short(name: str) -> str:
    """The last two words of a name without those of its packing, as they stand in a title."""
    words = [word for word in name.split() if word not in PACKING] or [name]
    return capwords(" ".join(words[-2:]))
