"""The codes of faults. A code never changes its meaning and is never given out twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from surveylab.errors import hint

CODES: dict[str, str] = {
    # The file.
    "SL001": "the file cannot be read",
    "SL002": "the file is not UTF-8",
    "SL003": "the file begins with a byte-order mark",
    "SL004": "the file is not YAML",
    "SL005": "a tab stands where YAML takes spaces",
    "SL006": "a key stands twice in one mapping",
    "SL007": "the file is empty",
    "SL008": "the top of the file is not a mapping",
    "SL009": "the file is too big, nests too deeply or repeats too much through aliases",
    "SL010": "a construct of YAML that these files do not use",
    "SL011": "a control character",
    "SL012": "an experiment and its instrument have the same file name",
    # Keys and values.
    "SL101": "unknown key",
    "SL102": "missing key",
    "SL103": "value of the wrong type",
    "SL104": "a value that is not one of those allowed",
    "SL105": "wrong number of entries",
    "SL106": "settings or a value that do not make sense",
    "SL107": "malformed time of day",
    "SL108": "malformed ISO 8601 duration",
    "SL109": "malformed name",
    "SL110": "unknown plug-in: question type, scheme, channel or model",
    # Rules, fills and texts.
    "SL201": "a rule that cannot be parsed",
    "SL202": "unknown name in a rule",
    "SL203": "a function where it has no meaning",
    "SL204": "a fill without fallback",
    "SL205": "unknown name in a fill",
    "SL206": "a text that lacks a language, or has one that the instrument does not",
    "SL207": "a rule that reads who a person is",
    "SL208": "a language that the pages do not speak, without all the words that they say",
    "SL209": "an unknown word of the pages, or one that cannot be said so",
    "SL210": "a rule that compares an answer with what nobody can answer",
    # Instruments.
    "SL301": "an id stands twice",
    "SL302": "a page names an unknown item",
    "SL303": "an item is asked twice",
    "SL304": "an id that stands for something else already",
    "SL305": "a score of what no item stores",
    "SL306": "a score that its items or its settings do not allow",
    "SL307": "bands of a score that do not follow each other, or are told in part",
    "SL311": "a section names an unknown page",
    "SL312": "a page that stands in two sections, or in none where there are sections",
    "SL313": "something is pinned that is not there",
    "SL314": "sets of items that cannot be drawn",
    "SL315": "a rule or a fill that reads an answer which may not be there yet",
    "SL321": "a colour that is none",
    "SL322": "a colour with too little contrast to be read",
    "SL323": "a logo that cannot be used",
    # Factors and levels.
    "SL401": "weights that are no probabilities, or do not sum to 1",
    "SL402": "a path that does not exist or cannot be varied",
    "SL403": "two factors reach into the same field",
    "SL404": "fewer than two levels",
    "SL405": "a level that does not give every path its value",
    "SL406": "a factor without a path in an experiment that is fielded here",
    "SL407": "too many arms",
    # Inquiries and what answers them.
    "SL411": "unknown factor",
    "SL412": "unknown level",
    "SL413": "a contrast that compares nothing",
    "SL414": "unknown outcome",
    "SL415": "an outcome that cannot be computed on this instrument and item",
    "SL416": "an item that is not asked in every arm",
    "SL417": "unknown inquiry",
    "SL418": "unknown stratum",
    "SL419": "a model or a scale that does not suit the outcome",
    "SL420": "unknown item",
    "SL421": "unknown instrument",
    "SL422": "unknown message",
    "SL423": "unknown language",
    "SL424": "data, frame and sampling that do not go together",
    "SL425": "answers in a message that no link can select",
    "SL426": "a plan of contacts that cannot be kept",
    # The design.
    "SL431": "a design that is none, or that its factors do not allow",
    "SL432": "a list of arms that lacks something, or has it twice",
    "SL433": "an inquiry that the arms cannot answer",
    # The programme.
    "SL441": "a share of people, or a rest, that nobody can be held to",
    "SL442": "something is kept for less time than it is needed",
    # Quotas.
    "SL501": "a quota that can never be met",
    "SL502": "a quota that stands twice",
}
"""Code -> meaning."""


@dataclass(frozen=True)
class Finding:
    """A fault of a value before its place is known.

    ``path`` leads on from the value to the part at fault, ``offset`` counts characters inside a
    text, and ``key`` says that the key of the path's last step is meant, not its value.
    """

    code: str
    what: str
    remedy: str
    path: tuple[str | int, ...] = ()
    offset: int = 0
    key: bool = False


def refusal(*findings: Finding) -> PydanticCustomError:
    """The exception by which a validator reports findings."""
    return PydanticCustomError("findings", "at fault", {"findings": findings})


def offer(name: str, names: Iterable[str], what: str) -> str:
    """The remedy for an unknown name: the nearest one that exists, else all of them."""
    there = list(dict.fromkeys(names))
    if near := hint(name, there):
        return near.strip()
    if not there:
        return f"There are no {what} here."
    return f"There are these {what}: {', '.join(there)}."
