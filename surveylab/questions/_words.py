"""How a question type says a word of the pages, and an author's text inside one."""

from __future__ import annotations

from surveylab.design.fills import fill
from surveylab.design.terms import Text
from surveylab.words import Language


def quoted(text: Text, language: Language) -> str:
    """An author's text inside a message. Messages are compiled before anybody is known: fills give their fallback."""
    return fill(language.choose(text), {})
