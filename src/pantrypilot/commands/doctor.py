"""`pantrypilot doctor`: what this machine has, and what would be slow on it."""

from __future__ import annotations

import click

from pantrypilot.commands.shared import ADAPTERS, BASE, table


@click.command()
@click.option("--base", default=BASE, show_default=True, metavar="MODEL", help="The model to look for.")
def doctor(base: str) -> None:
    """Say what this machine computes with, what is there, and what would be slow and why."""
    from pantrypilot.modelling import doctor as checks

    for line in table((), checks.examine(base, ADAPTERS)):
        click.echo(line)
