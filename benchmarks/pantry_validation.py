"""Seconds of processor time and peak memory of validating many household rows: all good, a tenth bad, all bad.

    python benchmarks/pantry_validation.py [households]        # 20,000: a million rows, and five million purchases
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOODS, PURCHASES = 50, 250  # of a household
WAYS = ("good", "tenth", "bad")


def measure(users: int, way: str) -> str:
    import pandas as pd

    import household_checks as toys

    kinds = toys.FOODS
    toys.FOODS = tuple((f"food {number}", *kinds[number % len(kinds)][1:]) for number in range(FOODS))
    toys.NAMES = [name for name, *_ in toys.FOODS]
    toys.IDS = [f"I_{number}" for number in range(FOODS)]
    tables = {
        "households": toys.households(users),
        "inventory": toys.inventory(users),
        "purchase_history": toys.purchases(users, PURCHASES),
    }
    bad = {"good": slice(0, 0), "tenth": slice(None, None, 10), "bad": slice(None)}[way]
    purchases = tables["purchase_history"]
    purchases.loc[purchases.index[bad], ["quantity_purchased", "price_total"]] = -1.0
    purchases.loc[::20, "consumption_start_date"] = pd.NaT
    began, failing = time.process_time(), 0
    for name, frame in tables.items():
        failing += len(toys.checked(name, frame, **{other: tables[other] for other in tables if other != name})[1])
    seconds, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rows = sum(map(len, tables.values()))
    return f"{way:6}{rows:>12,} rows {failing:>12,} failing {seconds:8.1f} s {peak:6.2f} GB"


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
    users = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    if len(sys.argv) > 2:
        print(measure(users, sys.argv[2]))
    else:
        for way in WAYS:  # a process each: memory is counted at its peak
            subprocess.run([sys.executable, __file__, str(users), way], check=True)
