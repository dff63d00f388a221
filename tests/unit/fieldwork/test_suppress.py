"""Lists of people who are asked nothing any more: whole files or none of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from surveylab.errors import DataError
from surveylab.fieldwork.frames.suppress import Listing, lift_one, suppress_file, suppress_one
from surveylab.sources import How
from surveylab.store import suppressions
from surveylab.store.ledger import Ledger
from surveylab.store.suppressions import Suppressed
from surveylab.store.tables import suppression

from .test_frame_files import file

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LISTING = Listing("asked", NOW, "DE")


def listed(ledger: Ledger) -> tuple[Suppressed, ...]:
    """What is on the list."""
    with ledger.read() as conn:
        return suppressions.counts(conn)


def test_a_file_says_address_reason_and_date(tmp_path: Path, ledger: Ledger) -> None:
    """Several addresses of one row, reasons of its own, and the date from which it holds."""
    path = file(
        tmp_path,
        "E-Mail;Phone;unit;reason;date\n"
        "Ann@example.org;;;complaint;31.1.2026\n"
        "ann@example.org;0151 23456789;;;\n"
        ";;u7;;\n",
    )
    assert suppress_file(ledger, path, LISTING, How()) == (4, 3)
    assert suppress_file(ledger, path, LISTING, How()) == (4, 0)
    assert listed(ledger) == (
        Suppressed("email", "complaint", 1),
        Suppressed("phone", "asked", 1),
        Suppressed("unit", "asked", 1),
    )
    with ledger.read() as conn:
        since = conn.scalars(select(suppression.c.at).order_by(suppression.c.kind)).all()
    assert since == [datetime(2026, 1, 31, tzinfo=UTC), NOW, NOW]


def test_a_faulty_file_suppresses_nobody(tmp_path: Path, ledger: Ledger) -> None:
    """Every fault with its line, and nothing of the file is kept."""
    path = file(
        tmp_path, "email,phone,date\na@example.org,,\nnobody,,\n,12345678901234567,\n,,\nb@example.org,,never\n"
    )
    with pytest.raises(DataError) as caught:
        suppress_file(ledger, path, LISTING, How())
    assert [(each.line, each.code) for each in caught.value.faults] == [
        (3, "FR24"),
        (4, "FR25"),
        (5, "FR11"),
        (6, "FR28"),
    ]
    with pytest.raises(DataError, match="FR31"):
        suppress_file(ledger, file(tmp_path, "address\nx\n"), LISTING, How())
    assert listed(ledger) == ()


def test_one_address_is_put_on_the_list_and_taken_off(ledger: Ledger) -> None:
    """However it is written."""
    assert suppress_one(ledger, "phone", "0151 23456789", LISTING) == 1
    assert suppress_one(ledger, "phone", "+49 (0)151 234567-89", LISTING) == 0
    with pytest.raises(DataError, match="--email:0:0 FR24 'x'"):
        suppress_one(ledger, "email", "x", LISTING)
    with pytest.raises(DataError, match="line break"):
        suppress_one(ledger, "unit", "u\n1", LISTING)
    assert not lift_one(ledger, "phone", "+4915123456780", NOW)
    assert lift_one(ledger, "phone", "+4915123456789", NOW)
    assert listed(ledger) == ()
