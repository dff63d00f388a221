"""The words of the field that take one of a few values."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Missing(StrEnum):
    """Why an answer is not there. An answer is a value or one of these, never an empty string."""

    REFUSED = "refused"
    DONT_KNOW = "dont_know"
    NO_ANSWER = "no_answer"
    """Shown, and left blank."""
    NOT_ASKED = "not_asked"
    """Routed around."""
    NOT_REACHED = "not_reached"
    """The respondent left before it."""


class Among(StrEnum):
    """The denominator of an outcome: the cases that it is defined for."""

    SAMPLED = "sampled"
    STARTED = "started"
    COMPLETED = "completed"
    ANSWERED = "answered"


class Scale(StrEnum):
    """The natural scale on which a contrast is told."""

    DIFFERENCE = "difference"
    RISK_DIFFERENCE = "risk_difference"
    RATIO = "ratio"
    RISK_RATIO = "risk_ratio"
    ODDS_RATIO = "odds_ratio"

    @property
    def null(self) -> float:
        """Where no effect lies: 1 for a ratio, 0 for a difference."""
        return 1.0 if self.value.endswith("ratio") else 0.0


class Counts(StrEnum):
    """Who fills a quota: whoever is inside with a place reserved, or only who has finished."""

    IN_PROGRESS = "in_progress"
    COMPLETES = "completes"


class ErrorSource(StrEnum):
    """The component of total survey error that an outcome speaks about (Groves and Lyberg 2010)."""

    COVERAGE = "coverage"
    SAMPLING = "sampling"
    NONRESPONSE = "nonresponse"
    MEASUREMENT = "measurement"
    COST = "cost"


Value = str | int | float | bool | None
"""A scalar of a frame field, an answer or a constant in a rule. None is missing."""

Text = Mapping[str, str]
"""The same sentence in each language of an instrument: language tag -> text."""

IDENTITY = ("name", "first_name", "last_name", "email", "e_mail", "phone", "app_id", "address", "street")
"""What says who a person is. It is kept apart from answers: texts may fill it in, rules may not read it."""
