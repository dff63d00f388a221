"""The words of the pages: each once, under its key, in every language, and in no other place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from surveylab import templating, words
from surveylab.words import (
    CATALOGUE,
    LANGUAGES,
    Word,
    codes,
    controls,
    entries,
    forms,
    kiosk,
    labels,
    pages,
    places,
    privacy,
)
from surveylab.words.problems import PROBLEMS

MODULES = (pages, controls, forms, entries, codes, privacy, kiosk, labels)
EVERY: Mapping[str, Word] = {**CATALOGUE, **{word.key: word for pair in PROBLEMS.values() for word in pair}}
NEVER = re.compile(
    r"\b(invalid|please|forgot|ungültig|bitte|vergessen|invalide|veuillez|inválid\w*|por favor|من فضلك|الرجاء|يرجى)\b",
    re.IGNORECASE,
)
PACKAGE = Path(words.__file__).parents[1]
TEMPLATES = [
    path
    for path in sorted(templating.folder().rglob("*.html"))
    if path.relative_to(templating.folder()).parts[0] not in ("console", "preview", "report")
    and path.stem != "unusable"
]
SEEN = re.compile(r'\b(?:aria-label|alt|title|placeholder)="([^"]*)"')
"""What an attribute says to people."""


@pytest.mark.parametrize("word", EVERY.values(), ids=EVERY)
def test_every_word_is_in_every_language_with_the_same_places(word: Word) -> None:
    """No language lacks a word, or a number in it."""
    assert tuple(word) == LANGUAGES
    assert all(said.strip() == said and said for said in word.values())
    assert {places(said) for said in word.values()} == {word.places}


@pytest.mark.parametrize("word", EVERY.values(), ids=EVERY)
def test_no_word_blames_or_begs(word: Word) -> None:
    """Messages say what to do (GOV.UK Design System)."""
    assert not [said for said in word.values() if NEVER.search(said)]


def test_a_key_is_the_name_of_the_constant() -> None:
    """So that who reads a template or an instrument finds the word; no two have the same."""
    named = {}
    for module in MODULES:
        for name, value in vars(module).items():
            if isinstance(value, Word):
                named[name.lower()] = value
            elif isinstance(value, dict):
                named |= {f"{name.lower()}_{point}": word for point, word in value.items() if isinstance(word, Word)}
    assert {key: word.key for key, word in named.items()} == {key: key for key in named}
    assert named.keys() == CATALOGUE.keys()
    assert len(EVERY) == len(CATALOGUE) + 2 * len(PROBLEMS)
    assert not [key for key in CATALOGUE if hasattr(dict, key)], "a template would take it for a method"


def test_every_word_is_said_somewhere() -> None:
    """A word that nothing says any more is deleted."""
    said = {name for path in TEMPLATES for name in re.findall(r"\bwords\.(\w+)", path.read_text(encoding="utf-8"))}
    assert said <= CATALOGUE.keys(), said - CATALOGUE.keys()
    python = [path for path in PACKAGE.rglob("*.py") if PACKAGE / "words" not in path.parents]
    code = {name for path in python for name in re.findall(r"\b[A-Z][A-Z_]+\b", path.read_text(encoding="utf-8"))}
    shown = [value for value in vars(labels).values() if isinstance(value, dict)]
    inside = {word.key for group in shown for word in group.values() if isinstance(word, Word)}
    assert [key for key in CATALOGUE if key not in said | inside and key.upper() not in code] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_say_nothing_of_their_own(path: Path) -> None:
    """All that is read, or heard, comes from an instrument or from the words."""
    text = path.read_text(encoding="utf-8")
    markup = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style>.*?</style>", "", text, flags=re.DOTALL)
    between = [re.sub(r'[\w-]+="[^"]*"', "", each) for each in re.findall(r">([^<>]*)<", f">{markup}<")]
    for said in (*between, *SEEN.findall(markup)):
        assert not re.search(r"[^\W\d_]", said), said.strip()
