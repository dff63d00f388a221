"""The preview: every page in every arm, and exactly what differs between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveylab import spec
from surveylab.errors import SurveylabError
from surveylab.fieldwork.preview import MOST_ARMS, Difference, preview

ROOT = Path(__file__).parents[3]
NPS = ROOT / "experiments" / "nps_wording_length.yaml"
INSTRUMENT = """
format: 1
title: {en: Survey, de: Umfrage}
version: "1"
languages: [en, de]
introduction: {en: Welcome., de: Willkommen.}
thanks: {en: Thanks., de: Danke.}
contact: help@example.org
pages:
  - {id: one, items: [a]}
  - {id: two, items: [b, c], applicable_if: a == 1, order: random}
items:
  - {id: a, type: single, text: {en: A one?, de: A eins?}, options: {1: {en: Yes, de: Ja}, 2: {en: 'No', de: Nein}},
     order: flip}
  - {id: b, type: number, text: {en: B?, de: Be?}, applicable_if: a == 1}
  - {id: c, type: number, text: {en: C?, de: Ce?}, validation: [{error_if: c < b, message: {en: More, de: Mehr}}]}
"""
EXPERIMENT = """
format: 1
title: Trial
frame: {source: people}
sampling: {scheme: srs, n: 10}
measurement: {instrument: survey}
inquiries: {effect: {outcome: response, contrast: {f: [y, x]}}}
assignment:
  scheme: complete
  factors:
"""


def trial(factors, contrast="f: [y, x]"):
    """A study with these factors over the small instrument."""
    lines = "".join(f"    {line}\n" for line in factors)
    documents = {"trial.yaml": EXPERIMENT.replace("f: [y, x]", contrast) + lines, "survey.yaml": INSTRUMENT}
    return spec.read_documents(documents, "trial.yaml")


def test_what_differs_is_told_and_nothing_else():
    """In the shipped experiment: the wording on one page, and two pages that the short arms lack."""
    seen = preview(spec.read(NPS))
    assert len(seen.arms) == 4
    told = {
        (page.page, arm.arm.mapping["wording"], arm.arm.mapping["length"]): [each.what for each in arm.differences]
        for page in seen.pages
        for arm in page.arms
        if arm.differences
    }
    wording = {("recommendation", "experience", length): ["items.recommend.text"] for length in ("long", "short")}
    lacking = {
        (page, wording, "short"): ["page"] for page in ("service", "contacts") for wording in ("standard", "experience")
    }
    assert told == {**wording, **lacking}


def test_rules_hide_nothing_and_are_told():
    """Every page and item is there; conditions, orders and checks stand beside them."""
    seen = preview(trial(["f: {varies: items.a.text, levels: {x: {en: X?, de: X?}, y: {en: Y?, de: Y?}}}"]))
    two = next(page for page in seen.pages if page.page == "two")
    assert {question.item.id for question in two.arms[0].view.questions} == {"b", "c"}
    assert two.notes == (
        "The page is shown if a == 1.",
        "Items in order: random.",
        "b is asked if a == 1.",
        "c is refused if c < b.",
    )
    assert "a: options in order: flip." in seen.pages[0].notes


def test_the_language_can_be_chosen():
    """Each text in it; one that no page has is refused with those that are there."""
    study = trial(["f: {varies: items.a.text, levels: {x: {en: X?, de: Iks?}, y: {en: Y?, de: Ypsilon?}}}"])
    seen = preview(study, "de")
    assert [arm.view.questions[0].text for arm in seen.pages[0].arms] == ["Iks?", "Ypsilon?"]
    with pytest.raises(SurveylabError, match="language 'fr'; there are: en, de"):
        preview(study, "fr")


def test_what_no_page_shows_stands_beside():
    """The channel and the order of the pages, arm by arm."""
    seen = preview(
        trial(
            [
                "f: {varies: contact.closes, levels: {x: P7D, y: P14D}}",
                "g: {varies: instrument.thanks, levels: {p: {en: P, de: P}, q: {en: Q, de: Q}}}",
            ]
        )
    )
    values = {each.path: each.values for each in seen.beside}
    assert values["contact.closes"] == ("7 days", "7 days", "14 days", "14 days")
    assert len(values["instrument.thanks"]) == 4


def test_too_many_arms_are_shown_one_level_at_a_time():
    """Every level is seen, with all else at its reference, and the preview says that it is not all."""
    levels = "{" + ", ".join(f"l{n}: {{en: A{n}?, de: A{n}?}}" for n in range(12)) + "}"
    others = "{" + ", ".join(f"m{n}: {{en: B{n}?, de: B{n}?}}" for n in range(12)) + "}"
    factors = [f"f: {{varies: items.a.text, levels: {levels}}}", f"g: {{varies: items.b.text, levels: {others}}}"]
    study = trial(factors, "f: [l1, l0]")
    seen = preview(study)
    assert len(study.experiment.arms) > MOST_ARMS
    assert not seen.complete
    assert len(seen.arms) == 12 + 11
    assert {arm.mapping["g"] for arm in seen.arms} == {f"m{n}" for n in range(12)}


def test_words_are_compared_word_by_word():
    """What was added and what was dropped, with the words between as they are."""
    segments = Difference("text", "How likely are you to say so?", "How very likely are you to say?").segments
    assert "".join(words for words, kind in segments if kind != "new").strip() == "How likely are you to say so?"
    assert [words.strip() for words, kind in segments if kind == "new"] == ["very", "say?"]
    assert Difference("text", "Completely other", "Nothing in common here").segments == ()
