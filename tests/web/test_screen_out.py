"""Screening out: the survey ends with the page that decides it, for good, and takes nobody's place in a quota."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from surveylab.design.dispositions import disposition
from surveylab.design.terms import Missing
from surveylab.fieldwork import progress
from surveylab.fieldwork.preview import preview
from surveylab.fieldwork.studies import Studies
from surveylab.store import histories, quotas
from surveylab.store.histories import record_of

EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {f: {varies: contact.closes, levels: {short: P21D, long: P28D}}}}
measurement: {instrument: questions}
inquiries: {f_on_response: {outcome: response, contrast: {f: [long, short]}}}
sampling: {scheme: srs, n: 100}
frame: {source: people}
"""
INSTRUMENT = """
format: 1
title: {en: A trial, de: Ein Versuch, fr: Un essai, es: Una prueba, ar: تجربة}
version: "1"
languages: [en, de, fr, es, ar]
contact: help@example.org
introduction: {en: Welcome., de: Willkommen., fr: Bienvenue., es: Bienvenido., ar: مرحبًا.}
thanks: {en: Saved., de: Gespeichert., fr: Enregistré., es: Guardado., ar: حُفظ.}
pages:
  - {id: one, items: [age]}
  - {id: two, items: [owns, a], screen_out_if: age < 18 or owns == "none"}
  - {id: three, items: [b]}
items:
  - {id: age, type: number, text: {en: Age, de: Alter, fr: Âge, es: Edad, ar: العمر}, low: 0, high: 120}
  - id: owns
    type: single
    text: {en: Owns, de: Besitzt, fr: Possède, es: Posee, ar: يملك}
    options:
      car: {en: Car, de: Auto, fr: Voiture, es: Coche, ar: سيارة}
      none: {en: None, de: Keins, fr: Aucun, es: Ninguno, ar: لا شيء}
  - {id: a, type: short_text, text: {en: What?, de: Was?, fr: Quoi ?, es: ¿Qué?, ar: ماذا؟}}
  - {id: b, type: short_text, text: {en: And?, de: Und?, fr: Et ?, es: ¿Y?, ar: وماذا؟}}
"""
SENT_AWAY = {
    "en": "We have no more questions for you",
    "de": "Wir haben keine weiteren Fragen an Sie",
    "fr": "Nous n’avons plus de questions pour vous",
    "es": "No tenemos más preguntas para usted",
    "ar": "ليس لدينا مزيد من الأسئلة لك",
}


@pytest.fixture
def trial(field):
    """Fields the experiment, with more of it; its row and the tokens of its cases."""

    def run(more="", instrument=INSTRUMENT):
        row = field.written(EXPERIMENT + more, instrument, per_arm=3)
        return row, field.tokens(row)

    return run


def through(browser, token, *pages):
    """Answer pages one after the other; where one is led to behind the last."""
    page = browser.start(token)
    for answers in pages:
        page = browser.answer(page, answers)
    return page


def record(field, row, token):
    """The case as outcomes see it."""
    study, case = field.study(row), field.case(token).id
    with field.ledger.read() as conn:
        (found,) = (each for some in histories.case_records(conn, row) for each in some if each.id == case)
    arm = study.experiment.arm_of(found.levels)
    return record_of(found, study.experiment, arm, study.plan(arm))


def test_the_survey_ends_with_the_page_that_decides(browser, field, trial):
    """What was sent is kept, the event names the page, and the link says so from then on, on any device."""
    _, (token, *_) = trial()
    page = through(browser, token, {"age": "40"}, {"owns": "none", "a": "x"})
    assert (page.status_code, browser.heading(page)) == (410, SENT_AWAY["en"])
    assert field.values(token) == {"age": 40, "owns": "none", "a": "x"}
    assert [(each.kind, each.detail) for each in field.state(token).events[1:]] == [
        ("opened", ""),
        ("started", ""),
        ("page", "one"),
        ("page", "two"),
        ("screened_out", "two"),
    ]
    for place in ("", "/one", "/two", "/three", "/thanks"):
        again = type(browser)(browser.client.application.test_client()).get(f"/r/{token}{place}")
        assert (again.status_code, browser.heading(again)) == (410, SENT_AWAY["en"]), place


def test_a_rule_over_an_earlier_page_waits_for_its_own(browser, field, trial):
    """Who is too young is asked page two, which has the rule, and no more."""
    _, (token, *_) = trial()
    page = through(browser, token, {"age": "15"})
    assert page.request.path == f"/r/{token}/two"
    assert browser.answer(page, {"owns": "car", "a": ""}).status_code == 410


def test_others_go_on_and_a_blank_screens_nobody_out(browser, field, trial):
    """A comparison with an answer that is not there is false."""
    _, (first, second, *_) = trial()
    for token, age in ((first, "40"), (second, "")):
        assert through(browser, token, {"age": age}, {"a": "x"}, {"b": "y"}).status_code == 200
        assert field.kinds(token)[-1] == "submitted"


def test_no_other_answer_undoes_it(browser, field, trial):
    """Neither by Back, nor by a page that was open in another tab, nor by the same visit once more."""
    _, (token, *_) = trial()
    first = browser.start(token)
    second = browser.answer(first, {"age": "40"})
    assert browser.answer(second, {"owns": "none"}).status_code == 410
    for page, answers in ((first, {"age": "41"}), (second, {"owns": "car"}), (second, {"owns": "none"})):
        assert browser.post(page, answers).status_code == 410
    assert field.values(token)["owns"] == "none"
    assert field.kinds(token).count("screened_out") == 1
    browser.answer(browser.get(f"/r/{token}/stop"))  # one can still ask to be left alone
    assert browser.heading(browser.get(f"/r/{token}")) == "You no longer take part"


def test_an_edit_of_an_earlier_answer_screens_out(browser, field, trial):
    """The page that has the rule was sent before, and its rule holds under the new answer."""
    _, (token, *_) = trial()
    through(browser, token, {"age": "40"}, {"owns": "car"})
    assert browser.answer(browser.get(f"/r/{token}/one"), {"age": "15"}).status_code == 410
    assert field.state(token).events[-1].detail == "two"


def test_who_is_screened_out_with_the_last_page_has_not_submitted(browser, field, trial):
    """The end is one of the two."""
    ends = INSTRUMENT.replace("items: [b]}", "items: [b], screen_out_if: b == 'no'}")
    _, (token, *_) = trial(instrument=ends)
    assert through(browser, token, {"age": "40"}, {"owns": "car"}, {"b": "no"}).status_code == 410
    assert field.kinds(token)[-1] == "screened_out"
    assert "submitted" not in field.kinds(token)


def test_a_page_at_fault_screens_nobody_out(browser, field, trial):
    """It comes back first."""
    _, (token, *_) = trial()
    page = browser.post(through(browser, token, {"age": "15"}), {"owns": "what"})
    assert page.status_code == 422
    assert "screened_out" not in field.kinds(token)


def test_no_place_is_taken_and_the_one_that_was_held_is_free(browser, field, clock, trial):
    """The quota of all takes one with the start, which comes back; that of the page is never asked for."""
    row, (token, other, *_) = trial("quotas: {all: {most: 1}, owners: {most: 1, if: owns == 'none'}}\n")
    assert through(browser, token, {"age": "40"}, {"owns": "none"}).status_code == 410
    with field.ledger.read() as conn:
        assert quotas.tallies(conn, row, clock.time) == {}
    assert "quota_full" not in field.kinds(token)
    assert browser.start(other).status_code == 200


def test_it_counts_as_not_eligible_and_what_lies_behind_was_not_asked(browser, field, clock, trial):
    """AAPOR 4.70; the console tells how many, where there are any."""
    row, (token, *_) = trial()
    studies = Studies(field.ledger)
    (flow,) = progress.versions(field.ledger, studies, "trial", clock.time)
    assert "screened out" not in flow.stages
    through(browser, token, {"age": "40"}, {"owns": "none"})
    found = record(field, row, token)
    assert disposition(found).code == "4.70"
    assert (found.responses["a"], found.responses["b"]) == (Missing.NO_ANSWER, Missing.NOT_ASKED)
    (flow,) = progress.versions(field.ledger, studies, "trial", clock.time)
    assert "screened out" in flow.stages
    assert (flow.total["screened out"], flow.total["submitted"]) == (1, 0)


def test_two_tabs_at_once_agree_on_the_end(app, browser, field, trial):
    """One tab screens out, the other does not: whichever was first, nothing is stored behind the end."""
    _, tokens = trial()
    for token in tokens:
        through(browser, token, {"age": "40"})
        tabs = [browser.get(f"/r/{token}/two") for _ in range(2)]

        def send(pair):
            page, owns = pair
            return type(browser)(app.test_client()).post(page, {"owns": owns}).status_code

        with ThreadPoolExecutor(2) as pool:
            # 410: it was read when the other one had ended the interview already.
            assert set(pool.map(send, zip(tabs, ("car", "none"), strict=True))) <= {303, 410}
        assert field.kinds(token)[-1] == "screened_out"
        assert field.values(token)["owns"] == "none"


@pytest.mark.parametrize("language", SENT_AWAY)
def test_it_is_said_in_the_language_of_the_interview(browser, field, trial, language):
    """In each of the five that the pages speak; an instrument may say it in its own way."""
    own = INSTRUMENT + "words: {screened_more: {en: MORE, de: MORE, fr: MORE, es: MORE, ar: MORE}}\n"
    _, (token, *_) = trial(instrument=own)
    landing = browser.get(f"/r/{token}?language={language}")
    page = browser.answer(browser.answer(landing), {"age": "15"})
    page = browser.answer(page)
    assert browser.heading(page) == SENT_AWAY[language]
    assert "<p>MORE</p>" in page.text


def test_a_preview_says_where_it_may_end(field, trial):
    """Beside the page that has the rule."""
    row, _ = trial()
    notes = {each.page: each.notes for each in preview(field.study(row)).pages}
    assert notes["two"] == ('The survey ends with the page if age < 18 or owns == "none".',)
