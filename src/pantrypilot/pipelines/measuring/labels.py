"""Labelled names of any file in this form → one row a name and diet.

    name,food_class,vegan,gluten-free,allergens,depends
    fish sauce,sauce,no,yes,fish,

| column | means |
|---|---|
| `name` (or `english_name`, `ingredient`) | what is judged |
| a diet, in any spelling the judge knows | yes: allowed, no: forbidden, maybe: a name does not tell; empty: no label |
| `allergens` | `milk|eggs`, words of EU Regulation 1169/2011 Annex II: forbidden for the diets that leave them out |
| `depends` (or `can_be_vegan`) | true: what is labelled forbidden can be either, so `unknown` is the right answer |
| `food_class` (or `vegan_source`, `allergens_source`) | to count by; `inherited:en:fish` counts as fish |
| `synonyms` | `a|b`, the same labels; judged too where the parameter says so |

Other columns are passed over and named in the log. An allergen that a row does not list is not labelled: such
lists are seldom complete.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping

from pantrypilot.diets import Knowledge, UnknownDiet
from pantrypilot.diets.knowledge import nearest
from pantrypilot.pipelines.measuring.params import MeasuringParams
from pantrypilot.pipelines.types import Table

logger = logging.getLogger(__name__)

SPELLINGS = {
    "name": ("name", "english_name", "ingredient"),
    "food_class": ("food_class", "vegan_source", "allergens_source"),
    "depends": ("depends", "can_be_vegan"),
    "allergens": ("allergens",),
    "synonyms": ("synonyms",),
}
LABELS = {
    "allowed": ("yes", "allowed", "true", "1"),
    "forbidden": ("no", "forbidden", "false", "0"),
    "unknown": ("maybe", "unknown", "depends"),
    "": ("", "ignore", "nan"),
}
LABEL_OF = {word: label for label, words in LABELS.items() for word in words}
# item of EU Regulation 1169/2011 Annex II → the diets that leave it out
ALLERGENS = {
    "gluten": ("gluten-free",),
    "crustaceans": ("crustacean-free", "shellfish-free"),
    "eggs": ("egg-free",),
    "fish": ("fish-free",),
    "peanuts": ("peanut-free", "nut-free"),
    "soybeans": ("soy-free",),
    "milk": ("dairy-free",),
    "nuts": ("tree-nut-free", "nut-free"),
    "celery": ("celery-free",),
    "mustard": ("mustard-free",),
    "sesame seeds": ("sesame-free",),
    "sulphur dioxide and sulphites": ("sulphite-free",),
    "lupin": ("lupin-free",),
    "molluscs": ("mollusc-free", "shellfish-free"),
}
ALLERGEN_DIETS = tuple(dict.fromkeys(diet for diets in ALLERGENS.values() for diet in diets))


class LabelError(ValueError):
    """A labelled file says something that cannot be read; the message names file and line."""


def gather_labels(labelled: Table, diet_knowledge: Knowledge, params: MeasuringParams) -> tuple[Table, Table]:
    """Labels (name, diet, label, food_class, origin), and those left out with the reason.

    A name that is there twice counts once; one that is labelled in two ways for a diet is left out for that diet.

    Raises:
        LabelError: no column with names or labels, or a word that is no label.
    """
    import pandas as pd

    places, diet_of = _columns(list(labelled.columns), diet_knowledge)
    first: dict[tuple[str, str], dict[str, str]] = {}
    rejects: list[dict[str, str]] = []
    for row in labelled.to_dict("records"):
        for name, food_class in _names(row, places, params.synonyms):
            for diet, label in _labels(row, places, diet_of):
                entry = {"name": name, "diet": diet, "label": label, "food_class": food_class, "origin": row["origin"]}
                known = first.setdefault((" ".join(name.casefold().split()), diet), entry)
                if known is not entry:
                    other = f"{known['label']} in {known['origin']}"
                    reason = f"the same as {known['origin']}" if known["label"] == label else f"labelled {other}"
                    rejects.append({**entry, "reason": reason})
    contradicted = {(r["name"].casefold(), r["diet"]) for r in rejects if r["reason"].startswith("labelled")}
    kept = [entry for (name, diet), entry in first.items() if (name, diet) not in contradicted]
    if not kept:
        raise LabelError(f"No name in the file has a label for a diet. Columns: {', '.join(labelled.columns)}.")
    if contradicted:
        logger.warning("%d labels are contradicted in the same file; left out: see the rejects", len(contradicted))
    columns = ["name", "diet", "label", "food_class", "origin"]
    return pd.DataFrame(kept, columns=columns), pd.DataFrame(rejects, columns=[*columns, "reason"])


def _columns(columns: list[str], knowledge: Knowledge) -> tuple[dict[str, str], dict[str, str]]:
    """What stands where: `{"name": "english_name", …}` and `{"gluten free": "gluten-free", …}`."""
    places = {what: next((c for c in ways if c in columns), "") for what, ways in SPELLINGS.items()}
    if not places["name"]:
        raise LabelError(f"There is no column `name`.{nearest('name', columns)} Columns: {', '.join(columns)}.")
    diet_of: dict[str, str] = {}
    passed_over = []
    for column in columns:
        if column in places.values() or column == "origin":
            continue
        try:
            diet_of[column] = knowledge.diet(column.replace("_", "-")).key
        except UnknownDiet:
            passed_over.append(column)
    if not diet_of and not places["allergens"]:
        raise LabelError(f"No column is a diet or `allergens`: {', '.join(columns)}.")
    if passed_over:
        logger.info("Columns that label nothing are passed over: %s", ", ".join(passed_over))
    return places, diet_of


def _names(row: Mapping[str, str], places: Mapping[str, str], synonyms: bool) -> Iterator[tuple[str, str]]:
    food_class = row[places["food_class"]] if places["food_class"] else ""
    food_class = food_class.rpartition(":")[2].replace("-", " ").strip()
    food_class = "" if food_class == "direct" else food_class
    others = row[places["synonyms"]].split("|") if synonyms and places["synonyms"] else []
    for name in (row[places["name"]], *others):
        if name.strip():
            yield name.strip(), food_class


def _labels(row: Mapping[str, str], places: Mapping[str, str], diet_of: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    depends = places["depends"] and _label(row, places["depends"]) == "allowed"
    given = {diet: _label(row, column) for column, diet in diet_of.items()}
    listed = row[places["allergens"]] if places["allergens"] else ""
    for word in filter(None, (part.rpartition(":")[2].strip() for part in listed.split("|"))):
        allergen = word.replace("-", " ").casefold()
        if allergen not in ALLERGENS:
            raise LabelError(f"{row['origin']}: there is no allergen {word!r}.{nearest(allergen, ALLERGENS)}")
        for diet in ALLERGENS[allergen]:
            if not given.get(diet):
                given[diet] = "forbidden"
    for diet, label in given.items():
        if label:
            yield diet, "unknown" if depends and label == "forbidden" else label


def _label(row: Mapping[str, str], column: str) -> str:
    word = str(row[column]).strip().casefold()
    if word not in LABEL_OF:
        raise LabelError(f"{row['origin']}: {row[column]!r} in column {column!r} is no label; write yes, no or maybe.")
    return LABEL_OF[word]
