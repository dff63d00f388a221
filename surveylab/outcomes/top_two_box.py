"""Top two boxes: the share of respondents who chose one of the two highest points of a rating.

Of a rating of satisfaction or ease from 1 to 5 it is the customer satisfaction or effort score, as a share.
"""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import Instrument
from surveylab.design.scoring import in_top
from surveylab.design.terms import Among, ErrorSource, Scale
from surveylab.outcomes._items import rating, top_fault

FAMILY = "binary"
AMONG = Among.ANSWERED
ERROR = ErrorSource.MEASUREMENT
SCALE = Scale.RISK_DIFFERENCE
BETTER = 1
VERSION = 1


def fault(instrument: Instrument, item: str | None) -> str | None:
    """The rating must have at least three points: of two, everybody chooses one."""
    what = top_fault(instrument, item)
    if what or item is None:
        return what
    bounds = instrument.item(item).bounds
    few = bounds is not None and bounds[1] - bounds[0] < 2
    return f"needs a rating of at least three points, and {item!r} runs from {bounds}" if few else None


def compute(record: CaseRecord, item: str | None) -> float | None:
    """1.0 for the two highest points, 0.0 for any other; None where the item was not answered."""
    given = rating(record, item)
    bounds = record.instrument.item(item).bounds if item and given is not None else None
    return float(in_top(given, bounds, 2)) if given is not None and bounds else None
