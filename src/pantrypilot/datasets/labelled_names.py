"""A file of labelled food names as a catalog entry, for measuring the judge:

    name,food_class,vegan,gluten-free,allergens
    fish sauce,sauce,no,yes,fish

What its columns mean is in `pipelines/measuring/labels.py`; here they are read, all as text.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from kedro.io import DatasetError
from kedro_datasets._typing import TablePreview

from pantrypilot.datasets.sources import SourceFileDataset
from pantrypilot.kitchen.readers.base import open_text

if TYPE_CHECKING:
    from pandas import DataFrame


class LabelledNamesDataset(SourceFileDataset["DataFrame"]):
    """Loads a CSV or TSV file (UTF-8, plain or gzip) as a table of texts; it cannot be saved to.

    A column `origin` ("labelled.csv:7", lines counted from 1) is added. Relative paths start at the Kedro project.
    """

    holds = "labels"

    def load(self) -> DataFrame:
        """One row a line.

        Raises:
            DatasetError: the file is missing, is not text, or a row has more fields than there are columns.
        """
        import pandas as pd

        path = self._path()
        if not path.is_file():
            raise DatasetError(f"No labelled names at {path}. Name a file: --params labelled=path/to/labelled.csv")
        rows = []
        try:
            with open_text(path, "utf-8-sig") as file:
                header = file.readline()
                file.seek(0)
                table = csv.DictReader(file, delimiter="\t" if "\t" in header else ",", restval="")
                for row in table:
                    if None in row:
                        raise DatasetError(
                            f"{path.name}:{table.line_num} has more fields than columns: a quote is lost?"
                        )
                    rows.append({**row, "origin": f"{path.name}:{table.line_num}"})
                columns = [*(table.fieldnames or []), "origin"]
        except UnicodeDecodeError as error:
            raise DatasetError(f"{path.name} is not UTF-8 text ({error}); save it as UTF-8.") from error
        return pd.DataFrame(rows, columns=columns, dtype=object)

    def preview(self, nrows: int = 20) -> TablePreview:
        """The first rows."""
        from pantrypilot.datasets.previews import readable

        return readable(self.load().head(nrows).to_dict("split"))
