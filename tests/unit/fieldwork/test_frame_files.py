"""Frame files: what is read, and every fault told at once with its line."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from surveylab.design.frames import Column, FrameReading
from surveylab.design.terms import Value
from surveylab.errors import DataError, SurveylabError
from surveylab.fieldwork.frames import Query, load_frame, prepared
from surveylab.fieldwork.frames.faults import FRAME_CODES
from surveylab.store import frames
from surveylab.store.ledger import Ledger
from surveylab.store.people import COLUMNS

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

Unit = tuple[str, dict[str, Value], dict[str, Any]]


def file(folder: Path, content: str | bytes, name: str = "customers.csv") -> Path:
    """A frame file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def units(source: Path | Query, **said: Any) -> list[Unit]:
    """The units of a source: id, fields, and what is known of the person."""
    with prepared(source, FrameReading(**said)) as ready:
        found = []
        for unit, fields, stored in ready.units:
            person = dict(zip(COLUMNS, stored, strict=True)) if stored else {}
            details = json.loads(person.pop("details", "{}"))
            known = {name: value for name, value in person.items() if value is not None}
            found.append((unit, json.loads(fields), {**known, **details}))
        return found


def notes(source: Path, **said: Any) -> tuple[str, ...]:
    """What is told about a source without faults."""
    with prepared(source, FrameReading(**said)) as ready:
        return ready.notes


def faults(source: Path | Query, **said: Any) -> list[Any]:
    """Every fault of a source; each has a code that is documented."""
    with pytest.raises(DataError) as caught, prepared(source, FrameReading(**said)):
        pass
    assert {fault.code for fault in caught.value.faults} <= FRAME_CODES.keys()
    return list(caught.value.faults)


def codes(source: Path | Query, **said: Any) -> list[tuple[int, str]]:
    """Line and code of every fault of a source."""
    return [(fault.line, fault.code) for fault in faults(source, **said)]


def test_names_and_addresses_are_kept_apart(tmp_path: Path) -> None:
    """Identity goes into its own part; every other column is a typed field."""
    path = file(tmp_path, "id,email,age,consented,code\nu1,a@example.org,34,true,007\nu2,,,FALSE,x\n")
    assert units(path) == [
        ("u1", {"age": 34, "consented": True, "code": "007"}, {"email": "a@example.org", "consent": True}),
        ("u2", {"age": None, "consented": False, "code": "x"}, {"consent": False}),
    ]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        ([" 12 ", "-3", "0"], [12, -3, 0]),
        (["12", "1.50", ""], [12.0, 1.5, None]),
        (["True", "false", ""], [True, False, None]),
        (["0012", "13", "9"], ["0012", "13", "9"]),
        (["1e5", "2", "3"], ["1e5", "2", "3"]),
        (["n/a", "12", "13"], ["n/a", "12", "13"]),
        (["2026-01-31", "1999-12-01", ""], ["2026-01-31", "1999-12-01", None]),
        (["1234567890123456", "1", "2"], ["1234567890123456", "1", "2"]),
        (["", "", ""], [None, None, None]),
    ],
)
def test_a_column_has_one_type(tmp_path: Path, texts: list[str], values: list[Value]) -> None:
    """All of its values decide; codes with leading zeros and numbers beyond a double stay texts."""
    path = file(tmp_path, "id,x\n" + "".join(f"u{n},{text}\n" for n, text in enumerate(texts)))
    found = [fields["x"] for _, fields, _ in units(path)]
    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]


def test_an_exception_to_a_type_is_told_with_its_line(tmp_path: Path) -> None:
    """Whole numbers but for one line are text, and it is said so; declared, that line is a fault."""
    path = file(tmp_path, "id,age\n" + "".join(f"u{n},{n}\n" for n in range(98)) + "u98,n/a\nu99,7\n")
    assert any(
        "'age' is taken as text: 99 of 100 values are whole numbers, and 'n/a' in line 100" in each
        for each in notes(path)
    )
    (fault,) = faults(path, columns={"age": Column(type="integer")})
    assert (fault.line, fault.column, fault.code) == (100, 2, "FR23")
    assert "'n/a' in 'age' is no whole number" in fault.what


def test_declared_types_take_more_ways_of_writing(tmp_path: Path) -> None:
    """Truth values and dates as people write them; a code of digits stays a text when it is declared to be one."""
    declared = {
        "yes": Column(type="truth"),
        "day": Column(type="date"),
        "plz": Column(type="text"),
        "x": Column(type="decimal"),
    }
    path = file(tmp_path, "id,yes,day,plz,x\nu1,yes,31.1.2026,53111,5\nu2,0,2026-02-01,53113,5.5\n")
    assert [fields for _, fields, _ in units(path, columns=declared)] == [
        {"yes": True, "day": "2026-01-31", "plz": "53111", "x": 5.0},
        {"yes": False, "day": "2026-02-01", "plz": "53113", "x": 5.5},
    ]
    wrong = file(tmp_path, "id,yes,day,plz,x\nu1,maybe,,,\nu2,,30.2.2026,,\nu3,,,,1-2\n")
    assert codes(wrong, columns=declared) == [(2, "FR23"), (3, "FR23"), (4, "FR23")]


def test_columns_are_what_they_are_said_to_be(tmp_path: Path) -> None:
    """A column becomes the id, a role, a field of another name, or is left out."""
    said = {"Kundennr": Column("unit"), "Mail": Column("email"), "Alter": Column("age"), "Notiz": Column("left_out")}
    path = file(tmp_path, "Kundennr,Mail,Alter,Notiz,Ort\n7,a@example.org,34,x,Bonn\n")
    assert units(path, columns=said) == [("7", {"age": 34, "Ort": "Bonn"}, {"email": "a@example.org"})]
    assert codes(path, columns={**said, "Alder": Column("x")}) == [(1, "FR20")]
    assert "Did you mean 'Alter'?" in faults(path, columns={**said, "Alder": Column("x")})[0].remedy
    assert codes(path, columns={**said, "Ort": Column("age")}) == [(1, "FR21")]


def test_a_byte_order_mark_says_the_encoding(tmp_path: Path) -> None:
    """UTF-8 and UTF-16 files that a spreadsheet wrote are read without being told; UTF-16 is told."""
    for encoding, told in (("utf-8-sig", 0), ("utf-16", 2)):
        path = file(tmp_path, "id,town\nu1,Köln\n".encode(encoding))
        assert units(path) == [("u1", {"town": "Köln"}, {})]
        assert len(notes(path)) == told


def test_all_faults_are_told_with_their_lines(tmp_path: Path) -> None:
    """Duplicate and missing ids, rows too short and too long, and NUL characters: one pass tells them all."""
    path = file(tmp_path, "id,age\nu1,5\n,6\nu1,7\nu2\nu3,a\x00b\nu4,8\nu5,1,2\n")
    assert codes(path) == [(3, "FR11"), (4, "FR12"), (5, "FR10"), (6, "FR13"), (8, "FR10")]


def test_one_bad_line_among_many_is_told(tmp_path: Path) -> None:
    """Beyond the rows that are looked at together, the line is still the line of the file."""
    rows = [f"u{n:06d},{n}" for n in range(25_000)]
    rows[23_456] = "u023456"
    path = file(tmp_path, "id,x\n" + "\n".join(rows) + "\n")
    assert codes(path) == [(23_458, "FR10")]
    rows[23_456] = "u000007,1"
    assert codes(file(tmp_path, "id,x\n" + "\n".join(rows) + "\n")) == [(23_458, "FR12")]


def test_a_thousand_columns_are_read(tmp_path: Path) -> None:
    """The width of a file is no limit."""
    names = [f"c{n}" for n in range(1_000)]
    path = file(tmp_path, ",".join(["id", *names]) + "\nu1," + ",".join(map(str, range(1_000))) + "\n")
    ((_, fields, _),) = units(path)
    assert fields == {name: n for n, name in enumerate(names)}


def test_latin_1_bytes_say_line_and_way_out(tmp_path: Path) -> None:
    """A file that is not UTF-8 names the line; with its encoding said, it is read."""
    path = file(tmp_path, "id,town\nu1,Bonn\nu2,K\xf6ln\n".encode("latin-1"))
    assert codes(path) == [(3, "FR05")]
    assert units(path, encoding="latin-1")[1][1] == {"town": "Köln"}


def test_columns_of_identity_are_known_however_they_are_spelt(tmp_path: Path) -> None:
    """No address stays among the fields because of a capital, a space or a hyphen."""
    path = file(tmp_path, "id,First name,E-MAIL,Phone,age\nu1,Ann,a@example.org,+4915123456789,34\n")
    identity = {"first_name": "Ann", "email": "a@example.org", "phone": "+4915123456789"}
    assert units(path) == [("u1", {"age": 34}, identity)]
    assert codes(file(tmp_path, "id,email,Email\nu1,a,b\n")) == [(1, "FR21")]


def test_a_fault_stands_where_its_row_begins(tmp_path: Path) -> None:
    """Rows of several lines and blank lines before them do not move the place."""
    path = file(tmp_path, 'id,note\nu1,"one\ntwo\nthree"\n\nu1,"four\nfive"\n,x\n')
    assert codes(path) == [(6, "FR12"), (8, "FR11")]
    path = file(tmp_path, 'id,note\r\nu1,"one\r\ntwo"\r\n')
    assert units(path) == [("u1", {"note": "one\r\ntwo"}, {})]


@pytest.mark.parametrize("rest", ['u2,"open\nu3,5\nu4,6\n', 'u2,"a"b\nu3,5\n'])
def test_a_quote_that_is_not_closed_swallows_nothing(tmp_path: Path, rest: str) -> None:
    """Rows behind it would be lost without a word; the file is refused at the row instead."""
    assert codes(file(tmp_path, f"id,age\nu1,5\n,6\n{rest}")) == [(3, "FR11"), (4, "FR06")]


def test_faults_before_bytes_that_cannot_be_read_are_told_too(tmp_path: Path) -> None:
    """Everything that is known of the file is said at once."""
    content = b"id,town\n" + b",Bonn\n" + b"u,Bonn\n" * 3000 + b"u2,K\xf6ln\n"
    assert codes(file(tmp_path, content))[0] == (2, "FR11")
    assert codes(file(tmp_path, b"id,town\nu1,Bonn\nu2,K\xf6ln\n")) == [(3, "FR05")]


def test_encodings_are_known_by_all_their_names(tmp_path: Path) -> None:
    """UTF8 drops a mark too, two bytes a sign are counted in lines, and a wrong name is a fault."""
    path = file(tmp_path, "\ufeffid,age\nu1,5\n".encode())
    assert units(path, encoding="UTF8") == [("u1", {"age": 5}, {})]
    odd = "id,a\nu1,5\n".encode("utf-16") + b"\x00\xdc\n\x00"
    assert codes(file(tmp_path, odd), encoding="utf-16") == [(3, "FR05")]
    assert codes(file(tmp_path, "id,a\nu1,5\n"), encoding="utf-16") == [(1, "FR05")]
    for wrong in ("latin-99", "base64"):
        assert codes(path, encoding=wrong) == [(0, "FR09")]


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_the_sign_between_columns_is_found_out_and_told(tmp_path: Path, sign: str) -> None:
    """What spreadsheets write elsewhere is read all the same; said, it is what was said."""
    path = file(tmp_path, f'id{sign}"a,b"\nu1{sign}5\n')
    assert units(path) == [("u1", {"a,b": 5}, {})]
    assert notes(path)[0].startswith("Columns are set apart by")
    assert codes(path, delimiter=",")[0][1] in ("FR03", "FR06")
    assert codes(path, delimiter="::") == [(0, "FR09")]


def test_compressed_text_is_read(tmp_path: Path) -> None:
    """A file that ends with .gz; cut off, it is a fault and no shorter frame."""
    content = gzip.compress(b"id,a\n" + b"".join(b"u%d,%d\n" % (n, n) for n in range(5_000)))
    assert len(units(file(tmp_path, content, "customers.csv.gz"))) == 5_000
    assert codes(file(tmp_path, content[:-2_000], "customers.csv.gz"))[0][1] == "FR15"
    assert codes(file(tmp_path, b"id,a\nu1,5\n", "customers.csv.gz"))[0][1] == "FR15"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id,,a\nu1,1,2\n", [(1, "FR04")]),
        ("\n\nid,a,a\n", [(3, "FR02")]),
        ("", [(1, "FR01")]),
        ("\n\n", [(1, "FR01")]),
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
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / "none.xlsx", tmp_path / "none.parquet"):
        assert codes(path) == [(0, "FR07")]


def test_a_flood_of_faults_is_counted(tmp_path: Path) -> None:
    """Fifty faults are told, the rest are counted."""
    found = faults(file(tmp_path, "id,a\n" + ",1\n" * 80))
    assert len(found) == 51
    assert "30 more faults" in found[-1].what


def test_a_faulty_file_changes_nothing(tmp_path: Path, ledger: Ledger) -> None:
    """What the frame held before stands after a file with one bad row."""
    load_frame(ledger, "customers", file(tmp_path, "id,age\nu1,5\n"), NOW)
    with pytest.raises(DataError):
        load_frame(ledger, "customers", file(tmp_path, "id,age\nu2,6\nu2,7\n"), NOW)
    with ledger.read() as conn:
        ids, fields = frames.units(conn, "customers", ("age",))
    assert ids.tolist() == ["u1"]
    assert fields["age"].tolist() == [5]


def test_a_frame_has_a_name_that_a_file_can_have(tmp_path: Path, ledger: Ledger) -> None:
    """What is said of it stands in frames/<name>.yaml."""
    for name in ("", " ", "../people", "a\\b", ".people", "a\nb"):
        with pytest.raises(SurveylabError, match="cannot be called"):
            load_frame(ledger, name, file(tmp_path, "id\nu1\n"), NOW)
    assert load_frame(ledger, "people of 2026", file(tmp_path, "id\nu1\n"), NOW).new


def test_a_new_file_is_a_new_snapshot(tmp_path: Path, ledger: Ledger) -> None:
    """Loading again says what changed; the same content in another order of rows and columns changes nothing."""
    first = load_frame(ledger, "customers", file(tmp_path, "id,age,x\nu1,5,a\nu2,6,b\n"), NOW)
    second = load_frame(ledger, "customers", file(tmp_path, "id,age,x\nu2,7,b\nu3,7,c\n"), NOW)
    again = load_frame(ledger, "customers", file(tmp_path, "x;id;age\nc;u3;7\nb;u2;7\n"), NOW)
    assert (first.frame.number, first.added) == (1, 2)
    assert (second.frame.number, second.added, second.changed, second.removed) == (2, 1, 1, 1)
    assert (again.frame, again.new) == (second.frame, False)
    assert first.frame.digest != second.frame.digest
