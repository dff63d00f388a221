"""The open link: people who were not listed become cases, each once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from surveylab import randomness, spec
from surveylab.analysis.analyse import ready_data
from surveylab.assignment import hashed
from surveylab.fieldwork import recruit
from surveylab.store import cases, datasets, experiments

from .conftest import BEGIN

EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: hashed, factors: {f: {varies: %s, levels: {x: %s, y: %s}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
"""
INSTRUMENT = """
format: 1
title: {en: A trial, de: Ein Versuch}
version: "1"
languages: [en, de]
contact: help@example.org
introduction: {en: Welcome., de: Willkommen.}
thanks: {en: Saved., de: Gespeichert.}
pages: [{id: one, items: [a]}]
items: [{id: a, type: short_text, text: {en: "What?", de: "Was?"}}]
"""
WORDING = EXPERIMENT % ("items.a.text", '{en: "What?", de: "Was?"}', '{en: "Which?", de: "Welche?"}')
LANGUAGE = EXPERIMENT % ("measurement.language", "en", "de")


@pytest.fixture
def trial(field):
    """An experiment with an open link."""
    return field.written(WORDING, INSTRUMENT, drawn=False)


def test_who_arrives_becomes_a_case_and_answers(browser, field, trial):
    """GET makes nobody a case; POST does, and leads to the first page under a personal link."""
    page = browser.get("/o/trial")
    assert "Welcome." in page.text
    assert field.tokens(trial) == []
    page = browser.answer(page)
    (token,) = field.tokens(trial)
    assert page.request.path == f"/r/{token}/one"
    assert browser.heading(page) == {"x": "What?", "y": "Which?"}[field.case(token).levels["f"]]
    assert browser.answer(page, {"a": "this"}).request.path == f"/r/{token}/thanks"
    assert field.kinds(token) == ["opened", "started", "page", "submitted"]


def test_the_cookie_is_small_and_for_this_link_only(browser, trial):
    """Out of reach of scripts, not sent along from other sites."""
    cookie = browser.post(browser.get("/o/trial")).headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Path=/o/trial", "Max-Age=31536000"):
        assert part in cookie


def test_who_comes_back_is_the_same_case(browser, field, trial):
    """By the cookie, at any later time."""
    first = browser.answer(browser.get("/o/trial"))
    again = browser.answer(browser.get("/o/trial"))
    assert again.request.path == first.request.path
    assert len(field.tokens(trial)) == 1


def test_another_person_is_another_case(app, browser, field, trial):
    """Without the cookie nobody is known."""
    for _ in range(3):
        person = type(browser)(app.test_client())
        person.answer(person.get("/o/trial"))
    assert len(field.tokens(trial)) == 3


def test_a_double_click_is_one_person(app, browser, field, trial):
    """Before the cookie is there, the rendering of the page tells who it is."""
    page = browser.get("/o/trial")

    def post(_):
        return type(browser)(app.test_client()).post(page)

    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(post, range(8)))
    assert {response.status_code for response in responses} == {303}
    assert len({response.headers["Location"] for response in responses}) == 1
    (token,) = field.tokens(trial)
    assert len(field.rows("assignment")) == 1
    assert field.kinds(token) == ["opened", "started"]


def test_a_case_stays_in_the_version_in_which_it_began(browser, field, trial):
    """An arm that is added later is for those who come later."""
    first = browser.answer(browser.get("/o/trial"))
    later = field.written(WORDING.replace("x: {en", "z: {en: Other, de: Andere}, x: {en"), INSTRUMENT, drawn=False)
    assert later != trial
    assert browser.answer(browser.get("/o/trial")).request.path == first.request.path
    assert field.tokens(later) == []


def test_what_is_met_on_the_landing_page_is_shown_there(browser, field):
    """The open link cannot know the arm; the case begins at its own landing page."""
    row = field.written(LANGUAGE, INSTRUMENT, drawn=False)
    page = browser.answer(browser.get("/o/trial"))
    (token,) = field.tokens(row)
    assert page.request.path == f"/r/{token}"
    assert [row.factor for row in field.rows("exposure")] == ["f"]


@pytest.mark.parametrize(
    "cookie",
    ["", "1.", "9999.arrival-AAAAAAAAAAAAAAAAAAAAAA", "x" * 3000, "1.arrival-\u00e9", "0.arrival-../../../../etc"],
)
def test_a_strange_cookie_makes_no_difference(browser, field, trial, cookie):
    """A person with a cookie that is none is somebody new."""
    browser.client.set_cookie("surveylab_arrival", cookie, path="/o/trial")
    assert browser.answer(browser.get("/o/trial")).status_code == 200
    assert len(field.tokens(trial)) == 1


def test_a_forged_arrival_makes_nobody_a_case(browser, field, trial):
    """400 with the page and a button that works."""
    response = browser.send("/o/trial", {})
    assert response.status_code == 400
    assert field.tokens(trial) == []
    assert browser.post(response).status_code == 303


@pytest.mark.parametrize("slug", ["nobody", "%00", "nps_wording_length", "trial%2Fx"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_schemes_that_can_take_arrivals_have_an_open_link(browser, nps, slug, method):
    """A listed sample is closed to others."""
    page = browser.client.open(f"/o/{slug}", method=method)
    assert page.status_code == 404


def test_an_experiment_without_a_frame_is_opened_answered_measured_and_audited(browser, field):
    """`draw` opens it; who arrives is a case with a response; the audit derives the arm again from the hash."""
    study = spec.read_documents({"trial.yaml": WORDING, "questions.yaml": INSTRUMENT}, "trial.yaml")
    assert recruit.draw(field.ledger, study, BEGIN).cases == 0
    browser.answer(browser.answer(browser.get("/o/trial")), {"a": "this"})
    assert recruit.audit(field.ledger, "trial") == recruit.Audited(cases=1, assignments=1, differences=())
    ready = ready_data(field.ledger, study)
    assert sum(ready.counts.values()) == 1
    with field.ledger.read() as conn:
        table = datasets.cells(conn, ready.experiment, "response")
    assert (table["n"].sum(), table["total"].sum()) == (1, 1)


def test_an_audit_finds_an_arrival_that_was_given_another_arm(field):
    """Of one case in each arm under ids that hash to one arm, those in the other differ from the seed."""
    study = spec.read_documents({"trial.yaml": WORDING, "questions.yaml": INSTRUMENT}, "trial.yaml")
    arms = study.experiment.arms
    recruit.draw(field.ledger, study, BEGIN)
    choose = hashed.chooser(arms, study.experiment.seed)
    wrong = arms[1 - choose("somebody")]
    algorithm = f"hashed {randomness.ALGORITHM}"
    with field.ledger.write() as conn:
        row = experiments.experiment(conn, "trial")
        cases.insert_arrival(conn, row.id, cases.Arrival("somebody", {}, wrong), arms, algorithm=algorithm, at=BEGIN)
    assert recruit.audit(field.ledger, "trial").differences == ("the levels of f differ",)
