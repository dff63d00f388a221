"""Studies that cannot be shown: a clear page, the cause in the log, and everything else goes on."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from surveylab import spec
from surveylab.errors import SpecError
from surveylab.store.tables import sampled_case
from surveylab.words import CATALOGUE


@pytest.fixture
def unreadable(field):
    """A case of an experiment whose documents say nothing to this version."""
    documents = {"nps_wording_length.yaml": "format: 1\ntitel: x\n"}
    row = field.run(replace(spec.read(field.nps), documents=documents, digest="older"))
    return field.tokens(row)[0]


@pytest.fixture
def unasked(field):
    """A case of an experiment that has no instrument, as data that were fielded elsewhere have none."""
    row = field.run(spec.read(field.nps.with_name("gss_spending_2024.yaml")))
    return field.tokens(row)[0]


@pytest.fixture
def stray(field, nps):
    """A case that has no levels, as no draw makes it."""
    with field.ledger.write() as conn:
        row = {"unit": "stray", "token": "stray", "stratum": "", "cluster": "", "block": "", "fields": {}}
        conn.execute(sampled_case.insert().values(experiment_id=nps, **row))
    return "stray"


@pytest.fixture(params=["unreadable", "unasked", "stray"])
def token(request):
    """A case that nothing can be shown to."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("path", ["", "/recommendation", "/thanks", "/stop"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_survey_that_cannot_be_shown_says_so(browser, caplog, token, path, method):
    """503 in words, never a 500; the cause is in the log and not on the page."""
    response = browser.client.open(f"/r/{token}{path}", method=method)
    assert response.status_code == 503
    assert browser.heading(response) == "This survey cannot be opened now"
    assert "A survey cannot be shown" in caplog.text
    assert "yaml" not in response.text


def test_an_unreadable_version_does_not_hide_the_others(browser, field, unreadable, nps):
    """The version that runs now is shown with its counts, and the other with its fault."""
    page = browser.get("/console/nps_wording_length")
    assert page.status_code == 200
    assert "cannot be read" in page.text
    assert "titel" in page.text
    assert "All arms" in page.text
    assert browser.get("/console").status_code == 200
    assert browser.start(field.tokens(nps)[0]).status_code == 200


def test_a_word_that_a_later_version_has_learned_closes_no_survey(browser, field):
    """A study in a language of its own was whole when it was frozen; the new word stands in another language."""
    words = {key: {"nl": word["en"]} for key, word in CATALOGUE.items()} | {"start": {"nl": "Beginnen"}}
    del words["continue"]
    instrument = f"""
format: 1
title: Vragen
version: "1"
languages: [nl]
contact: help@example.org
introduction: Welkom.
thanks: Bedankt.
words: {json.dumps(words)}
pages: [{{id: one, items: [a]}}, {{id: two, items: [b]}}]
items: [{{id: a, type: short_text, text: Wat?}}, {{id: b, type: short_text, text: Hoe?}}]
"""
    trial = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {f: {varies: items.b.text, levels: {x: "Hoe?", y: "Waarom?"}}}}
measurement: {instrument: questions}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""
    documents = {"trial.yaml": trial, "questions.yaml": instrument}
    with pytest.raises(SpecError, match="SL208"):
        spec.read_documents(documents, "trial.yaml")
    row = field.run(spec.read_documents(documents, "trial.yaml", frozen=True))
    (token,) = field.tokens(row, f="y")
    assert ">Beginnen<" in browser.get(f"/r/{token}").text
    page = browser.start(token)
    assert page.status_code == 200
    assert f">{CATALOGUE['continue']['en']}<" in page.text
    assert browser.heading(browser.answer(page, {"a": "x"})) == "Waarom?", "its arms are what they were"
