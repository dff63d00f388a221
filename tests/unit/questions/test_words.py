"""The messages: what they say, in which languages."""

from __future__ import annotations

import re

import pytest

from surveylab.design.terms import Text
from surveylab.questions import _labels, _words_entered
from surveylab.questions import _words as words

SOURCES = {**vars(words), **vars(_words_entered)}
MESSAGES: dict[str, Text] = {name: text for name, text in SOURCES.items() if name.isupper()}
LABELS: dict[str, Text] = {
    f"{name} {point}": label
    for name, labels in vars(_labels).items()
    if name.isupper()
    for point, label in (labels.items() if isinstance(next(iter(labels.values())), dict) else [("", labels)])
}
NEVER = re.compile(
    r"\b(invalid|please|forgot|ungültig|bitte|vergessen|invalide|veuillez|inválid\w*|por favor)\b", re.IGNORECASE
)


@pytest.mark.parametrize("text", [*MESSAGES.values(), *LABELS.values()], ids=[*MESSAGES, *LABELS])
def test_every_message_is_in_every_language_with_the_same_places(text: Text) -> None:
    """No language lacks a message or a number in it."""
    assert set(text) == {"en", "de", "fr", "es"}
    assert len({tuple(sorted(re.findall(r"\{\w+\}", said))) for said in text.values()}) == 1


@pytest.mark.parametrize("text", MESSAGES.values(), ids=MESSAGES)
def test_no_message_blames_or_begs(text: Text) -> None:
    """Messages say what to do (GOV.UK Design System)."""
    assert not [said for said in text.values() if NEVER.search(said)]


def test_a_language_falls_back() -> None:
    """A regional tag takes its base language; one that is not there takes the first."""
    text = {"en": "Hello", "de": "Hallo"}
    assert words.spoken(text, "de-AT") == "Hallo"
    assert words.spoken(text, "ar") == "Hello"
    assert words.spoken({"ar": "مرحبا"}, "en") == "مرحبا"
