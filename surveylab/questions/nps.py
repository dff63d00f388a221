"""Likelihood to recommend: 0 to 10, the item of the Net Promoter Score.

Stored: the number. The ends have their words, ``labels`` replaces them; the score itself is the
outcome `nps` (Reichheld 2003: promoters 9 and 10, detractors 0 to 6).

    - {id: recommend, type: nps, text: How likely are you to recommend us to a friend or colleague?}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveylab.design.terms import Text
from surveylab.questions import Identifies
from surveylab.questions._ratings import Directed, entered, fields, parse, simulate
from surveylab.words.labels import LIKELY

__all__ = ["Settings", "entered", "fields", "parse", "simulate"]

IDENTIFIES = Identifies.NOTHING


@dataclass(frozen=True)
class Settings(Directed):
    """``labels``: point -> label; the two ends by default."""

    labels: Mapping[str, Text] = field(default_factory=lambda: LIKELY)

    def __post_init__(self) -> None:
        self.check_labels()

    def bounds(self) -> tuple[int, int]:
        """From 0 to 10."""
        return 0, 10
