"""Pages of the reports: one HTML file from a template, with no network. Untrusted text is escaped by jinja."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def render_page(template: Path, filters: Mapping[str, Callable[..., Any]], **content: Any) -> str:
    """The template filled in. Raises jinja2.UndefinedError for a name that `content` lacks."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    page = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page.filters.update(filters)
    return page.get_template(template.name).render(**content)
