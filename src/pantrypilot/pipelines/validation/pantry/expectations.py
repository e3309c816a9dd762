"""Declared expectations as Great Expectations' own, and a table validated by them; no file is left, no word sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pantrypilot.diets.knowledge import nearest
from pantrypilot.pipelines.types import Table
from pantrypilot.pipelines.validation.pantry.params import Expectation, Suite

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult

# fields of every expectation that a suite says in words of its own, or that have no place in it
_NOT_KWARGS = {
    "id", "meta", "notes", "description", "severity", "result_format", "catch_exceptions", "rendered_content",
    "batch_id", "windows", "condition_parser",
}  # fmt: skip


class SuiteError(ValueError):
    """A suite asks for something that there is not; the message names the nearest right word."""


def build_suite(suite: Suite, words: Mapping[str, tuple[str, ...]], columns: Mapping[str, Any]) -> ExpectationSuite:
    """The suite for Great Expectations, less the expectations of columns that `columns` lacks.

    A kwarg `{of: <word>}` becomes the values that `words` has for it: names of columns, units, categories.

    Raises:
        SuiteError: an unknown type, kwarg, word or value.
    """
    from great_expectations.core import ExpectationSuite

    built = [
        _build(f"{suite.table}.{name}", name, declared, words)
        for name, declared in suite.each()
        if set(declared.columns) <= set(columns)
    ]
    return ExpectationSuite(suite.name, expectations=built)


def _build(place: str, name: str, declared: Expectation, words: Mapping[str, tuple[str, ...]]) -> Any:
    kind = _class_of(place, declared.type)
    known = sorted(set(kind.__fields__) - _NOT_KWARGS)
    for key in declared.kwargs:
        if key not in known:
            raise SuiteError(f"{place}: {declared.type} has no kwarg {key!r}.{nearest(key, known)}")
    kwargs = {key: _value(place, value, words) for key, value in declared.kwargs.items()}
    about = ", ".join(f"{key} {_plain(value)}" for key, value in kwargs.items())
    try:
        return kind(
            **kwargs,
            severity=declared.severity,
            meta={"name": name},
            description=f"{declared.reason} ({declared.severity}: {name})".replace("$", "$$"),
            notes=f"{kind.expectation_type}: {about}" if about else kind.expectation_type,
        )
    except ValueError as error:
        told = re.sub(r" \(type=[^)]*\)", "", str(error)).splitlines()[1:]
        raise SuiteError(f"{place}: {declared.type}: {' '.join(line.strip() for line in told)}") from error


def _class_of(place: str, written: str) -> Any:
    import great_expectations.expectations as gx

    camel = written if written.startswith("Expect") else "".join(part.capitalize() for part in written.split("_"))
    kinds = [name for name in dir(gx) if name.startswith("Expect") and name != "Expectation"]
    if camel.casefold() not in {kind.casefold() for kind in kinds}:
        hint = nearest(camel, kinds)
        raise SuiteError(f"{place}: Great Expectations has no type {written!r}.{hint}")
    return getattr(gx, next(kind for kind in kinds if kind.casefold() == camel.casefold()))


def _value(place: str, value: Any, words: Mapping[str, tuple[str, ...]]) -> Any:
    if isinstance(value, Mapping) and set(value) == {"of"}:
        if value["of"] not in words:
            raise SuiteError(f"{place}: there are no values of {value['of']!r}.{nearest(value['of'], words)}")
        return list(words[value["of"]])
    return value


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def validate(suite: ExpectationSuite, frame: Table, name: str) -> ExpectationSuiteValidationResult:
    """The whole table against the suite. Each result of rows holds their positions in `unexpected_index_list`."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    whole = context.data_sources.add_pandas("pantry").add_dataframe_asset(name)
    batch = whole.add_batch_definition_whole_dataframe("table").get_batch({"dataframe": frame})
    return batch.validate(
        suite,
        result_format={
            "result_format": "COMPLETE",
            "partial_unexpected_count": 10,
            "return_unexpected_index_query": False,  # a text with the position of every row
        },
    )
