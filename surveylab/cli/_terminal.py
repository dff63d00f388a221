"""What a command shows: progress on a terminal only, tables, JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from surveylab.design.experiment import Study
    from surveylab.store.ledger import Ledger

spec_argument = click.argument("spec", type=click.Path(dir_okay=False, path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON with stable field names.")


@contextmanager
def opened() -> Iterator[Ledger]:
    """The ledger of this workspace, closed afterwards."""
    from surveylab.settings import from_environment
    from surveylab.store.ledger import open_ledger

    ledger = open_ledger(from_environment().database_url)
    try:
        yield ledger
    finally:
        ledger.close()


def study_of(spec: Path) -> Study:
    """The study that a file says; SpecError with every fault."""
    from surveylab import spec as reader

    return reader.read(spec)


def slug_of(experiment: str) -> str:
    """The name of an experiment: that of its file, or as it stands."""
    path = Path(experiment)
    return path.stem if path.suffix in (".yaml", ".yml") else experiment


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing in a pipe; call it with how much is done."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)


def say_json(value: Any) -> None:
    """Print a value as JSON on standard output; numbers that are none become null."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def say_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table: the first column left, the others right."""
    cells = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for number, row in enumerate(cells):
        first, *others = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        click.echo(("  ".join([first, *others])).rstrip())
        if number == 0:
            click.echo("  ".join("-" * width for width in widths))


def say_mappings(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows that share their keys as a table."""
    if rows:
        say_table(list(rows[0]), [list(row.values()) for row in rows])
