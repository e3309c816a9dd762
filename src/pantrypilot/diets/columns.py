"""A column of names or ingredient lines before the judge: every distinct one once, for all diets together.

    >>> judge_column(pd.Series(["tofu", "ham", "tofu"]), default_judge(), ["vegan", "halal"])
           vegan      halal
    0    allowed    allowed
    1  forbidden  forbidden
    2    allowed    allowed

Verdicts are categories, one byte a row: `(verdicts == "allowed").all(axis=1)`. Values are judged as the text
that they are, ingredient lines with `read=as_name`; a missing one is `unknown`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from pantrypilot.diets.judging import Judge, Verdict

if TYPE_CHECKING:
    import pandas as pd

# In this order, so that the strictest verdict of a group is its maximum.
VERDICTS = (Verdict.ALLOWED, Verdict.UNKNOWN, Verdict.FORBIDDEN)


def judge_column(
    values: pd.Series | Sequence[str],
    judge: Judge,
    diets: Iterable[str] | None = None,
    read: Callable[[str], str] = str,
) -> pd.DataFrame:
    """One row a value with the index of `values`, one ordered category of verdicts a diet; by default all diets.

    `read` says what to judge of a value: `lines.as_name` for ingredient lines.

    Raises:
        UnknownDiet: with the nearest right name.
    """
    import numpy as np
    import pandas as pd

    keys = judge.diets if diets is None else tuple(dict.fromkeys(judge.knowledge.diet(diet).key for diet in diets))
    column = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    places, distinct = pd.factorize(column)
    codes = {verdict: code for code, verdict in enumerate(VERDICTS)}
    said = np.empty((len(keys), len(distinct) + 1), dtype=np.int8)
    said[:, -1] = codes[Verdict.UNKNOWN]  # where -1, the place of a missing value, points
    for place, value in enumerate(distinct):
        verdicts = judge.verdicts(read(str(value)))
        said[:, place] = [codes[verdicts[key]] for key in keys]
    category = pd.CategoricalDtype([str(verdict) for verdict in VERDICTS], ordered=True)
    judged = {
        key: pd.Categorical.from_codes(row[places], dtype=category, validate=False)
        for key, row in zip(keys, said, strict=True)
    }
    return pd.DataFrame(judged, index=column.index, columns=list(keys))
