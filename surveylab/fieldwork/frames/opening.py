"""From a file or a query to a table: which source reads it, and whether it is what it says it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from surveylab import registry
from surveylab.sources import How, Table, reason, refuse
from surveylab.store.external import queried

_KIND = "sources"
_ANYTHING = "delimited"
"""The source of files that begin with anything and end with an unknown suffix."""


@dataclass(frozen=True)
class Query:
    """Rows of a database: its address as SQLAlchemy takes it, and either a query or the name of a table."""

    url: str
    query: str = ""
    table: str = ""


@contextmanager
def opened(source: Path | Query, how: How) -> Iterator[Table]:
    """The rows of a source.

    Raises:
        DataError: it cannot be read, or is not what its suffix says.
    """
    if isinstance(source, Query):
        with queried(source.url, query=source.query, table=source.table) as table:
            yield table
        return
    name = _source_of(source)
    with registry.load(_KIND, name).opened(source, how) as table:
        yield table


def _source_of(path: Path) -> str:
    by_suffix, by_signature = _by_suffix(path), _by_signature(path)
    if by_suffix == _ANYTHING and by_signature:
        suffixes = registry.load(_KIND, by_signature).SUFFIXES
        what = f"the file is {_NAMES.get(by_signature, by_signature)}, whatever its name says."
        refuse(path, 0, "FR14", what, f"Let its name end with {' or '.join(suffixes)}.")
    if by_suffix not in (_ANYTHING, by_signature):
        what = f"the file is not {_NAMES.get(by_suffix, by_suffix)}, whatever its name says."
        refuse(path, 0, "FR14", what, "Save it as one, or let its name end with what it is, such as .csv.")
    return by_suffix


_NAMES = {"spreadsheet": "a spreadsheet", "parquet": "Parquet"}


def _by_suffix(path: Path) -> str:
    suffix = (path.with_suffix("") if path.suffix.lower() == ".gz" else path).suffix.lower()
    return next((name for name in registry.names(_KIND) if suffix in registry.load(_KIND, name).SUFFIXES), _ANYTHING)


def _by_signature(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        refuse(path, 0, "FR07", f"the file cannot be read: {reason(error)}.", "Check the path.")
    if not head:
        refuse(
            path, 1, "FR01", "the file is empty.", "Name the columns in its first line, and add a row for each unit."
        )
    named = ((name, registry.load(_KIND, name).SIGNATURES) for name in registry.names(_KIND))
    return next((name for name, signatures in named if signatures and head.startswith(signatures)), None)
