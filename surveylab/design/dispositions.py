"""The AAPOR disposition of a case: a pure function of its history.

Codes are those of the AAPOR Standard Definitions, 9th edition 2016, internet surveys of
specifically named persons. Precedence: I > P > break-off > refusal > unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import asked
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
DISMISSED = Disposition("2.112", "R")
"""Declined a prompt in an app by its button: an explicit refusal."""
IGNORED = Disposition("2.113", "R")
"""Was displayed a prompt in an app, at random, and left it: an implicit refusal. It needs no report from the page
that was left: a prompt without any reply is ignored."""
BREAK_OFF = Disposition("2.12", "R")
NOT_SENT = Disposition("3.11", "UH")
NOTHING_RETURNED = Disposition("3.19", "UH")
UNDELIVERED = Disposition("3.30", "UO")
SCREENED_OUT = Disposition("4.70", "NE")
QUOTA_FULL = Disposition("4.80", "NE")


def share_answered(record: CaseRecord) -> float:
    """Answered share of the applicable columns of the whole instrument under the answers that stand.

    Items on pages that were never reached count as unanswered when they would have applied.
    Answered is "with other than a refusal or no answer" (AAPOR Standard Definitions): a "don't
    know" counts. The text of an option that was not chosen was not asked for.
    """
    columns = {
        column
        for page in record.instrument.pages
        for item in asked(record.instrument, page, record.known)
        for column in item.columns
    }
    values = [record.standing[column].value for column in columns & record.standing.keys()]
    given = [value for value in values if value is not Missing.NOT_ASKED]
    applicable = len(columns) - (len(values) - len(given))
    answered = sum(not isinstance(value, Missing) or value is Missing.DONT_KNOW for value in given)
    return answered / applicable if applicable else 0.0


def disposition(record: CaseRecord) -> Disposition:
    """The code of a case as its history stands (methodology 1.3)."""
    if record.had("screened_out"):
        return SCREENED_OUT
    if record.had("quota_full"):
        return QUOTA_FULL
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
    if record.had("dismissed"):
        return DISMISSED
    if record.prompted:
        return IGNORED
    return NOTHING_RETURNED if record.had("sent") or record.had("opened") else NOT_SENT
