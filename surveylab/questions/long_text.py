"""Long text: an answer in the respondent's own words, on several lines.

Stored: the text without the spaces around it, lines ended by a line feed. Longer than ``max_length`` is
refused, never cut.

    - {id: why, type: long_text, text: What is the main reason for your answer?, max_length: 5000}
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

    max_length: int = 5000

    def __post_init__(self) -> None:
        check_max_length(self.max_length)
