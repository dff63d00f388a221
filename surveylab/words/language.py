"""Languages: which one somebody reads, how a text is said in it, and in which direction it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from unicodedata import bidirectional

from surveylab.words.word import Word

TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}")
"""How the tag of a language is written (BCP 47, without its rarer parts)."""

NO_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({})

_RIGHT_TO_LEFT = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "glk", "he", "iw", "ks", "lrc", "mzn", "pnb", "ps", "sd", "syr", "ug", "ur", "yi")
)
_SCRIPTS = frozenset(("adlm", "arab", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"))
"""Languages, and scripts, that are written from right to left."""

_TURNING = frozenset(("R", "AL", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"))
"""Classes of signs that are written from right to left, or that order text to be (UAX 9, table 4)."""
ISOLATE, END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True)
class Language:
    """A language in which somebody reads.

    ``tag`` is its name in BCP 47. ``own``: key -> a word of the pages as the instrument says it itself.
    ``fallback``: the language of a text that is not there in this one.
    """

    tag: str
    own: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: NO_WORDS)
    fallback: str = ""

    def choose(self, text: Mapping[str, str]) -> str:
        """The text in this language, else in its base (``de`` for ``de-AT``), else in another.

        The next best is the fallback, and then the first that the text has.
        """
        if isinstance(text, Word):
            text = self.own.get(text.key, text)
        wanted = (self.tag, base(self.tag), self.fallback)
        return text[next((tag for tag in wanted if tag in text), next(iter(text)))]

    def say(self, text: Mapping[str, str], **values: object) -> str:
        """A word of the pages with its places filled; each value keeps its own direction."""
        return self.choose(text).format(**{name: self.isolated(str(value)) for name, value in values.items()})

    def isolated(self, value: str) -> str:
        """A value that is put into a sentence of this language: what it holds turns nothing around it.

        Between signs for it (Unicode Bidirectional Algorithm, X5c) where the language is written from
        right to left; a value alone that is written so is marked in the others.
        """
        if self.direction == "ltr" and value.isascii():
            return value
        return f"{ISOLATE}{value}{END}" if self.direction == "rtl" or _turns(value) else value

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return direction(self.tag)


def base(tag: str) -> str:
    """The language of a tag, without region and script: ``de`` of ``de-AT``."""
    return tag.partition("-")[0]


def direction(tag: str) -> str:
    """In which direction a language is written: ``ltr`` or ``rtl``. A script in the tag decides (``az-Arab``)."""
    language, *rest = tag.lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    return "rtl" if (script in _SCRIPTS if script else language in _RIGHT_TO_LEFT) else "ltr"


def best(wanted: Iterable[str], there: Sequence[str]) -> str | None:
    """The first of the wanted languages that there is (lookup of RFC 4647, 3.4); None where there is none.

    A wanted tag loses its parts from the right until one is there (``de-AT``, ``de``); where none
    is, another of the same language will do (``de-CH`` for ``de``).
    """
    known = {tag.lower(): tag for tag in reversed(there)}
    for tag in wanted:
        parts = tag.lower().split("-")
        lookup = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
        found = next((each for each in lookup if each in known), None)
        if found:
            return known[found]
        related = next((each for each in there if base(each).lower() == parts[0]), None)
        if related:
            return related
    return None


def _turns(value: str) -> bool:
    """Whether a value has a sign that is written from right to left, or that orders text to be."""
    return any(bidirectional(sign) in _TURNING for sign in value)
