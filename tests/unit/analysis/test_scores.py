"""Official scores from the ledger, against counts made by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from math import sqrt

import pytest

from surveylab.analysis.scores import official_scores
from surveylab.design.cases import Answer
from surveylab.design.experiment import Study
from surveylab.design.results import Scored, Scores
from surveylab.design.terms import Missing
from surveylab.errors import SurveylabError
from surveylab.store import cases, responses
from surveylab.store.ledger import Ledger
from surveylab.store.steps import Paradata, Sent

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
Rate = Callable[[int, int], None]
RATINGS = {0: 10, 1: 9, 2: 8, 3: 6, 4: 10, 5: 0, 6: 9, 7: 7}


def one(found: Scores, score: str, **within: str) -> Scored:
    """The score of everybody, or of one arm."""
    (only,) = (each for each in found.scores if each.score == score and each.within == within)
    return only


@pytest.fixture
def levels(ledger: Ledger, experiment: int) -> list[dict[str, str]]:
    """The levels of each case, in the order of its place."""
    with ledger.read() as conn:
        return [dict(case.levels) for case in cases.tokens(conn, experiment)]


def test_scores_are_those_of_the_answers(
    ledger: Ledger, study: Study, levels: list[dict[str, str]], rate: Rate
) -> None:
    """Four promoters, two detractors of eight: 25; each arm by its own cases; who did not start is not counted."""
    for place, rating in RATINGS.items():
        rate(place, rating)
    found = official_scores(ledger, study)
    assert not found.weighted
    overall = one(found, "net_promoter")
    assert (overall.n, overall.value, overall.missing) == (8, 25.0, {})
    assert overall.standard_error == pytest.approx(100 * sqrt((0.5 + 0.25 - 0.25**2) / 8))
    for arm in study.experiment.arms:
        mine = [rating for place, rating in RATINGS.items() if levels[place] == dict(arm.levels)]
        scored = one(found, "net_promoter", **dict(arm.levels))
        assert scored.n == len(mine)
        if mine:
            net = 100 * (sum(r >= 9 for r in mine) - sum(r <= 6 for r in mine)) / len(mine)
            assert scored.value == pytest.approx(net, abs=0.5)


def test_reasons_of_missing_answers_are_counted(
    ledger: Ledger, study: Study, experiment: int, *, levels: list[dict[str, str]], rate: Rate, send
) -> None:
    """What was not reached, not asked and left blank, by the first answer that lacks."""
    rate(0, 10)
    with ledger.write() as conn:
        blank, gone = (list(cases.tokens(conn, experiment))[place].id for place in (1, 2))
        for case in (blank, gone):
            responses.append_event(conn, case, NOW, "started", key=f"{case}:started")
        given = [Answer("recommend", "recommend", Missing.NO_ANSWER, 1)]
        send(conn, blank, Sent("recommendation", "v", given, Paradata(NOW), "i"), NOW)
        responses.append_event(conn, blank, NOW, "submitted", key=f"{blank}:submitted")
    found = official_scores(ledger, study)
    assert one(found, "net_promoter").missing == {"no_answer": 1, "not_reached": 1}
    asked = sum(each["length"] == "long" for each in levels[:3])
    assert one(found, "satisfaction").missing == {"not_asked": 3 - asked, "not_reached": asked}
    assert one(found, "satisfaction").value is None


def test_an_experiment_that_was_not_drawn_has_no_scores(ledger: Ledger, study: Study) -> None:
    """The message says what to do."""
    with pytest.raises(SurveylabError, match="run surveylab draw first"):
        official_scores(ledger, study)
