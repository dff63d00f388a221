"""Item nonresponse: the share of displayed questions that a respondent left blank.

Per person: blank / applicable and displayed (methodology 2.1); an explicit "don't know" or
refusal is an answer of its own kind and not a blank. The mean over persons is modelled on
the persons, so that its error counts respondents and not questions.
"""

from __future__ import annotations

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import Instrument
from surveylab.design.terms import Among, ErrorSource, Missing, Scale

FAMILY = "continuous"
AMONG = Among.ANSWERED
ERROR = ErrorSource.MEASUREMENT
SCALE = Scale.DIFFERENCE
BETTER = -1
VERSION = 1


def fault(instrument: Instrument, item: str | None) -> str | None:
    """With an item: its own rate; without: all of the instrument."""
    if item is None or any(each.id == item and each.columns for each in instrument.items):
        return None
    return f"needs an item that is answered, and {item!r} is none of {instrument.name!r}"


def compute(record: CaseRecord, item: str | None) -> float | None:
    """A share in [0, 1]; None where nothing that applies was displayed and submitted."""
    there = [answer for answer in record.standing.values() if item in (None, answer.item)]
    shown = [answer for answer in there if answer.value != Missing.NOT_ASKED]
    return sum(answer.value == Missing.NO_ANSWER for answer in shown) / len(shown) if shown else None
