"""Frame files: what is read, and every fault told at once with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveylab.design.terms import Value
from surveylab.errors import DataError
from surveylab.fieldwork.frames import load_frame, read_units, typed
from surveylab.store import frames
from surveylab.store.ledger import Ledger


def file(folder: Path, content: str | bytes) -> Path:
    """A frame file with this content."""
    path = folder / "customers.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def codes(path: Path, **options: str) -> list[tuple[int, str]]:
    """Line and code of every fault of a file."""
    with pytest.raises(DataError) as caught:
        list(read_units(path, options.pop("identifier", "id"), **options))
    return [(fault.line, fault.code) for fault in caught.value.faults]


def test_names_and_addresses_are_kept_apart(tmp_path: Path) -> None:
    """Identity goes into its own part; every other column is a typed field."""
    path = file(tmp_path, "id,email,age,consented,code\nu1,a@example.org,34,true,007\nu2,,,FALSE,x\n")
    assert list(read_units(path, "id")) == [
        ("u1", {"age": 34, "consented": True, "code": "007"}, {"email": "a@example.org"}),
        ("u2", {"age": None, "consented": False, "code": "x"}, {"email": ""}),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        (" 12 ", 12),
        ("-3", -3),
        ("1.50", 1.5),
        ("0012", "0012"),
        ("1e5", "1e5"),
        ("True", True),
        ("n/a", "n/a"),
    ],
)
def test_fields_are_typed(text: str, value: Value) -> None:
    """Numbers and truth values are what they look like; codes with leading zeros stay texts."""
    assert typed(text) == value
    assert type(typed(text)) is type(value)


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    """A file that a spreadsheet wrote with a mark has the column id all the same."""
    path = file(tmp_path, "\ufeffid,age\nu1,5\n".encode())
    assert next(read_units(path, "id")) == ("u1", {"age": 5}, None)


def test_all_faults_are_told_with_their_lines(tmp_path: Path) -> None:
    """Duplicate and missing ids, short rows and NUL characters: one pass tells them all."""
    path = file(tmp_path, "id,age\nu1,5\n,6\nu1,7\nu2\nu3,a\x00b\nu4,8\n")
    assert codes(path) == [(3, "FR11"), (4, "FR12"), (5, "FR10"), (6, "FR13")]


def test_latin_1_bytes_say_line_and_way_out(tmp_path: Path) -> None:
    """A file that is not UTF-8 names the line; with its encoding said, it is read."""
    path = file(tmp_path, "id,town\nu1,Bonn\nu2,K\xf6ln\n".encode("latin-1"))
    assert codes(path) == [(3, "FR05")]
    assert list(read_units(path, "id", encoding="latin-1"))[1][1] == {"town": "Köln"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [("", [(1, "FR01")]), ("id,a,a\n", [(1, "FR02")]), ("key,a\n1,2\n", [(1, "FR03")]), ("id,a\n", [(0, "FR08")])],
)
def test_headers_are_checked_first(tmp_path: Path, content: str, expected: list[tuple[int, str]]) -> None:
    """A file without header, with a column twice, without ids or without units is refused."""
    assert codes(file(tmp_path, content)) == expected


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A wrong path is a fault of its own."""
    assert codes(tmp_path / "none.csv") == [(0, "FR07")]


def test_a_flood_of_faults_is_counted(tmp_path: Path) -> None:
    """Fifty faults are told, the rest are counted."""
    path = file(tmp_path, "id,a\n" + ",1\n" * 80)
    with pytest.raises(DataError) as caught:
        list(read_units(path, "id"))
    assert len(caught.value.faults) == 51
    assert "30 more faults" in caught.value.faults[-1].what


def test_a_faulty_file_changes_nothing(tmp_path: Path, ledger: Ledger) -> None:
    """What the frame held before stands after a file with one bad row."""
    load_frame(ledger, "customers", file(tmp_path, "id,age\nu1,5\n"))
    with pytest.raises(DataError):
        load_frame(ledger, "customers", file(tmp_path, "id,age\nu2,6\nu2,7\n"))
    with ledger.read() as conn:
        ids, fields = frames.units(conn, "customers", ("age",))
    assert ids.tolist() == ["u1"]
    assert fields["age"].tolist() == [5]


def test_a_new_file_takes_the_place_of_the_old(tmp_path: Path, ledger: Ledger) -> None:
    """A frame is a snapshot: loading again replaces it, and its hash."""
    first = load_frame(ledger, "customers", file(tmp_path, "id,age\nu1,5\n"))
    second = load_frame(ledger, "customers", file(tmp_path, "id,age\nu2,6\nu3,7\n"))
    assert (first.units, second.units) == (1, 2)
    assert first.digest != second.digest
