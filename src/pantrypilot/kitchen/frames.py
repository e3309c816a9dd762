"""Between records and the tables that the catalog keeps: one line of JSONL is one record."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    import pandas as pd

RecordType = TypeVar("RecordType", bound=BaseModel)


def to_frame(records: Iterable[BaseModel], record: type[BaseModel]) -> pd.DataFrame:
    """A table with the record's fields as columns, nested records as dicts; empty tables keep their columns."""
    import pandas as pd

    rows = [item.model_dump(mode="json") for item in records]
    return pd.DataFrame(rows, columns=list(record.model_fields), dtype=object)


def from_frame(frame: pd.DataFrame, record: type[RecordType]) -> list[RecordType]:
    """The records of a table; NaN, which JSON and CSV readers make of nothing, becomes None."""
    return [
        record.model_validate({key: _none_if_nan(value) for key, value in row.items()})
        for row in frame.to_dict("records")
    ]


def _none_if_nan(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value
