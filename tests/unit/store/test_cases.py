"""Cases and their assignments are written once, and found again by their link."""

from __future__ import annotations

import threading
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import IntegrityError

from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError
from surveylab.store import cases, sittings
from surveylab.store.cases import Arrival
from surveylab.store.ledger import Ledger
from surveylab.store.tables import assignment, event, sampled_case

ALGORITHM = "hashed sha256"


def test_a_sample_is_stored_with_levels_chances_and_events(ledger: Ledger, prenotice) -> None:
    """Every case has a row, a level of each factor with its exact probability, and the event selected."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 10)
        rows = conn.execute(select(assignment).order_by(assignment.c.case_id, assignment.c.factor)).all()
        stored = conn.execute(select(sampled_case).order_by(sampled_case.c.unit)).all()
        events = conn.execute(select(event)).all()
    assert [case.unit for case in stored] == [f"u{i:04}" for i in range(10)]
    assert {case.experiment_id for case in stored} == {experiment}
    assert [case.inclusion_probability for case in stored] == [0.5, 0.25] * 5
    assert stored[1].fields == {"region": "south"}
    assert len(rows) == 20
    for i, case in enumerate(stored):
        for row in (each for each in rows if each.case_id == case.id):
            share = Fraction(int(row.numerator), int(row.denominator))
            assert row.level == prenotice.arms[i % 4].mapping[row.factor]
            expected = {"plain": Fraction(1, 3), "long": Fraction(2, 3)}.get(row.level, Fraction(1, 2))
            assert share == expected
            assert row.probability == float(expected)
            assert (row.position, row.block, row.algorithm) == (i, case.block, "blocked philox")
    assert {(each.case_id, each.kind, each.at, each.key) for each in events} == {
        (case.id, "selected", prenotice.now, None) for case in stored
    }


def test_a_case_is_found_by_its_token_with_its_history(ledger: Ledger, prenotice) -> None:
    """Everything that a request needs comes at once; an unknown token is nobody's."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 4, age=np.array([30, 40, 50, 60]))
    with ledger.read() as conn:
        listed = list(cases.tokens(conn, experiment))
        sitting = sittings.sitting(conn, listed[2].token)
        assert sittings.sitting(conn, "nobody") is None
    assert sitting is not None
    found, state = sitting
    assert [event.kind for event in state.events] == ["selected"]
    assert found == listed[2]
    assert found.unit == "u0002"
    assert found.levels == {"wording": "long", "channel": "email"}
    assert found.fields == {"region": "north", "age": 50}
    assert (found.experiment, found.slug, found.drawn_at) == (experiment, "prenotice", prenotice.now)


def test_tokens_are_unique_and_look_random(ledger: Ledger, prenotice) -> None:
    """128 bits each: 22 characters of the URL alphabet, no two alike, every bit set in about half of them."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 2_000)
        tokens = [case.token for case in cases.tokens(conn, experiment)]
    assert len(set(tokens)) == 2_000
    alphabet = {
        letter: i for i, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    }
    assert {len(token) for token in tokens} == {22}
    codes = np.array([[alphabet[letter] for letter in token] for token in tokens])
    bits = (codes[:, :, None] >> np.arange(6)[::-1]) & 1
    means = bits.reshape(2_000, 132)[:, :128].mean(axis=0)
    assert np.abs(means - 0.5).max() < 6 * 0.5 / np.sqrt(2_000)  # z = 6 over 128 bits


def test_a_unit_is_sampled_once(ledger: Ledger, prenotice) -> None:
    """A second draw into the same experiment is refused and leaves the first as it was."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 4)
    with pytest.raises(SurveylabError, match="a sample is drawn once"), ledger.write() as conn:
        cases.insert_sample(conn, experiment, prenotice.sample(6), prenotice.arms, algorithm="x", at=prenotice.now)
    with ledger.read() as conn:
        assert len(list(cases.tokens(conn, experiment))) == 4


def test_a_sample_that_lists_a_unit_twice_is_refused(ledger: Ledger, prenotice) -> None:
    """As the first load, and as a small one behind many cases; the ledger stays as it was, its indexes included."""
    for already in (0, 40):
        with ledger.write() as conn:
            prenotice.draw(conn, already, f"before {already}")
            experiment = prenotice.register(conn, f"twice {already}")
        sample = prenotice.sample(4)
        sample.unit[3] = sample.unit[0]
        with pytest.raises(SurveylabError, match="a sample is drawn once"), ledger.write() as conn:
            cases.insert_sample(conn, experiment, sample, prenotice.arms, algorithm="x", at=prenotice.now)
        with ledger.read() as conn:
            assert conn.scalar(select(func.count()).select_from(sampled_case)) == already
            assert _unique(conn) == {("token",), ("experiment_id", "unit")}


@pytest.mark.parametrize("again", [2, 40])
def test_tokens_and_units_stay_unique_behind_a_draw(ledger: Ledger, prenotice, again) -> None:
    """Whatever the draws were, the database takes no second case for a token, nor for a unit of an experiment."""
    with ledger.write() as conn:
        prenotice.draw(conn, 20, "first")
        experiment = prenotice.draw(conn, again, "second")
        there = list(cases.tokens(conn, experiment))[-1]
        assert _unique(conn) == {("token",), ("experiment_id", "unit")}
    new = {"experiment_id": experiment, "unit": "new", "token": "new"}
    rest = {"stratum": "", "cluster": "", "block": "", "fields": {}}
    for same in ({"unit": there.unit}, {"token": there.token}):
        with pytest.raises(IntegrityError), ledger.write() as conn:
            conn.execute(sampled_case.insert().values(**new | same | rest))


def _unique(conn: Connection) -> set[tuple[str, ...]]:
    return {tuple(each["column_names"]) for each in inspect(conn).get_indexes("sampled_case") if each["unique"]}


def test_what_is_alike_in_all_cases_is_stored_as_what_differs(ledger: Ledger, prenotice) -> None:
    """Labels and probabilities come back exactly, by whichever way they went in; a number that is none is None."""
    odd, third = 'o\'clock; "?1" \\ é', 1 / 3
    whole = {"stratum": np.full(3, odd), "probability": np.full(3, third), "cluster": np.array(["a", "a", odd])}
    unknown = {"probability": np.array([0.1, np.nan, third]), "psu": np.full(3, "site")}
    samples = whole, unknown, {"probability": np.full(3, np.nan)}
    with ledger.write() as conn:
        for number, columns in enumerate(samples):
            sample = replace(prenotice.sample(3), **columns)
            experiment = prenotice.register(conn, f"alike {number}")
            cases.insert_sample(conn, experiment, sample, prenotice.arms, algorithm=odd, at=prenotice.now)
            query = select(sampled_case).where(sampled_case.c.experiment_id == experiment).order_by(sampled_case.c.unit)
            stored = conn.execute(query).all()
            for name in ("stratum", "cluster", "psu", "block"):
                assert [getattr(case, name) for case in stored] == getattr(sample, name).tolist()
            expected = [None if np.isnan(each) else each for each in sample.probability.tolist()]
            assert [case.inclusion_probability for case in stored] == expected
        assert set(conn.scalars(select(assignment.c.algorithm))) == {odd}


def test_samples_of_two_experiments_do_not_mix(ledger: Ledger, prenotice) -> None:
    """Each experiment lists its own cases, even where the units are the same."""
    with ledger.write() as conn:
        first = prenotice.draw(conn, 4, "first")
        second = prenotice.draw(conn, 6, "second")
        assert [len(list(cases.tokens(conn, each))) for each in (first, second)] == [4, 6]


def test_more_cases_than_a_chunk_keep_their_order(ledger: Ledger, prenotice, monkeypatch) -> None:
    """A sample that is written in pieces is the same sample."""
    monkeypatch.setattr(cases, "CHUNK", 7)
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 25)
        listed = list(cases.tokens(conn, experiment))
    assert [case.unit for case in listed] == [f"u{i:04}" for i in range(25)]
    assert [case.levels for case in listed] == [dict(prenotice.arms[i % 4].levels) for i in range(25)]


def test_fields_of_every_type_come_back(ledger: Ledger, prenotice) -> None:
    """The snapshot of the frame keeps text, numbers, truth and what is missing as they were."""
    mixed = np.empty(3, dtype=object)
    mixed[:] = [None, "x", 1]
    fields = {
        'quote " % ü': np.array(['a"b', "\\", "€\U0001f600"]),
        "whole": np.array([1, -2, 2**62]),
        "number": np.array([0.1, np.nan, 1e300]),
        "truth": np.array([True, False, True]),
        "mixed": mixed,
    }
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 3, **fields)
        found = [case.fields for case in cases.tokens(conn, experiment)]
    expected = {name: column.tolist() for name, column in fields.items()} | {"number": [0.1, None, 1e300]}
    for name, values in expected.items():
        assert [each[name] for each in found] == values
        assert [type(each[name]) for each in found] == list(map(type, values))


def test_an_experiment_without_factors_has_cases(ledger: Ledger, prenotice) -> None:
    """One arm without levels: a plain survey."""
    with ledger.write() as conn:
        experiment = prenotice.register(conn)
        plain = prenotice.sample(3, arm=np.zeros(3, dtype=np.intp))
        cases.insert_sample(conn, experiment, plain, (Arm((), Fraction(1)),), algorithm="none", at=prenotice.now)
        assert [case.levels for case in cases.tokens(conn, experiment)] == [{}, {}, {}]


def test_two_simultaneous_arrivals_of_one_person_are_one_case(ledger: Ledger, prenotice) -> None:
    """Eight first requests with one unit id, each with another arm in mind: one row, one set of levels, for all."""
    with ledger.write() as conn:
        experiment = prenotice.register(conn)
    start = threading.Barrier(8)
    got: list[cases.Case] = []

    def arrive(i: int) -> None:
        start.wait()
        arrival = Arrival("kiosk-7", {"n": i}, prenotice.arms[i % 4], position=i)
        with ledger.write() as conn:
            case = cases.insert_arrival(
                conn, experiment, arrival, prenotice.arms, algorithm=ALGORITHM, at=prenotice.now
            )
        got.append(case)

    threads = [threading.Thread(target=arrive, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.read() as conn:
        counts = [conn.scalar(select(func.count()).select_from(t)) for t in (sampled_case, assignment, event)]
        stored = cases.case_of_unit(conn, got[0].experiment, got[0].unit)
    assert counts == [1, 2, 1]
    assert got == [stored] * 8


def test_an_arrival_is_assigned_with_its_chances(ledger: Ledger, prenotice) -> None:
    """An unlisted person has no inclusion probability, and exact probabilities of the levels."""
    with ledger.write() as conn:
        experiment = prenotice.register(conn)
        arrival = Arrival("web-1", {"language": "de"}, prenotice.arms[1], position=12, block="b", stratum="s")
        case = cases.insert_arrival(conn, experiment, arrival, prenotice.arms, algorithm=ALGORITHM, at=prenotice.now)
        row = conn.execute(select(sampled_case)).one()
        chances = conn.execute(
            select(assignment.c.level, assignment.c.numerator, assignment.c.denominator, assignment.c.position)
        ).all()
    assert case.levels == {"wording": "plain", "channel": "sms"}
    assert case.fields == {"language": "de"}
    assert (row.inclusion_probability, row.block, row.stratum, len(row.token)) == (None, "b", "s", 22)
    assert set(map(tuple, chances)) == {("plain", "1", "3", 12), ("sms", "1", "2", 12)}
