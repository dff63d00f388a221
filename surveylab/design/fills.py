"""Fills: ``Hello {unit.first_name|there}`` takes a known value, or the words behind the bar.

Only parsed and joined here. Escaping is the template's business: a fill is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from surveylab.design.terms import Value

ANSWERS = "answers."
"""Begins the name of a fill that lists the answers of an item in a message, each with the link that selects it."""
OF_MESSAGES = ("link", "incentive", "closes", "opt_out")
"""What only messages fill in: the personal link, what is offered, the last day, the link by which to be left alone."""
_FILL = re.compile(r"\{\s*([^\W\d][\w.]*)\s*(?:\|([^{}]*))?\}")


def occurrences(text: str) -> Iterator[tuple[str, str | None, int]]:
    """Name, fallback (None where there is none) and place of every fill, in order."""
    return ((match.group(1), match.group(2), match.start()) for match in _FILL.finditer(text))


def fill(text: str, known: Mapping[str, Value], put: Callable[[str], str] = str) -> str:
    """``text`` with every fill replaced; an unknown or missing value gives the fallback.

    ``put`` prepares a value for standing in the text; the fallback is a part of the text.
    """

    def one(match: re.Match[str]) -> str:
        value = known.get(match.group(1))
        return (match.group(2) or "") if value is None or value == "" else put(str(value))

    return _FILL.sub(one, text)
