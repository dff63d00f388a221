"""Short text: an answer in a few words, on one line.

Stored: the text without the spaces around it. Longer than ``max_length`` is refused, never cut.

    - {id: improve, type: short_text, text: What should we improve first?, max_length: 200}
"""

from __future__ import annotations

from dataclasses import dataclass

from surveylab.questions import Identifies
from surveylab.questions._free_text import entered, fields, parse, simulate
from surveylab.questions._settings import OneColumn, check_max_length

__all__ = ["Settings", "entered", "fields", "parse", "simulate"]

IDENTIFIES = Identifies.EVERYTHING


@dataclass(frozen=True)
class Settings(OneColumn):
    """``max_length``: the most characters."""

    max_length: int = 200

    def __post_init__(self) -> None:
        check_max_length(self.max_length)
