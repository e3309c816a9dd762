"""What the households' validation can be told: suites of expectations, and the limits that they rest on.

An expectation as conf/base/pantry/parameters_validation.yml declares it:

    quantity_above_zero:
      type: ExpectColumnValuesToBeBetween          # or expect_column_values_to_be_between
      kwargs: {column: quantity, min_value: 0, strict_min: true, mostly: 0.95}
      severity: critical
      reason: what is in a pantry has a quantity above zero

A typo in a column or a severity is found when the parameters are read, one in a type or kwarg when the suite is built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from pantrypilot.diets.knowledge import nearest
from pantrypilot.kitchen.settings import Settings
from pantrypilot.kitchen.tables import TABLES
from pantrypilot.pipelines.validation.pantry.columns import HELPERS

Severity = Literal["critical", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")  # the gravest first; those of Great Expectations


class Expectation(Settings):
    """One expectation. With `for_each`, one for every column that it names, called `<name>.<column>`.

    Rows that fail are kept apart if the severity is `critical` or `warning`, whatever `mostly` says: `mostly` decides
    when the expectation itself fails. A `critical` one that fails stops the run. `info` is reported; its rows stay.
    """

    type: str
    kwargs: Mapping[str, Any] = {}
    for_each: tuple[str, ...] = ()
    severity: Severity
    reason: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at; none for an expectation of the table as a whole."""
        named = [self.kwargs[key] for key in ("column", "column_A", "column_B") if key in self.kwargs]
        return (*self.for_each, *named, *self.kwargs.get("column_list", ()))


class Suite(Settings):
    """`pantry.suites.<table>`: the expectations of a table, by name; `name` is what the data docs call it."""

    name: str
    table: str
    expectations: Mapping[str, Expectation] = Field(min_length=1)

    @model_validator(mode="after")
    def looks_at_columns_that_exist(self) -> Suite:
        if self.table not in TABLES:
            raise ValueError(f"there is no table {self.table!r}.{nearest(self.table, TABLES)}")
        known = (*TABLES[self.table].names, *HELPERS[self.table])
        for name, expectation in self.expectations.items():
            for column in expectation.columns:
                if column not in known:
                    hint = nearest(column, known)
                    raise ValueError(f"expectations.{name}: {self.table} has no column {column!r}.{hint}")
        return self

    def each(self) -> Iterator[tuple[str, Expectation]]:
        """The expectations, with `for_each` written out."""
        for name, expectation in self.expectations.items():
            if not expectation.for_each:
                yield name, expectation
            for column in expectation.for_each:
                kwargs = {**expectation.kwargs, "column": column}
                yield f"{name}.{column}", expectation.model_copy(update={"kwargs": kwargs, "for_each": ()})


class Unit(Settings):
    """A spelling of a unit in the tables: what kind of unit it is, and the largest quantity that a home may have."""

    kind: str
    largest: float = Field(gt=0)


class PantryValidation(Settings):
    """`pantry.validation`: which units there are, which fit a category, and how much is said of failing rows."""

    detailed_rows: int = Field(gt=0)
    units: Mapping[str, Unit] = Field(min_length=1)
    kinds_of_category: Mapping[str, tuple[str, ...]] = Field(min_length=1)

    @model_validator(mode="after")
    def names_kinds_that_some_unit_has(self) -> PantryValidation:
        known = {unit.kind for unit in self.units.values()}
        for category, kinds in self.kinds_of_category.items():
            for kind in kinds:
                if kind not in known:
                    raise ValueError(
                        f"kinds_of_category.{category}: no unit is of the kind {kind!r}.{nearest(kind, known)}"
                    )
        return self

    def units_of(self, category: str) -> frozenset[str]:
        """The units that fit a category."""
        kinds = self.kinds_of_category[category]
        return frozenset(name for name, unit in self.units.items() if unit.kind in kinds)
