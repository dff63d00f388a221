"""The AAPOR disposition of a case: a pure function of its history.

Codes are those of the AAPOR Standard Definitions, 9th edition 2016, internet surveys of
specifically named persons. Precedence: I > P > break-off > refusal > unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import asked, known_from
from surveylab.design.terms import Missing

EDITION = 9


@dataclass(frozen=True)
class Disposition:
    """A numeric code of the edition, and the letter that the outcome rates count."""

    code: str
    letter: str


COMPLETE = Disposition("1.1", "I")
PARTIAL = Disposition("1.2", "P")
REFUSAL = Disposition("2.11", "R")
NO_ITEM = Disposition("2.112", "R")
"""Logged on to the survey, did not complete any item."""
BREAK_OFF = Disposition("2.12", "R")
NOT_SENT = Disposition("3.11", "UH")
NOTHING_RETURNED = Disposition("3.19", "UH")
UNDELIVERED = Disposition("3.30", "UO")
SCREENED_OUT = Disposition("4.70", "NE")


def share_answered(record: CaseRecord) -> float:
    """Answered share of the applicable columns of the whole instrument under the answers given.

    Items on pages that were never reached count as unanswered when they would have applied.
    """
    values = {column: answer.value for column, answer in record.answers.items()}
    known = known_from(values, record.unit)
    columns = {
        column
        for page in record.instrument.pages
        for item in asked(record.instrument, page, known)
        for column in item.columns
    }
    answered = sum(1 for column in columns if not isinstance(values.get(column, Missing.NOT_REACHED), Missing))
    return answered / len(columns) if columns else 0.0


def disposition(record: CaseRecord) -> Disposition:
    """The code of a case as its history stands (methodology 1.3)."""
    if record.had("screened_out"):
        return SCREENED_OUT
    if record.had("started"):
        share = share_answered(record)
        if record.had("submitted") and share >= record.complete_from:
            return COMPLETE
        if record.had("opted_out"):
            return REFUSAL
        if share >= record.partial_from:
            return PARTIAL
        return BREAK_OFF if share > 0 else NO_ITEM
    if record.had("opted_out"):
        return REFUSAL
    if record.had("bounced"):
        return UNDELIVERED
    return NOTHING_RETURNED if record.had("sent") or record.had("opened") else NOT_SENT
