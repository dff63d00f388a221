"""Commands before fieldwork: are the files right?"""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("specs", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
def check(specs: tuple[Path, ...]) -> None:
    """Tell every fault of experiment files and the instruments they name, at once.

    \b
    Example: surveylab check experiments/*.yaml
    """
    from surveylab import spec
    from surveylab.errors import SpecError

    faults = spec.check(specs)
    if faults:
        raise SpecError(faults)
    click.echo(f"{len(specs)} file{'s' if len(specs) > 1 else ''} checked, no faults.")


COMMANDS = (check,)
