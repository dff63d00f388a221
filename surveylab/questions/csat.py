"""Satisfaction: five labelled points, from very dissatisfied (1) to very satisfied (5).

Stored: the number. The customer satisfaction score is the share of 4 and 5.

    - {id: satisfied, type: csat, text: How satisfied are you with your last visit?, direction: ascending}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveylab.design.terms import Text
from surveylab.questions import Identifies
from surveylab.questions._ratings import Directed, entered, fields, parse, simulate
from surveylab.words.labels import SATISFIED

__all__ = ["Settings", "entered", "fields", "parse", "simulate"]

IDENTIFIES = Identifies.NOTHING


@dataclass(frozen=True)
class Settings(Directed):
    """``labels``: a label for each point."""

    labels: Mapping[str, Text] = field(default_factory=lambda: SATISFIED)

    def __post_init__(self) -> None:
        self.check_all_labelled()

    def bounds(self) -> tuple[int, int]:
        """From 1 to 5."""
        return 1, 5
