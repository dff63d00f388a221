"""Thumbs: up or down.

Stored: 1 for up and 0 for down, so that its mean, and its top box, is the share of thumbs up.

    - {id: helpful, type: thumbs, text: Was this page helpful?}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveylab.design.terms import Text
from surveylab.questions import Identifies
from surveylab.questions._ratings import Points, entered, fields, parse, simulate
from surveylab.words.labels import THUMBS

__all__ = ["Settings", "entered", "fields", "parse", "simulate"]

IDENTIFIES = Identifies.NOTHING


@dataclass(frozen=True)
class Settings(Points):
    """``labels``: the words beside each thumb, 1 for up and 0 for down."""

    labels: Mapping[str, Text] = field(default_factory=lambda: THUMBS)

    def __post_init__(self) -> None:
        self.check_all_labelled()

    def bounds(self) -> tuple[int, int]:
        """From 0 to 1."""
        return 0, 1

    def option_order(self) -> tuple[str, ...]:
        """Up, then down."""
        return super().option_order()[::-1]
