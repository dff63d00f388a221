"""Workbooks, Parquet and databases: read as CSV is, with faults at their place."""

from __future__ import annotations

import datetime
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psycopg
import pyarrow as pa
import pytest
from pyarrow import parquet

from surveylab.design.frames import Column
from surveylab.fieldwork.frames import Query
from surveylab.sources import text_of

from .test_frame_files import codes, faults, file, notes, units

OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def cell(place: str, value: object) -> str:
    """One cell of a sheet: text, number, truth value or day, as Excel writes it."""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime.date):
        return f'<c r="{place}" s="1"><v>{(value - datetime.date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def workbook(path: Path, sheets: dict[str, list[list[object]]], merged: str = "") -> Path:
    """An Excel workbook of these sheets; None is an empty cell. The cells of ``merged`` are, in every sheet."""
    names = list(sheets)
    with ZipFile(path, "w") as archive:
        kinds = "".join(
            f'<Override PartName="/xl/{part}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            f'spreadsheetml.{kind}+xml"/>'
            for part, kind in [("workbook", "sheet.main"), *((f"s{n}", "worksheet") for n in range(len(names)))]
        )
        rels = 'ContentType="application/vnd.openxmlformats-package.relationships+xml"'
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" {rels}/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{kinds}</Types>',
        )
        one = f'<Relationship Id="r0" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/>'
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{one}</Relationships>')
        listed = "".join(f'<sheet name="{name}" sheetId="{n + 1}" r:id="r{n}"/>' for n, name in enumerate(names))
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{listed}</sheets></workbook>',
        )
        related = "".join(
            f'<Relationship Id="r{n}" Type="{RELATED}/worksheet" Target="s{n}.xml"/>' for n in range(len(names))
        )
        styles = f'<Relationship Id="styles" Type="{RELATED}/styles" Target="styles.xml"/>'
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{related}{styles}</Relationships>',
        )
        formats = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{MAIN}">{formats}</styleSheet>')
        merging = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
        for n, rows in enumerate(sheets.values()):
            written = "".join(
                f'<row r="{line}">'
                + "".join(cell(f"{'ABCDEFGH'[at]}{line}", each) for at, each in enumerate(row) if each is not None)
                + "</row>"
                for line, row in enumerate(rows, start=1)
            )
            archive.writestr(
                f"xl/s{n}.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{written}</sheetData>{merging}</worksheet>'
            )
    return path


DAY = datetime.date(2026, 1, 31)
ROWS: list[list[object]] = [
    ["id", "age", "since", "member", "code", "email"],
    ["u1", 34, DAY, True, "007", "a@example.org"],
    [17, 5.5, None, False, "x", None],
]
READ = [
    ("17", {"age": 5.5, "since": None, "member": False, "code": "x"}, {}),
    ("u1", {"age": 34.0, "since": "2026-01-31", "member": True, "code": "007"}, {"email": "a@example.org"}),
]


def test_a_workbook_is_read_as_its_csv_would_be(tmp_path: Path) -> None:
    """Whole numbers without a point, days as ISO 8601; lines above the header and blank ones count and are skipped."""
    assert units(workbook(tmp_path / "a.xlsx", {"Kunden": ROWS})) == READ
    spread = workbook(tmp_path / "b.xlsx", {"Kunden": [[], [], ROWS[0], ROWS[1], [], [None, 5]]})
    assert codes(spread) == [(6, "FR11")]
    assert faults(spread)[0].file == f"{spread}[Kunden]"


def test_a_sheet_is_the_first_or_the_one_that_is_named(tmp_path: Path) -> None:
    """Which sheet was read and which were not is told; a name that is not there is offered the nearest."""
    path = workbook(tmp_path / "a.xlsx", {"Notes": [["id", "x"], ["n", 1]], "Kunden": ROWS})
    assert notes(path) == ("Sheet 'Notes' was read, not 'Kunden'.",)
    assert units(path, sheet="Kunden") == READ
    (fault,) = faults(path, sheet="Kundn")
    assert (fault.code, fault.remedy) == ("FR16", "Did you mean 'Kunden'?")


def test_merged_cells_are_told_with_their_range(tmp_path: Path) -> None:
    """Only the first of them has a value: the others would be missing without a word."""
    path = workbook(tmp_path / "a.xlsx", {"Kunden": [*ROWS, ["u3", 1], [None, 2]]}, merged="E2:E3")
    found = faults(path)
    assert [(each.line, each.column, each.code) for each in found] == [(2, 5, "FR17"), (5, 1, "FR11")]
    assert "E2:E3" in found[0].what


def test_cells_beyond_the_header_are_a_fault(tmp_path: Path) -> None:
    """A value without a column belongs to nobody."""
    assert codes(workbook(tmp_path / "a.xlsx", {"K": [["id", "x"], ["u1", 1], ["u2", 2, "stray"]]})) == [(3, "FR10")]


def test_open_document_is_read(tmp_path: Path) -> None:
    """The sheet of an .ods file."""
    path = tmp_path / "a.ods"
    texts = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{each}</text:p></table:table-cell>' for each in row
        )
        + "</table:table-row>"
        for row in (["id", "town"], ["u1", "Bonn"])
    )
    spaces = " ".join(f'xmlns:{name}="{OPEN_DOCUMENT}:{name}:1.0"' for name in ("office", "table", "text"))
    with ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="K">{texts}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{manifest}"/>')
    assert units(path) == [("u1", {"town": "Bonn"}, {})]


def test_an_encrypted_or_damaged_workbook_says_so(tmp_path: Path) -> None:
    """The container of encrypted workbooks is known; one that is cut off, or another archive, cannot be read."""
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    (fault,) = faults(file(tmp_path, compound, "a.xlsx"))
    assert (fault.code, fault.what) == ("FR15", "the workbook is encrypted.")
    whole = workbook(tmp_path / "b.xlsx", {"K": ROWS}).read_bytes()
    assert codes(file(tmp_path, whole[: len(whole) // 2], "c.xlsx")) == [(0, "FR15")]
    with ZipFile(tmp_path / "d.xlsx", "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    assert codes(tmp_path / "d.xlsx") == [(0, "FR15")]


def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path) -> None:
    """Whichever way round, and with the name that it should have."""
    book = workbook(tmp_path / "a.xlsx", {"K": ROWS}).read_bytes()
    (fault,) = faults(file(tmp_path, book, "b.csv"))
    assert (fault.code, ".xlsx" in fault.remedy) == ("FR14", True)
    assert codes(file(tmp_path, "id,a\nu1,5\n", "c.xlsx")) == [(0, "FR14")]
    assert codes(file(tmp_path, book, "d.parquet")) == [(0, "FR14")]
    assert codes(file(tmp_path, b"", "e.xlsx")) == [(1, "FR01")]


def table_of(path: Path, **columns: Any) -> Path:
    """A Parquet file of these columns, in row groups of two."""
    parquet.write_table(pa.table(columns), path, row_group_size=2)
    return path


def test_parquet_says_its_own_types(tmp_path: Path) -> None:
    """A text of digits stays a text, nulls are missing, decimals and categories are what they hold."""
    path = table_of(
        tmp_path / "a.parquet",
        id=["u3", "u1", "u2"],
        digits=["5", "6", None],
        age=pa.array([34, None, 2**40], pa.int64()),
        spent=pa.array([Decimal("1.50"), None, Decimal("2.00")]),
        share=pa.array([0.25, float("nan"), 1.0]),
        member=[True, None, False],
        since=[DAY, None, DAY],
        region=pa.array(["north", "south", None]).dictionary_encode(),
    )
    assert [fields for _, fields, _ in units(path)] == [
        {"digits": "6", "age": None, "spent": None, "share": None, "member": None, "since": None, "region": "south"},
        {
            "digits": None,
            "age": 2**40,
            "spent": 2.0,
            "share": 1.0,
            "member": False,
            "since": "2026-01-31",
            "region": None,
        },
        {
            "digits": "5",
            "age": 34,
            "spent": 1.5,
            "share": 0.25,
            "member": True,
            "since": "2026-01-31",
            "region": "north",
        },
    ]
    again = table_of(tmp_path / "b.parquet", id=["u1", "u2", "u1", None, "u5"], x=[1, 2, 3, 4, 5])
    assert codes(again) == [(3, "FR12"), (4, "FR11")]


def test_what_parquet_holds_beyond_single_values_is_refused_unless_left_out(tmp_path: Path) -> None:
    """A list in a cell is no field; a file that is cut off has no rows."""
    path = table_of(tmp_path / "a.parquet", id=["u1"], tags=[["a", "b"]])
    assert codes(path) == [(0, "FR18")]
    assert units(path, columns={"tags": Column("left_out")}) == [("u1", {}, {})]
    assert codes(file(tmp_path, path.read_bytes()[:200], "b.parquet")) == [(0, "FR15")]
    noise = pa.array([b"a", b"b", b"\xff\xfe"], pa.binary()).view(pa.string())
    assert codes(table_of(tmp_path / "c.parquet", id=["u1", "u2", "u3"], town=noise)) == [(1, "FR15")]


@pytest.fixture
def crm(tmp_path: Path) -> str:
    """The address of somebody's database with a table of customers."""
    path = tmp_path / "crm.db"
    with sqlite3.connect(path) as conn:
        conn.execute("CREATE TABLE customers (id TEXT, age INTEGER, code TEXT, email TEXT)")
        rows = [("u2", 34, "7", "a@example.org"), ("u1", None, "008", None)]
        conn.executemany("INSERT INTO customers VALUES (?, ?, ?, ?)", rows)
    conn.close()
    return f"sqlite:///{path}"


def test_a_query_and_a_table_are_read(crm: str) -> None:
    """The values say the types: digits in a column of texts are texts."""
    both = [("u1", {"age": None, "code": "008"}, {}), ("u2", {"age": 34, "code": "7"}, {"email": "a@example.org"})]
    assert units(Query(crm, table="customers")) == both
    assert units(Query(crm, "SELECT id, age, code FROM customers WHERE age > 30")) == [
        ("u2", {"age": 34, "code": "7"}, {})
    ]


@pytest.mark.parametrize(
    ("query", "code", "what"),
    [
        ("SELECT id, missing FROM customers", "FR19", "no such column: missing"),
        ("SELECT id, age, age FROM customers", "FR02", "columns stand twice: 'age'"),
        ("DELETE FROM customers", "FR19", "readonly database"),
        ("SELECT id FROM customers WHERE age > 99", "FR08", "no units"),
    ],
)
def test_a_query_that_fails_is_a_fault(crm: str, query: str, code: str, what: str) -> None:
    """What the database says; it is never written to."""
    (fault,) = faults(Query(crm, query))
    assert fault.code == code
    assert what in fault.what
    assert len(units(Query(crm, table="customers"))) == 2


def test_a_value_of_another_type_than_the_first_ones_is_told_with_its_row(crm: str) -> None:
    """SQLite takes any value in any column."""
    with sqlite3.connect(crm.removeprefix("sqlite:///")) as conn:
        rows = [(f"v{n}", n, "x", None) for n in range(10_000)]
        conn.executemany("INSERT INTO customers VALUES (?, ?, ?, ?)", [*rows, ("w", "old", "x", None)])
    conn.close()
    (fault,) = faults(Query(crm, table="customers"))
    assert (fault.line, fault.column, fault.code) == (10_003, 2, "FR23")


def test_an_address_that_is_none_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    """No empty database is made on the way."""
    assert codes(Query("no address", table="x")) == [(0, "FR19")]
    assert codes(Query(f"sqlite:///{tmp_path / 'none.db'}", table="x")) == [(0, "FR19")]
    assert not (tmp_path / "none.db").exists()
    assert codes(Query("nodialect://host/x", table="x")) == [(0, "FR19")]


def test_a_password_is_never_printed(postgresql: Any) -> None:
    """Neither that of the address nor one among its options, though the server cannot be reached with it."""
    for address in (
        "postgresql://me:topsecret@127.0.0.1:9/crm?connect_timeout=1",
        "postgresql://127.0.0.1:9/crm?user=me&password=topsecret&connect_timeout=1",
        "postgresql://me:topsecret@127.0.0.1:9/crm?sslmode=topsecret",
    ):
        (fault,) = faults(Query(address, table="x"))
        assert fault.code == "FR19"
        assert "topsecret" not in str(fault)


def test_a_query_of_postgresql_is_streamed_and_reads_only(postgresql: Any) -> None:
    """By a cursor of the server, in a transaction that cannot write."""
    address = postgresql.empty_database("crm")
    try:
        query = "SELECT 'u' || n AS id, n AS age, n = 3 AS third FROM generate_series(1, 25000) AS n"
        found = units(Query(address, query))
        assert len(found) == 25_000
        assert ("u3", {"age": 3, "third": True}, {}) in found
        with psycopg.connect(address, autocommit=True) as conn:
            conn.execute("CREATE SEQUENCE numbers")
        (fault,) = faults(Query(address, "SELECT nextval('numbers') AS id"))
        assert "read-only transaction" in fault.what
    finally:
        postgresql.drop(address)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (5.0, "5"),
        (1e-7, "0.0000001"),
        (1e20, "100000000000000000000"),
        (True, "true"),
        (Decimal("1.50"), "1.50"),
        (datetime.datetime(2026, 1, 31), "2026-01-31"),  # noqa: DTZ001 - as a workbook has it
        (datetime.datetime(2026, 1, 31, 9, tzinfo=datetime.UTC), "2026-01-31T09:00:00+00:00"),
        (datetime.time(9, 30), "09:30:00"),
        (b"\x01\xff", "01ff"),
    ],
)
def test_a_cell_is_a_text(value: object, text: str) -> None:
    """The one that a CSV file would have."""
    assert text_of(value) == text
