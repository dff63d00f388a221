"""Who answers with one of the words for it is sent no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveylab.channels._stop_words import STOP_WORDS, is_stop
from surveylab.words import LANGUAGES


@pytest.mark.parametrize("text", ["STOP", "stop", " Stop. ", "»Stopp!«", "STOP\n", "Opt-out", "opt out", "stopall"])
def test_capitals_and_the_signs_around_make_no_difference(text: str) -> None:
    """A word is known however it is typed."""
    assert is_stop(text)


@pytest.mark.parametrize("text", ["désabonner", "DESABONNER", "arrêt", "Arret", "إيقاف", "ايقاف", "baja"])
def test_accents_make_no_difference(text: str) -> None:
    """Telephones leave them out."""
    assert is_stop(text)


@pytest.mark.parametrize("text", ["", "!", "9", "Non-stop", "please stop by on Monday", "The end", "no", "stopwatch"])
def test_any_other_answer_is_none(text: str) -> None:
    """Only a whole answer counts: a word within a sentence may mean anything."""
    assert not is_stop(text)


def test_every_language_of_the_pages_has_words() -> None:
    """Who was written to in a language can stop in it; each word as listed is known."""
    assert set(STOP_WORDS) == set(LANGUAGES)
    assert all(is_stop(word) for words in STOP_WORDS.values() for word in words)


def test_the_documentation_lists_them() -> None:
    """docs/channels.md has the words of each language, in a row."""
    page = (Path(__file__).parents[3] / "docs" / "channels.md").read_text(encoding="utf-8")
    for words in STOP_WORDS.values():
        assert f"| {', '.join(words)} |" in page
