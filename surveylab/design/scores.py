"""Scores as a file declares them: what the answers of a respondent come to, and what is told about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from surveylab.design.terms import Text

ScoringRule = Literal["nps", "top_box", "top_two_box", "mean", "sum", "level"]
"""How the answers of a respondent become a number; ``scoring.value`` has the formulas."""

SHARES = frozenset({"top_box", "top_two_box"})
"""The rules whose score is a share of respondents, told in per cent."""
OWN_SCORE = "score"
"""What a band's text fills in for the respondent's own score: ``{score|}``."""


@dataclass(frozen=True)
class Band:
    """A range of a score: from ``at_least`` up to where the next band begins."""

    at_least: float
    """The lowest score in the band."""
    text: Text | None = None
    """What a respondent in the band is told at the end. {score|} fills in the respondent's own score.

    Lines that begin with "- " are shown as a list.
    """


@dataclass(frozen=True)
class Score:
    """What the answers of a respondent come to, and what is told about it.

    The score of a sample is the mean over its respondents (``aggregates``).
    """

    rule: ScoringRule
    """nps: 100 for 9 and 10, -100 for 0 to 6. top_box, top_two_box: 100 for the highest point, or the two highest.

    mean, sum: of the items. level: how many steps of practices, from the first on, are in place.
    """
    items: tuple[str, ...] = ()
    """What is scored: an item, item.row for a row of a battery, or a battery for all of its rows."""
    reversed: tuple[str, ...] = ()
    """Those of the items that count the other way round: the lowest point as the highest."""
    fewest: int | None = None
    """For a mean: how many items must have an answer; all by default."""
    steps: tuple[tuple[str, ...], ...] = ()
    """For a level: the items of each step. A step is reached with all steps before it and all of its items."""
    reached_from: int | None = None
    """For a level: the lowest point at which an item counts as in place; the highest by default."""
    better: Literal["higher", "lower"] = "higher"
    """Which way is better: burden is better lower."""
    digits: int | None = None
    """Decimals that the score is rounded to, halves away from zero; not rounded by default."""
    title: Text | None = None
    """What a respondent reads above the text of the band."""
    bands: Mapping[str, Band] = field(default_factory=dict)
    """Ranges of the score, by name, the lowest first."""
    without: Text | None = None
    """What a respondent is told whose answers do not suffice for a score."""

    @property
    def named(self) -> tuple[str, ...]:
        """The items that are scored, of all steps."""
        return self.items + tuple(item for step in self.steps for item in step)

    @property
    def is_told(self) -> bool:
        """Whether respondents are told something about it."""
        return self.without is not None

    @property
    def decimals(self) -> int:
        """The decimals that a person reads: those of the file, else one for a mean and none for what is counted."""
        return self.digits if self.digits is not None else int(self.rule == "mean")

    def band(self, value: float) -> str | None:
        """The name of the band that a value lies in; None where there is none."""
        return next((name for name, band in reversed([*self.bands.items()]) if value >= band.at_least), None)
