"""The AAPOR disposition of a case: a pure function of its history, the close date and the version of these rules.

Codes are those of the AAPOR Standard Definitions, 9th edition 2016, internet surveys of specifically named persons.
There is one for each sampled person, the best outcome over all contacts and channels, in the order

    not eligible, not the person > I > opt-out > P > break-off > refusal > other > non-contact > unknown

so that an explicit opt-out freezes a case unless there is a complete. A code belongs to an edition; its letter, which
the rates count (``rates``), follows from the edition's table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from surveylab.design.cases import CaseRecord
from surveylab.design.instrument import asked
from surveylab.design.terms import Missing
from surveylab.errors import SurveylabError

RULES_VERSION = 2
"""Of this module. Version 1 knew no close date, no screener, and no events that people record."""
EDITION = 9

_NINTH = {
    "1.1": "I",
    "1.2": "P",
    "2.1": "R",
    "2.2": "NC",
    "2.3": "O",
    "3.1": "UH",
    "3.2": "UO",
    "3.3": "UO",
    "3.4": "UO",
    "3.9": "UO",
    "4": "NE",
}
LETTERS: Mapping[int, Mapping[str, str]] = MappingProxyType({9: _NINTH, 10: {**_NINTH, "3.2": "UR"}})
"""Edition -> the beginning of a code -> its letter. In the 10th edition (2023) 3.20 and 3.21 leave UO for UR."""

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "1.1": "complete",
        "1.2": "partial",
        "2.11": "refusal",
        "2.112": "logged on or declined, no item completed",
        "2.113": "implicit refusal",
        "2.12": "break-off",
        "2.20": "non-contact",
        "2.26": "unavailable during the field period",
        "2.27": "completed, not returned during the field period",
        "2.31": "deceased",
        "2.32": "physically or mentally unable",
        "2.33": "language",
        "2.34": "literacy",
        "2.36": "not the sampled person",
        "2.361": "wholly completed by another person",
        "2.362": "partly completed by another person",
        "3.11": "no invitation sent",
        "3.19": "nothing returned",
        "3.21": "no screener completed",
        "3.30": "invitation returned undelivered",
        "3.91": "returned from an address that was not sampled",
        "4.10": "not eligible",
        "4.70": "screened out",
        "4.80": "quota filled",
        "4.81": "duplicate",
        "4.90": "other: fraud",
    }
)
"""Every code that a case may get -> what it says."""


def letter_of(code: str, edition: int = EDITION, *, known_eligible: bool = False) -> str:
    """The letter that the outcome rates of an edition count a code under.

    Args:
        code: a numeric code, 1.1 to 4.90.
        edition: of the Standard Definitions, see ``LETTERS``.
        known_eligible: whether the frame proves that its units are eligible. Who was not invited is unknown for
            another reason than eligibility then: 3.11 is UO.

    Raises:
        SurveylabError: there is no table of that edition, or it has no such code.
    """
    if edition not in LETTERS:
        there = ", ".join(map(str, LETTERS))
        raise SurveylabError(f"No letters are known for edition {edition} of the Standard Definitions; of {there}.")
    table = LETTERS[edition]
    if known_eligible and code == NOT_SENT:
        return "UO"
    for length in (3, 1):
        if code[:length] in table:
            return table[code[:length]]
    raise SurveylabError(f"Edition {edition} of the Standard Definitions has no code {code!r}.")


@dataclass(frozen=True)
class Disposition:
    """A numeric code, the letter that the outcome rates count, and the edition that both are of.

    ``at`` is when the event happened that decided it; None where nothing came back.
    """

    code: str
    letter: str
    edition: int = EDITION
    at: datetime | None = field(default=None, compare=False)


COMPLETE, PARTIAL = "1.1", "1.2"
REFUSAL, NO_ITEM, IGNORED, BREAK_OFF = "2.11", "2.112", "2.113", "2.12"
"""2.112 is who landed and completed no item, and who declined: by the button of a prompt in an app, or in words.
2.113 is who was displayed such a prompt, at random, and left it. It needs no report from the page that was left."""
NON_CONTACT, UNAVAILABLE, LATE = "2.20", "2.26", "2.27"
NOT_SENT, NOTHING_RETURNED, NO_SCREENER, UNDELIVERED = "3.11", "3.19", "3.21", "3.30"

_INELIGIBLE = {"duplicate": "4.81", "not_eligible": "4.10", "screened_out": "4.70", "quota_full": "4.80"}
_OTHER = {"deceased": "2.31", "unable": "2.32", "no_language": "2.33", "no_literacy": "2.34"}


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
    """The code of a case as its history stands (methodology 1.3); every history has exactly one."""
    code, by = _decided(record)
    moments = [event.at for event in record.events if event.kind == by and (by in _WHENEVER or record.in_time(event))]
    letter = letter_of(code, known_eligible=record.known_eligible)
    return Disposition(code, letter, at=max(moments, default=None))


_WHENEVER = frozenset({"bounced", "submitted", "wrong_person", "fraud", "out_of_office", "other_address"}) | {
    *_INELIGIBLE,
    *_OTHER,
}
"""Kinds of event that count whenever they come: what was found out, and what came too late."""


def _decided(record: CaseRecord) -> tuple[str, str]:
    """The code, and the kind of event that decided it: the last one of it did."""
    for kind, code in _INELIGIBLE.items():
        if record.had(kind):
            return code, kind
    if record.had("fraud") and not record.listed:  # on a personal link the case stays, and is flagged
        return "4.90", "fraud"
    started = record.within("started")
    share = share_answered(record) if started or record.had("submitted") else 0.0
    complete = record.had("submitted") and share >= record.complete_from
    if record.had("wrong_person"):
        return ("2.361" if complete else "2.362" if share > 0 else "2.36"), "wrong_person"
    if complete and record.within("submitted"):
        return COMPLETE, "submitted"
    if record.within("opted_out"):
        return REFUSAL, "opted_out"
    if complete:
        return LATE, "submitted"
    return _begun(record, share) if started else _silent(record)


def _begun(record: CaseRecord, share: float) -> tuple[str, str]:
    """The code of who started and has no complete."""
    by = "submitted" if record.within("submitted") else "page" if record.within("page") else "started"
    if share >= record.partial_from:
        return PARTIAL, by
    if not record.known_eligible and _screening(record):
        beside = _silent(record)
        return beside if beside[0] < "3" else (NO_SCREENER, by)
    return (BREAK_OFF if share > 0 else NO_ITEM), by


def _screening(record: CaseRecord) -> bool:
    """Whether a page that applies, and with which the survey may end, was not sent: eligibility is not known."""
    sent = {event.detail for event in record.events if event.kind == "page"}
    pages = (page for page in record.instrument.screens if page.id not in sent)
    return any(asked(record.instrument, page, record.known) for page in pages)


def _silent(record: CaseRecord) -> tuple[str, str]:
    """The code of who did not start during the field period, or left before it was known whether they are eligible."""
    for kind in ("declined", "dismissed"):
        if record.within(kind):
            return NO_ITEM, kind
    if record.prompted and not record.within("started"):
        return IGNORED, "sent"
    for kind, code in _OTHER.items():
        if record.had(kind):
            return code, kind
    if record.had("out_of_office"):
        return UNAVAILABLE, "out_of_office"
    if record.undelivered:
        return UNDELIVERED, "bounced"
    if record.had("other_address"):
        return "3.91", "other_address"
    if record.had("sent") or record.within("opened"):
        return (NON_CONTACT if record.known_eligible else NOTHING_RETURNED), ""
    return NOT_SENT, ""


def course(record: CaseRecord, found: Disposition) -> tuple[tuple[datetime, str], ...]:
    """The letters of a case over time: from when it counted under which; the last is that of ``found``.

    From its first event, which is its selection, a case is not invited, and from the first contact on silent, until its
    disposition is decided: what it was in between, such as a partial interview before the complete one, is not told.
    """
    if not record.events:
        return ()
    known = record.known_eligible
    letters = [(min(event.at for event in record.events), letter_of(NOT_SENT, known_eligible=known))]
    contacts = [event.at for event in record.events if event.kind == "sent"]
    contacts += [event.at for event in record.events if event.kind == "opened" and record.in_time(event)]
    if contacts:
        silent = NON_CONTACT if known else NOTHING_RETURNED
        letters.append((min(contacts), letter_of(silent, known_eligible=known)))
    if found.at is not None:
        letters = [each for each in letters if each[0] <= found.at]
        letters.append((found.at, found.letter))
    return tuple(letters)
