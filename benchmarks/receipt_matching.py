"""How printed items of receipts are matched to the foods of the inventory: right, wrong and missed, by threshold.

    python benchmarks/receipt_matching.py

Held against data/01_raw/receipts/expected.csv, what a person says that the items are; "wrong" is another food than
that, or one where there is none. The items marked `blind` were labelled before the matching was tried on them, and
looked at afterwards. The last line: items a second.
"""

from __future__ import annotations

import csv
import time
from pathlib import Path

import yaml

from pantrypilot.diets import Knowledge
from pantrypilot.kitchen.foods import load_foods
from pantrypilot.pipelines.ingestion.receipts.matching import ItemMatcher
from pantrypilot.pipelines.ingestion.receipts.params import MatchingParams

ROOT = Path(__file__).parents[1]


def main() -> None:
    given = yaml.safe_load((ROOT / "conf/base/pantry/parameters_receipts.yml").read_text(encoding="utf-8"))
    params = MatchingParams.model_validate(given["pantry"]["receipts"]["matching"])
    with (ROOT / "data/01_raw/receipts/expected.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    foods, knowledge = load_foods(), Knowledge.load()
    brands = {brand for food in foods.values() for brand in food.brands}
    params = params.model_copy(update={"brands": (*params.brands, *brands)})
    pairs = [(food.item_id, food.name) for food in foods.values()]
    print(f"{len(pairs)} foods; threshold in use: {params.threshold}\n")
    print("items  threshold  a food  right  wrong  missed")
    for part in ("tuned", "blind"):
        items = [row for row in rows if row["part"] == part]
        for threshold in (0.5, 0.65, 0.75, 0.8, 0.85, 0.9, 1.0):
            matcher = ItemMatcher(pairs, knowledge, params.model_copy(update={"threshold": threshold}))
            said = [(row["item_name"], matcher.match(row["item_text"])) for row in items]
            right = sum(match is not None and match.item_name == name for name, match in said)
            wrong = sum(match is not None and match.item_name != name for name, match in said)
            missed = sum(bool(name) and match is None for name, match in said)
            food = sum(bool(name) for name, _ in said)
            print(f"{part:5}  {threshold:9}  {food:6}  {right:5}  {wrong:5}  {missed:6}")
    matcher = ItemMatcher(pairs, knowledge, params)
    start = time.perf_counter()
    for row in rows * 10:
        matcher.match(row["item_text"])
    print(f"\n{len(rows) * 10 / (time.perf_counter() - start):,.0f} items a second")


if __name__ == "__main__":
    main()
