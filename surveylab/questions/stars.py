"""Stars: one to five.

Stored: the number. Each star is a radio of its own, and heard as "3 of 5 stars"; the stars up to the
one chosen are filled.

    - {id: stay, type: stars, text: How was your stay?}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveylab.design.terms import Text
from surveylab.questions import Identifies
from surveylab.questions._ratings import Points, entered, fields, parse, simulate
from surveylab.words.labels import STARS

__all__ = ["Settings", "entered", "fields", "parse", "simulate"]

IDENTIFIES = Identifies.NOTHING


@dataclass(frozen=True)
class Settings(Points):
    """``labels``: how each star is called to those who hear it."""

    labels: Mapping[str, Text] = field(default_factory=lambda: STARS)

    def __post_init__(self) -> None:
        self.check_all_labelled()

    def bounds(self) -> tuple[int, int]:
        """From 1 to 5."""
        return 1, 5
