"""A toy kitchen for these tests: two cuisines, verdicts by the real judge, and parameters as in the YAML."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml

from pantrypilot.diets import default_judge
from pantrypilot.kitchen.frames import to_frame
from pantrypilot.kitchen.records import Ingredient, LabelledRecipe
from pantrypilot.pipelines.augmentation.params_recipes import BalanceParams, ComposerParams

CONF = Path(__file__).parents[3] / "conf/base/generator/parameters_composer.yml"
DIETS = ("vegetarian", "vegan", "pescatarian", "gluten-free", "dairy-free")

DISHES = {
    "korean": [
        "beef steak, soy sauce, garlic, sesame oil, carrot, sugar",
        "tofu, kimchi, scallions, gochujang, vegetable stock, sesame oil",
        "rice, eggs, spinach, soy sauce, sesame oil, sesame seeds",
        "glass noodles, mushrooms, spinach, soy sauce, garlic, vegetable oil",
        "salmon fillet, daikon, soy sauce, ginger, scallions, mirin",
        "flour, scallions, eggs, shrimp, vegetable oil, soy sauce",
    ],
    "italian": [
        "spaghetti, eggs, bacon, parmesan, garlic, olive oil",
        "penne, canned tomatoes, garlic, olive oil, basil, chili flakes",
        "chicken breast, mushrooms, white wine, butter, parsley, onion",
        "white beans, tomatoes, onion, celery, carrot, olive oil, rosemary",
        "cod fillet, cherry tomatoes, olives, capers, olive oil, parsley",
        "eggplant, mozzarella, canned tomatoes, basil, olive oil, parmesan",
    ],
}


def labelled(recipe_id: str, cuisine: str | None, names: list[str], title: str | None = None) -> LabelledRecipe:
    judge = default_judge()
    return LabelledRecipe(
        recipe_id=recipe_id,
        title=title or f"{recipe_id} dish",
        cuisine=cuisine,
        meal="dinner",
        serves=4,
        source="corpus",
        origin=f"{cuisine}.yml:{recipe_id}",
        ingredients=tuple(Ingredient(name=name, quantity=200, unit="g") for name in names),
        steps=("Cook everything.", "Serve it."),
        diets=tuple(diet for diet in DIETS if all(judge.judge(name, diet).verdict == "allowed" for name in names)),
    )


def toy_recipes() -> list[LabelledRecipe]:
    return [
        labelled(f"{cuisine}-{number}", cuisine, names.split(", "))
        for cuisine, dishes in DISHES.items()
        for number, names in enumerate(dishes)
    ]


def toy_frame() -> pd.DataFrame:
    return to_frame(toy_recipes(), LabelledRecipe)


def toy_verdicts() -> pd.DataFrame:
    judge = default_judge()
    names = sorted({name for recipe in toy_recipes() for name in recipe.names})
    rows = [
        {"name": name, "n_recipes": 1, **{diet: str(judge.judge(name, diet).verdict) for diet in DIETS}}
        for name in names
    ]
    return pd.DataFrame(rows)


def shortfall(**missing: int) -> pd.DataFrame:
    return pd.DataFrame(
        [(cuisine, 6, 6 + count, count) for cuisine, count in missing.items()],
        columns=["cuisine", "have", "want", "missing"],
    )


def _conf() -> dict:
    return yaml.safe_load(CONF.read_text().replace("${runtime_params:seed, ${globals:seed}}", "7"))["generator"]


def balance_params(**changes: object) -> BalanceParams:
    return BalanceParams.model_validate({**_conf()["balance"], "least_recipes": 1, **changes})


def composer_params(openai: dict | None = None, **changes: object) -> ComposerParams:
    conf = _conf()["composer"]
    return ComposerParams.model_validate({**conf, **changes, "openai": {**conf["openai"], **(openai or {})}})
