"""Every page speaks one language: that of the survey, or of the browser where it belongs to no survey."""

from __future__ import annotations

import json
import re

import pytest

from surveylab.errors import SpecError
from surveylab.words import CATALOGUE, LANGUAGES, direction
from surveylab.words.problems import PROBLEMS

from .test_pages import Dom

EXPERIMENT = """
format: 1
title: A trial
assignment: {{scheme: complete, factors: {{f: {{varies: items.a.required, levels: {{x: false, y: true}}}}}}}}
measurement: {{instrument: questions, language: {language}}}
inquiries: {{f_on_response: {{outcome: response, contrast: {{f: [x, y]}}}}}}
sampling: {{scheme: srs, n: 10}}
frame: {{source: people}}
"""
INSTRUMENT = """
format: 1
title: "1"
version: "1"
languages: [{language}]
contact: "2"
introduction: "3"
thanks: "4"
pages: [{{id: one, items: [a, b]}}, {{id: two, items: [c]}}]
items:
  - {{id: a, type: number, text: "5"}}
  - {{id: b, type: date, text: "6"}}
  - {{id: c, type: thumbs, text: "7"}}
words: {words}
"""
"""The author writes figures only, so that all letters on a page are the pages' own."""


def walk(browser, token):
    """Every kind of page of a survey, an error among them."""
    yield browser.get(f"/r/{token}")
    yield browser.get(f"/r/{token}/stop")
    yield browser.send(f"/r/{token}", {})
    page = browser.start(token)
    yield browser.send(page.request.path, {})
    yield browser.post(page, {"a": "1", "b": ["1", "", ""]})
    yield browser.get(f"/r/{token}")
    page = browser.answer(page, {"a": "1"})
    yield page
    yield browser.answer(page)
    yield browser.get(f"/r/{token}")
    browser.post(browser.get(f"/r/{token}/stop"))
    yield browser.get(f"/r/{token}")


def letters(page):
    """The words that are read on a page, its title among them, and those that are heard only."""
    text = re.sub(r"<[^>]+>", " ", page.text)
    return [*re.findall(r"[^\W\d_]+", text), *re.findall(r'aria-label="([^"]*)"', page.text)]


def said(language, words=CATALOGUE):
    """Every word that stands in a word of the pages in a language."""
    return {each for word in words.values() for each in re.findall(r"[^\W\d_]+", re.sub(r"{.*?}", "", word[language]))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_mixes_languages(browser, field, language):
    """Landing, stop, forged, error, question, thanks, answered and stopped pages say nothing in another language."""
    experiment = EXPERIMENT.format(language=language)
    row = field.written(experiment, INSTRUMENT.format(language=language, words="{}"))
    own = said(language)
    for page in walk(browser, field.tokens(row, f="x")[0]):
        dom = Dom(page.text)
        assert dom.all("html") == [{"lang": language, "dir": direction(language)}]
        assert not [attributes for _, attributes, _ in dom.tags[1:] if "lang" in attributes]
        assert not [word for word in letters(page) if word not in own], page.request.path


def test_an_instrument_brings_a_language_that_the_pages_do_not_speak(browser, field):
    """Then all pages speak it, messages about answers and labels included."""
    brought = {
        key: {"nl": re.sub(r"(?<![{\w])([^\W\d_]+)(?![\w}])", r"x\1", word["en"])} for key, word in CATALOGUE.items()
    }
    row = field.written(EXPERIMENT.format(language="nl"), INSTRUMENT.format(language="nl", words=json.dumps(brought)))
    own = said("nl", brought)
    assert not own & said("en")
    for page in walk(browser, field.tokens(row, f="x")[0]):
        assert Dom(page.text).all("html") == [{"lang": "nl", "dir": "ltr"}]
        assert not [word for word in letters(page) if word not in own], page.request.path


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de-AT, en;q=0.5", "de"),
        ("it, fr;q=0.8, de;q=0.4", "fr"),
        ("it", "en"),
        ("ar", "ar"),
        ("es;q=0, de;q=0.1", "de"),
        ("*", "en"),
        ("\xff;q=x,,;=", "en"),
    ],
)
@pytest.mark.parametrize("code", [404, 405])
def test_a_page_of_no_survey_speaks_as_the_browser_asks(browser, header, language, code):
    """The first language asked for that the pages speak, else English."""
    browser.headers = {} if header is None else {"Accept-Language": header}
    page = browser.get("/nowhere") if code == 404 else browser.client.put("/o/x", headers=browser.headers)
    assert page.status_code == code
    assert Dom(page.text).all("html") == [{"lang": language, "dir": direction(language)}]
    assert PROBLEMS[code][0][language] in page.text
    assert not [
        word
        for word in letters(page)
        if word not in said(language) | said(language, {word.key: word for pair in PROBLEMS.values() for word in pair})
    ]


def test_a_word_can_be_a_factor(browser, field):
    """The button of the landing page in two wordings: each arm reads its own, and is exposed where it reads it."""
    experiment = EXPERIMENT.format(language="de").replace(
        "{varies: items.a.required, levels: {x: false, y: true}}",
        "{varies: instrument.words.start, levels: {x: Los geht’s, y: Jetzt teilnehmen}}",
    )
    row = field.written(experiment, INSTRUMENT.format(language="de", words="{}"))
    for arm, said_there in {"x": "Los geht’s", "y": "Jetzt teilnehmen"}.items():
        (token,) = field.tokens(row, f=arm)
        page = browser.get(f"/r/{token}")
        assert f'type="submit">{said_there}</button>' in page.text
        assert "Beginnen" not in page.text
    assert [(each.factor, each.page) for each in field.rows("exposure")] == [("f", ""), ("f", "")]


@pytest.mark.parametrize(
    ("levels", "code"),
    [("{x: 'Los {n}', y: Weiter}", "SL209"), ("{x: {fr: Va}, y: Weiter}", "SL206"), ("{x: 5, y: Weiter}", "SL103")],
)
def test_a_level_that_is_no_word_is_a_fault(field, levels, code):
    """A level obeys the rules of the field that it replaces."""
    experiment = EXPERIMENT.format(language="de").replace(
        "{varies: items.a.required, levels: {x: false, y: true}}",
        f"{{varies: instrument.words.start, levels: {levels}}}",
    )
    with pytest.raises(SpecError) as caught:
        field.written(experiment, INSTRUMENT.format(language="de", words="{}"))
    assert [fault.code for fault in caught.value.faults] == [code]
