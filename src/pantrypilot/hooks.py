"""Hooks: errors that a person can act on, and a word on where the results are."""

from __future__ import annotations

import logging
import os
import pkgutil
import re
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
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


# what the catalog and the parameters read from `--params`
RUN_TIME = (
    "as_of", "base", "full", "labelled", "pretrained", "receipt_bucket", "receipt_images", "receipts", "recipes",
    "seed", "tables", "upload",
)  # fmt: skip


class UnknownParameter(ValueError):
    """A parameter that nothing reads; the message names the nearest that something does."""


class ParameterNames:
    """Refuses parameters that no pipeline reads, from a file or `--params`: Kedro would pass over a typo in silence."""

    @hook_impl
    def after_context_created(self, context: Any) -> None:
        self._context = context

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Any, catalog: Any) -> None:
        from pantrypilot import pipelines

        # every pipeline there is, whatever `--pipelines` loads: a parameter may be for another than this run's
        read: set[str] = set()
        for package in pkgutil.iter_modules(pipelines.__path__, f"{pipelines.__name__}."):
            if package.ispkg:
                inputs = import_module(package.name).create_pipeline().inputs()
                read |= {name.removeprefix("params:") for name in inputs if name.startswith("params:")}
        check_parameter_names(self._context.params, read, RUN_TIME)


def check_parameter_names(given: Mapping[str, Any], read: Iterable[str], global_names: Iterable[str]) -> None:
    """Every given name lies on the way to a parameter that is read ('generator'), or is one ('generator.pantry').

    What lies below a parameter that is read is the business of its typed model. `global_names` can be given at run
    time, too. Raises UnknownParameter.
    """
    read = set(read)
    above = {name.rsplit(".", depth)[0] for name in read for depth in range(1, name.count(".") + 1)}

    def check(branch: Mapping[str, Any], prefix: str) -> None:
        for key, value in branch.items():
            name = f"{prefix}{key}"
            if name in above and isinstance(value, Mapping):
                check(value, f"{name}.")
            elif name not in read and not (name in global_names and not prefix):
                from pantrypilot.diets.knowledge import nearest

                hint = nearest(name, {*read, *above, *global_names})
                raise UnknownParameter(f"Nothing reads the parameter {name!r}.{hint} Look in conf/ and at --params.")

    check(given, "")


class SpentCheckpoints:
    """Clears a run's checkpoints once all that it made is stored: not sooner, so that a failed save loses nothing."""

    @hook_impl
    def after_catalog_created(self, catalog: Any) -> None:
        self._catalog = catalog

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any, node: Any) -> None:
        if dataset_name == node.outputs[-1]:
            for name in node.inputs:
                if name.endswith(".checkpoints"):
                    self._catalog.load(name).clear()


class RunSummary:
    """Prints the result of an evaluation or a measurement, and where the report lies, when the run is over."""

    @hook_impl
    def after_pipeline_run(self, run_params: dict[str, Any], pipeline: Any, catalog: Any) -> None:
        outputs = pipeline.all_outputs()
        for task in ("pantry", "diets", "generator"):
            if f"{task}.summary" in outputs:
                sys.stdout.write(f"\n{catalog.load(f'{task}.summary')}\n")
                sys.stdout.write(f"Report: {catalog[f'{task}.report']._filepath}\n")


def print_plainly(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
    """The messages of an error and of what caused it, each once; one place in our own code, and only for bugs."""
    lines = plain_lines(problem)
    bug = isinstance(problem, (AttributeError, KeyError, TypeError, NameError, AssertionError, IndexError))
    sys.stderr.write(f"\nError: {lines[0]}\n" + "".join(f"  because: {line}\n" for line in lines[1:]))
    if bug:
        sys.stderr.write(
            f"This looks like a bug ({kind.__name__}, {_our_frame(trace)}): PANTRYPILOT_TRACEBACK=1 shows more.\n"
        )


def plain_lines(problem: BaseException) -> list[str]:
    """What an error says, then what caused it, each once."""
    lines: list[str] = []
    link: BaseException | None = problem
    while link is not None:
        text = _without_jargon(str(link)) or type(link).__name__
        if not any(text in line or line in text for line in lines):
            lines.append(text)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return lines


def _without_jargon(text: str) -> str:
    """Pydantic's messages less its type tags and web links, which tell a cook nothing."""
    lines = [line for line in text.strip().splitlines() if "For further information visit" not in line]
    plain = re.sub(r" \[type=\w+, input_value=.*\]$", "", "\n".join(lines), flags=re.MULTILINE)
    return plain.replace("Extra inputs are not permitted", "there is no such key; look for a typo")


def _our_frame(trace: TracebackType | None) -> str:
    where = "outside the project"
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if "pantrypilot" in file and "site-packages" not in file:
            where = f"{os.path.basename(file)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where
