"""Node: test prompts by slice."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from pantrypilot.diets.knowledge import nearest
from pantrypilot.kitchen import frames, render_request, render_system
from pantrypilot.kitchen.larder import Larder, whole_words
from pantrypilot.kitchen.records import LabelledRecipe
from pantrypilot.kitchen.text import MEALS
from pantrypilot.pipelines.augmentation.households import listed
from pantrypilot.pipelines.augmentation.params import AugmentationParams, PantryParams, StrategyParams
from pantrypilot.pipelines.augmentation.rows import draw_others, plan_rows, shows_held_out, split_ingredients
from pantrypilot.pipelines.evaluation.params import EvaluationParams, SliceParams
from pantrypilot.pipelines.types import Table
from pantrypilot.scoring import Prompt


def make_prompts(
    recipe_pool: Table,
    larder: Table,
    household_pantries: Table,
    pantry: PantryParams,
    augmentation: AugmentationParams,
    evaluation: EvaluationParams,
    reference: StrategyParams,
    seed: int,
) -> Table:
    """Prompts of every slice and case, from recipes of the validation side only, or from households' pantries.

    `reference` is the strategy whose pantries the same-distribution slice shows (v2: what was validated on).
    """
    foods = Larder.from_frame(larder)
    pool = frames.from_frame(
        recipe_pool[recipe_pool["split"] == "valid"].drop(columns="split"), LabelledRecipe
    )
    held_out = whole_words(foods.names(held_out=True))
    pool = [recipe for recipe in pool if not shows_held_out(recipe, held_out)]
    _check_case_diets(evaluation, foods)
    prompts, homes = [], listed(household_pantries)
    for name, part in evaluation.slices.items():
        if part.households:
            prompts += _at_home(name, homes, foods, pantry, augmentation, part, seed)
            continue
        tags = pantry.tags if not part.diets else None
        plan = _plan(pool, pantry, part, tags is not None, random.Random(f"{seed}:test:{name}"))
        for number, (recipe, diets) in enumerate(plan):
            rng = random.Random(f"{seed}:test:{name}:{number}")
            prompts.append(
                _prompt(
                    f"{name}-{number:04d}",
                    name,
                    recipe,
                    diets,
                    foods,
                    pantry,
                    augmentation,
                    reference,
                    part,
                    rng,
                )
            )
    for name, case in evaluation.cases.items():
        prompts.append(
            Prompt(
                prompt_id=f"case: {name}",
                slice="cases",
                system=render_system(case.pantry, case.diets),
                user=case.request,
                pantry=case.pantry,
                diets=case.diets,
                forbidden=tuple(
                    item for item in case.pantry if item in foods.foods and foods.forbidden(item, case.diets)
                ),
            )
        )
    return frames.to_frame(prompts, Prompt)


def _check_case_diets(evaluation: EvaluationParams, foods: Larder) -> None:
    """A misspelt diet must not wait until all answers are there."""
    known = {diet for food in foods.foods.values() for diet in food.breaks | food.unsure}
    for name, case in evaluation.cases.items():
        for diet in (*case.diets, *(tempting.breaks for tempting in case.tempted_by if tempting.breaks)):
            if diet not in known:
                raise ValueError(
                    f"generator.evaluation.cases, {name!r}: there is no diet {diet!r}.{nearest(diet, known)}"
                )


def _plan(
    pool: Sequence[LabelledRecipe],
    pantry: PantryParams,
    part: SliceParams,
    as_trained: bool,
    rng: random.Random,
) -> list[tuple[LabelledRecipe, tuple[str, ...]]]:
    """Recipe and diets of each prompt: by the tags' shares, or the slice's own diets in equal parts."""
    if as_trained:
        return plan_rows(pool, pantry, part.prompts, rng)
    equal = [{"diets": diets, "share": 1 / len(part.diets)} for diets in part.diets]
    return plan_rows(pool, pantry.model_validate({**pantry.model_dump(), "tags": equal}), part.prompts, rng)


def _at_home(
    name: str,
    homes: Sequence[Sequence[str]],
    foods: Larder,
    pantry: PantryParams,
    augmentation: AugmentationParams,
    part: SliceParams,
    seed: int,
) -> Iterator[Prompt]:
    """Households in turn, each with some of what it has, and a guest who keeps the slice's diets in turn."""
    for number in range(part.prompts):
        rng = random.Random(f"{seed}:test:{name}:{number}")
        home = homes[number % len(homes)]
        diets = part.diets[number % len(part.diets)]
        items = rng.sample(home, min(len(home), rng.randint(pantry.size.least, pantry.size.most)))
        yield Prompt(
            prompt_id=f"{name}-{number:04d}",
            slice=name,
            system=render_system(items, diets),
            user=render_request(None, rng.choice(MEALS), rng.choice(augmentation.requests)),
            pantry=tuple(items),
            diets=diets,
            forbidden=tuple(item for item in items if foods.forbidden(item, diets)),
        )


def _prompt(
    prompt_id: str,
    name: str,
    recipe: LabelledRecipe,
    diets: tuple[str, ...],
    foods: Larder,
    pantry: PantryParams,
    augmentation: AugmentationParams,
    reference: StrategyParams,
    part: SliceParams,
    rng: random.Random,
) -> Prompt:
    request = render_request(recipe.cuisine, recipe.meal, rng.choice(augmentation.requests))
    kept, missing = split_ingredients(recipe.names, pantry, rng)
    others = draw_others(kept, missing, diets, foods, pantry, reference, rng)
    shelves = pantry.held_out if part.held_out else part.intruders
    fitting = {
        shelf: bad
        for shelf, names in shelves.items()
        if (bad := [item for item in names if foods.forbidden(item, diets)])
    }
    count = rng.randint(part.count.least, part.count.most)
    chosen = rng.sample(sorted(fitting), min(count, len(fitting)))
    intruders = [rng.choice(fitting[shelf]) for shelf in chosen]
    while len(intruders) < count and any(set(bad) - set(intruders) for bad in fitting.values()):
        intruders.append(
            rng.choice(sorted({item for bad in fitting.values() for item in bad} - set(intruders)))
        )
    if part.held_out:
        welcome = [item for names in shelves.values() for item in names if foods.allowed(item, diets)]
        intruders += rng.sample(sorted(welcome), min(2, len(welcome)))
    # intruders take the place of other food, so that pantries stay as long as those of training
    room = max(1, pantry.size.most - len(kept) - len(intruders))
    names = list(dict.fromkeys([*kept, *others[-room:], *intruders]))
    rng.shuffle(names)
    return Prompt(
        prompt_id=prompt_id,
        slice=name,
        system=render_system(names, diets),
        user=request,
        pantry=tuple(names),
        diets=diets,
        cuisine=recipe.cuisine,
        recipe_title=recipe.title,
        forbidden=tuple(item for item in names if foods.forbidden(item, diets)),
    )
