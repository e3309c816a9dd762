"""Great Expectations' pages in our own outer templates: nothing from the network, the same bytes for the same results.

Its own load bootstrap, jQuery, Font Awesome and more from five hosts; without a network its index is an empty page.
What is lost: sorting and searching in the index, and the look of bootstrap. This module imports Great Expectations at
once: it is named in a site's configuration, and imported there.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from great_expectations.render.view import DefaultJinjaIndexPageView, DefaultJinjaPageView
from jinja2 import ChoiceLoader, FileSystemLoader

VIEWS = Path(__file__).with_name("data_docs_views")


class _Offline:
    """Our templates before those of Great Expectations; ids by counting, where it draws them at random."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.env.loader = ChoiceLoader([FileSystemLoader(VIEWS), self.env.loader])
        numbers = count()
        self.env.filters["generate_html_element_uuid"] = lambda prefix=None: f"{prefix or 'id-'}{next(numbers)}"


class OfflinePage(_Offline, DefaultJinjaPageView):
    """A page of a suite, or of a validation."""


class OfflineIndex(_Offline, DefaultJinjaIndexPageView):
    """The index of the site."""
