"""Don't know: the share of displayed questions that a respondent declined in so many words.

Per person: ("don't know" + "prefer not to say") / displayed (methodology 2.1), apart from blanks, which are
item nonresponse. An arm that offers the option changes what the other answers are of.
"""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.terms import Among, ErrorSource, Missing, Scale
from surveylab.outcomes.item_nonresponse import fault

__all__ = ["AMONG", "BETTER", "ERROR", "FAMILY", "SCALE", "VERSION", "compute", "fault"]

FAMILY = "continuous"
AMONG = Among.ANSWERED
ERROR = ErrorSource.MEASUREMENT
SCALE = Scale.DIFFERENCE
BETTER = -1
VERSION = 1


def compute(record: CaseRecord, item: str | None) -> float | None:
    """A share in [0, 1]; None where nothing that applies was displayed and submitted."""
    shown = [
        answer.value
        for answer in record.standing.values()
        if item in (None, answer.item) and answer.value != Missing.NOT_ASKED
    ]
    return sum(value in (Missing.DONT_KNOW, Missing.REFUSED) for value in shown) / len(shown) if shown else None
