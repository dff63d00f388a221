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


def test_columns_of_identity_are_known_however_they_are_spelt(tmp_path: Path) -> None:
    """No address stays among the fields because of a capital, a space or a hyphen."""
    path = file(tmp_path, "id,First name,E-MAIL,Phone,age\nu1,Ann,a@example.org,123,34\n")
    identity = {"first_name": "Ann", "e_mail": "a@example.org", "phone": "123"}
    assert list(read_units(path, "id")) == [("u1", {"age": 34}, identity)]
    assert codes(file(tmp_path, "id,email,Email\nu1,a,b\n")) == [(1, "FR02")]


def test_a_fault_stands_where_its_row_begins(tmp_path: Path) -> None:
    """Rows of several lines and blank lines before them do not move the place."""
    path = file(tmp_path, 'id,note\nu1,"one\ntwo\nthree"\n\nu1,"four\nfive"\n,x\n')
    assert codes(path) == [(6, "FR12"), (8, "FR11")]
    path = file(tmp_path, 'id,note\r\nu1,"one\r\ntwo"\r\n')
    assert list(read_units(path, "id")) == [("u1", {"note": "one\r\ntwo"}, None)]


@pytest.mark.parametrize("rest", ['u2,"open\nu3,5\nu4,6\n', 'u2,"a"b\nu3,5\n'])
def test_a_quote_that_is_not_closed_swallows_nothing(tmp_path: Path, rest: str) -> None:
    """Rows behind it would be lost without a word; the file is refused at the row instead."""
    assert codes(file(tmp_path, f"id,age\nu1,5\n,6\n{rest}")) == [(3, "FR11"), (4, "FR06")]


def test_faults_before_bytes_that_cannot_be_read_are_told_too(tmp_path: Path) -> None:
    """Everything that is known of the file is said at once."""
    content = b"id,town\n" + b",Bonn\n" + b"u,Bonn\n" * 3000 + b"u2,K\xf6ln\n"
    assert codes(file(tmp_path, content))[0] == (2, "FR11")
    with pytest.raises(DataError, match="is not utf-8"):
        list(read_units(file(tmp_path, b"id,town\n,Bonn\nu2,K\xf6ln\n"), "id"))


def test_encodings_are_known_by_all_their_names(tmp_path: Path) -> None:
    """UTF8 drops a mark too, two bytes a sign are read and counted in lines, and a wrong name is a fault."""
    path = file(tmp_path, "\ufeffid,age\nu1,5\n".encode())
    assert list(read_units(path, "id", "UTF8")) == [("u1", {"age": 5}, None)]
    assert list(read_units(file(tmp_path, "id,a\nu1,ö\n".encode("utf-16")), "id", "utf-16")) == [
        ("u1", {"a": "ö"}, None)
    ]
    odd = "id,a\nu1,5\n".encode("utf-16") + b"\x00\xdc\n\x00"
    assert codes(file(tmp_path, odd), encoding="utf-16") == [(3, "FR05")]
    assert codes(path, encoding="latin-99") == [(0, "FR09")]


def test_columns_set_apart_by_other_signs_say_so(tmp_path: Path) -> None:
    """What spreadsheets write elsewhere is told apart from a file without ids."""
    with pytest.raises(DataError, match="Set columns apart by commas, not ';'"):
        list(read_units(file(tmp_path, "id;age\nu1;5\n"), "id"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id,,a\nu1,1,2\n", [(1, "FR04")]),
        ("\n\nid,a,a\n", [(3, "FR02")]),
        ("", [(1, "FR01")]),
        ("id,a,a\n", [(1, "FR02")]),
        ("key,a\n1,2\n", [(1, "FR03")]),
        ("id,a\n", [(0, "FR08")]),
    ],
)
def test_headers_are_checked_first(tmp_path: Path, content: str, expected: list[tuple[int, str]]) -> None:
    """A file without header, with a column twice, without ids or without units is refused."""
    assert codes(file(tmp_path, content)) == expected


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A wrong path is a fault of its own."""
    assert codes(tmp_path / "none.csv") == [(0, "FR07")]
    assert codes(tmp_path) == [(0, "FR07")]


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
