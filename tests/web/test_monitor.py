"""Monitor: a gate before anybody met a difference, an effect after it; leaks; balance; what may not be analysed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from surveylab.cli import commands
from surveylab.errors import SurveylabError
from surveylab.fieldwork import monitor as watch
from surveylab.store.responses import append_event

EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {wording: {varies: items.a.text, levels: {plain: "What?", long: "Which?"}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {wording: [plain, long]}}}
sampling: {scheme: srs, n: 1000}
frame: {source: people}
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
  - {id: b, type: short_text, text: "Hello {unit.first_name|you}, why?"}
"""


@pytest.fixture
def trial(field):
    """Fields the experiment with so many cases in each arm; the row, and the tokens of each arm."""

    def run(per_arm, **fields):
        row = field.written(EXPERIMENT, INSTRUMENT, per_arm=per_arm, **fields)
        return row, *(field.tokens(row, wording=level) for level in ("plain", "long"))

    return run


def happened(field, tokens, *kinds):
    """Write events of these cases."""
    with field.ledger.write() as conn:
        for token in tokens:
            for kind in kinds:
                append_event(conn, field.case(token).id, field.begin, kind, key=f"{token}:{kind}")


def verdicts(field):
    """Stage -> before or after the exposure, and what it says."""
    found = watch.monitor(field.ledger, "trial")
    return {each.stage: (each.exposure, each.verdict) for each in found.stages}, found


def test_a_loss_before_the_pages_is_a_gate_and_one_behind_them_an_effect(field, trial):
    """Wording is met on the pages: to start must not hang on it, to submit may."""
    _, plain, long = trial(60)
    happened(field, [*plain, *long], "sent")
    happened(field, plain[:50], "started", "submitted")
    happened(field, long[:48], "started")
    happened(field, long[:10], "submitted")
    told, found = verdicts(field)
    assert told == {
        "sampled": ("before", "fits"),
        "sent": ("before", "fits"),
        "delivered": ("before", "fits"),
        "started": ("before", "fits"),
        "submitted": ("after", "effect"),
    }
    assert found.refused == ()
    assert watch.held(field.ledger, "trial") == ()


def test_a_difference_in_who_starts_refuses_the_analysis(field, trial):
    """With who is missing and what to do."""
    _, plain, long = trial(60)
    happened(field, plain, "started")
    happened(field, long[:20], "started")
    told, found = verdicts(field)
    assert told["started"] == ("before", "gate")
    assert "started" in found.refused[0]
    assert "audit" in found.refused[0]


def test_who_bounced_was_not_delivered(field, trial):
    """Messages of one arm that came back: a gate, since all arms are sent the same."""
    _, plain, long = trial(30)
    happened(field, [*plain, *long], "sent")
    happened(field, long[:15], "bounced")
    told, found = verdicts(field)
    assert told["delivered"] == ("before", "gate")
    (delivered,) = (each for each in found.stages if each.stage == "delivered")
    assert sorted(delivered.observed.values()) == [15, 30]


def test_answers_to_the_text_of_the_assigned_arm_are_no_leak(browser, field, trial):
    """Served is assigned; an item that is filled in for each person is not looked at."""
    _, plain, long = trial(2)
    for token in (*plain, *long):
        browser.answer(browser.start(token), {"a": "x", "b": "y"})
    leaks = watch.monitor(field.ledger, "trial").leaks
    assert (leaks.exposures, leaks.other_arm, leaks.no_arm, leaks.two_arms) == (4, 0, 0, 0)


@pytest.mark.parametrize("how", ["other", "none"])
def test_another_text_is_a_leak(browser, field, trial, how):
    """Of the other arm, or of none: told, and beyond one in a hundred nothing is analysed; exit code 3."""
    _, plain, long = trial(1)
    for token in (*plain, *long):
        browser.answer(browser.start(token), {"a": "x", "b": "y"})
    hashes = {row.case_id: row.text_hash for row in field.rows("answer") if row.item == "a"}
    one, other = (field.case(token).id for token in (*plain, *long))
    with field.ledger.write() as conn:
        new = hashes[other] if how == "other" else "0" * 64
        conn.exec_driver_sql(f"UPDATE answer SET text_hash = '{new}' WHERE case_id = {one} AND item = 'a'")
    found = watch.monitor(field.ledger, "trial")
    assert (found.leaks.other_arm, found.leaks.no_arm) == ((1, 0) if how == "other" else (0, 1))
    assert found.leaks.share == 0.5
    assert "Leak" in found.refused[0]
    assert watch.held(field.ledger, "trial") == found.refused


def test_the_command_prints_what_it_refuses(field, trial, monkeypatch, ledger_url):
    """JSON on standard output, the reason behind it, 3 as the exit code; unknown names are the input's fault."""
    monkeypatch.setenv("SURVEYLAB_DATABASE_URL", ledger_url)
    _, plain, _ = trial(40)
    done = CliRunner().invoke(commands, ["monitor", "trial", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["stages"][0]["verdict"] == "fits"
    happened(field, plain, "started")
    done = CliRunner().invoke(commands, ["monitor", "trial.yaml", "--json"])
    assert done.exit_code == 3
    assert json.loads(done.stdout)["refused"]
    assert "MISMATCH" in CliRunner().invoke(commands, ["monitor", "trial"]).stdout
    assert CliRunner().invoke(commands, ["monitor", "nobody"]).exit_code == 1
    with pytest.raises(SurveylabError, match="not in the field"):
        watch.monitor(field.ledger, "nobody")


def test_who_arrives_by_an_open_link_takes_part_and_was_not_sampled(browser, field, clock):
    """Counts of participation by day since the first came, and no rates."""
    opened = EXPERIMENT.replace("sampling: {scheme: srs, n: 1000}\nframe: {source: people}\n", "")
    field.written(opened.replace("scheme: complete", "scheme: hashed"), INSTRUMENT, drawn=False)
    for _ in range(2):
        someone = type(browser)(browser.client.application.test_client())
        first = someone.follow(someone.post(someone.get("/o/trial")))
        someone.answer(first, {"a": "x", "b": "y"})
        clock.advance(days=2)
    found = watch.monitor(field.ledger, "trial").outcomes
    assert not found.sampled
    assert [(each.code, each.cases) for each in found.dispositions] == [("1.1", 2)]
    assert [each.sums.i for each in found.days] == [1, 1, 2]
    assert {each.rates for each in (*found.days, *found.groups)} == {None}
