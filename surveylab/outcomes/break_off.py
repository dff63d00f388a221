"""Break-off: started and not submitted, among those who started.

Share of started cases without a submission (Peytchev 2009); whoever opened the link and
did not press Start is not among them.
"""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import Instrument
from surveylab.design.terms import Among, ErrorSource, Scale

FAMILY = "binary"
AMONG = Among.STARTED
ERROR = ErrorSource.NONRESPONSE
SCALE = Scale.RISK_DIFFERENCE
BETTER = -1
VERSION = 1


def fault(instrument: Instrument, item: str | None) -> str | None:
    """Break-off is of the whole instrument, not of an item."""
    del instrument
    return None if item is None else "is of the whole survey and takes no item"


def compute(record: CaseRecord, item: str | None) -> float | None:
    """1.0 where the case started and did not submit; None where it did not start."""
    del item
    return float(not record.had("submitted")) if record.had("started") else None
