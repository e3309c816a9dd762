"""A judge of made-up foods, so that no change of the real knowledge moves these tests."""

import pandas as pd

from pantrypilot.diets import Knowledge
from pantrypilot.pipelines.measuring.params import MeasuringParams

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
