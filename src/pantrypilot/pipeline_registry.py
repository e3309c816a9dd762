"""Registered pipelines: stages, tasks and composites, each a package under `pipelines/`."""

from __future__ import annotations

import re
from pkgutil import iter_modules

from kedro.framework.project import find_pipelines
from kedro.pipeline import Pipeline

from pantrypilot import pipelines as packages

DEFAULT = ("pantry", "generator")  # what a plain `kedro run` does


def register_pipelines() -> dict[str, Pipeline]:
    """Every package under `pipelines/` by its name, and the households and the main job as the default.

    A composite (a task, `finetune`) is a package of its own that sums its stages: entries derived here would
    be missing under `--pipelines NAME`, which loads that package alone.
    """
    try:
        pipelines = find_pipelines(raise_errors=True)
    except ImportError as error:
        _explain_unknown_name(str(error))
        raise
    if set(DEFAULT) <= set(pipelines):
        pipelines["__default__"] = sum((pipelines[name] for name in DEFAULT), Pipeline([]))
    return pipelines


def _explain_unknown_name(message: str) -> None:
    """Raises ValueError for `--pipelines NAME` without such a package, which Kedro calls an import error."""
    names = sorted(module.name for module in iter_modules(packages.__path__) if module.ispkg)
    asked = re.search(r"\.pipelines\.(\w+)'", message)
    if asked and asked[1] not in names:
        from pantrypilot.diets.knowledge import nearest

        hint = nearest(asked[1], names)
        raise ValueError(f"There is no pipeline {asked[1]!r}.{hint} Pipelines: {', '.join(names)}.") from None
