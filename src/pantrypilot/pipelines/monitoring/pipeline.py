"""In the making."""

from __future__ import annotations

from kedro.pipeline import Pipeline


def create_pipeline(**_: object) -> Pipeline:
    return Pipeline([], namespace="pantry", tags=["monitoring"])
