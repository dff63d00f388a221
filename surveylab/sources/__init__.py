"""Sources of frames, a file each: one kind of file as a header and rows of texts."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, Protocol, runtime_checkable

from surveylab.errors import DataError, Fault


@dataclass(frozen=True)
class How:
    """What was said about the form of a file; None: whatever it turns out to be."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Table:
    """A header and rows, each read once.

    ``name`` is how faults call the source, ``line`` where its header stands (0: it has no line). Each of
    ``rows`` is its line and its cells as texts, "" where there is nothing; what cannot be read any
    further is raised as a DataError. ``types`` are what the source itself says about its columns:
    integer, decimal, text, truth, date, or "" where it says nothing. ``faults`` are known before the
    first row. ``notes`` are sentences about what was taken for what.
    """

    name: str
    header: tuple[str, ...]
    line: int
    rows: Iterator[tuple[int, list[str]]]
    types: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


@runtime_checkable
class Contract(Protocol):
    """What a source is."""

    SUFFIXES: tuple[str, ...]
    """How names of such files end, in small letters."""
    SIGNATURES: tuple[bytes, ...]
    """How such a file begins; none where it may begin with anything."""

    def opened(self, path: Path, how: How) -> AbstractContextManager[Table]:
        """The file as a table, closed at the end. DataError where it cannot be read."""


def text_of(value: Any) -> str:
    """A cell as the text that a CSV file would have; a day at midnight is a date, a NaN is nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(Decimal(repr(value)), "f")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime) and value.time() == datetime.time() and value.tzinfo is None:
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value)


def refuse(name: str | Path, line: int, code: str, what: str, remedy: str) -> NoReturn:
    """Raise one fault of a source as a DataError."""
    raise DataError([Fault(str(name), line, 1 if line else 0, code, what, remedy)]) from None


def reason(error: OSError) -> str:
    """Why the system did not do it, as part of a sentence."""
    return (error.strerror or "unreadable").lower()
