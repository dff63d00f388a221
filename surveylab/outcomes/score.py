"""Score: the mean rating of an item, on its own scale, among those who answered it."""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.terms import Among, ErrorSource, Scale
from surveylab.outcomes._items import rating, rating_fault

FAMILY = "continuous"
AMONG = Among.ANSWERED
ERROR = ErrorSource.MEASUREMENT
SCALE = Scale.DIFFERENCE
BETTER = 1
VERSION = 1

fault = rating_fault


def compute(record: CaseRecord, item: str | None) -> float | None:
    """The rating as given; None where the item was not answered."""
    return rating(record, item)
