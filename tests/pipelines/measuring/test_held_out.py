"""What the judge has to reach on names whose authors had not seen its knowledge, and that it was not mended for.

Nobody looks at what is wrong there, or it is held out no longer: mend by what `blind_development*.csv` shows.
"""

import pytest
from measuring_toys import figures, verdicts_of

from pantrypilot.datasets import LabelledNamesDataset
from project_toys import ROOT

FOLDER = ROOT / "data/01_raw/diets"


@pytest.mark.parametrize(
    ("diet", "recall", "alarms", "open_forbidden"),
    [
        ("vegan", 0.98, 0.04, 0.10),
        ("vegetarian", 0.97, 0.03, 0.10),
        ("pescatarian", 0.96, 0.02, 0.10),
        ("gluten-free", 0.95, 0.02, 0.20),
        ("dairy-free", 0.96, 0.02, 0.20),
    ],
)
def test_rare_names_that_were_never_looked_at_are_judged_well(diet, recall, alarms, open_forbidden):
    found = figures(verdicts_of(FOLDER / "blind_held_out.csv"), diet)
    assert found["recall"]["value"] >= recall
    assert found["false_alarms"]["value"] <= alarms
    assert found["unknown_forbidden"]["value"] <= open_forbidden


@pytest.mark.parametrize("diet", ["vegan", "vegetarian", "pescatarian", "dairy-free"])
def test_no_ingredient_line_that_was_never_looked_at_is_called_safe_when_it_is_not(diet):
    found = figures(verdicts_of(FOLDER / "blind_held_out_lines.csv", lines=True), diet)
    assert found["false_safe"]["k"] == 0


def test_no_name_is_on_both_sides():
    sides = [
        {row["name"].casefold() for kind in ("", "_lines") for row in read(f"blind_{side}{kind}.csv")}
        for side in ("development", "held_out")
    ]
    assert sides[0].isdisjoint(sides[1])


def read(file):
    return LabelledNamesDataset(filepath=str(FOLDER / file)).load().to_dict("records")
