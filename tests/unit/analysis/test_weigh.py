"""The weights of a drawn experiment, against what is computed by hand from its cases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from surveylab import simulate, spec
from surveylab.analysis.case_table import case_table, together
from surveylab.analysis.weigh import weigh
from surveylab.cli import commands
from surveylab.design.cases import Answer
from surveylab.design.experiment import Study
from surveylab.design.instrument import Instrument
from surveylab.design.results import Weights, as_json
from surveylab.errors import SurveylabError
from surveylab.fieldwork import recruit
from surveylab.store import cases, frames, responses, snapshots, suppressions
from surveylab.store.ledger import Connection, Ledger
from surveylab.store.steps import Paradata, Sent
from surveylab.weighting import Collapse
from tests.unit.analysis.conftest import NOW, SHIPPED

SLUG = "nps_wording_length"
Send = Callable[[Connection, int, Sent, datetime], None]
NONE = Collapse(fewest=1, largest=1e9)
"""Every class by itself."""


def answer(conn: Connection, case: int, rating: int, instrument: Instrument, send: Send) -> None:
    """Let a case give its rating, rate every driver with it where it is asked, answer the rest, and send it off."""
    words = {"recommend": rating, "why": "so", "tenure": 3, "improve": "much"}
    given = [Answer(item, item, value, 1) for item, value in words.items()]
    if any("drivers" in page.items for page in instrument.pages):
        rows = instrument.item("drivers").columns
        given += [Answer("drivers", column, str(1 + rating % 5), 1) for column in rows]
    responses.append_event(conn, case, NOW, "started", key=f"{case}:started")
    later = NOW + timedelta(seconds=9)
    send(conn, case, Sent("recommendation", f"{case}", given, Paradata(NOW), "x"), later)
    responses.append_event(conn, case, later, "submitted", key=f"{case}:submitted")


@pytest.fixture
def large() -> Study:
    """The shipped experiment with 240 cases."""
    documents = spec.read(SHIPPED).documents
    text = documents[SHIPPED.name].replace("n: 2000", "n: 240")
    return spec.read_documents({**documents, SHIPPED.name: text}, SHIPPED.name)


@pytest.fixture
def fielded(ledger: Ledger, large: Study, send: Send) -> Study:
    """Drawn from 500 people; two of three cases answered, in the north fewer."""
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "x", simulate.frame(500, "s"), NOW)
    recruit.draw(ledger, large, NOW)
    answer_all(ledger, large, send, north=0.5, others=0.75)
    return large


def answer_all(ledger: Ledger, study: Study, send: Send, *, north: float, others: float) -> None:
    """Let the cases of the north and the others answer with these probabilities."""
    rng = np.random.default_rng(1)
    with ledger.write() as conn:
        for case in list(cases.tokens(conn, 1)):
            if rng.uniform() < (north if case.fields["region"] == "north" else others):
                instrument = study.plan(study.experiment.arm_of(case.levels)).instrument
                assert instrument is not None
                answer(conn, case.id, int(rng.integers(0, 11)), instrument, send)


def test_the_weights_of_an_arm_by_hand(ledger: Ledger, fielded: Study) -> None:
    """Classes and margins are regions: a respondent's weight is the units of the region over its respondents."""
    found = weigh(ledger, SLUG, ["region"], collapse=NONE)
    with ledger.read() as conn:
        data = case_table(conn, fielded, 1).data
        _, fields = frames.units(conn, "customers", ["region", "age"])
    adult = np.array([age >= 18 for age in fields["age"].tolist()])
    regions = pd.Series(fields["region"][adult]).value_counts()
    assert found.population == regions.sum()
    assert [arm.n for arm in found.arms] == [60, 60, 60, 60]
    order = [dict(arm.levels) for arm in fielded.experiment.arms]
    assert [arm.arm for arm in found.arms] == order
    assert [each.arm for each in found.scores if each.score == "net_promoter"] == order
    for arm in found.arms:
        mine = data[data["arm"] == next(a.key for a in fielded.experiment.arms if dict(a.levels) == arm.arm)]
        said = mine[mine["responded"] == 1]
        counts = said.groupby("unit.region")["responded"].transform("size")
        weights = said["unit.region"].map(regions) / counts
        assert arm.respondents == len(said)
        assert arm.effective_n == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
        base = 1 / mine["inclusion_probability"]
        assert arm.response_rate == pytest.approx((base * mine["responded"]).sum() / base.sum())
        score = next(s for s in found.scores if s.score == "net_promoter" and s.arm == arm.arm)
        assert score.value == pytest.approx(np.average(said["score.net_promoter"], weights=weights))
        assert score.n == len(said)
        assert score.standard_error is not None
        assert arm.r is not None
        assert 0 < arm.r <= 1


def test_differences_are_of_the_first_arm(ledger: Ledger, fielded: Study) -> None:
    """Three differences of each score, each that of two means."""
    found = weigh(ledger, SLUG, ["region"])
    first = dict(fielded.experiment.arms[0].levels)
    mine = [each for each in found.differences if each.score == "net_promoter"]
    assert len(mine) == 3
    means = {tuple(each.arm.items()): each.value for each in found.scores if each.score == "net_promoter"}
    for each in mine:
        assert each.reference == first
        assert each.value == pytest.approx(means[tuple(each.arm.items())] - means[tuple(first.items())])


def test_it_is_told_the_same_each_time_and_as_json(ledger: Ledger, fielded: Study) -> None:
    """Replicates have the experiment's own seed; nothing is no number."""
    one, other = (weigh(ledger, SLUG, ["region"], replicates=30) for _ in range(2))
    assert isinstance(one, Weights)
    assert as_json(one) == as_json(other)
    assert "bootstrap, 30 replicates" in one.variance


def test_small_classes_merge_within_their_arm(ledger: Ledger, fielded: Study) -> None:
    """Fewer than 20 respondents in a region of an arm: every merge is told, and none leaves the arm."""
    found = weigh(ledger, SLUG, ["region"])
    assert found.merged
    for each in found.merged:
        assert each.name.split(",")[0] == each.into.split(",")[0]


def test_the_command_prints_it_for_people_and_for_scripts(
    ledger: Ledger, fielded: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of arms, one of scores and differences, how it was done; and the same as JSON."""
    monkeypatch.setenv("SURVEYLAB_DATABASE_URL", ledger.url.render_as_string(hide_password=False))
    told = CliRunner().invoke(commands, ["weights", f"experiments/{SLUG}.yaml", "--by", "region"])
    assert told.exit_code == 0, told.output
    for words in ("R (s.e.)", "experience, short - standard, long", "raked to the frame", "Merged: arm="):
        assert words in told.output
    printed = json.loads(CliRunner().invoke(commands, ["weights", SLUG, "--by", "region", "--json"]).output)
    assert printed == json.loads(json.dumps(as_json(weigh(ledger, SLUG, ["region"]))))
    free = json.loads(CliRunner().invoke(commands, ["weights", SLUG, "--json", "--uncalibrated"]).output)
    assert (free["calibrated"], free["by"]) == (False, ["region"])


def test_margins_are_those_of_the_frame_as_it_was_drawn_from(ledger: Ledger, fielded: Study) -> None:
    """A frame that was loaded since, and who is suppressed since, change nothing."""
    before = weigh(ledger, SLUG, ["region"])
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "y", simulate.frame(400, "t"), datetime(2027, 1, 1, tzinfo=UTC))
        suppressions.suppress(conn, [suppressions.Suppression("unit", "c000001", "asked", NOW)])
    assert as_json(weigh(ledger, SLUG, ["region"])) == as_json(before)


def test_where_the_sampling_is_varied_every_arm_stands_for_the_whole_frame(ledger: Ledger, send: Send) -> None:
    """By two schemes in parts of the frame: even uncalibrated, an arm's weights add up to all eligible units."""
    documents = spec.read(SHIPPED).documents
    text = documents[SHIPPED.name].replace("n: 2000", "n: 60")
    levels = "{all: {scheme: srs, n: 120}, half: {scheme: srs, n: 80}}"
    text = text.replace("  factors:\n", f"  factors:\n    scheme: {{varies: sampling, levels: {levels}}}\n")
    study = spec.read_documents({**documents, SHIPPED.name: text}, SHIPPED.name)
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "x", simulate.frame(500, "s"), NOW)
    recruit.draw(ledger, study, NOW)
    answer_all(ledger, study, send, north=1.0, others=1.0)
    found = weigh(ledger, SLUG, ["region"], calibrate=False)
    assert len(found.arms) == 8
    for arm in found.arms:
        assert arm.minimum == pytest.approx(arm.maximum)
        assert arm.maximum * (30 if arm.arm["scheme"] == "all" else 20) == pytest.approx(found.population)
        assert arm.refused == "Everybody answered; there is no response to model."


def test_what_cannot_be_weighed_is_told(ledger: Ledger, large: Study) -> None:
    """Not drawn, nobody answered, unknown fields, fields with too many values."""
    with pytest.raises(SurveylabError, match="run surveylab draw first"):
        weigh(ledger, SLUG)
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "x", simulate.frame(500, "s"), NOW)
    recruit.draw(ledger, large, NOW)
    with pytest.raises(SurveylabError, match=r"Nobody has answered in .*long"):
        weigh(ledger, SLUG, ["region"])
    with pytest.raises(SurveylabError, match=r"no field 'regoin'.*Did you mean 'region'"):
        weigh(ledger, SLUG, ["regoin"])
    with pytest.raises(SurveylabError, match=r"'age' has \d+ values"):
        weigh(ledger, SLUG, ["age"])


@pytest.mark.parametrize(
    ("psu", "cluster", "expected"),
    [
        ("aabb", "1122", "AABB"),
        ("aabb", "1234", "AABB"),
        ("abcd", "1122", "AABB"),
        ("aabb", "1221", "AAAA"),
        ("aab.", "....", "AAB."),
        ("....", "11.2", "AA.B"),
        ("aa..", "..aa", "AABB"),
        ("....", "....", "...."),
    ],
)
def test_cases_that_were_sampled_or_assigned_as_a_whole_are_one_cluster(psu: str, cluster: str, expected: str) -> None:
    """The coarser of the two where one lies within the other; all that hang together where neither does."""
    given = (np.array(["" if each == "." else each for each in labels]) for labels in (psu, cluster))
    found = together(*given)
    names = {label: "ABCD"[number] for number, label in enumerate(dict.fromkeys(filter(None, found)))}
    assert "".join(names.get(label, ".") for label in found) == expected
