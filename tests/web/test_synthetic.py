"""Synthetic respondents against a real server: what they did is what the ledger and the analysis say."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from surveylab import simulate, spec
from surveylab.analysis.analyse import ready_data
from surveylab.analysis.report import flow
from surveylab.design.experiment import Study
from surveylab.errors import SurveylabError
from surveylab.fieldwork import progress, recruit
from surveylab.fieldwork.studies import Studies
from surveylab.fieldwork.synthetic import Walker, answer_all, hidden, names
from surveylab.settings import Settings
from surveylab.store import datasets, experiments, histories, snapshots
from surveylab.store.ledger import Ledger
from surveylab.web import clocks, create_app

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = 80


@pytest.fixture
def study() -> Study:
    """The shipped experiment on a small frame."""
    shipped = spec.read(ROOT / "experiments" / "nps_wording_length.yaml")
    name = "nps_wording_length.yaml"
    documents = {**shipped.documents, name: shipped.documents[name].replace("n: 2000", f"n: {PEOPLE}")}
    return spec.read_documents(documents, name)


@pytest.fixture
def address(ledger: Ledger, ledger_url: str, tmp_path: Path) -> Iterator[str]:
    """A server on this machine that reads the respondents' own time."""
    settings = Settings(tmp_path, ledger_url, "secret", "http://127.0.0.1")
    server = make_server("127.0.0.1", 0, create_app(settings, ledger=ledger, clock=clocks.from_header), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_everybody_ends_as_their_behaviour_says(ledger: Ledger, study: Study, address: str) -> None:
    """Ends, events, answers and measures of 80 people agree with what each of them set out to do."""
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "x", simulate.frame(PEOPLE, "s"), NOW)
    recruit.draw(ledger, study, NOW)
    people = recruit.invited(ledger, study.experiment.slug)
    ends = answer_all(Walker(study, address, NOW), people, workers=4)
    plans = {arm: study.plan(arm).instrument for arm in study.experiment.arms}
    expected: Counter[str] = Counter()
    for person in people:
        arm = study.experiment.arm_of(person.levels)
        instrument = plans[arm]
        assert instrument is not None
        how = simulate.behaviour(study, arm, instrument, person.unit)
        expected["silent" if not how.starts else "broke_off" if how.leaves_at else "finished"] += 1
    assert ends == expected
    rows = flow(ledger, study)
    assert sum(row["sampled"] for row in rows) == PEOPLE
    assert sum(row["started"] for row in rows) == PEOPLE - ends["silent"]
    assert sum(row["submitted"] for row in rows) == ends["finished"]
    ready = ready_data(ledger, study)
    with ledger.read() as conn:
        response = datasets.cells(conn, ready.experiment, "response")
        seconds = datasets.cells(conn, ready.experiment, "completion_time", logged=True)
    assert response["n"].sum() == PEOPLE
    assert response["total"].sum() == ends["finished"]
    assert seconds["n"].sum() == ends["finished"]


def test_time_of_synthetic_respondents_is_their_own(ledger: Ledger, study: Study, address: str) -> None:
    """Page times in the ledger are those of the behaviour, not those of the machine."""
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "x", simulate.frame(PEOPLE, "s"), NOW)
    recruit.draw(ledger, study, NOW)
    people = recruit.invited(ledger, study.experiment.slug)
    walker = Walker(study, address, NOW)
    person = next(each for each in people if walker.walk(each) == "finished")
    arm = study.experiment.arm_of(person.levels)
    instrument = study.plan(arm).instrument
    assert instrument is not None
    how = simulate.behaviour(study, arm, instrument, person.unit)
    with ledger.read() as conn:
        row = experiments.experiment(conn, study.experiment.slug)
        assert row is not None
        cases = [case for chunk in histories.case_records(conn, row.id) for case in chunk]
    (mine,) = (case for case in cases if case.unit == person.unit)
    assert mine.page_seconds
    for page, seconds in mine.page_seconds.items():
        assert seconds == pytest.approx(how.seconds[page], abs=0.01)


def test_who_is_sent_away_is_told_apart(ledger: Ledger, study: Study, address: str) -> None:
    """Of many who come at once, each at a time of its own, as many finish as there are places confirmed.

    Who is screened out is counted by itself, and takes no place.
    """
    name, asks = "nps_wording_length.yaml", "relationship_nps.yaml"
    quota = "quotas: {detractors: {most: 6, if: recommend <= 8}}\n"
    page = "- {id: recommendation, items: [recommend]"
    screening = study.documents[asks].replace(page, f"{page}, screen_out_if: recommend <= 5")
    study = spec.read_documents({**study.documents, name: study.documents[name] + quota, asks: screening}, name)
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "x", simulate.frame(PEOPLE, "s"), NOW)
    recruit.draw(ledger, study, NOW)
    ends = answer_all(Walker(study, address, NOW), recruit.invited(ledger, study.experiment.slug), workers=4)
    (flow,) = progress.versions(ledger, Studies(ledger), study.experiment.slug, NOW)
    assert flow.quotas[0].confirmed <= 6
    assert flow.quotas[0].turned_away == ends["quota_full"] > 0
    assert flow.total["submitted"] == ends["finished"] > flow.quotas[0].confirmed
    assert flow.total["screened out"] == ends["screened_out"] > 0


def test_a_wrong_token_is_an_error(study: Study, address: str) -> None:
    """A walker that meets no page says so."""
    walker = Walker(study, address, NOW)
    with pytest.raises(SurveylabError, match="answered 404"):
        walker._get("/r/nobody", NOW)


def test_controls_are_read_as_a_browser_reads_them() -> None:
    """Hidden fields are sent back, every other control is known by its name."""
    page = '<form><input type="hidden" name="csrf" value="a&amp;b"><select name="s"></select><textarea name="t">'
    assert names(page) == {"csrf", "s", "t"}
    assert hidden(page) == [("csrf", "a&b")]
