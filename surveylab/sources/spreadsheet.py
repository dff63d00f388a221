"""A sheet of a workbook: Excel (.xlsx, .xlsm, .xlsb, .xls) and OpenDocument (.ods)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surveylab.errors import Fault, hint
from surveylab.sources import How, Table, reason, refuse, text_of

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNATURES = (b"PK\x03\x04", _COMPOUND)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@contextmanager
def opened(path: Path, how: How) -> Iterator[Table]:
    """The rows of one sheet, the first unless another is named; blank rows are skipped.

    A cell is the text that it would be in a CSV file: whole numbers without a point, dates as ISO 8601.
    A cell with an error in it (#N/A) is empty. Merged cells are faults: only the first of them has a value.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        if _is_encrypted(path):
            refuse(path, 0, "FR15", _LOCKED, _UNLOCK)
        workbook = CalamineWorkbook.from_path(str(path))
        names = workbook.sheet_names
        if how.sheet is not None and how.sheet not in names:
            remedy = hint(how.sheet, names).strip() or f"It has: {', '.join(names)}."
            refuse(path, 0, "FR16", f"the workbook has no sheet {how.sheet!r}.", remedy)
        if not names:
            refuse(path, 0, "FR16", "the workbook has no sheet.", "Put the units on one.")
        sheet = workbook.get_sheet_by_name(how.sheet or names[0])
        merged = sheet.merged_cell_ranges or []
    except PasswordError:
        refuse(path, 0, "FR15", _LOCKED, _UNLOCK)
    except CalamineError as error:
        refuse(path, 0, "FR15", f"the workbook cannot be read: {_said(error)}.", "Save it again, or as CSV.")
    except OSError as error:
        refuse(path, 0, "FR07", f"the file cannot be read: {reason(error)}.", "Check the path.")
    name = f"{path}[{sheet.name}]"
    rows = ((number, [text_of(cell) for cell in row]) for number, row in enumerate(sheet.iter_rows(), start=1))
    filled = ((number, row) for number, row in rows if any(cell.strip() for cell in row))
    line, first = next(filled, (1, []))
    header = tuple(first)
    while header and not header[-1].strip():
        header = header[:-1]
    width = len(header)
    cut = ((number, row if any(row[width:]) else row[:width]) for number, row in filled)
    faults = tuple(
        Fault(name, begin[0] + 1, begin[1] + 1, "FR17", f"the cells {_range(begin, end)} are merged.", _SEPARATE)
        for begin, end in merged
    )
    others = [each for each in names if each != sheet.name]
    notes = (f"Sheet {sheet.name!r} was read, not {', '.join(map(repr, others))}.",) if others and not how.sheet else ()
    yield Table(name, header, line, cut, ("",) * width, faults, notes)


_SEPARATE = "Unmerge them, and give each cell its value."
_LOCKED, _UNLOCK = "the workbook is encrypted.", "Save it without a password."


def _is_encrypted(path: Path) -> bool:
    """Whether a workbook stands in the container of encrypted ones (ECMA-376 in [MS-OFFCRYPTO])."""
    content = path.read_bytes() if path.suffix.lower() != ".ods" else b""
    return content.startswith(_COMPOUND) and _ENCRYPTED in content


def _range(begin: tuple[int, int], end: tuple[int, int]) -> str:
    """Two corners (row, column from 0) as a spreadsheet writes them: B4:B5."""
    return ":".join(f"{_letters(column)}{row + 1}" for row, column in (begin, end))


def _letters(column: int) -> str:
    letters = ""
    number = column + 1
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def _said(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else "it is damaged"
