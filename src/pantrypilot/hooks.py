"""Hooks: errors that a person can act on, and a word on where the results are."""

from __future__ import annotations

import logging
import os
import sys
from types import TracebackType
from typing import Any

from kedro.framework.hooks import hook_impl

logger = logging.getLogger(__name__)


class PlainErrors:
    """Prints what went wrong in a few lines. `PANTRYPILOT_TRACEBACK=1` brings the frames back."""

    @hook_impl
    def after_context_created(self, context: Any) -> None:
        if not os.environ.get("PANTRYPILOT_TRACEBACK") and sys.excepthook is sys.__excepthook__:
            sys.excepthook = print_plainly


class RunSummary:
    """Prints the result of an evaluation, and where the report lies, when the run is over."""

    @hook_impl
    def after_pipeline_run(self, run_params: dict[str, Any], pipeline: Any, catalog: Any) -> None:
        outputs = pipeline.all_outputs()
        if "generator.summary" in outputs:
            sys.stdout.write(f"\n{catalog.load('generator.summary')}\n")
            sys.stdout.write(f"Report: {catalog['generator.report']._filepath}\n")


def print_plainly(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
    """The messages of an error and of what caused it, each once; frames only of our own code, and only for bugs."""
    lines: list[str] = []
    link: BaseException | None = problem
    while link is not None:
        text = str(link).strip() or type(link).__name__
        if not any(text in line or line in text for line in lines):
            lines.append(text)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    bug = isinstance(problem, (AttributeError, KeyError, TypeError, NameError, AssertionError, IndexError))
    sys.stderr.write(f"\nError: {lines[0]}\n" + "".join(f"  because: {line}\n" for line in lines[1:]))
    if bug:
        sys.stderr.write(
            f"This looks like a bug ({kind.__name__}, {_our_frame(trace)}): PANTRYPILOT_TRACEBACK=1 shows more.\n"
        )


def _our_frame(trace: TracebackType | None) -> str:
    where = "outside the project"
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if "pantrypilot" in file and "site-packages" not in file:
            where = f"{os.path.basename(file)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where
