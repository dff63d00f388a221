"""Dispositions and outcome rates of a drawn experiment, by arm, stratum and day."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from click.testing import CliRunner

from surveylab import spec
from surveylab.cli import commands
from surveylab.design.cases import Answer
from surveylab.design.results import as_json
from surveylab.errors import SpecError
from surveylab.fieldwork import recruit
from surveylab.fieldwork.response_rates import GroupRates, Outcomes, outcomes
from surveylab.store import cases, experiments, responses, snapshots
from surveylab.store.ledger import Connection, Ledger
from surveylab.store.steps import Paradata, Sent

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EXPERIMENT = """
format: 1
title: A trial
frame: {source: people}
sampling: {scheme: stratified, strata: [region], allocation: equal, n: 40}
assignment: {scheme: complete, factors: {wording: {varies: items.a.text, levels: {plain: "What?", long: "Which?"}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {wording: [plain, long]}}}
contact: {closes: P10D}
"""
INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [a, b]}]
items:
  - {id: a, type: short_text, text: What?}
  - {id: b, type: short_text, text: Why?}
"""
NAME = "trial.yaml"
KINDS = [
    *("sent", "opened", "started", "submitted", "opted_out", "declined", "dismissed", "bounced", "out_of_office"),
    *("screened_out", "quota_full", "duplicate", "wrong_person", "deceased", "no_language", "other_address", "fraud"),
]
Sender = Callable[[Connection, int, Sent, datetime], None]


class Fielded:
    """An experiment that was drawn from a frame of 20 people in the north and 60 in the south: 20 cases of each."""

    def __init__(self, ledger: Ledger, send: Sender, text: str = EXPERIMENT) -> None:
        self.ledger, self._send = ledger, send
        self.study = spec.read_documents({NAME: text, "questions.yaml": INSTRUMENT}, NAME)
        people = [(f"p{number:02d}", {"region": "north" if number < 20 else "south"}, None) for number in range(80)]
        with ledger.write() as conn:
            snapshots.replace_frame(conn, "people", "x", people, NOW)
        recruit.draw(ledger, self.study, NOW)
        with ledger.read() as conn:
            stored = experiments.experiment(conn, "trial")
            assert stored is not None
            self.stored = stored
            drawn = list(cases.tokens(conn, stored.id))
        self.all = [case.id for case in drawn]
        self.north, self.south = (
            [case.id for case in drawn if case.fields["region"] == region] for region in ("north", "south")
        )

    def happened(self, some: Sequence[int], *kinds: str, day: float = 0, detail: str = "") -> None:
        """Write events of cases."""
        with self.ledger.write() as conn:
            for case in some:
                for kind in kinds:
                    at = NOW + timedelta(days=day)
                    responses.append_event(conn, case, at, kind, detail, key=f"{case}:{kind}:{day}")

    def answered(self, some: Sequence[int], *columns: str, day: float = 0) -> None:
        """Let cases start and answer; submit, where they answer everything."""
        self.happened(some, "opened", "started", day=day)
        at = NOW + timedelta(days=day)
        with self.ledger.write() as conn:
            for case in some:
                given = [Answer(name, name, "x", place) for place, name in enumerate(columns, 1)]
                self._send(conn, case, Sent("one", f"v{case}", given, Paradata(at), "i"), at)
        if len(columns) == 2:
            self.happened(some, "submitted", day=day)

    def outcomes(self) -> Outcomes:
        """What became of the cases."""
        with self.ledger.read() as conn:
            return outcomes(conn, self.study, self.stored)


@pytest.fixture
def fielded(ledger: Ledger, send: Sender) -> Fielded:
    """The experiment as it stands above."""
    return Fielded(ledger, send)


def scenario(field: Fielded) -> None:
    """North: 10 complete, 2 refuse, 8 silent. South: 4 complete, 1 half, 1 ineligible, 2 not found, 12 silent."""
    north, south = field.north, field.south
    field.happened(field.all, "sent", detail="email")
    field.answered(north[:6], "a", "b", day=1)
    field.answered(north[6:10], "a", "b", day=3.5)
    field.happened(north[10:12], "opted_out", day=2)
    field.answered(south[:4], "a", "b", day=2)
    field.answered(south[4:5], "a", day=2)
    field.happened(south[5:6], "screened_out", day=1)
    field.happened(south[6:8], "bounced", day=0.1, detail="email")


def groups(found: Outcomes, by: str) -> list[GroupRates]:
    """The groups of one kind."""
    return [each for each in found.groups if each.by == by]


def test_codes_sum_to_the_sample_and_rates_are_those_of_the_codes(fielded: Fielded) -> None:
    """By hand: 14 complete, 1 partial, 2 refusals, 1 ineligible, 22 unknown."""
    scenario(fielded)
    found = fielded.outcomes()
    told = {each.code: (each.letter, each.cases) for each in found.dispositions}
    assert told == {
        "1.1": ("I", 14),
        "1.2": ("P", 1),
        "2.11": ("R", 2),
        "3.19": ("UH", 20),
        "3.30": ("UO", 2),
        "4.70": ("NE", 1),
    }
    for arm in fielded.study.experiment.arms:
        assert sum(each.arms[arm.key] for each in found.dispositions) == 20
    (whole,) = groups(found, "all")
    assert whole.rates is not None
    assert (whole.rates.rr1, whole.rates.rr2, whole.rates.ref1) == (14 / 39, 15 / 39, 2 / 39)
    assert whole.rates.e.value == 17 / 18
    assert whole.rates.rr3 == pytest.approx(14 / (17 + 17 / 18 * 22))
    assert whole.propagated is not None
    assert whole.propagated.e.mean == pytest.approx(18 / 20, abs=0.01)
    for each in groups(found, "arm"):
        assert each.rates is not None
        assert each.rates.e == whole.rates.e
    json.dumps(as_json(found), allow_nan=False)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_codes_sum_to_the_sample_whatever_happens(fielded: Fielded, seed: int) -> None:
    """In every arm, over the strata, and at the end of every day."""
    chance = Random(seed)
    for case in fielded.all:
        for kind in chance.sample(KINDS, chance.randrange(6)):
            fielded.happened([case], kind, day=chance.uniform(0, 14), detail=chance.choice(["", "email", "sms"]))
    found = fielded.outcomes()
    assert len(found.dispositions) > 8
    for arm in fielded.study.experiment.arms:
        assert sum(each.arms[arm.key] for each in found.dispositions) == 20
    assert sum(each.cases for each in found.dispositions) == 40
    assert [each.cases for each in groups(found, "stratum")] == [20, 20]
    (whole,) = groups(found, "all")
    assert found.days[-1].sums == whole.sums
    for day in found.days:
        assert sum(asdict(day.sums).values()) == 40


def test_base_weights_and_strata(fielded: Fielded) -> None:
    """Everybody of the north was taken, and a third of the south: 10 + 3 x 4 of 20 + 3 x 19."""
    scenario(fielded)
    found = fielded.outcomes()
    (whole,) = groups(found, "all")
    assert whole.weighted is not None
    assert whole.weighted.rr1 == pytest.approx((10 + 3 * 4) / (20 + 3 * 19))
    weighted = {each.code: each.weighted for each in found.dispositions}
    assert weighted["1.1"] == pytest.approx(22)
    assert sum(value for value in weighted.values() if value is not None) == pytest.approx(80)
    strata = {each.within["stratum"]: each.rates for each in groups(found, "stratum")}
    assert {name: rates and rates.rr1 for name, rates in strata.items()} == {
        "region=north": 10 / 20,
        "region=south": 4 / 19,
    }


def test_by_day_what_had_happened_by_its_end(fielded: Fielded) -> None:
    """Cumulative; at the last day as it stands."""
    scenario(fielded)
    found = fielded.outcomes()
    assert [each.sums.i for each in found.days] == [0, 6, 10, 14]
    assert [each.sums.uo for each in found.days] == [2, 2, 2, 2]
    assert [each.sums.ne for each in found.days] == [0, 1, 1, 1]
    assert [each.cases for each in found.days] == [40] * 4
    (whole,) = groups(found, "all")
    assert (found.days[-1].sums, found.days[-1].rates) == (whole.sums, whole.rates)
    assert whole.weighted is not None
    assert found.days[-1].weighted is not None
    assert found.days[-1].weighted.rr3 == pytest.approx(whole.weighted.rr3)


def test_by_day_who_opts_out_before_a_contact_stays_so(fielded: Fielded) -> None:
    """A message that was on its way does not make a refusal silent; days without anything stand as the one before."""
    fielded.happened(fielded.all[:5], "opted_out", day=1)
    fielded.happened(fielded.all, "sent", day=3)
    days = fielded.outcomes().days
    assert [each.sums.r for each in days] == [0, 5, 5, 5]
    assert [each.sums.uh for each in days] == [40, 35, 35, 35]


def test_what_comes_behind_the_close_is_late(fielded: Fielded) -> None:
    """The close is the experiment's, ten days behind the draw."""
    fielded.happened(fielded.all, "sent", detail="email")
    fielded.answered(fielded.all[:3], "a", "b", day=11)
    assert {each.code: each.cases for each in fielded.outcomes().dispositions} == {"2.27": 3, "3.19": 37}


def test_a_frame_that_proves_eligibility(ledger: Ledger, send: Sender) -> None:
    """Who is silent is a non-contact, e is 1, and nothing is left to be propagated."""
    field = Fielded(ledger, send, EXPERIMENT.replace("source: people", "source: people, eligibility: known"))
    scenario(field)
    found = field.outcomes()
    assert found.eligibility == "known"
    assert {each.code: each.cases for each in found.dispositions}["2.20"] == 20
    (whole,) = groups(found, "all")
    assert whole.rates is not None
    assert whole.rates.e.method == "frame"
    assert whole.rates.rr3 == whole.rates.rr1
    assert whole.propagated is None


def test_eligibility_is_known_or_unknown() -> None:
    """Another word is a fault of the file."""
    text = EXPERIMENT.replace("source: people", "source: people, eligibility: maybe")
    with pytest.raises(SpecError, match="maybe"):
        spec.read_documents({NAME: text, "questions.yaml": INSTRUMENT}, NAME)


def test_where_nobody_was_sampled_there_are_counts_and_no_rates(ledger: Ledger, send: Sender) -> None:
    """A quota sample: participation, not response."""
    quota = "{scheme: quota, strata: [region], n: {region=north: 20, region=south: 20}}"
    field = Fielded(
        ledger, send, EXPERIMENT.replace("{scheme: stratified, strata: [region], allocation: equal, n: 40}", quota)
    )
    scenario(field)
    found = field.outcomes()
    assert not found.sampled
    assert all((each.rates, each.weighted, each.propagated) == (None, None, None) for each in found.groups)
    assert all((each.rates, each.weighted) == (None, None) for each in found.days)
    assert groups(found, "all")[0].sums.i == 14


def test_the_command_tells_them(fielded: Fielded, ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a person and as JSON."""
    scenario(fielded)
    monkeypatch.setenv("SURVEYLAB_DATABASE_URL", ledger_url)
    said = CliRunner().invoke(commands, ["monitor", "trial"]).stdout
    for words in ("invitation returned undelivered", "RR1", "35.9%", "all, weighted", "region=north"):
        assert words in said
    told = json.loads(CliRunner().invoke(commands, ["monitor", "trial", "--json"]).stdout)["outcomes"]
    assert told["groups"][0]["rates"]["rr1"] == 14 / 39
    assert told["dispositions"][0]["label"] == "complete"
