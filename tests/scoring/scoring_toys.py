"""A small world of foods, so that these tests say nothing of what the packaged knowledge holds."""

from pantrypilot.diets import Diet, FoodClass, Judge, Knowledge
from pantrypilot.kitchen import render_answer
from pantrypilot.scoring import Sample, score_answer

FOODS = {
    "poultry": ["chicken breast", "chicken"],
    "dairy": ["butter", "milk"],
    "egg": ["eggs"],
    "plant": ["tofu", "rice", "peanut butter", "onion"],
}
RULES = {
    "vegetarian": ("poultry",),
    "pescatarian": ("poultry",),
    "vegan": ("poultry", "dairy", "egg"),
    "dairy-free": ("dairy",),
    "egg-free": ("egg",),
}
JUDGE = Judge(
    Knowledge(
        {key: FoodClass(key, names=tuple(names)) for key, names in FOODS.items()},
        {key: Diet(key, forbids=forbids) for key, forbids in RULES.items()},
        {},
    )
)


def answer(selected=("tofu", "rice"), additions=(), steps=("Fry it.", "Serve it."), title="Rice Bowl"):
    """The text of a well-formed answer."""
    return render_answer(title, selected, additions, steps)


def sample(
    prompt_id="a-1", model="v3", text=None, diets=("vegetarian",), pantry=("tofu", "rice", "chicken breast"),
    slice_name="a", finish_reason="stop", cases=(), recipe=None,
):  # fmt: skip
    """A scored answer."""
    text = answer() if text is None else text
    score = score_answer(text, finish_reason, pantry, diets, JUDGE)
    return Sample(
        **dict(score), prompt_id=prompt_id, slice=slice_name, system="", user="dinner", pantry=pantry,
        diets=diets, cuisine=None, recipe_title=recipe, forbidden=(), cases=cases, model=model, text=text,
        finish_reason=finish_reason, tokens=9,
    )  # fmt: skip
