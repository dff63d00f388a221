"""Scale: one point between two ends, such as 0 to 10.

Stored: the number. ``labels`` names the ends, more points, or all; where every point has a
label the points show their labels instead of numbers. ``direction: descending`` shows the
highest point first and changes nothing else; ``random`` draws one of the two for each case.
``dont_know`` and ``refuse`` as for a single choice.

    - id: recommend
      type: scale
      text: How likely are you to recommend us to a friend or colleague?
      low: 0
      high: 10
      labels: {0: Not at all likely, 10: Extremely likely}
      direction: ascending
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveylab.design.terms import Text
from surveylab.questions import Identifies
from surveylab.questions._ratings import Directed, entered, fields, parse, simulate

__all__ = ["Settings", "entered", "fields", "parse", "simulate"]

IDENTIFIES = Identifies.NOTHING

MOST_POINTS = 21
"""More points than -10 to 10 are a number to enter, not boxes to choose from."""


@dataclass(frozen=True)
class Settings(Directed):
    """``low`` and ``high`` are the lowest and highest point; ``labels``: point (as text) -> label."""

    low: int
    high: int
    labels: Mapping[str, Text] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise ValueError(f"low {self.low} is not below high {self.high}; swap them")
        if self.high - self.low >= MOST_POINTS:
            raise ValueError(
                f"{self.high - self.low + 1} points are too many to choose from; ask for a number, "
                f"or use at most {MOST_POINTS} points"
            )
        self.check_labels()

    def bounds(self) -> tuple[int, int]:
        """The lowest and the highest point."""
        return self.low, self.high
