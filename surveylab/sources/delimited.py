"""Delimited text: CSV, TSV and their kin, also compressed (.gz)."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO

from surveylab.sources import How, Table, reason, refuse

SUFFIXES = (".csv", ".tsv", ".txt", ".tab")
SIGNATURES: tuple[bytes, ...] = ()
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SIGNS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@contextmanager
def opened(path: Path, how: How) -> Iterator[Table]:
    """The rows of a text file with a header, streamed; blank lines are skipped.

    A byte-order mark says the encoding and is dropped. Without one, and where none is said, it is UTF-8.
    Columns are set apart by what gives the header most of them, where that is not said.
    """
    marked = _marked(path)
    encoding = how.encoding or marked or "utf-8"
    with _file(path, encoding) as file:
        reading = _Reading(path, file, encoding, how.delimiter)
        header = reading.header()
        notes = [f"Columns are set apart by {_SIGNS.get(reading.delimiter, repr(reading.delimiter))}."]
        if marked and not how.encoding and marked != "utf-8":
            notes.append(f"The file is {marked.upper()}, as its byte-order mark says.")
        told = () if reading.delimiter == "," and len(notes) == 1 else tuple(notes)
        yield Table(str(path), header, reading.line, reading.rows(), ("",) * len(header), notes=told)


class _Reading:
    """One reading of one file; ``line`` is where the row begins that is read."""

    def __init__(self, path: Path, file: TextIO, encoding: str, delimiter: str | None) -> None:
        self._path, self._encoding = path, encoding
        self.line = 1
        self.delimiter = ","
        try:
            self.delimiter = delimiter or _delimiter(file)
        except UnicodeError as error:
            self._undecodable(error)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self._cut_off()
        if len(self.delimiter) != 1:
            refuse(path, 0, "FR09", f"{self.delimiter!r} cannot set columns apart.", "Say one sign, such as ';'.")
        self._reader = csv.reader(file, strict=True, delimiter=self.delimiter)  # or an open quote swallows the rest

    def header(self) -> tuple[str, ...]:
        return tuple(next(self.rows(), (0, []))[1])

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        try:
            while True:
                self.line = self._reader.line_num + 1
                row = next(self._reader, None)
                if row is None:
                    return
                if row:
                    yield self.line, row
        except UnicodeError as error:
            self._undecodable(error)
        except csv.Error as error:
            what, remedy = f"the row that begins here cannot be read: {error}.", "Close its quotes, or mend the row."
            refuse(self._path, self.line, "FR06", what, remedy)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self._cut_off()

    def _undecodable(self, error: UnicodeError) -> None:
        at_fault = f"byte 0x{error.object[error.start]:02x}" if isinstance(error, UnicodeDecodeError) else "the file"
        what = f"{at_fault} is not {self._encoding}."
        remedy = "Save the file as UTF-8, or say its encoding (--encoding latin-1)."
        refuse(self._path, _line_of_byte(self._path, self._encoding), "FR05", what, remedy)

    def _cut_off(self) -> None:
        refuse(self._path, self.line, "FR15", "the compressed file is damaged or cut off.", "Copy it again.")


def _delimiter(file: TextIO) -> str:
    """The sign that cuts through no quoted name and gives the header most columns; commas where several do."""
    first = next((line for line in file if line.strip()), "")
    file.seek(0)
    headers = {sign: next(csv.reader([first], delimiter=sign), []) for sign in _SIGNS}
    return max(headers, key=lambda sign: ('"' not in "".join(headers[sign]), len(headers[sign])))


def _marked(path: Path) -> str | None:
    """The encoding that a byte-order mark says."""
    with _bytes(path) as file:
        try:
            head = file.read(4)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            refuse(path, 0, "FR15", "the compressed file is damaged or cut off.", "Copy it again.")
    return next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), None)


def _file(path: Path, encoding: str) -> TextIO:
    file = _bytes(path)
    try:
        utf8 = codecs.lookup(encoding).name == "utf-8"
        return io.TextIOWrapper(file, encoding="utf-8-sig" if utf8 else encoding, newline="")
    except LookupError:  # also of what is no encoding of texts
        file.close()
        refuse(path, 0, "FR09", f"there is no encoding {encoding!r}.", "Say utf-8, latin-1 or cp1252 (--encoding).")


def _bytes(path: Path) -> IO[bytes]:
    try:
        return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]
    except OSError as error:
        refuse(path, 0, "FR07", f"the file cannot be read: {reason(error)}.", "Check the path.")


def _line_of_byte(path: Path, encoding: str) -> int:
    """The first line of a file that does not decode."""
    decoder = codecs.getincrementaldecoder(encoding)()
    number = 0
    with _bytes(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                decoder.decode(line)
            except UnicodeError:
                return number
    return number
