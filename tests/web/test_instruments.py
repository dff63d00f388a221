"""Every shipped instrument, served and walked to its end in each of its languages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from surveylab import registry, spec
from surveylab.design.instrument import asked, standing
from surveylab.questions import Person

ROOT = Path(__file__).parents[2]
EXPERIMENTS = ROOT / "experiments"
INSTRUMENTS = sorted((ROOT / "instruments").glob("*.yaml"))
LANGUAGES = [(path, language) for path in INSTRUMENTS for language in spec.read_instrument(path).languages]
EXPERIMENT = """
format: 1
title: A walk
assignment: {{scheme: complete, factors: {{days: {{varies: contact.closes, levels: {{a: P20D, b: P21D}}}}}}}}
measurement: {{instrument: {name}, language: {language}}}
inquiries: {{days_on_response: {{outcome: response, contrast: {{days: [a, b]}}}}}}
sampling: {{scheme: srs, n: 10}}
frame: {{source: people}}
"""

pytestmark = pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)


def fielded(field, path, language):
    """The instrument of a file in the field, and the link of a case."""
    text = EXPERIMENT.format(name=path.stem, language=language)
    study = spec.read_documents({"walk.yaml": text, path.name: path.read_text(encoding="utf-8")}, "walk.yaml")
    return study.instruments[path.stem], field.tokens(field.run(study))[0]


def walk(browser, instrument, token, leaning):
    """Answer every page as a synthetic respondent does, to the end; each page that was shown."""
    rng, shown = np.random.default_rng(7), []
    page = browser.start(token)
    while not page.request.path.endswith("/thanks"):
        name = page.request.path.rpartition("/")[2]
        shown.append((name, page))
        assert len(shown) <= len(instrument.pages), "the pages go in circles"
        entered = {}
        for item in map(instrument.item, instrument.page(name).items):
            if any(f'name="{column}"' in page.text for column in item.columns):
                entered |= registry.load("questions", item.type).simulate(item, Person(leaning), rng)
        page = browser.answer(page, entered)
    return shown, page


@pytest.mark.parametrize(("path", "language"), LANGUAGES, ids=lambda value: getattr(value, "stem", value))
def test_every_instrument_is_walked_to_its_end(path, language, browser, field):
    """Every page that applies is shown in the language and accepted, and every answer is stored."""
    instrument, token = fielded(field, path, language)
    landing = browser.get(f"/r/{token}")
    assert f'<html lang="{language}"' in landing.text
    assert browser.heading(landing) == instrument.title[language]
    shown, thanks = walk(browser, instrument, token, leaning=0.4)
    assert thanks.status_code == 200
    for name, page in shown:
        assert f'<html lang="{language}"' in page.text
        only = instrument.page(name).items
        if len(only) == 1 and instrument.page(name).title is None:
            assert browser.heading(page) == instrument.item(only[0]).text[language]
    values = field.values(token)
    known = standing(instrument, values, field.case(token).fields)
    applying = [item for page in instrument.pages for item in asked(instrument, page, known)]
    assert set(values) == {column for item in applying for column in item.columns}
    assert field.kinds(token)[-1] == "submitted"


@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda path: path.stem)
def test_every_instrument_says_where_it_comes_from_and_how_it_is_scored(path, ledger_url):
    """A source, at least one score, a version, and no language that the words of a question lack."""
    instrument = spec.read_instrument(path)
    assert instrument.source
    assert instrument.scores
    assert {"en", "de"} <= set(instrument.languages)


BANK = (
    "agree_disagree",
    "dont_know",
    "forbid_allow",
    "part_whole_order",
    "question_length",
    "scale_direction",
    "scale_labels",
)


@pytest.mark.parametrize("name", BANK)
def test_every_arm_of_the_wording_bank_is_walked_to_its_end(name, browser, field):
    """Each arm is served and finished, its answers are stored, and what the factor changes was met."""
    study = spec.read(EXPERIMENTS / f"{name}.yaml")
    row = field.run(study)
    (factor,) = study.experiment.assignment.factors
    for level in factor.level_names:
        (token,) = field.tokens(row, **{factor.name: level})
        plan = study.plan(study.experiment.arm_of({factor.name: level}))
        walk(browser, plan.instrument, token, leaning=0.4)
        assert field.kinds(token)[-1] == "submitted"
        assert field.state(token).exposures == {factor.name}
        assert set(field.values(token)) == {column for item in plan.instrument.items for column in item.columns}


MATURITY = next(path for path in INSTRUMENTS if path.stem == "cx_maturity")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Your tier is foundational: 1 of 3 steps.", "Leaders use customer feedback", "Too few answers")),
        ("de", ("Ihre Stufe ist „Aufgebaut“: 1 von 3 Schritten.", "Führungskräfte nutzen", "Zu wenige Antworten")),
    ],
)
def test_what_the_answers_come_to_is_told_at_the_end_and_again(language, words, browser, field, clock):
    """The band of the own score, with the next tier's practices; missing answers are told; also after the close."""
    tier, following, nothing = words
    instrument, token = fielded(field, MATURITY, language)
    page = browser.start(token)
    rated = {"culture.vision": "2", "culture.sponsor": "3", "culture.priorities": "1"}
    page = browser.answer(page, rated)
    assert tier not in page.text
    assert tier not in browser.get(f"/r/{token}").text, "nothing is told before the end"
    for _ in instrument.pages[1:]:
        page = browser.answer(page)
    assert page.request.path.endswith("/thanks")
    again = browser.get(f"/r/{token}")
    clock.time += timedelta(days=400)
    for each in (page, again, browser.get(f"/r/{token}")):
        assert each.status_code == 200
        assert tier in each.text
        assert following in each.text
        assert each.text.count(nothing) == len(instrument.pages) - 1
        assert each.text.count("<h2") >= len(instrument.pages)
        assert each.text.count("<li>") == 2, "the practices of the next tier are a list"


def test_nothing_is_told_where_the_instrument_says_nothing(browser, field):
    """The thank-you page of an instrument whose scores are for the researcher only."""
    path = next(path for path in INSTRUMENTS if path.stem == "nps")
    instrument, token = fielded(field, path, "en")
    _, thanks = walk(browser, instrument, token, leaning=2.0)
    assert "feedback" not in thanks.text


TOLD = """
format: 1
title: Told
version: "1"
languages: [de]
contact: help@example.org
introduction: Hallo.
thanks: Danke.
scores:
  mean:
    rule: mean
    items: [one, two]
    title: "Mittel <b>"
    without: Zu wenig.
    bands: {any: {at_least: 1, text: "{score|} für {unit.first_name|Sie} und {name|}"}}
pages: [{id: all, items: [one, two, name]}]
items:
  - {id: one, type: scale, text: Eins?, low: 1, high: 5}
  - {id: two, type: scale, text: Zwei?, low: 1, high: 5}
  - {id: name, type: short_text, text: Wie?}
"""


def test_feedback_is_filled_as_the_language_writes_numbers_and_escaped(browser, field):
    """A decimal comma, fills of the frame and of answers, and no markup from anybody."""
    experiment = EXPERIMENT.format(name="questions", language="de")
    token = field.tokens(field.written(experiment, TOLD))[0]
    thanks = browser.answer(browser.start(token), {"one": "2", "two": "5", "name": "<i>{score|}</i>"})
    assert "3,5 für Reader und &lt;i&gt;{score|}&lt;/i&gt;" in thanks.text
    assert "Mittel &lt;b&gt;" in thanks.text
