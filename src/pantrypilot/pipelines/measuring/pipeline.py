"""Measuring: the judge against labelled names, and against the names of a recipe collection.

gather_labels(labelled, diet_knowledge, measuring)        -> labels, label_rejects
judge_labels(labels, diet_knowledge, measuring)           -> verdicts
score_judge(verdicts, measuring)                 -> metrics
list_worst(verdicts)                             -> worst
cover_recipes(recipe_collection, diet_knowledge, measuring) -> coverage, uncovered
sample_uncovered(uncovered, measuring, seed)     -> uncovered_sample
table_of_figures(metrics, coverage)              -> summary
write_page(metrics, coverage, worst, uncovered)  -> report
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines.measuring.coverage import cover_recipes, sample_uncovered
from pantrypilot.pipelines.measuring.judging import judge_labels, list_worst, score_judge
from pantrypilot.pipelines.measuring.labels import gather_labels
from pantrypilot.pipelines.measuring.reporting import write_page
from pantrypilot.pipelines.measuring.summary import table_of_figures

PARAMETERS = {"params:measuring", "params:seed"}


def create_pipeline(**_: object) -> Pipeline:
    """Two measures of one judge, and one page."""
    nodes = [
        Node(
            gather_labels,
            ["labelled", "diet_knowledge", "params:measuring"],
            ["labels", "label_rejects"],
            name="gather_labels",
        ),
        Node(judge_labels, ["labels", "diet_knowledge", "params:measuring"], "verdicts", name="judge_labels"),
        Node(score_judge, ["verdicts", "params:measuring"], "metrics", name="score_judge"),
        Node(list_worst, "verdicts", "worst", name="list_worst"),
        Node(
            cover_recipes,
            ["recipe_collection", "diet_knowledge", "params:measuring"],
            ["coverage", "uncovered"],
            name="cover_recipes",
        ),
        Node(
            sample_uncovered,
            ["uncovered", "params:measuring", "params:seed"],
            "uncovered_sample",
            name="sample_uncovered",
        ),
        Node(table_of_figures, ["metrics", "coverage"], "summary", name="table_of_figures"),
        Node(write_page, ["metrics", "coverage", "worst", "uncovered"], "report", name="write_page"),
    ]
    return Pipeline(
        nodes,
        namespace="diets",
        inputs={name: f"generator.{name}" for name in ("recipe_collection", "diet_knowledge")},
        parameters=PARAMETERS,
        tags=["measuring"],
    )
