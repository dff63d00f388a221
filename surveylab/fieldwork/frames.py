"""Load a frame from a CSV file: every row checked, all faults at once, all rows or none."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from surveylab.design.terms import Value
from surveylab.errors import DataError, Fault
from surveylab.store import frames
from surveylab.store.ledger import Ledger

IDENTITY = ("name", "first_name", "last_name", "email", "phone", "address")
"""Columns that say who a person is; they are kept in a table of their own, apart from answers."""
SHOWN = 50
"""Faults that are told; a file with more has the same few over and over."""
LONGEST_FIELD = 100_000
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})\.\d{1,15}")

Unit = tuple[str, dict[str, Value], dict[str, str] | None]


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

    Memory is bounded by the ids; the rows are streamed. A byte-order mark is dropped.

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
    """The units of a CSV file, in file order; raises behind the last row when there were faults."""
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
            reader = csv.reader(file)
            header = _header(path, next(reader, []), identifier)
            place = header.index(identifier)
            for row in reader:
                if not row:
                    continue
                line = reader.line_num
                problem = _problem(row, header, place, line, lines)
                if problem:
                    faults.append(Fault(str(path), line, 1, *problem))
                else:
                    lines[row[place].strip()] = line
                    yield _unit(header, row, place)
                if progress and line % 10_000 == 0:
                    progress(line)
    except UnicodeDecodeError as error:
        _refuse(
            path,
            _line_of_byte(path, encoding),
            "FR05",
            f"byte 0x{error.object[error.start]:02x} is not {encoding}.",
            "Save the file as UTF-8, or say its encoding (--encoding latin-1).",
        )
    except csv.Error as error:
        _refuse(path, reader.line_num, "FR06", f"the row cannot be read: {error}.", "Quote the field or mend the row.")
    except FileNotFoundError:
        _refuse(path, 0, "FR07", "there is no such file.", "Check the path.")
    if faults:
        raise DataError(_told(faults))
    if not lines:
        _refuse(path, 0, "FR08", "the file has a header and no units.", "Add one row for each unit.")


def _header(path: Path, header: list[str], identifier: str) -> list[str]:
    names = [name.strip() for name in header]
    if not any(names):
        _refuse(path, 1, "FR01", "the file has no header.", "Name the columns in the first line.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        _refuse(path, 1, "FR02", f"columns stand twice: {', '.join(map(repr, twice))}.", "Rename or remove one.")
    if identifier not in names:
        _refuse(
            path, 1, "FR03", f"there is no column {identifier!r} of ids.", f"Name it with --id: {', '.join(names)}."
        )
    return names


def _problem(
    row: list[str], header: list[str], place: int, line: int, lines: dict[str, int]
) -> tuple[str, str, str] | None:
    if len(row) != len(header):
        return "FR10", f"the row has {len(row)} fields and the header {len(header)}.", "Mend the row."
    unit = row[place].strip()
    if not unit:
        return "FR11", f"the id in {header[place]!r} is missing.", "Give the unit its id, or remove the row."
    if unit in lines:
        return "FR12", f"the id {unit!r} stands in line {lines[unit]} already.", "Keep one row for each unit."
    if "\0" in "".join(row):
        return "FR13", "the row holds a NUL character.", f"Remove it from line {line}."
    return None


def _unit(header: list[str], row: list[str], place: int) -> Unit:
    fields: dict[str, Value] = {}
    person: dict[str, str] = {}
    for position, (name, text) in enumerate(zip(header, row, strict=True)):
        if position == place:
            continue
        if name in IDENTITY:
            person[name] = text.strip()
        else:
            fields[name] = typed(text)
    return row[place].strip(), fields, person or None


def typed(text: str) -> Value:
    """A field of a file: nothing, truth value, whole number, decimal, or the text.

    Numbers with leading zeros stay texts: they are codes.
    """
    text = text.strip()
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
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return number
    return 0


def _checksum(path: Path) -> str:
    if not path.is_file():
        _refuse(path, 0, "FR07", "there is no such file.", "Check the path.")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
