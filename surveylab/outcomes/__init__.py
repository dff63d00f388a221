"""Outcomes, a file each: what is measured on a case, among whom, and by which definition."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import Instrument
from surveylab.design.terms import Among, ErrorSource, Scale


@runtime_checkable
class Contract(Protocol):
    """What an outcome is. Its definition and its source stand in the module's docstring."""

    FAMILY: str
    """The model (a file of models/) that suits it."""
    AMONG: Among
    ERROR: ErrorSource
    SCALE: Scale
    """The scale on which its contrasts are told when the inquiry names none."""
    BETTER: int
    """1 where more is better for the programme, -1 where less is: p_best and expected loss read it."""
    VERSION: int
    """Of the rule; stored with every value."""

    def fault(self, instrument: Instrument, item: str | None) -> str | None:
        """Why the outcome cannot be computed on this instrument and item; None if it can."""

    def compute(self, record: CaseRecord, item: str | None) -> float | None:
        """The value of a case, from ``record.standing``; None where the case is not among the denominator."""
