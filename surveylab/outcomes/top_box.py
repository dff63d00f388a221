"""Top box: the share of respondents who chose the highest point of a rating."""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.scoring import in_top
from surveylab.design.terms import Among, ErrorSource, Scale
from surveylab.outcomes._items import rating, top_fault

FAMILY = "binary"
AMONG = Among.ANSWERED
ERROR = ErrorSource.MEASUREMENT
SCALE = Scale.RISK_DIFFERENCE
BETTER = 1
VERSION = 1

fault = top_fault


def compute(record: CaseRecord, item: str | None) -> float | None:
    """1.0 for the highest point, 0.0 for any other; None where the item was not answered."""
    given = rating(record, item)
    bounds = record.instrument.item(item).bounds if item and given is not None else None
    return float(in_top(given, bounds, 1)) if given is not None and bounds else None
