"""Load a frame from a CSV file: every row checked, all faults at once, all rows or none."""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import NoReturn, TextIO

from surveylab.design.terms import IDENTITY, Value
from surveylab.errors import DataError, Fault
from surveylab.store import frames
from surveylab.store.ledger import Ledger

SHOWN = 50
"""Faults that are told; a file with more has the same few over and over."""
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})\.\d{1,15}", re.ASCII)
_LONGEST = 32
"""Characters of a number: sign, digits, point, digits."""

Unit = tuple[str, dict[str, Value], dict[str, str] | None]
Problem = tuple[str, str, str]
"""Code, what and remedy."""


def load_frame(
    ledger: Ledger,
    name: str,
    path: Path,
    *,
    identifier: str = "id",
    encoding: str = "utf-8",
    progress: Callable[[int], None] | None = None,
) -> frames.StoredFrame:
    """Read a CSV file with a header into the frame ``name``, in place of what it held.

    The rows are streamed; only the ids are held in memory. A byte-order mark is dropped.

    Raises:
        DataError: every fault of the file (at most 50 are told); nothing was stored.
    """
    checksum = _checksum(path)
    with ledger.write() as conn:
        units = read_units(path, identifier, encoding, progress)
        return frames.replace_frame(conn, name, checksum, units, datetime.now(UTC))


def read_units(
    path: Path, identifier: str, encoding: str = "utf-8", progress: Callable[[int], None] | None = None
) -> Iterator[Unit]:
    """The units of a CSV file, in file order; raises behind the last row when there were faults.

    ``progress`` is told the number of units from time to time.
    """
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    with _opened(path, encoding) as file:
        rows = _Rows(file)
        try:
            header = _header(path, rows, identifier)
            place = header.index(identifier)
            fields, person = _parts(header, place)
            for row in rows:
                problem = _problem(row, header, place, lines)
                if problem:
                    faults.append(Fault(str(path), rows.line, 1, *problem))
                    continue
                unit = row[place].strip()
                lines[unit] = rows.line
                if progress and len(lines) % 10_000 == 0:
                    progress(len(lines))
                known = {name: row[at].strip() for name, at in person}
                yield unit, {name: typed(row[at]) for name, at in fields}, known or None
        except UnicodeDecodeError as error:
            what = f"byte 0x{error.object[error.start]:02x} is not {encoding}."
            remedy = "Save the file as UTF-8, or say its encoding (--encoding latin-1)."
            faults.append(Fault(str(path), _line_of_byte(path, encoding), 1, "FR05", what, remedy))
        except csv.Error as error:
            what, remedy = f"the row that begins here cannot be read: {error}.", "Close its quotes, or mend the row."
            faults.append(Fault(str(path), rows.line, 1, "FR06", what, remedy))
    if faults:
        raise DataError(_told(faults))
    if not lines:
        _refuse(path, 0, "FR08", "the file has a header and no units.", "Add one row for each unit.")


class _Rows:
    """The rows of a CSV file. ``line`` is where the row begins that is read; blank lines are skipped."""

    def __init__(self, file: TextIO) -> None:
        self._reader = csv.reader(file, strict=True)  # or an open quote swallows what follows it
        self.line = 1

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        row: list[str] = []
        while not row:
            self.line = self._reader.line_num + 1
            row = next(self._reader)
        return row


def _opened(path: Path, encoding: str) -> TextIO:
    try:
        utf8 = codecs.lookup(encoding).name == "utf-8"
        return path.open(encoding="utf-8-sig" if utf8 else encoding, newline="")
    except LookupError:
        _refuse(path, 0, "FR09", f"there is no encoding {encoding!r}.", "Say utf-8, latin-1 or cp1252 (--encoding).")
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        _refuse(path, 0, "FR07", f"the file cannot be read: {reason}.", "Check the path.")


def _header(path: Path, rows: _Rows, identifier: str) -> list[str]:
    names = [name.strip() for name in next(rows, [])]
    if not any(names):
        _refuse(path, 1, "FR01", "the file has no header.", "Name the columns in the first line.")
    keys = [_plain(name) if _plain(name) in IDENTITY else name for name in names]
    twice = sorted({name for name in keys if name and keys.count(name) > 1})
    if twice:
        _refuse(path, rows.line, "FR02", f"columns stand twice: {', '.join(map(repr, twice))}.", "Rename one of each.")
    if identifier not in names:
        apart = next((sign for sign in ";\t" if len(names) == 1 and sign in names[0]), None)
        remedy = f"Set columns apart by commas, not {apart!r}." if apart else f"Name it with --id: {', '.join(names)}."
        _refuse(path, rows.line, "FR03", f"there is no column {identifier!r} of ids.", remedy)
    if "" in names or "\0" in "".join(names):
        bare = next(place for place, name in enumerate(names, start=1) if not name or "\0" in name)
        _refuse(path, rows.line, "FR04", f"column {bare} has no proper name.", "Name it, or delete the column.")
    return names


def _parts(header: list[str], place: int) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Name and place of the columns that are fields, and of those that say who a person is."""
    columns = [(name, at) for at, name in enumerate(header) if at != place]
    fields = [(name, at) for name, at in columns if _plain(name) not in IDENTITY]
    return fields, [(_plain(name), at) for name, at in columns if _plain(name) in IDENTITY]


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.lower())


def _problem(row: list[str], header: list[str], place: int, lines: dict[str, int]) -> Problem | None:
    if len(row) != len(header):
        return "FR10", f"the row has {len(row)} fields and the header {len(header)}.", "Mend the row."
    unit = row[place].strip()
    if not unit:
        return "FR11", f"the id in {header[place]!r} is missing.", "Give the unit its id, or remove the row."
    if unit in lines:
        return "FR12", f"the id {unit!r} stands in line {lines[unit]} already.", "Keep one row for each unit."
    if "\0" in "".join(row):
        return "FR13", "the row holds a NUL character.", "Remove it."
    return None


def typed(text: str) -> Value:
    """A field of a file: nothing, truth value, whole number, decimal, or the text.

    Numbers with leading zeros stay texts: they are codes.
    """
    text = text.strip()
    return _short(text) if len(text) <= _LONGEST else text


@lru_cache(maxsize=10_000)  # the same few values stand in most columns of a list
def _short(text: str) -> Value:
    if not text:
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _told(faults: list[Fault]) -> list[Fault]:
    if len(faults) <= SHOWN:
        return faults
    last = faults[SHOWN]
    more = Fault(last.file, last.line, 1, "FR99", f"and {len(faults) - SHOWN} more faults from here on.", "Mend these.")
    return [*faults[:SHOWN], more]


def _refuse(path: Path, line: int, code: str, what: str, remedy: str) -> NoReturn:
    raise DataError([Fault(str(path), line, 1 if line else 0, code, what, remedy)]) from None


def _line_of_byte(path: Path, encoding: str) -> int:
    """The first line of a file that does not decode."""
    decoder = codecs.getincrementaldecoder(encoding)()
    number = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                decoder.decode(line)
            except UnicodeDecodeError:
                return number
    return number


def _checksum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        _refuse(path, 0, "FR07", f"the file cannot be read: {reason}.", "Check the path.")
