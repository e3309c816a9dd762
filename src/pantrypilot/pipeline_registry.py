"""Registered pipelines: stages, tasks and composites, each a package under `pipelines/`."""

from __future__ import annotations

from kedro.framework.project import find_pipelines
from kedro.pipeline import Pipeline

DEFAULT = "generator"  # what a plain `kedro run` does


def register_pipelines() -> dict[str, Pipeline]:
    """Every package under `pipelines/` by its name, and the main job as the default.

    A composite (a task, `finetune`) is a package of its own that sums its stages: entries derived here would
    be missing under `--pipelines NAME`, which loads that package alone.
    """
    pipelines = find_pipelines(raise_errors=True)
    if DEFAULT in pipelines:
        pipelines["__default__"] = pipelines[DEFAULT]
    return pipelines
