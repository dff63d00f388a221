"""Runs are kept with what they saw."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import StatementError

from surveylab.store import runs
from surveylab.store.ledger import Ledger


def test_a_run_comes_back_as_it_was_recorded(ledger: Ledger, prenotice) -> None:
    """The result is the same JSON, with its hashes and its moment."""
    result = {"estimates": [{"mean": 0.1, "interval": [-1e-9, None]}], "text": "größer", "flag": True}
    with ledger.write() as conn:
        experiment = prenotice.register(conn)
        row = runs.record(conn, experiment, "analysis", "design", "data", result=result, at=prenotice.now)
        assert runs.latest(conn, experiment, "analysis") == runs.Run(
            row, experiment, "analysis", prenotice.now, "design", "data", result
        )


def test_the_latest_run_of_a_kind_on_some_data_is_found(ledger: Ledger, prenotice) -> None:
    """Kind, design and data narrow the choice; without a match there is none."""
    with ledger.write() as conn:
        experiment = prenotice.register(conn)
        for i, (kind, design, data) in enumerate(
            [("analysis", "d1", "x"), ("analysis", "d1", "y"), ("analysis", "d2", "x"), ("decision", "d1", "x")]
        ):
            at = prenotice.now + timedelta(days=i)
            runs.record(conn, experiment, kind, design, data, result={"i": i}, at=at)
        found = [
            runs.latest(conn, experiment, "analysis", *hashes) for hashes in [(), ("d1",), ("d1", "x"), ("d2", "y")]
        ]
        assert [run and run.result["i"] for run in found] == [2, 1, 0, None]
        assert [run.result["i"] for run in runs.all_of(conn, experiment, "analysis")] == [0, 1, 2]
        assert runs.latest(conn, prenotice.register(conn, "other"), "analysis") is None


def test_a_result_that_is_no_number_is_refused(ledger: Ledger, prenotice) -> None:
    """NaN is no JSON: it is an error on both engines, not a document that only one of them can read."""
    nothing = {"mean": float("nan")}
    with ledger.write() as conn:
        experiment = prenotice.register(conn)
    with pytest.raises((StatementError, ValueError), match="JSON compliant"), ledger.write() as conn:
        runs.record(conn, experiment, "analysis", "d", "x", result=nothing, at=prenotice.now)
