"""Straightlining: every answered row of a battery got the same rating.

Simple nondifferentiation, 1[all X equal], over a battery with at least three answered rows
(Kim, Dykema, Stevenson, Black and Moberg 2019).
"""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import Instrument
from surveylab.design.terms import Among, ErrorSource, Missing, Scale
from surveylab.outcomes._items import batteries, battery_of

FAMILY = "binary"
AMONG = Among.ANSWERED
ERROR = ErrorSource.MEASUREMENT
SCALE = Scale.RISK_DIFFERENCE
BETTER = -1
VERSION = 1
FEWEST_ROWS = 3


def fault(instrument: Instrument, item: str | None) -> str | None:
    """One battery, named when the instrument has several."""
    if battery_of(instrument, item):
        return None
    there = ", ".join(each.id for each in batteries(instrument)) or "none"
    return f"needs one battery (an item with rows, such as a grid); {instrument.name!r} has: {there}"


def compute(record: CaseRecord, item: str | None) -> float | None:
    """1.0 where all ratings are equal; None with fewer than three answered rows."""
    battery = battery_of(record.instrument, item)
    given = [record.standing[c].value for c in battery.columns if c in record.standing] if battery else []
    ratings = [value for value in given if not isinstance(value, Missing)]
    return float(len(set(ratings)) == 1) if len(ratings) >= FEWEST_ROWS else None
