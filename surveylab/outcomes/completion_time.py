"""Completion time: seconds spent on the pages of a submitted survey.

The sum over pages of the time from first display to first accepted submission, by the
server's clock, each page counted for at most ten minutes: a longer page is a respondent
who left the desk (methodology 2.2, winsorised idle). A contrast is a ratio of geometric means.
"""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import Instrument
from surveylab.design.terms import Among, ErrorSource, Scale

FAMILY = "duration"
AMONG = Among.COMPLETED
ERROR = ErrorSource.COST
SCALE = Scale.RATIO
BETTER = -1
VERSION = 1
IDLE_SECONDS = 600.0


def fault(instrument: Instrument, item: str | None) -> str | None:
    """Completion time is of the whole instrument, not of an item."""
    del instrument
    return None if item is None else "is of the whole survey and takes no item"


def compute(record: CaseRecord, item: str | None) -> float | None:
    """Seconds, above zero; None where the case did not submit or no page time is known."""
    del item
    seconds = sum(min(page, IDLE_SECONDS) for page in record.page_seconds.values())
    return seconds if record.had("submitted") and seconds > 0 else None
