"""What an instrument may say itself: words of the pages in its own way, or in a language that they do not speak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core.core_schema import ValidationInfo
from typing_extensions import TypeAliasType

from surveylab.design.instrument import Instrument
from surveylab.design.terms import Text
from surveylab.errors import hint
from surveylab.spec.faults import Finding, refusal
from surveylab.spec.wording import Surroundings, around_of, language_findings, wrong_type
from surveylab.words import CATALOGUE, LABELS, Word, base, places

LISTED = "`surveylab words` lists them all."


def read_words(written: Any, info: ValidationInfo) -> Mapping[str, Text]:
    """All words of the pages, with those that a file says itself in their place."""
    if not isinstance(written, Mapping):
        raise refusal(wrong_type("a mapping", written))
    around = around_of(info)
    found = tuple(finding for key, text in written.items() for finding in _findings(key, text, around))
    if found:
        raise refusal(*found)
    return MappingProxyType({**CATALOGUE, **{key: _said(key, text, around) for key, text in written.items()}})


def wanted(instrument: Instrument) -> tuple[str, ...]:
    """The keys of the words that are said around an instrument: labels only where its items show them."""
    labels = {text.key for item in instrument.items for text in item.texts if isinstance(text, Word)}
    return tuple(key for key in CATALOGUE if key not in LABELS or key in labels)


def _findings(key: str, text: Any, around: Surroundings) -> Iterator[Finding]:
    word = CATALOGUE.get(key)
    if word is None:
        remedy = hint(key, CATALOGUE).strip() or LISTED
        yield Finding("SL209", f"the pages say no word {key!r}.", remedy, (key,), key=True)
        return
    if isinstance(text, str):
        if len(around.languages) > 1:
            remedy = f"Name the language that it is in: {{{around.languages[0]}: ...}}."
            yield Finding("SL206", f"the word {key!r} does not say in which language it is.", remedy, (key,))
        yield from _places(word, text, (key,))
    elif isinstance(text, Mapping):
        spoken = {language: each for language, each in text.items() if isinstance(each, str)}
        for language, each in text.items():
            if language not in spoken:
                yield wrong_type("a text", each, key, language)
        yield from language_findings(spoken, around, (key,))
        for language, each in spoken.items():
            yield from _places(word, each, (key, language))
    else:
        yield wrong_type("a text", text, key)


def _places(word: Word, text: str, path: tuple[str, ...]) -> Iterator[Finding]:
    """A word has the places of the page's own, or fewer, and something to read."""
    if not text.strip():
        yield Finding("SL209", f"the word {word.key!r} is empty.", "Write what stands there.", path)
    try:
        unknown = [place for place in places(text) if place not in word.places]
    except ValueError:
        yield Finding("SL209", f"a brace of the word {word.key!r} has no other half.", "Write {{ for a brace.", path)
        return
    there = ", ".join(f"{{{place}}}" for place in word.places)
    for place in unknown:
        what = f"nothing is put into {{{place}}} of the word {word.key!r}."
        remedy = f"It has these places: {there}." if there else "It has no places; leave the braces out."
        yield Finding("SL209", what, remedy, path)


def _said(key: str, text: Any, around: Surroundings) -> Text:
    """A word in the languages of the instrument: as the file says it, else as the pages do."""
    given = {around.languages[0]: text} if isinstance(text, str) else text
    spoken = {tag: CATALOGUE[key][base(tag)] for tag in around.languages if base(tag) in CATALOGUE[key]}
    return MappingProxyType({**spoken, **given})


_TEXT = {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}

Words: Any = TypeAliasType(
    "Words",
    Annotated[
        Any,
        BeforeValidator(read_words),
        WithJsonSchema(
            {
                "type": "object",
                "propertyNames": {"enum": [*CATALOGUE]},
                "additionalProperties": _TEXT,
            }
        ),
        PlainSerializer(str),
    ],
)
