"""Break-off: started and not submitted, among those who started.

Share of started cases without a submission (Peytchev 2009); whoever opened the link and
did not press Start is not among them, and neither is whom the survey itself sent away:
screened out, or of a kind of which there are enough.
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
VERSION = 2


def fault(instrument: Instrument, item: str | None) -> str | None:
    """Break-off is of the whole instrument, not of an item."""
    del instrument
    return None if item is None else "is of the whole survey and takes no item"


def compute(record: CaseRecord, item: str | None) -> float | None:
    """1.0 where the case started and did not submit; None where it did not start or was sent away."""
    del item
    if record.had("screened_out") or record.had("quota_full"):
        return None
    return float(not record.had("submitted")) if record.had("started") else None
