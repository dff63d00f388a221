"""Smileys: five faces, from very unhappy (1) to very happy (5), each with its words.

Stored: the number. The faces are drawings in the page, in the colour of the text: nothing is said
by colour alone.

    - {id: mood, type: smileys, text: How do you feel about today?}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveylab.design.terms import Text
from surveylab.questions import Identifies
from surveylab.questions._ratings import Points, entered, fields, parse, simulate
from surveylab.words.labels import MOODS

__all__ = ["Settings", "entered", "fields", "parse", "simulate"]

IDENTIFIES = Identifies.NOTHING


@dataclass(frozen=True)
class Settings(Points):
    """``labels``: the words beside each face."""

    labels: Mapping[str, Text] = field(default_factory=lambda: MOODS)

    def __post_init__(self) -> None:
        self.check_all_labelled()

    def bounds(self) -> tuple[int, int]:
        """From 1 to 5."""
        return 1, 5
