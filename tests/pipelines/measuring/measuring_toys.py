"""A judge of made-up foods, so that no change of the real knowledge moves these tests."""

import functools

import pandas as pd

from pantrypilot.datasets import LabelledNamesDataset
from pantrypilot.diets import Knowledge
from pantrypilot.pipelines.measuring.judging import judge_labels
from pantrypilot.pipelines.measuring.labels import gather_labels
from pantrypilot.pipelines.measuring.params import MeasuringParams
from pantrypilot.scoring.verdicts import measure

FOODS = Knowledge.load(
    {
        "classes": {
            "zorbmeat": {"names": ["zorbsteak"]},
            "zorbplant": {"names": ["glimroot"]},
            "zorbsauce": {"names": ["murksauce"], "may_contain": ["zorbmeat"]},
            "zorbcrisp": {"is_a": ["zorbplant"], "names": ["glimcrisp"]},
        },
        "diets": {"zorbless": {"forbids": ["zorbmeat"]}},
    }
)


def params(**changes):
    small = {"synonyms": False, "lines": False, "smallest_class": 2, "coverage_diets": ["zorbless"], "sample": 2}
    return MeasuringParams(**{**small, **changes})


def table(text):
    """A labelled file as its dataset loads it."""
    header, *lines = [line.strip().split(",") for line in text.strip().splitlines()]
    rows = [{**dict(zip(header, line, strict=True)), "origin": f"f.csv:{n}"} for n, line in enumerate(lines, 2)]
    return pd.DataFrame(rows, columns=[*header, "origin"], dtype=object)


@functools.cache
def verdicts_of(file, lines=False):
    """The real judge's verdicts on a labelled file, read once."""
    labelled, settings = LabelledNamesDataset(filepath=str(file)).load(), params(lines=lines)
    return judge_labels(gather_labels(labelled, Knowledge.load(), settings)[0], Knowledge.load(), settings)


def figures(table, diet):
    rows = table[table["diet"] == diet]
    return measure(zip(rows["label"], rows["verdict"], strict=True))
