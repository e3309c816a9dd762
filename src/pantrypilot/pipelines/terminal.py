"""Tables for a terminal, as plain ASCII text."""

from __future__ import annotations

import io
from typing import Any

WIDTH = 116


def new_screen() -> Any:
    """A rich console that keeps what is printed on it, for `text_of`."""
    from rich.console import Console

    return Console(file=io.StringIO(), width=WIDTH, color_system=None, force_terminal=False)


def new_grid(*columns: str, numbers: tuple[str, ...] = ()) -> Any:
    """A table without a frame; the `numbers` stand right of the other columns, and to the right."""
    from rich import box
    from rich.table import Table

    grid = Table(*columns, box=box.ASCII, show_edge=False, pad_edge=False)
    for name in numbers:
        grid.add_column(name, justify="right")
    return grid


def text_of(screen: Any) -> str:
    """What was printed, without blanks at the ends of lines."""
    lines = screen.file.getvalue().encode("ascii", "replace").decode().splitlines()
    return "\n".join(line.rstrip() for line in lines).rstrip()
