"""What the pages say by themselves: every word of them, once, in every language that they speak.

A word has a key, which is the name of its constant in small letters: templates say ``t(words.start)``,
an instrument says ``words: {start: ...}`` to say it in its own way or in a language of its own. To
add a word, add a constant to the module that it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from surveylab.words import codes, controls, entries, forms, kiosk, labels, pages, privacy
from surveylab.words.language import TAG, Language, base, best, direction
from surveylab.words.word import Word, places

__all__ = [
    "CATALOGUE",
    "ENGLISH",
    "LABELS",
    "LANGUAGES",
    "TAG",
    "Language",
    "Word",
    "base",
    "best",
    "direction",
    "places",
]


def _words(*modules: object) -> Iterator[Word]:
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Word):
                yield value
            elif isinstance(value, Mapping):
                yield from (each for each in value.values() if isinstance(each, Word))


LABELS: Mapping[str, Word] = MappingProxyType({word.key: word for word in _words(labels)})
"""Key -> word, of those that only some question types say."""
CATALOGUE: Mapping[str, Word] = MappingProxyType(
    {**{word.key: word for word in _words(pages, controls, forms, entries, codes, privacy, kiosk)}, **LABELS}
)
"""Key -> word, of all that an instrument may say in its own way."""
LANGUAGES: tuple[str, ...] = tuple(pages.START)
"""The languages that the pages speak."""
ENGLISH = Language("en")
"""What the people who run a survey read: the console, and the faults of a kiosk's address."""
