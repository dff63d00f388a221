"""Words of the pages that an instrument says itself: in its own way, or in a language of its own."""

from __future__ import annotations

import json

import pytest

from surveylab.spec.instruments import read_instrument
from surveylab.spec.parsing import parse
from surveylab.words import CATALOGUE, LABELS

INSTRUMENT = """\
format: 1
title: {title}
version: "1"
languages: [{languages}]
introduction: {title}
thanks: {title}
contact: survey@example.org
pages: [{{id: one, items: [a]}}]
items: [{{id: a, type: {type}, text: {title}}}]
{words}
"""


def reading(languages="en", words="", title="Survey", kind="short_text"):
    """An instrument in these languages with these words."""
    text = INSTRUMENT.format(languages=languages, words=words, title=title, type=kind)
    node, faults = parse(text, "survey.yaml")
    assert not faults
    return text, read_instrument(node)


def codes(found):
    """The codes of the faults, in the order of the file."""
    return [each.code for each in found.faults]


def test_a_word_is_said_in_another_way():
    """In the languages that the file gives; the pages' own stay in the others, and all other words stay."""
    _, found = reading("en, de-AT", "words: {start: {de-AT: Los geht’s}}", "{en: A, de-AT: B}")
    assert found.faults == ()
    assert found.instrument.words["start"] == {"en": "Start", "de-AT": "Los geht’s"}
    assert found.instrument.words["continue"] == CATALOGUE["continue"]
    assert reading(words="words: {start: Begin}")[1].instrument.words["start"] == {"en": "Begin"}


def test_an_address_is_the_same_in_all_languages_or_one_for_each():
    """It need not be written twice."""
    _, found = reading("en, de", title="{en: A, de: B}")
    assert found.instrument.contact == {"en": "survey@example.org", "de": "survey@example.org"}


@pytest.mark.parametrize(
    ("words", "code", "place"),
    [
        ("words: {stat: Begin}", "SL209", "stat"),
        ("words: {start: ' '}", "SL209", "' '"),
        ("words: {enter_at_least: 'Enter {low.__class__}'}", "SL209", "'Enter"),
        ("words: {enter_at_least: 'Enter {high} or more'}", "SL209", "'Enter"),
        ("words: {start: 'Begin {now}'}", "SL209", "'Begin"),
        ("words: {start: 'Begin }'}", "SL209", "'Begin"),
        ("words: {start: {de: Los}}", "SL206", "de"),
        ("words: {start: 5}", "SL103", "5"),
        ("words: {start: {en: [a]}}", "SL103", "[a]"),
        ("words: [start]", "SL103", "[start]"),
    ],
)
def test_a_word_that_cannot_be_said_is_a_fault_at_its_place(words, code, place):
    """Unknown keys, languages and places, empty words, other types."""
    text, found = reading(words=words)
    assert codes(found) == [code]
    (fault,) = found.faults
    assert text.splitlines()[fault.line - 1][fault.column - 1 :].startswith(place)


def test_a_word_of_several_languages_names_its_language():
    """A plain text would be said in the first language only."""
    assert codes(reading("en, de", "words: {start: Go}", "{en: A, de: B}")[1]) == ["SL206"]


def test_all_faults_of_words_are_told_at_once():
    """An unknown key, a place that is none, and the words that a language lacks."""
    text = "words: {stat: {nl: Begin}, start: {nl: 'Begin {x}'}, continue: {nl: Verder}}"
    _, found = reading("nl", text)
    assert codes(found) == ["SL208", "SL209", "SL209"]
    lacking = found.faults[0].what.rpartition(": ")[2].rstrip(".").split(", ")
    assert set(lacking) == CATALOGUE.keys() - LABELS.keys() - {"start", "continue"}


def test_a_language_of_its_own_brings_all_words():
    """Then the pages speak it; labels are only asked for where an item shows them."""
    dutch = {key: {"nl": word["en"]} for key, word in CATALOGUE.items() if key not in LABELS}
    _, found = reading("nl", f"words: {json.dumps(dutch)}")
    assert found.faults == ()
    assert found.instrument.words["start"]["nl"] == "Start"
    _, found = reading("nl", f"words: {json.dumps(dutch)}", kind="thumbs")
    assert codes(found) == ["SL208"]
    assert "2 of the" in found.faults[0].what
    assert found.faults[0].what.endswith("are missing: thumbs_1, thumbs_0.")


@pytest.mark.parametrize("tag", ["english language", "e", '"><script>', "de_AT"])
def test_a_language_has_a_tag(tag):
    """It stands in the page's markup, where programs that read it out look for it."""
    assert "SL109" in codes(reading(json.dumps(tag))[1])


@pytest.mark.parametrize(
    ("change", "count"),
    [
        (("title: {en: S, de: S}", "title: Only one"), 1),
        (("introduction: {en: S, de: S}", "introduction: {en: S}"), 1),
        (("thanks: {en: S, de: S}", "thanks: {de: S}"), 1),
        (("title: {en: P, de: P}", "title: {de: P}"), 1),
        (("text: {en: Q, de: Q}", "text: {en: Q}"), 1),
        (("hint: {en: H, de: H}", "hint: H"), 1),
        (("1: {en: One, de: Eins}", "1: One"), 1),
        (("{other: {en: Else, de: Anders}}", "{other: {en: Else}}"), 1),
        (("{r: {en: R, de: R}}", "{r: R}"), 1),
        (("[{en: L, de: L}", "[{en: L}"), 1),
        (("{0: {en: Low, de: Tief}}", "{0: Low}"), 1),
        (("statement: {en: Yes, de: Ja}", "statement: Yes"), 1),
    ],
)
def test_every_text_is_in_every_language(change, count):
    """Titles, introduction, thanks, questions, hints, options, the other option, rows, poles, labels, statements."""
    text = """\
format: 1
title: {en: S, de: S}
version: "1"
languages: [en, de]
introduction: {en: S, de: S}
thanks: {en: S, de: S}
contact: survey@example.org
pages: [{id: one, title: {en: P, de: P}, items: [a, b, c, d, e]}]
items:
  - id: a
    type: single
    text: {en: Q, de: Q}
    hint: {en: H, de: H}
    options: {1: {en: One, de: Eins}, 2: {en: Two, de: Zwei}}
    other: {other: {en: Else, de: Anders}}
  - id: b
    type: grid
    text: {en: B, de: B}
    options: {1: {en: Uno, de: Un}, 2: {en: Due, de: Du}}
    rows: {r: {en: R, de: R}}
  - {id: c, type: semantic_differential, text: {en: C, de: C}, rows: {s: [{en: L, de: L}, {en: M, de: M}]}}
  - {id: d, type: scale, text: {en: D, de: D}, low: 0, high: 10, labels: {0: {en: Low, de: Tief}}}
  - {id: e, type: consent, text: {en: E, de: E}, statement: {en: Yes, de: Ja}}
"""
    whole, _ = parse(text, "survey.yaml")
    assert read_instrument(whole).faults == ()
    assert text.count(change[0]) == 1
    node, _ = parse(text.replace(*change), "survey.yaml")
    assert codes(read_instrument(node)) == ["SL206"] * count
