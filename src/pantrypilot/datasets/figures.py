"""Figures of kedro-datasets, written whole. Apart from the tables, because plotly and matplotlib load slowly."""

from __future__ import annotations

from kedro_datasets.matplotlib import MatplotlibDataset
from kedro_datasets.plotly import JSONDataset

from pantrypilot.datasets.whole import WrittenWhole


class ChartDataset(WrittenWhole, JSONDataset):
    """`plotly.JSONDataset`: one interactive chart."""


class PictureDataset(WrittenWhole, MatplotlibDataset):
    """`matplotlib.MatplotlibDataset` of one figure."""
