"""The console: counts by arm, for the machine that runs the survey."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from surveylab import spec
from surveylab.analysis.load import load_data
from surveylab.fieldwork import recruit
from surveylab.web import create_app

from .conftest import BEGIN

ROOT = Path(__file__).parents[2]
WORDING = """
format: 1
title: A trial
assignment: {scheme: hashed, factors: {f: {varies: items.a.text, levels: {x: "What?", y: "Which?"}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
"""
INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [a]}]
items: [{id: a, type: short_text, text: What?}]
"""


def table(page):
    """The rows of the first table of a page, as text."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows)
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_the_flow_is_counted_by_arm(browser, field, nps):
    """Each step counts the cases that it happened to, and every arm is there from the start."""
    (short,) = field.tokens(nps, length="short", wording="standard")
    (long,) = field.tokens(nps, length="long", wording="experience")
    page = browser.start(short)
    for answers in ({"recommend": "9"}, {"why": "x"}, {"tenure": "7"}):
        page = browser.answer(page, answers)
    browser.get(f"/r/{long}")
    assert table(browser.get("/console/nps_wording_length")) == [
        ["wording", "length", "sampled", "sent", "opened", "started", "submitted", "opted out"],
        ["standard", "long", "1", *["0 0.0%"] * 5],
        ["standard", "short", "1", "0 0.0%", "1 100.0%", "1 100.0%", "1 100.0%", "0 0.0%"],
        ["experience", "long", "1", "0 0.0%", "1 100.0%", "0 0.0%", "0 0.0%", "0 0.0%"],
        ["experience", "short", "1", *["0 0.0%"] * 5],
        ["All arms", "4", "0 0.0%", "2 50.0%", "1 25.0%", "1 25.0%", "0 0.0%"],
    ]


def test_all_experiments_are_listed(browser, nps):
    """With a link to each."""
    page = browser.get("/console")
    assert 'href="/console/nps_wording_length"' in page.text
    assert table(page)[-1] == ["All arms", "4", "0", "0", "0", "0", "0"]


def test_every_version_is_shown(browser, field, nps):
    """Cases stay in the version in which they were drawn, so that is where they are counted."""
    browser.get(f"/r/{field.tokens(nps)[0]}")
    documents = dict(spec.read(field.nps).documents)
    main = "nps_wording_length.yaml"
    documents[main] = documents[main].replace("How likely are you", "How probable is it for you")
    field.run(spec.read_documents(documents, main), drawn=False)
    page = browser.get("/console/nps_wording_length")
    assert page.text.index("Version 2, running") < page.text.index("Version 1<")
    totals = [row for row in table(page) if row and row[0] == "All arms"]
    assert totals == [["All arms", *["0"] * 6], ["All arms", "4", "0 0.0%", "1 25.0%", *["0 0.0%"] * 3]]


def test_who_came_through_an_open_link_was_not_sampled(browser, field):
    """They arrived."""
    recruit.draw(
        field.ledger, spec.read_documents({"trial.yaml": WORDING, "questions.yaml": INSTRUMENT}, "trial.yaml"), BEGIN
    )
    browser.answer(browser.get("/o/trial"))
    page = browser.get("/console/trial")
    assert "opened 2026-03-02 09:00 UTC" in page.text
    rows = table(page)
    assert rows[0] == ["f", "arrived", "sent", "opened", "started", "submitted", "opted out"]
    assert rows[-1] == ["All arms", "1", "0 0.0%", "1 100.0%", "1 100.0%", "0 0.0%", "0 0.0%"]


def test_data_that_were_fielded_elsewhere_have_no_flow(browser, ledger):
    """Their cases are counted, and nothing is said to be zero."""
    study = spec.read(ROOT / "experiments" / "gss_spending_2024.yaml")
    loaded = load_data(ledger, study, ROOT / "experiments" / "gss_spending_2024.csv")
    text = browser.get("/console/gss_spending_2024").text
    assert f"{loaded.cases:,} cases that were fielded elsewhere" in text
    assert "<table" not in text


def test_an_empty_ledger_says_how_to_begin(browser):
    """Not an empty page."""
    assert "surveylab draw" in browser.get("/console").text


@pytest.mark.parametrize("slug", ["nobody", "%00"])
def test_an_experiment_that_is_not_there_is_not_found(browser, slug):
    """404."""
    assert browser.get(f"/console/{slug}").status_code == 404


@pytest.mark.parametrize(
    "how",
    [
        {"environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}},
        {"environ_overrides": {"REMOTE_ADDR": ""}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=192.0.2.7"}},
        {"headers": {"Host": "survey.example.org"}},
    ],
)
@pytest.mark.parametrize("path", ["/console", "/console/nps_wording_length", "/console/nobody"])
def test_the_console_is_closed_to_others(app, nps, how, path):
    """From elsewhere, through a proxy on this machine, or under another name: 403."""
    response = app.test_client().get(path, **how)
    assert response.status_code == 403
    assert "standard" not in response.text


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "localhost"])
def test_the_console_is_open_to_this_machine(app, nps, host):
    """Under each of its names."""
    assert app.test_client().get("/console", headers={"Host": host}).status_code == 200


def test_the_console_can_be_opened(settings, ledger, nps):
    """SURVEYLAB_CONSOLE=open is for servers with something in front."""
    app = create_app(replace(settings, console_open=True), ledger=ledger)
    assert app.test_client().get("/console", environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_nothing_of_the_console_changes_anything(browser, field, nps):
    """It has no form, and takes no POST."""
    assert "<form" not in browser.get("/console").text
    assert browser.client.post("/console").status_code == 405


def test_the_preview_shows_every_arm_and_what_differs(browser, nps):
    """Each way in which a page is shown stands once, framed without scripts or forms that could be sent."""
    page = browser.get("/console/nps_wording_length/preview")
    assert page.status_code == 200
    assert page.text.count("<iframe") == page.text.count('sandbox="allow-same-origin"') == 8
    assert "<ins>Thinking of your last experience with us, how </ins>" in page.text
    assert page.text.count("Not shown.") == 2
    assert browser.get("/console/nps_wording_length/preview?language=xx").status_code == 404
    assert browser.get("/console/nothing/preview").status_code == 404


def test_a_preview_records_nothing(browser, field, nps):
    """No event, no exposure, no draw (respondents.md 2 d)."""
    before = [field.rows(table) for table in ("event", "exposure", "presentation", "answer")]
    browser.get("/console/nps_wording_length/preview")
    assert [field.rows(table) for table in ("event", "exposure", "presentation", "answer")] == before
