"""The command line beside `kedro`: judge a name, write a recipe, look at the machine.

Everything heavy is imported where it is used, so that `pantrypilot judge` answers at once.
"""

from __future__ import annotations

import click

from pantrypilot.commands import doctor, generate, judge


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="pantrypilot")
def main() -> None:
    """PantryPilot: recipes from your pantry that keep to your diet."""


for command in (judge.judge, generate.generate, doctor.doctor):
    main.add_command(command)
