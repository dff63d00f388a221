"""Switching languages: what was typed stays, what was chosen holds on every device, and a GET writes nothing."""

from __future__ import annotations

import re
from html import unescape

import pytest

from surveylab import spec

from .conftest import Browser
from .test_pages import Dom

EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: SCHEME, factors: {f: {varies: VARIES, levels: LEVELS}}}
measurement: {instrument: questions}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
"""
FRAME = "sampling: {scheme: srs, n: 10}\nframe: {source: people}\n"
INSTRUMENT = """
format: 1
title: {en: Trial, de: Versuch, ar: تجربة}
version: "1"
languages: [en, de, ar]
contact: help@example.org
introduction: {en: Welcome, de: Willkommen, ar: أهلا}
thanks: {en: Saved, de: Gespeichert, ar: محفوظ}
pages:
  - {id: one, items: [number, choice, many, ranks, sum, when, words, grid]}
  - {id: two, items: [last]}
items:
  - {id: number, type: number, required: true, high: 9, text: {en: How many?, de: Wie viele?, ar: كم؟}}
  - id: choice
    type: single
    text: {en: Which?, de: Welche?, ar: أي؟}
    options: {1: {en: One, de: Eins, ar: واحد}, 2: {en: Two, de: Zwei, ar: اثنان}}
    other: {else: {en: Else, de: Anders, ar: آخر}}
    dont_know: true
  - id: many
    type: multiple
    text: {en: All?, de: Alle?, ar: كلها؟}
    options: {a: {en: A, de: A, ar: أ}, b: {en: B, de: B, ar: ب}, none: {en: None, de: Keins, ar: لا شيء}}
    exclusive: [none]
  - id: ranks
    type: ranking
    text: {en: Order?, de: Folge?, ar: الترتيب؟}
    options: {a: {en: A, de: A, ar: أ}, b: {en: B, de: B, ar: ب}}
  - id: sum
    type: constant_sum
    text: {en: Shares?, de: Anteile?, ar: الحصص؟}
    options: {a: {en: A, de: A, ar: أ}, b: {en: B, de: B, ar: ب}}
  - {id: when, type: date, text: {en: When?, de: Wann?, ar: متى؟}}
  - {id: words, type: long_text, text: {en: Why?, de: Warum?, ar: لماذا؟}}
  - id: grid
    type: grid
    text: {en: Rows?, de: Zeilen?, ar: الصفوف؟}
    options: {1: {en: No, de: Nein, ar: لا}, 2: {en: Yes, de: Ja, ar: نعم}}
    rows: {r: {en: R, de: R, ar: ر}, s: {en: S, de: S, ar: س}}
  - {id: last, type: short_text, text: {en: More?, de: Mehr?, ar: المزيد؟}}
"""
PLAIN = EXPERIMENT.replace("SCHEME", "complete").replace("VARIES", "items.words.required") + FRAME
PLAIN = PLAIN.replace("LEVELS", "{x: false, y: true}")
BY_ARM = EXPERIMENT.replace("SCHEME", "complete").replace("VARIES", "measurement.language") + FRAME
BY_ARM = BY_ARM.replace("LEVELS", "{x: de, y: en}")
OPEN = EXPERIMENT.replace("SCHEME", "hashed").replace("VARIES", "items.words.required")
OPEN = OPEN.replace("LEVELS", "{x: false, y: true}")

HALF_FILLED = {
    "number": "many",
    "choice": "else",
    "choice.other": "  A <b> & \u0627 ",
    "many": ["a", "none"],
    "ranks": ["1 a", "1 b"],
    "sum.a": "seven",
    "sum.b": "",
    "when": ["31", "", "20x"],
    "words": "\nTwo\nlines",
    "grid.r": "2",
}
"""Nothing of it could be stored, but for the last two."""


@pytest.fixture
def token(field):
    """A case of a survey in three languages."""
    return field.tokens(field.written(PLAIN, INSTRUMENT), f="x")[0]


def tag(page):
    """The language of a page, which says its direction too."""
    (html,) = Dom(page.text).all("html")
    assert html["dir"] == ("rtl" if html["lang"] == "ar" else "ltr")
    return html["lang"]


def languages(field, token):
    """The languages that were written down, in order."""
    return [event.detail for event in field.state(token).events if event.kind == "language"]


def switch(browser, page, language, answers=()):
    """Press the button of a language."""
    return browser.post(page, {**dict(answers), "_language": language})


def typed(page):
    """What stands in the controls of a page, by name."""
    found = {}
    for name, value in re.findall(r'<input [^>]*name="([^_"][^"]*)" value="([^"]*)"[^>]* checked', page.text):
        found.setdefault(name, []).append(unescape(value))
    for name, value in re.findall(r'<input class="entry[^>]*name="([^"]+)" value="([^"]*)"', page.text):
        found.setdefault(name, []).append(unescape(value))
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', page.text, re.DOTALL):
        found.setdefault(name, []).append(unescape(value))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        found.setdefault(name, []).extend(re.findall(r'value="([^"]*)" selected', options))
    return found


def test_the_landing_page_is_shown_in_another_language_and_nothing_is_written(browser, field, token):
    """By a GET or a HEAD; each language is called by its own name, and Start carries the choice."""
    english = browser.get(f"/r/{token}")
    assert tag(english) == "en"
    links = [each for each in Dom(english.text).all("a") if each.get("class") == "languages__one"]
    assert [(each["href"], each["lang"], each["dir"]) for each in links] == [
        (f"/r/{token}?language=de", "de", "ltr"),
        (f"/r/{token}?language=ar", "ar", "rtl"),
    ]
    assert "Deutsch" in english.text
    assert "العربية" in english.text
    page = browser.get(f"/r/{token}?language=ar")
    assert tag(page) == "ar"
    assert browser.client.head(f"/r/{token}?language=de").status_code == 200
    assert field.kinds(token) == ["opened"]
    first = browser.answer(page)
    assert tag(first) == "ar"
    assert languages(field, token) == ["ar"]
    assert field.kinds(token).count("started") == 1
    assert tag(browser.get(f"/r/{token}/one")) == "ar"


@pytest.mark.parametrize("wanted", ["", "nl", "x" * 3000, '"><script>', "%00", "de&language=ar"])
def test_a_language_that_there_is_not_changes_nothing(browser, field, token, wanted):
    """Of several the first counts; one that the instrument has not is as none."""
    page = browser.get(f"/r/{token}?language={wanted}")
    assert tag(page) == ("de" if wanted.startswith("de") else "en")
    page = browser.start(token)
    again = switch(browser, page, wanted, HALF_FILLED)
    assert (again.status_code, tag(again)) == (200, "en")
    assert typed(again)["number"] == ["many"]
    assert languages(field, token) == []


def test_the_page_comes_back_in_another_language_as_it_was_filled_in(browser, field, token):
    """Unjudged: what could not be stored stands there too; only the choice is stored."""
    page = browser.start(token)
    german = switch(browser, page, "de", HALF_FILLED)
    assert (german.status_code, tag(german)) == (200, "de")
    assert "Wie viele?" in german.text
    assert 'role="alert"' not in german.text
    expected = {name: value if isinstance(value, list) else [value] for name, value in HALF_FILLED.items()}
    assert typed(german) == expected
    assert field.values(token) == {}
    assert field.rows("paradata") == []
    assert languages(field, token) == ["de"]
    arabic = switch(browser, german, "ar", typed(german))
    assert typed(arabic) == expected
    assert languages(field, token) == ["de", "ar"]


def test_errors_are_told_in_the_language_and_what_was_entered_survives_the_switch(browser, field, token):
    """Invalid, switched, sent again: the messages follow the language."""
    wrong = browser.post(browser.start(token), HALF_FILLED)
    assert wrong.status_code == 422
    german = switch(browser, wrong, "de", HALF_FILLED)
    assert german.status_code == 200
    again = browser.post(german, typed(german))
    assert (again.status_code, tag(again)) == (422, "de")
    assert "Geben Sie eine Zahl ein, die höchstens 9 ist" in again.text
    assert "<title>Fehler: " in again.text
    assert typed(again) == typed(german)


def test_an_answer_knows_the_language_in_which_it_was_asked(browser, field, token):
    """And the hash of those words; the time of the page runs on over a switch."""
    page = browser.start(token)
    german = switch(browser, page, "de")
    last = browser.answer(german, {"number": "3"})
    assert tag(last) == "de"
    browser.answer(switch(browser, last, "en"), {"last": "x"})
    answers = field.state(token).answers
    assert answers["number"].language == "de"
    assert answers["last"].language == "en"
    shown = {row.page: row.visit.partition("-")[0] for row in field.rows("paradata")}
    assert shown["one"] == browser.hidden(page)["_visit"].partition("-")[0]


def test_what_was_chosen_holds_on_every_device_and_to_the_end(app, field, token):
    """The last choice; the finished page and the link opened again are in it, whatever a browser asks for."""
    phone, desk = Browser(app.test_client(), {"Accept-Language": "de"}), Browser(app.test_client())
    page = phone.start(token)
    assert tag(page) == "de"
    assert tag(desk.get(f"/r/{token}")) == "de"
    page = switch(desk, desk.get(f"/r/{token}/one"), "ar")
    assert tag(phone.get(f"/r/{token}/one")) == "ar"
    thanks = phone.answer(phone.answer(page, {"number": "1"}))
    assert (thanks.request.path, tag(thanks)) == (f"/r/{token}/thanks", "ar")
    assert tag(phone.get(f"/r/{token}")) == "ar"
    assert "محفوظ" in thanks.text


def test_two_tabs_store_what_each_of_them_showed(browser, field, token):
    """A tab that was opened before the choice is taken as it was shown, and goes on in the language chosen."""
    english = browser.start(token)
    switch(browser, browser.get(f"/r/{token}/one"), "de")
    wrong = browser.post(english, {"number": "many", "words": "kept"})
    assert (wrong.status_code, tag(wrong)) == (422, "de")
    assert "Geben Sie eine Zahl ein" in wrong.text
    assert typed(wrong)["words"] == ["kept"]
    following = browser.answer(english, {"number": "3"})
    assert (tag(following), field.state(token).answers["number"].language) == ("de", "en")
    browser.answer(browser.get(f"/r/{token}/one"), {"number": "4"})
    assert field.state(token).answers["number"].language == "de"
    assert languages(field, token) == ["de"]


def test_a_page_cannot_be_passed_off_as_shown_in_another_language(browser, field, token):
    """The signature is over the language too."""
    page = browser.start(token)
    forged = browser.post(page, {"number": "3", "_shown_in": "ar"})
    assert forged.status_code == 400
    assert field.values(token) == {}
    forged = browser.send(page.request.path, {"_language": "de", "number": "3"})
    assert (forged.status_code, typed(forged)["number"]) == (400, ["3"])
    assert languages(field, token) == []


def test_a_double_click_writes_one_choice(browser, field, token):
    """And choosing what one reads already writes none."""
    page = browser.start(token)
    for _ in range(2):
        assert tag(switch(browser, page, "de")) == "de"
    assert languages(field, token) == ["de"]


def test_nothing_but_the_language_changes(app, field):
    """Same arm, same items in the same order, same codes: of every part of the page but its words."""
    instrument = INSTRUMENT.replace("{id: one,", "{id: one, order: random,").replace("dont_know: true", "order: random")
    (token,) = field.tokens(field.written(PLAIN, instrument), f="x")
    browser = Browser(app.test_client())
    page = browser.start(token)
    skeletons = []
    for language in ("en", "de", "ar"):
        tags = Dom(switch(browser, page, language).text).tags
        names = [
            (tag, attributes.get("name"), attributes.get("value"), attributes.get("id"))
            for tag, attributes, _ in tags
            if not (attributes.get("name") or "_").startswith("_")
        ]
        skeletons.append([name for name in names if name[1] is not None])
    assert skeletons[0] == skeletons[1] == skeletons[2]
    assert len(skeletons[0]) > 20


@pytest.mark.parametrize(
    ("fielded", "header", "expected"),
    [
        ((PLAIN, {}), "", "en"),
        ((PLAIN, {}), "de-CH, en;q=0.5", "de"),
        ((PLAIN, {}), "nl, fr;q=0.9", "en"),
        ((PLAIN, {"language": "ar"}), "de", "ar"),
        ((PLAIN, {"language": "de_AT"}), "ar", "de"),
        ((PLAIN, {"language": "nl"}), "ar", "ar"),
        ((PLAIN, {"language": 7}), "ar", "ar"),
        ((BY_ARM, {"language": "ar"}), "ar", "de"),
    ],
)
def test_before_a_choice(app, field, fielded, header, expected):
    """The arm's language; else what the frame says; else the best that the browser asks for; else the first."""
    experiment, fields = fielded
    row = field.run(study(experiment), **fields)
    browser = Browser(app.test_client(), {"Accept-Language": header})
    (token,) = field.tokens(row, f="x")
    assert tag(browser.get(f"/r/{token}")) == expected
    assert tag(browser.get(f"/r/{token}/stop")) == expected
    assert languages(field, token) == []
    assert tag(browser.start(token)) == expected
    other = Browser(app.test_client(), {"Accept-Language": "en"})
    assert tag(other.get(f"/r/{token}/one")) == expected, "it is fixed when the interview starts"
    assert tag(other.get(f"/r/{token}")) == expected


def study(experiment):
    """An experiment with the instrument in three languages."""
    return spec.read_documents({"trial.yaml": experiment, "questions.yaml": INSTRUMENT}, "trial.yaml")


def test_the_first_language_is_fixed_too(app, field, token):
    """Who starts without a wish is not moved by the wishes of the next browser."""
    Browser(app.test_client(), {"Accept-Language": "nl"}).start(token)
    assert tag(Browser(app.test_client(), {"Accept-Language": "de"}).get(f"/r/{token}/one")) == "en"


def test_a_choice_outweighs_the_arm_and_leaves_it_as_it_is(app, field):
    """A respondent is not held to a language; the analysis goes by the arm."""
    (token,) = field.tokens(field.written(BY_ARM, INSTRUMENT), f="x")
    browser = Browser(app.test_client())
    page = browser.answer(browser.get(f"/r/{token}?language=en"))
    assert (tag(page), languages(field, token), field.case(token).levels) == ("en", ["en"], {"f": "x"})
    back = switch(browser, page, "de")
    assert (tag(back), languages(field, token)) == ("de", ["en", "de"])


def test_who_stops_is_told_so_in_the_language_chosen(browser, field, token):
    """The way out carries a choice that is not written down yet."""
    page = browser.get(f"/r/{token}?language=de")
    (stop,) = [each["href"] for each in Dom(page.text).all("a") if "/stop" in each["href"]]
    page = browser.get(stop)
    assert tag(page) == "de"
    (back,) = [each["href"] for each in Dom(page.text).all("a") if each["href"] == f"/r/{token}?language=de"]
    assert tag(browser.get(back)) == "de"
    assert languages(field, token) == []
    browser.post(page)
    assert tag(browser.get(f"/r/{token}")) == "de"


def test_the_closed_page_speaks_as_the_respondent_reads(browser, field, token, clock):
    """Who had started in German is told in German."""
    browser.answer(browser.get(f"/r/{token}?language=de"))
    clock.advance(days=30)
    page = browser.get(f"/r/{token}")
    assert (page.status_code, tag(page)) == (410, "de")


def test_an_open_link_is_read_and_entered_in_a_language(app, field):
    """The choice goes along to the case; without one the browser's wish is fixed at the start."""
    row = field.written(OPEN, INSTRUMENT, drawn=False)
    browser = Browser(app.test_client(), {"Accept-Language": "ar"})
    assert tag(browser.get("/o/trial")) == "ar"
    page = browser.get("/o/trial?language=de")
    assert tag(page) == "de"
    assert field.tokens(row) == []
    first = browser.answer(page)
    (token,) = field.tokens(row)
    assert (tag(first), languages(field, token)) == ("de", ["de"])
    another = Browser(app.test_client(), {"Accept-Language": "ar"})
    assert tag(another.answer(another.get("/o/trial"))) == "ar"
    forged = browser.send("/o/trial", {"_language": "de"})
    assert (forged.status_code, tag(forged)) == (400, "de")


def test_an_open_link_whose_arm_has_a_language_keeps_the_choice(app, field):
    """The case begins on its own landing page, in the language that was chosen; else in that of its arm."""
    by_arm = OPEN.replace("items.words.required", "measurement.language").replace(
        "{x: false, y: true}", "{x: de, y: ar}"
    )
    row = field.written(by_arm, INSTRUMENT, drawn=False)
    browser = Browser(app.test_client())
    page = browser.answer(browser.get("/o/trial?language=en"))
    (token,) = field.tokens(row)
    assert (page.request.path, tag(page)) == (f"/r/{token}", "en")
    another = Browser(app.test_client(), {"Accept-Language": "en"})
    page = another.answer(another.get("/o/trial"))
    assert tag(page) == {"x": "de", "y": "ar"}[field.case(page.request.path.split("/")[2]).levels["f"]]


def test_a_survey_of_one_language_offers_none(browser, every_type):
    """No switch, no second button."""
    for page in (browser.get(f"/r/{every_type}"), browser.start(every_type)):
        assert "languages" not in page.text
        assert len(Dom(page.text).all("button")) == 1
