"""Pages of the reports: one HTML file from a template, with no network. Untrusted text is escaped by jinja."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SHARED = Path(__file__).parent  # where `page.html.j2` is


def render_page(template: Path, filters: Mapping[str, Callable[..., Any]], **content: Any) -> str:
    """The template filled in; it may extend `page.html.j2`. Raises jinja2.UndefinedError for a name that is missing."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    page = Environment(
        loader=FileSystemLoader([template.parent, SHARED]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page.filters.update(filters)
    return page.get_template(template.name).render(**content)
