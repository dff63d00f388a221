"""The secret that signs forms belongs to the database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from surveylab.store.ledger import Ledger
from surveylab.store.secret import signing_secret


def test_all_who_ask_at_once_get_one_secret(ledger: Ledger) -> None:
    """Eight threads, one secret of 256 bits, the same afterwards."""

    def ask(_: int) -> str:
        with ledger.write() as conn:
            return signing_secret(conn)

    with ThreadPoolExecutor(8) as threads:
        told = set(threads.map(ask, range(16)))
    assert len(told) == 1
    assert len(told.pop()) == 43
