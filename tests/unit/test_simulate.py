"""Synthetic respondents do what the assumptions say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, logit

from surveylab import simulate, spec
from surveylab.design.experiment import Study
from surveylab.design.terms import Scale

ROOT = Path(__file__).parents[2]
PEOPLE = 4000


@pytest.fixture(scope="module")
def study() -> Study:
    """The shipped experiment."""
    return spec.read(ROOT / "experiments" / "nps_wording_length.yaml")


def test_shares_shift_in_log_odds(study: Study) -> None:
    """The assumed response of an arm is its base moved by the shifts of its levels."""
    arm = study.experiment.arm_of({"wording": "experience", "length": "short"})
    assert simulate.assumed(study, "response", arm) == pytest.approx(expit(logit(0.45) + 0.30 + 0.05))
    assert simulate.assumed(study, "completion_time", arm) == pytest.approx(240 * np.exp(-0.8))


def test_people_respond_and_break_off_as_assumed(study: Study) -> None:
    """Over 4,000 people, finishers and break-offs among starters are within 4 standard errors of the assumption."""
    arm = study.experiment.arm_of({"wording": "standard", "length": "long"})
    instrument = study.plan(arm).instrument
    assert instrument is not None
    people = [simulate.behaviour(study, arm, instrument, f"u{number}") for number in range(PEOPLE)]
    finished = np.mean([each.leaves_at is None for each in people])
    starters = [each for each in people if each.starts]
    broken = np.mean([each.leaves_at is not None for each in starters])
    assert abs(finished - 0.45) < 4 * np.sqrt(0.45 * 0.55 / PEOPLE)
    assert abs(broken - 0.16) < 4 * np.sqrt(0.16 * 0.84 / len(starters))


def test_a_person_is_the_same_each_time(study: Study) -> None:
    """The behaviour of a unit depends on seed, unit and arm only."""
    arm = study.experiment.arms[0]
    instrument = study.plan(arm).instrument
    assert instrument is not None
    one, two = (simulate.behaviour(study, arm, instrument, "u7") for _ in range(2))
    assert (one.starts, one.leaves_at, one.seconds, one.leaning) == (
        two.starts,
        two.leaves_at,
        two.seconds,
        two.leaning,
    )
    item = instrument.item("recommend")
    assert simulate.answer(item, one) == simulate.answer(item, two)


def test_ratings_have_the_score_that_truth_tells(study: Study) -> None:
    """The NPS of many simulated ratings is the one that is computed from the assumptions."""
    arm = study.experiment.arm_of({"wording": "experience", "length": "long"})
    instrument = study.plan(arm).instrument
    assert instrument is not None
    item = instrument.item("recommend")
    scores = []
    for number in range(PEOPLE):
        entered = simulate.answer(item, simulate.behaviour(study, arm, instrument, f"u{number}"))
        scores += [100 * ((int(value) >= 9) - (int(value) <= 6)) for values in entered.values() for value in values]
    expected = simulate.expected(study, study.experiment.inquiry("wording_on_nps"), "experience")
    assert abs(np.mean(scores) - expected) < 4 * np.std(scores) / np.sqrt(len(scores))


def test_truth_is_told_on_the_scale_of_the_inquiry(study: Study) -> None:
    """Differences for shares, a ratio for times, zero where nothing is assumed to differ."""
    inquiries = {each.name: simulate.truth(study, each) for each in study.experiment.inquiries}
    assert inquiries["length_on_time"] == pytest.approx(np.exp(-0.8))
    low, high = expit(logit(0.45) + np.array([0, 0.05])), expit(logit(0.45) + 0.3 + np.array([0, 0.05]))
    assert inquiries["length_on_response"] == pytest.approx(np.mean(high) - np.mean(low))
    assert inquiries["length_on_nps"] == pytest.approx(0)


def test_truth_is_the_estimand_of_the_analysis(study: Study) -> None:
    """Times are averaged as logs; break-off is what response leaves room for; straightlining is not known."""
    given = study.experiment
    by_name = {each.name: each for each in given.inquiries}
    time = replace(by_name["length_on_time"], scale=Scale.DIFFERENCE)
    assumptions = {
        **given.assumptions,
        "completion_time": {"base": 200.0, "length.short": -1.0, "wording.experience": 2.0},
    }
    timed = replace(study, experiment=replace(given, assumptions=assumptions))
    assert simulate.truth(timed, time) == pytest.approx(200 * np.exp(1) * (np.exp(-1) - 1))
    assert simulate.truth(study, replace(time, outcome="straightlining")) is None
    assumptions = {"response": {"base": 0.9}, "break_off": {"base": 0.2, "length.short": -1.0}}
    eager = replace(study, experiment=replace(given, assumptions=assumptions))
    assert simulate.expected(eager, by_name["length_on_break_off"], "long") == pytest.approx(0.1)
    assert simulate.expected(eager, by_name["length_on_break_off"], "short") == pytest.approx(expit(logit(0.2) - 1))


def test_nothing_is_assumed_of_a_rating_that_is_no_scale(study: Study) -> None:
    """A single choice of numbers has a score, and the assumptions say nothing of it."""
    (battery,) = (each for each in study.instruments["relationship_nps"].items if each.type == "grid")
    inquiry = replace(study.experiment.inquiry("wording_on_nps"), outcome="score", item=battery.id)
    assert simulate.truth(study, inquiry) is None


def test_a_synthetic_frame_is_repeatable() -> None:
    """The same size and seed give the same units with unique, sorted ids."""
    units = list(simulate.frame(500, "a"))
    assert units == list(simulate.frame(500, "a"))
    assert units != list(simulate.frame(500, "b"))
    ids = [unit for unit, _, _ in units]
    assert ids == sorted(set(ids))
