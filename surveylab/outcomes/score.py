"""Score: the mean rating of an item, on its own scale, or of a score of the instrument.

``item`` names the item, or one of the scores that the instrument declares (``scores``): a mean of several
items, a sum, a level. Among those whose answers suffice for it.
"""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import Instrument
from surveylab.design.scoring import value
from surveylab.design.terms import Among, ErrorSource, Scale
from surveylab.outcomes._items import rating, rating_fault

FAMILY = "continuous"
AMONG = Among.ANSWERED
ERROR = ErrorSource.MEASUREMENT
SCALE = Scale.DIFFERENCE
BETTER = 1
VERSION = 1


def fault(instrument: Instrument, item: str | None) -> str | None:
    """A rating, or a score of the instrument."""
    return None if item in instrument.scores else rating_fault(instrument, item)


def compute(record: CaseRecord, item: str | None) -> float | None:
    """The rating as given, or the score of the case; None where the answers are missing."""
    declared = record.instrument.scores.get(item or "")
    return rating(record, item) if declared is None else value(declared, record.instrument, record.known)
