"""What a contact says: the message of its arm and step, filled for one person."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from surveylab.channels import Outgoing
from surveylab.design.experiment import Message, Plan, Study
from surveylab.design.fills import ANSWERS, fill
from surveylab.design.orders import Chance
from surveylab.design.presentation import presented
from surveylab.digests import digest
from surveylab.fieldwork import preselection
from surveylab.fieldwork.pages import Wording
from surveylab.store.cases import Case
from surveylab.store.people import Person

_NOBODY = Person()


def composed(
    study: Study,
    plan: Plan,
    case: Case,
    person: Person | None,
    step: int,
    *,
    address: str | None,
    base_url: str,
    closes_at: datetime,
) -> Outgoing:
    """The message of one step to a case. Its fills are fields of the frame, who the person is, and what is offered.

    ``address`` is the attribute of the person that the channel delivers to. A fill that is not known gives its
    fallback.
    """
    known_as = person or _NOBODY
    link = f"{base_url}/r/{case.token}"
    template = plan.messages.get(plan.contact.steps[step].message or "", Message("", "{link|}"))
    fields = {f"unit.{name}": value for name, value in case.fields.items()}
    zone = ZoneInfo(known_as.time_zone or plan.contact.time_zone)
    known = {
        "link": link,
        "opt_out": f"{link}/stop",
        "incentive": plan.contact.incentive,
        "closes": f"{closes_at.astimezone(zone):%Y-%m-%d}",
        **fields,
        **{f"unit.{name}": value for name, value in known_as.texts.items()},
    }
    text = template.subject + template.body
    language = plan.measurement.language if plan.measurement else None
    if ANSWERS in text and plan.instrument is not None:
        shown = presented(plan.instrument, Chance(study.experiment.seed, case.unit)).instrument
        first = shown.languages[0]
        words = Wording(language or first, first, lambda: fields, lambda: known_as.texts)
        known |= preselection.filled(text, shown, words, link)
    return Outgoing(
        key=digest(f"{case.token}:{step}").hex(),
        unit=case.unit,
        address=getattr(known_as, address) or "" if address else "",
        link=link,
        opt_out=f"{link}/unsubscribe",
        subject=fill(template.subject, known),
        body=fill(template.body, known),
        sender=template.sender,
        language=language or (plan.instrument.languages[0] if plan.instrument else ""),
    )
