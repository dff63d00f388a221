"""Response: the case ended as a complete or partial interview (AAPOR letters I and P).

The mean over an arm is the numerator and denominator of RR2 (AAPOR Standard Definitions,
9th edition 2016), over all cases that were randomised to it; ineligible cases are left out.
"""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.dispositions import RULES_VERSION, disposition
from surveylab.design.instrument import Instrument
from surveylab.design.terms import Among, ErrorSource, Scale

FAMILY = "binary"
AMONG = Among.SAMPLED
ERROR = ErrorSource.NONRESPONSE
SCALE = Scale.RISK_DIFFERENCE
BETTER = 1
VERSION = RULES_VERSION


def fault(instrument: Instrument, item: str | None) -> str | None:
    """Response is of the whole instrument, not of an item."""
    del instrument
    return None if item is None else "is of the whole survey and takes no item"


def compute(record: CaseRecord, item: str | None) -> float | None:
    """1.0 for I and P, 0.0 otherwise; None for the ineligible."""
    del item
    letter = disposition(record).letter
    return None if letter == "NE" else float(letter in "IP")
