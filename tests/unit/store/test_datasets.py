"""Cells are what a careful person would add up by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from surveylab.errors import SurveylabError
from surveylab.store import datasets, histories
from surveylab.store.cases import tokens
from surveylab.store.ledger import Ledger
from surveylab.store.responses import append_event

N = 400
KEYS = ["channel", "wording", "stratum", "block", "cluster"]


def _measured(conn, prenotice, seed: int = 7) -> tuple[int, pd.DataFrame]:
    """An experiment with a random measure for most of its cases, and the same as a table of cases."""
    rng = np.random.default_rng(seed)
    arm = rng.integers(0, 4, N)
    age = rng.integers(18, 21, N)
    experiment = prenotice.draw(conn, N, arm=arm, age=age, member=age > 19)
    prenotice.draw(conn, 10, "another")
    cases = pd.DataFrame(
        [
            {"case": each.id, **each.levels, "stratum": f"region={each.fields['region']}", **each.fields}
            for each in tokens(conn, experiment)
        ]
    )
    cases["block"], cases["cluster"] = cases["stratum"], ""
    cases["value"] = np.where(rng.random(N) < 0.8, rng.lognormal(3, 1, N), np.nan)
    rows = [
        (case, "time", None if np.isnan(y) else y, 1) for case, y in zip(cases["case"], cases["value"], strict=True)
    ]
    histories.put_measures(conn, rows, {})
    histories.put_measures(conn, [(case, "other", 1.0, 1) for case in cases["case"]], {})
    return experiment, cases


def _by_hand(cases: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    kept = cases.assign(y=values, squared=values**2).dropna(subset="y")
    sums = kept.groupby(KEYS)[["y", "squared"]].agg(["count", "sum"])
    table = pd.DataFrame(
        {
            "cases": sums[("y", "count")],
            "n": sums[("y", "count")].astype(float),
            "total": sums[("y", "sum")],
            "squares": sums[("squared", "sum")],
        }
    )
    return table.reset_index()


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(KEYS).reset_index(drop=True)


@pytest.mark.parametrize("logged", [False, True])
def test_cells_equal_a_groupby_of_the_cases(ledger: Ledger, prenotice, logged: bool) -> None:
    """Counts are exact, sums agree to rounding, cases without a value are in no cell."""
    with ledger.write() as conn:
        experiment, cases = _measured(conn, prenotice)
        datasets.refresh_cells(conn, experiment, "time", logged=logged)
        found = datasets.cells(conn, experiment, "time", logged=logged)
    expected = _by_hand(cases, np.log(cases["value"]) if logged else cases["value"])
    pd.testing.assert_frame_equal(_sorted(found), _sorted(expected), rtol=1e-12, check_like=True)
    assert list(found.columns) == ["channel", "wording", *datasets.PLACE, *datasets.STATISTICS]


def test_strata_can_be_any_fields_of_the_frame(ledger: Ledger, prenotice) -> None:
    """Two fields cross, a truth value and a number keep their names; labels are those of the sample's strata."""
    with ledger.write() as conn:
        experiment, cases = _measured(conn, prenotice)
        datasets.refresh_cells(conn, experiment, "time", fields=["member", "age"])
        found = datasets.cells(conn, experiment, "time")
        datasets.refresh_cells(conn, experiment, "time", fields=["region"])
        by_region = datasets.cells(conn, experiment, "time")
    cases["stratum"] = [f"member={str(m).lower()},age={a}" for m, a in zip(cases["member"], cases["age"], strict=True)]
    pd.testing.assert_frame_equal(_sorted(found), _sorted(_by_hand(cases, cases["value"])), rtol=1e-12, check_like=True)
    assert set(by_region["stratum"]) == {"region=north", "region=south"}


def test_a_refresh_follows_the_measures(ledger: Ledger, prenotice) -> None:
    """Changed values, and values that were taken out, show in the cells; the other scale stays as it was."""
    with ledger.write() as conn:
        experiment, cases = _measured(conn, prenotice)
        for logged in (False, True):
            datasets.refresh_cells(conn, experiment, "time", logged=logged)
        before = datasets.cells(conn, experiment, "time", logged=True)
        first = int(cases["case"][0])
        histories.put_measures(conn, [(int(case), "time", None, 1) for case in cases["case"][1:]], {})
        histories.put_measures(conn, [(first, "time", 5.0, 1)], {})
        datasets.refresh_cells(conn, experiment, "time")
        after = datasets.cells(conn, experiment, "time")
        assert datasets.cells(conn, experiment, "time", logged=True).equals(before)
    assert after[[*datasets.STATISTICS]].to_numpy().tolist() == [[1, 1, 5, 25]]


def test_a_value_without_a_logarithm_is_refused(ledger: Ledger, prenotice) -> None:
    """Zero seconds have no logarithm: the message counts the cases, and no cell is left half made."""
    with ledger.write() as conn:
        experiment, cases = _measured(conn, prenotice)
        histories.put_measures(conn, [(int(case), "time", 0.0, 1) for case in cases["case"][:3]], {})
        with pytest.raises(SurveylabError, match="3 cases have a time of zero or less"):
            datasets.refresh_cells(conn, experiment, "time", logged=True)
        assert datasets.cells(conn, experiment, "time", logged=True).empty


def test_cells_from_elsewhere_come_back_as_they_were_put(ledger: Ledger, prenotice) -> None:
    """Effective numbers and sums to the last bit; putting again replaces; arms are counted."""
    table = pd.DataFrame(
        {
            "topic": ["health", "health", "space"],
            "wording": ["a", "b", "b"],
            "stratum": "",
            "block": "",
            "cluster": ["c1", "c2", "c2"],
            "cases": [1_635, 2**40, 3],
            "n": [1_601.3, 0.1 + 0.2, 3.0],
            "total": [546.0, 1e-300, -1.0],
            "squares": [546.0, 1e300, 1 / 3],
        }
    )
    with ledger.write() as conn:
        experiment = prenotice.register(conn)
        assert datasets.cells(conn, experiment, "share").empty
        datasets.put_cells(conn, experiment, "share", table[:1])
        datasets.put_cells(conn, experiment, "share", table)
        datasets.put_cells(conn, experiment, "second", table[:1].assign(cases=9))
        pd.testing.assert_frame_equal(datasets.cells(conn, experiment, "share"), table)
        assert datasets.cell_counts(conn, experiment) == (
            ({"topic": "health", "wording": "a"}, 1_635),
            ({"topic": "health", "wording": "b"}, 2**40),
            ({"topic": "space", "wording": "b"}, 3),
        )


def test_the_hash_of_the_data_follows_the_data_and_nothing_else(ledger: Ledger, prenotice) -> None:
    """Order does not matter, the last bit of a sum does; another experiment's cells do not."""
    with ledger.write() as conn:
        experiment, _ = _measured(conn, prenotice)
        other = prenotice.register(conn, "other")
        datasets.refresh_cells(conn, experiment, "time")
        table = datasets.cells(conn, experiment, "time")
        seen = datasets.data_hash(conn, experiment)
        datasets.put_cells(conn, experiment, "time", table[::-1])
        datasets.put_cells(conn, other, "time", table[:3])
        assert datasets.data_hash(conn, experiment) == seen
        assert datasets.data_hash(conn, other) != seen
        moved = table.assign(total=np.nextafter(table["total"], np.inf).where(table.index == 0, table["total"]))
        datasets.put_cells(conn, experiment, "time", moved)
        assert datasets.data_hash(conn, experiment) != seen
    assert len(seen) == 64


def test_cases_are_counted_whether_they_answered_or_not(ledger: Ledger, prenotice) -> None:
    """By arm and stratum of the sample, or by fields."""
    with ledger.write() as conn:
        experiment, cases = _measured(conn, prenotice)
        by_stratum = datasets.case_counts(conn, experiment)
        by_age = datasets.case_counts(conn, experiment, ["age"])
    expected = cases.groupby(["channel", "wording", "stratum"]).size().reset_index(name="cases")
    pd.testing.assert_frame_equal(by_stratum, expected)
    ages = by_age.groupby("stratum")["cases"].sum()
    assert ages.to_dict() == {f"age={age}": n for age, n in cases["age"].value_counts().items()}


def test_a_case_reaches_a_stage_once(ledger: Ledger, prenotice) -> None:
    """A case that opened three times is one case that opened."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 4)
        case = prenotice.case_ids(conn, experiment)[1]
        for _ in range(3):
            append_event(conn, case, prenotice.now, "opened")
        counts = histories.reached(conn, experiment)
    assert counts[frozenset({("channel", "sms"), ("wording", "plain")})] == {"selected": 1, "opened": 1}
    assert [arm["selected"] for arm in counts.values()] == [1, 1, 1, 1]


def test_shares_weigh_cases_by_their_inclusion_probability(ledger: Ledger, prenotice) -> None:
    """North was sampled at twice the rate of south, so a northern case stands for half as many."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 8, age=np.array([1, 1, 1, 1, 1, 1, 1, 2]))
        assert datasets.shares(conn, experiment) == {"stratum": {"region=north": 1 / 3, "region=south": 2 / 3}}
        assert datasets.shares(conn, experiment, ["age"])["stratum"]["age=2"] == pytest.approx(4 / 24)
        assert datasets.shares(conn, prenotice.register(conn, "empty")) == {}
