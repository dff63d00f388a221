"""Opening a database, and what its connections promise."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from surveylab.errors import SurveylabError
from surveylab.store import migrate
from surveylab.store.ledger import Ledger, open_ledger
from surveylab.store.migrations import HEAD
from surveylab.store.tables import setting


def _values(ledger: Ledger) -> list[str]:
    with ledger.read() as conn:
        return list(conn.scalars(select(setting.c.value).order_by(setting.c.value)))


def _open(url: str) -> str | None:
    ledger = open_ledger(url)
    with ledger.read() as conn:
        at = migrate.revision(conn)
    ledger.close()
    return at


def test_what_is_written_is_there_afterwards(ledger: Ledger) -> None:
    """The end of ``write`` commits."""
    with ledger.write() as conn:
        conn.execute(setting.insert().values(key="a", value="1"))
    assert _values(ledger) == ["1"]


def test_an_error_takes_everything_back(ledger: Ledger) -> None:
    """An error inside ``write`` leaves nothing behind."""

    def fail() -> None:
        with ledger.write() as conn:
            conn.execute(setting.insert().values(key="a", value="1"))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert _values(ledger) == []


def test_a_reading_connection_refuses_to_write(ledger: Ledger) -> None:
    """A write through ``read`` is an error, not something that is silently lost."""
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"), ledger.read() as conn:
        conn.execute(setting.insert().values(key="a", value="1"))


def test_a_reader_sees_one_moment(ledger: Ledger) -> None:
    """What others commit while a reader reads stays out of what it sees."""
    with ledger.read() as conn:
        before = conn.scalars(select(setting.c.value)).all()
        with ledger.write() as other:
            other.execute(setting.insert().values(key="a", value="1"))
        assert conn.scalars(select(setting.c.value)).all() == before
    assert _values(ledger) == ["1"]


def test_writers_that_read_first_never_block_each_other(ledger: Ledger) -> None:
    """Eight threads that read and then write the same row in one transaction all get through."""
    with ledger.write() as conn:
        conn.execute(setting.insert().values(key="count", value="0"))
    start = threading.Barrier(8)
    failures: list[Exception] = []

    def add() -> None:
        start.wait()
        try:
            for _ in range(10):
                with ledger.write() as conn:
                    row = select(setting.c.value).where(setting.c.key == "count").with_for_update()
                    value = int(conn.execute(row).scalar_one())
                    conn.execute(setting.update().where(setting.c.key == "count").values(value=str(value + 1)))
        except DBAPIError as error:
            failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert _values(ledger) == ["80"]


def test_sqlite_keeps_the_promises_of_the_design(tmp_path: Path) -> None:
    """WAL, synchronous=NORMAL, foreign keys, recursive triggers, and patience with other writers."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with ledger.write() as conn:
        found = [
            conn.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        ]
    ledger.close()
    assert found == ["wal", 1, 1, 1, 30_000]


def test_processes_that_open_a_new_database_at_once_agree(bare_url: str) -> None:
    """Of several processes that open an empty database, one migrates and all go on."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert pool.map(_open, [bare_url] * 8, chunksize=1) == [HEAD] * 8


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://nobody@127.0.0.1:9/nothing", "cannot be reached"),
        ("postgres://nobody:hush@127.0.0.1:9/nothing", r"nobody:\*\*\*@127.0.0.1"),
        ("sqlite:////dev/null/ledger.db", "cannot be reached"),
        ("sqlite://", "with the path of a file"),
        ("sqlite:///:memory:", "with the path of a file"),
        ("mysql://root@localhost/surveys", "does not work on mysql"),
        ("here", "not an address of a database"),
    ],
)
def test_a_database_that_cannot_be_opened_gets_one_clear_message(url: str, says: str) -> None:
    """Whatever the reason, the error is ours, says which database, and never tells a password."""
    with pytest.raises(SurveylabError, match=says) as caught:
        open_ledger(url)
    assert "hush" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """Some other file under the name of the database stays as it is."""
    file = tmp_path / "letter.db"
    file.write_text("Dear respondent, " * 100)
    with pytest.raises(SurveylabError, match="not a database"):
        open_ledger(f"sqlite:///{file}")
    assert file.read_text().startswith("Dear respondent")


def test_a_database_of_a_newer_version_is_refused(ledger: Ledger, ledger_url: str) -> None:
    """An unknown revision is named, with the way out; nothing is migrated."""
    with ledger.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SurveylabError, match="revision 9999"):
        open_ledger(ledger_url)


def test_a_build_without_logarithms_gets_one(tmp_path: Path) -> None:
    """``ln`` works on any build of SQLite and has no value where a logarithm has none."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with ledger.read() as conn:
        found = conn.execute(text("SELECT ln(1.0), ln(0.0), ln(-1.0), ln(NULL)")).one()
    ledger.close()
    assert tuple(found) == (0.0, None, None, None)


def test_a_busy_file_is_waited_for(tmp_path: Path) -> None:
    """A database that another process holds for a moment opens when it lets go."""
    file = tmp_path / "ledger.db"
    holder = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN EXCLUSIVE")
    release = threading.Timer(0.3, lambda: holder.execute("COMMIT"))
    release.start()
    assert _open(f"sqlite:///{file}") == HEAD
    release.join()
    holder.close()
