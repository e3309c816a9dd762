"""How fast the judge is, all diets at once on one core, against the loop that one writes first.

What is measured: distinct names (each new to the judge, so nothing comes from a cache), repeated names (a column in
which every name stands many times), and, where --recipes names an AllRecipes file, its ingredient lines from the file
to the verdicts. The naive loop asks for each diet whether one of its keywords is in the name; it has far fewer words
to look for. Rates are medians of rounds in which both take turns. What each gets right is counted on the project's own
labelled names.

    python benchmarks/diet_judge.py [--names FILE] [--recipes path/to/allrecipes.csv.gz] [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LABELLED = ROOT / "data" / "01_raw" / "diets" / "labelled.csv"
DISTINCT, REPEATED, COLUMN = 20_000, 1_000_000, 5_000

# What a first version looks for.
WORDS = {
    "meat": "beef, pork, chicken, lamb, turkey, duck, veal, bacon, ham, sausage, salami, prosciutto, steak, rabbit",
    "pork": "pork, bacon, ham, prosciutto, pancetta, lard, sausage",
    "fish": "fish, salmon, tuna, cod, anchovy, anchovies, sardine, trout, mackerel, halibut, tilapia",
    "crustacean": "shrimp, prawn, crab, lobster, crayfish",
    "mollusc": "clam, mussel, oyster, scallop, squid, octopus, snail",
    "dairy": "milk, butter, cheese, cream, yogurt, whey, casein, ghee",
    "egg": "egg, mayonnaise, meringue",
    "gluten": "wheat, flour, bread, pasta, barley, rye, couscous, semolina, soy sauce, noodle",
    "nut": "almond, walnut, cashew, pecan, pistachio, hazelnut, macadamia, brazil nut",
    "peanut": "peanut",
    "soy": "soy, tofu, tempeh, miso, edamame",
    "sesame": "sesame, tahini",
    "celery": "celery, celeriac",
    "mustard": "mustard",
    "sulphite": "sulphite, sulfite, wine",
    "lupin": "lupin",
    "other animal": "honey, gelatin, lard, stock, broth",
    "alcohol": "wine, beer, rum, vodka, brandy, sherry",
    "fodmap": "onion, garlic, wheat, milk, apple, honey, bean",
}
NAIVE = {
    "vegetarian": ("meat", "fish", "crustacean", "mollusc"),
    "vegan": ("meat", "fish", "crustacean", "mollusc", "dairy", "egg", "other animal"),
    "pescatarian": ("meat",),
    "dairy-free": ("dairy",),
    "gluten-free": ("gluten",),
    "egg-free": ("egg",),
    "nut-free": ("nut", "peanut"),
    "tree-nut-free": ("nut",),
    "peanut-free": ("peanut",),
    "shellfish-free": ("crustacean", "mollusc"),
    "crustacean-free": ("crustacean",),
    "mollusc-free": ("mollusc",),
    "fish-free": ("fish",),
    "soy-free": ("soy",),
    "sesame-free": ("sesame",),
    "celery-free": ("celery",),
    "mustard-free": ("mustard",),
    "sulphite-free": ("sulphite",),
    "lupin-free": ("lupin",),
    "halal": ("pork", "alcohol"),
    "kosher": ("pork", "crustacean", "mollusc"),
    "low-fodmap": ("fodmap",),
}
KEYWORDS = {diet: sorted({word for key in keys for word in WORDS[key].split(", ")}) for diet, keys in NAIVE.items()}


def naive(name: str) -> dict[str, str]:
    """The loop that one writes first."""
    lowered = name.lower()
    return {
        diet: "forbidden" if any(word in lowered for word in words) else "allowed" for diet, words in KEYWORDS.items()
    }


def fresh_judge():
    from pantrypilot.diets import Judge, Knowledge

    return Judge(Knowledge.load())


def make_names(count: int) -> list[str]:
    """Distinct names as recipes have them: amounts, adjectives and preparation around known foods and made-up words."""
    rng = random.Random(0)
    foods = [name for food in fresh_judge().knowledge.classes.values() for name in food.names]
    before = [
        "",
        "",
        "fresh ",
        "organic ",
        "2 cups ",
        "low-fat ",
        "1 (14 oz) can ",
        "smoked ",
        "gluten-free ",
        "Zorgle's ",
    ]
    after = ["", "", ", chopped", ", drained and rinsed", " or water", " in oil", " sauce", ", divided", " zorgle"]
    made: dict[str, None] = {}
    while len(made) < count:
        made[f"{rng.choice(before)}{rng.choice(foods)}{rng.choice(after)}"] = None
    return list(made)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """(seconds of the clock, seconds of the processor)"""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def judge_all(names: list[str]) -> Callable[[], object]:
    """The work, with a judge that has seen nothing yet."""
    import pandas as pd

    from pantrypilot.diets.columns import judge_column

    judge, column = fresh_judge(), pd.Series(names, dtype=object)
    return lambda: judge_column(column, judge)


def compare(title: str, names: list[str], for_the_loop: list[str], rounds: int) -> None:
    """Both take turns; the loop, to which every name is new, may get fewer."""
    ours, theirs = [], []
    for _ in range(rounds):
        # processor time: on a busy machine the clock measures the others
        ours.append(timed(judge_all(names))[1])
        theirs.append(timed(lambda: [naive(name) for name in for_the_loop])[1])
    rate, loop = len(names) / statistics.median(ours), len(for_the_loop) / statistics.median(theirs)
    print(f"{title:<36} {rate:>11,.0f} a second; naive loop {loop:>9,.0f}; ratio {rate / loop:.2f}")


def lines_of(path: Path) -> list[str]:
    import csv

    from pantrypilot.kitchen.readers.allrecipes import repair
    from pantrypilot.kitchen.readers.base import open_text

    with open_text(path, "cp1252", "replace") as file:
        return [line for row in csv.DictReader(file) for line in repair(row["ingredient"]).split(" + ")]


def right(judged: Callable[[str], dict]) -> str:
    """Recall and false alarms over all labels of the project's own file."""
    import pandas as pd

    rows = pd.read_csv(LABELLED, dtype=str, keep_default_na=False)
    pairs = [
        (row[diet], str(judged(row["name"])[diet]))
        for row in rows.to_dict("records")
        for diet in rows.columns
        if diet in KEYWORDS and row[diet] in ("yes", "no")
    ]
    bad, good = [v for label, v in pairs if label == "no"], [v for label, v in pairs if label == "yes"]
    caught, alarms = bad.count("forbidden") / len(bad), good.count("forbidden") / len(good)
    return f"finds {caught:.1%} of {len(bad)} forbidden, forbids {alarms:.1%} of {len(good)} allowed"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=Path, help="distinct names, one a line; else they are made up")
    parser.add_argument("--recipes", type=Path, help="an AllRecipes file")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print((__doc__ or "").split("\n    python")[0].strip(), end="\n\n")
    if given.names:
        names = list(dict.fromkeys(filter(None, map(str.strip, given.names.read_text(encoding="utf-8").splitlines()))))
    else:
        names = make_names(DISTINCT)
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}; all rates are of processor time")
    judge = fresh_judge()
    words = {word for listed in KEYWORDS.values() for word in listed}
    print(
        f"{len(judge.diets)} diets; the judge knows {len(judge.knowledge.class_by_name):,} names, the loop {len(words)}"
    )
    compare(f"{len(names):,} distinct names", names, names, given.rounds)
    some = names[:COLUMN]
    # as in recipes: few names are most of the column
    column = random.Random(1).choices(some, [1 / (rank + 1) for rank in range(len(some))], k=REPEATED)
    compare(f"{REPEATED:,} of {len(some):,} names", column, column[: REPEATED // 10], given.rounds)
    if given.recipes:
        from pantrypilot.diets.lines import as_name

        lines: list[str] = []

        def whole() -> None:
            lines[:] = lines_of(given.recipes)
            judge_all([as_name(line) for line in lines])()

        clock, processor = timed(whole)
        print(f"{len(lines):,} lines, file to verdicts: {clock:.1f} s ({processor:.1f} s of processor time)")
    print(f"the judge {right(judge.verdicts)}\nthe loop  {right(naive)}")


if __name__ == "__main__":
    main()
