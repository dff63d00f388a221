"""Net Promoter Score of a 0-10 rating: 100 (share of 9 and 10 - share of 0 to 6).

Each respondent counts 100 (promoter), 0 (passive, 7 and 8) or -100 (detractor), so that the
mean is the score and its variance 100^2 (P + D - (P - D)^2) / n (methodology 5).
"""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import Instrument
from surveylab.design.scoring import promotion
from surveylab.design.terms import Among, ErrorSource, Scale
from surveylab.outcomes._items import rating, rating_fault

FAMILY = "continuous"
AMONG = Among.ANSWERED
ERROR = ErrorSource.MEASUREMENT
SCALE = Scale.DIFFERENCE
BETTER = 1
VERSION = 1


def fault(instrument: Instrument, item: str | None) -> str | None:
    """The rating must run from 0 to 10: the score is not defined on another scale."""
    what = rating_fault(instrument, item)
    if what or item is None:
        return what
    bounds = instrument.item(item).bounds
    return None if bounds == (0, 10) else f"needs a rating from 0 to 10, and {item!r} runs from {bounds}"


def compute(record: CaseRecord, item: str | None) -> float | None:
    """100, 0 or -100; None where the item was not answered."""
    given = rating(record, item)
    return None if given is None else promotion(given)
