"""Effort: agreement with a statement on five labelled points, from strongly disagree (1) to strongly agree (5).

Stored: the number. The customer effort score is the share of 4 and 5 (statement of the CES 2.0:
Dixon, Ponomareff, Turner and DeLisi 2013).

    - {id: made_easy, type: ces, text: The company made it easy for me to handle my issue., direction: ascending}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveylab.design.terms import Text
from surveylab.questions import Identifies
from surveylab.questions._ratings import Directed, entered, fields, parse, simulate
from surveylab.words.labels import AGREED

__all__ = ["Settings", "entered", "fields", "parse", "simulate"]

IDENTIFIES = Identifies.NOTHING


@dataclass(frozen=True)
class Settings(Directed):
    """``labels``: a label for each point."""

    labels: Mapping[str, Text] = field(default_factory=lambda: AGREED)

    def __post_init__(self) -> None:
        self.check_all_labelled()

    def bounds(self) -> tuple[int, int]:
        """From 1 to 5."""
        return 1, 5
