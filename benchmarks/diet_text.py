"""What the judge makes of ingredient lines and of running text, and how fast; docs/diets.md has the figures.

Lines are read in three ways: as the pipelines do (`as_name`), bare, and by the name that `parse_line` takes out of
them. A line is not understood when the judge answers `unknown` even for lupin, which hardly a food holds; a food is
lost when the judge knows one in the line and none in the name. With pages, steps are searched for what is not
vegetarian, by recipes whose ingredients all are and by recipes with one that is not.

    python benchmarks/diet_text.py --recipes path/to/allrecipes.csv.gz [--pages path/to/gold.jsonl]
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path

DIET = "vegetarian"
RARE = "lupin-free"
ROUNDS = 20  # of the pages, which alone take a tenth of a second


def timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def not_understood(judge, names: Iterable[str]) -> int:
    return sum(judge.verdicts(name)[RARE] == "unknown" for name in names)


def compare_lines(path: Path) -> None:
    import pandas as pd

    from pantrypilot.diets import Judge, Knowledge, default_judge
    from pantrypilot.diets.columns import judge_column
    from pantrypilot.diets.lines import as_name
    from pantrypilot.kitchen.quantities import parse_line
    from pantrypilot.kitchen.readers.allrecipes import repair
    from pantrypilot.kitchen.readers.base import open_text

    with open_text(path, "cp1252", "replace") as file:
        lines = [line for row in csv.DictReader(file) for line in repair(row["ingredient"]).split(" + ")]
    judge, distinct = default_judge(), list(dict.fromkeys(lines))
    print(f"{len(lines):,} lines, {len(distinct):,} of them distinct")
    for title, way in (("as_name", as_name), ("bare", str)):
        fresh, column = Judge(Knowledge.load()), pd.Series(lines, dtype=object)
        spent = timed(lambda fresh=fresh, column=column, way=way: judge_column(column, fresh, read=way))
        missed = not_understood(judge, map(way, lines))
        rate = f"{len(lines) / spent:>9,.0f} lines a second"
        print(f"{title:<10} {rate}; not understood: {missed} ({missed / len(lines):.1%})")
    harder = [line for line in distinct if _forbids_more(judge, line, as_name(line))]
    print(f"forbidden only when bare: {len(harder)} distinct lines")
    spent = timed(lambda: [parse_line(line) for line in distinct])
    lost = [line for line in distinct if _knows(judge, as_name(line)) and not _knows(judge, _name(parse_line, line))]
    print(f"parse_line {len(distinct) / spent:>9,.0f} lines a second; food lost: {len(lost)} distinct lines")


def _forbids_more(judge, bare: str, read: str) -> bool:
    before, after = judge.verdicts(bare), judge.verdicts(read)
    return any(before[diet] == "forbidden" and after[diet] == "allowed" for diet in before)


def _knows(judge, name: str) -> bool:
    return bool(judge.judge(name, DIET).food_classes)


def _name(parse_line: Callable, line: str) -> str:
    parsed = parse_line(line)
    return parsed.name if parsed else ""


def search_pages(path: Path) -> None:
    from pantrypilot.diets import default_judge, find
    from pantrypilot.diets.lines import as_name

    judge = default_judge()
    find("", DIET)  # the first call makes the finder
    found = {"forbidden": [0, 0], "allowed": [0, 0]}
    texts = []
    for line in filter(None, path.read_text(encoding="utf-8").split("\n")):
        recipe = json.loads(line)["recipe"]
        texts.append("\n".join([recipe.get("name") or "", *steps_of(recipe.get("recipeInstructions"))]))
        verdicts = {str(judge.verdicts(as_name(one))[DIET]) for one in recipe.get("recipeIngredient") or []}
        kind = "forbidden" if "forbidden" in verdicts else "allowed" if verdicts == {"allowed"} else None
        if kind and texts[-1].strip():
            found[kind][0] += bool(find(texts[-1], DIET))
            found[kind][1] += 1
    size = ROUNDS * sum(map(len, texts)) / 1e6
    spent = timed(lambda: [find(text, DIET) for text in texts * ROUNDS])
    print(f"{len(texts)} pages, {size / spent:.1f} million characters of steps a second")
    print("something not vegetarian found in the title or steps of", end=" ")
    print("{} of {} recipes with such an ingredient,".format(*found["forbidden"]), end=" ")
    print("{} of {} recipes with none".format(*found["allowed"]))


def steps_of(given: object) -> list[str]:
    """The texts of schema.org instructions: a text, a list of texts or steps, or sections of steps."""
    if isinstance(given, str):
        return [given]
    if isinstance(given, dict):
        return [given["text"]] if given.get("text") else steps_of(given.get("itemListElement"))
    return [text for part in given or [] for text in steps_of(part)] if isinstance(given, list) else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipes", type=Path, required=True, help="an AllRecipes file")
    parser.add_argument("--pages", type=Path, help="recipe pages, JSON lines with `recipe` of schema.org")
    given = parser.parse_args()
    compare_lines(given.recipes)
    if given.pages:
        search_pages(given.pages)


if __name__ == "__main__":
    main()
