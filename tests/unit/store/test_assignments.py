"""The assignment as executed, for the audit and the search for leaks."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from sqlalchemy import text

from surveylab.store import assignments
from surveylab.store.cases import Arrival, insert_arrival
from surveylab.store.ledger import Ledger


def test_everything_that_the_seed_determines_comes_back(ledger: Ledger, prenotice) -> None:
    """Units in order, probabilities, strata, blocks, levels, exact chances, positions and the algorithm."""
    given = prenotice.sample(9)
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 9)
        prenotice.draw(conn, 5, "another")
        stored = assignments.assignments(conn, experiment)
    for name in ("unit", "probability", "stratum", "cluster", "block"):
        assert np.array_equal(getattr(stored, name), getattr(given, name)), name
    assert sorted(stored.factors) == ["channel", "wording"]
    wording = stored.factors["wording"]
    assert wording.level.tolist() == [prenotice.arms[arm].mapping["wording"] for arm in given.arm]
    assert wording.chance == tuple(Fraction(1 if level == "plain" else 2, 3) for level in wording.level)
    assert np.array_equal(wording.position, given.position)
    assert np.array_equal(wording.block, given.block)
    assert set(wording.algorithm) == {"blocked philox"}


def test_an_arrival_has_no_inclusion_probability(ledger: Ledger, prenotice) -> None:
    """It is not a number among the probabilities."""
    with ledger.write() as conn:
        experiment = prenotice.register(conn)
        insert_arrival(
            conn, experiment, Arrival("a", {}, prenotice.arms[0]), prenotice.arms, algorithm="x", at=prenotice.now
        )
        assert np.isnan(assignments.assignments(conn, experiment).probability).all()


def test_an_experiment_without_cases_has_empty_arrays(ledger: Ledger, prenotice) -> None:
    """No cases: no factors, arrays of length 0, no arms."""
    with ledger.write() as conn:
        experiment = prenotice.register(conn)
        stored = assignments.assignments(conn, experiment)
        assert assignments.arm_counts(conn, experiment) == ()
        assert assignments.strays(conn, experiment, []) == ()
    assert stored.unit.shape == (0,)
    assert stored.factors == {}


def test_arms_are_counted(ledger: Ledger, prenotice) -> None:
    """Cases per combination of levels; one that nobody has does not occur."""
    arm = np.array([0, 0, 0, 3, 3, 1])
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 6, arm=arm)
        counts = assignments.arm_counts(conn, experiment)
    assert counts == (
        ({"channel": "email", "wording": "plain"}, 3),
        ({"channel": "sms", "wording": "long"}, 2),
        ({"channel": "sms", "wording": "plain"}, 1),
    )


def test_a_case_in_an_arm_that_is_not_allowed_is_found(ledger: Ledger, prenotice) -> None:
    """The unit is named with its levels; the cases of allowed arms are not."""
    allowed = [arm.mapping for arm in prenotice.arms[:3]]
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 6)
        assert assignments.strays(conn, experiment, [arm.mapping for arm in prenotice.arms]) == ()
        found = assignments.strays(conn, experiment, allowed)
    assert [(each.unit, each.levels) for each in found] == [("u0003", {"wording": "long", "channel": "sms"})]


def test_a_case_that_lacks_a_factor_is_found(ledger: Ledger, prenotice) -> None:
    """Half an assignment is in no arm, whichever arms are allowed."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 4)
        conn.execute(
            text(
                "INSERT INTO sampled_case (experiment_id, unit, token, stratum, cluster, block, fields)"
                " VALUES (:experiment, 'late', 'token', '', '', '', '{}')"
            ),
            {"experiment": experiment},
        )
        found = assignments.strays(conn, experiment, [arm.mapping for arm in prenotice.arms])
    assert [(each.unit, each.levels) for each in found] == [("late", {})]
