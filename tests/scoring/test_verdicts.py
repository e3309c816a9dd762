"""Verdicts against labels: what is counted, of what, and which fault comes first."""

import pytest

from pantrypilot.scoring.verdicts import FAULTS, exact_share, measure, score_verdicts, worst_names


def rows(diet, label, verdict, count=1, food_class="fish"):
    told = {"reason": "r", "origin": "f.csv:2", "food_class": food_class}
    return [
        {"name": f"{diet} {label} {verdict} {food_class} {i}", "diet": diet, "label": label, "verdict": verdict, **told}
        for i in range(count)
    ]


PAIRS = [("forbidden", "forbidden")] * 90 + [("forbidden", "allowed")] * 6 + [("forbidden", "unknown")] * 4
PAIRS += [("allowed", "allowed")] * 45 + [("allowed", "forbidden")] * 1 + [("allowed", "unknown")] * 4
PAIRS += [("unknown", "allowed")] * 3 + [("unknown", "unknown")] * 7


@pytest.mark.parametrize(
    ("figure", "k", "n"),
    [
        ("recall", 90, 96),
        ("caught", 90, 100),
        ("false_safe", 6, 100),
        ("false_alarms", 1, 50),
        ("agreement", 135, 142),
        ("unknown", 15, 160),
        ("unknown_forbidden", 4, 100),
        ("unknown_allowed", 4, 50),
    ],
)
def test_every_share_is_of_the_names_that_its_name_says(figure, k, n):
    share = measure(PAIRS)[figure]
    assert (share["k"], share["n"]) == (k, n)
    assert share["low"] < share["value"] < share["high"]


def test_unknown_is_a_column_of_its_own_and_no_miss():
    assert measure(PAIRS)["confusion"]["forbidden"] == {"allowed": 6, "forbidden": 90, "unknown": 4}
    assert measure([("forbidden", "unknown")] * 5)["false_safe"]["k"] == 0
    assert measure([("forbidden", "unknown")] * 5)["recall"]["value"] is None


def test_intervals_are_exact():
    """Clopper and Pearson, 9 of 10, as R's binom.test prints it."""
    share = exact_share(9, 10)
    assert (share["low"], share["high"]) == (pytest.approx(0.5549839, abs=1e-7), pytest.approx(0.9974714, abs=1e-7))
    assert exact_share(0, 0) == {"value": None, "low": None, "high": None, "k": 0, "n": 0}


def test_allergen_lists_come_with_the_worst_first_and_without_other_diets():
    table = rows("fish-free", "forbidden", "forbidden", 9) + rows("fish-free", "forbidden", "allowed", 1)
    table += rows("soy-free", "forbidden", "forbidden", 5) + rows("egg-free", "forbidden", "forbidden", 50)
    table += rows("vegan", "forbidden", "allowed", 5)
    lists = score_verdicts(table, ["egg-free", "soy-free", "fish-free"], 1)["allergens"]
    # of two lists without a miss, the shorter proves less
    assert [entry["diet"] for entry in lists] == ["fish-free", "soy-free", "egg-free"]
    assert lists[0]["false_safe"]["value"] == 0.1


def test_small_food_classes_count_together():
    table = rows("vegan", "forbidden", "forbidden", 5) + rows("vegan", "forbidden", "allowed", 2, "blood")
    table += rows("vegan", "forbidden", "allowed", 1, "insect")
    found = score_verdicts(table, [], 5)["by_class"]["vegan"]
    assert list(found) == ["fish", "other"]
    assert found["other"]["false_safe"]["k"] == 3


def test_false_safe_names_come_first_and_one_row_holds_all_diets_of_a_fault():
    table = rows("vegan", "allowed", "unknown") + rows("vegan", "allowed", "forbidden")
    table += rows("vegan", "forbidden", "allowed") + rows("vegan", "forbidden", "forbidden")
    table += [{**row, "diet": "halal"} for row in rows("vegan", "forbidden", "allowed")]
    found = worst_names(table)
    assert [entry["fault"] for entry in found] == ["false safe", "false alarm", "unknown, is allowed"]
    assert found[0]["diets"] == ["vegan", "halal"]


def test_every_pair_that_differs_is_a_fault_but_the_honest_unknown():
    values = ("allowed", "forbidden", "unknown")
    assert set(FAULTS) == {(label, verdict) for label in values for verdict in values if label != verdict}
