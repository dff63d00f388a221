"""What a request comes to as the case stands: where it leads, and what is added to the case. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from surveylab.design.cases import ENDS
from surveylab.design.instrument import Answers
from surveylab.fieldwork.pages import LANDING, THANKS
from surveylab.fieldwork.passage import Passage
from surveylab.fieldwork.reading import Reading
from surveylab.fieldwork.sitting import PageView, Sitting
from surveylab.store import steps
from surveylab.store.responses import InterviewState
from surveylab.store.steps import NewEvent, Paradata, Sent, Step

Full = Callable[[Passage], str | None]
"""The first quota that is full for who stands there; None where there is none."""
Decided = tuple[str, Step | None]
"""Where a request leads, and what it adds to the case."""
Decide = Callable[[InterviewState, Full], Decided]


def nothing_is_full(_: Passage) -> None:
    """There are no quotas."""


def submission(
    view: PageView, reading: Reading, state: InterviewState, full: Full, *, visit: str, how: Paradata, now: datetime
) -> Decided:
    """What becomes of a page that was sent, as the case stands."""
    sitting = view.sitting
    case = sitting.case.id
    if not ENDS.isdisjoint(state.kinds):
        return THANKS, None
    before = view.passage if state is sitting.state else view.passage.under(state.answers, state.events)
    said = {answer.column: answer.value for answer in reading.answers}
    passage = before.answering({**before.answers, **said}, view.page)
    following = passage.after(view.here)
    key = steps.submission_key(case, view.page, visit)
    if key in state.keys and _stand(said, state.answers):
        return following.id if following else THANKS, None
    events = [NewEvent("page", view.page, None if key in state.keys else key)]
    end, met = _end(case, passage, full), frozenset[str]()
    if end is not None:
        events.append(end)
    elif following is None:
        events.append(once(case, "submitted"))
        met = frozenset(sitting.meets_at(sitting.plan.end)) - state.exposures
    sent = Sent(view.page, visit, reading.answers, how, sitting.plan.digest)
    step = Step(case, state.turn, now, events, sent, met, THANKS)
    return following.id if following and end is None else THANKS, step


def _stand(said: Answers, stored: Answers) -> bool:
    """Whether these answers are stored already: the same values of the same types."""
    return all(
        column in stored and type(stored[column]) is type(each) and stored[column] == each
        for column, each in said.items()
    )


def entrance(sitting: Sitting, state: InterviewState, full: Full) -> Decided:
    """Start or go on: to the page that is open, or to the end where a quota is full.

    With the start it writes down what chance decided about the pages, which begin now.
    """
    if not ENDS.isdisjoint(state.kinds):
        return THANKS, None
    case = sitting.case.id
    passage = sitting.passage.under(state.answers, state.events)
    page, end = passage.furthest, _end(case, passage, full)
    kinds = ["opened"]
    if end is None:
        kinds += ["started"] if page else ["started", "submitted"]
    events = [once(case, kind) for kind in kinds if kind not in state.kinds]
    if end is not None:
        events.append(end)
    begun = any(event.kind == "started" for event in events)
    step = Step(case, state.turn, sitting.now, events, draws=sitting.plan.draws if begun else ())
    return page.id if page and end is None else THANKS, step if events else None


def happening(
    sitting: Sitting,
    events: Iterable[NewEvent],
    state: InterviewState,
    _: Full,
    *,
    met: Iterable[str],
    place: str,
    unless: frozenset[str],
) -> Decided:
    """What is new of these events and exposures; nothing where one of ``unless`` has happened."""
    new = [event for event in events if event.key not in state.keys]
    exposed = frozenset(met) - state.exposures
    if not unless.isdisjoint(state.kinds) or not (new or exposed):
        return LANDING, None
    return LANDING, Step(sitting.case.id, state.turn, sitting.now, new, met=exposed, place=place)


def _end(case: int, passage: Passage, full: Full) -> NewEvent | None:
    """What ends the interview of who stands there: a page that screens out, else a quota that is full."""
    screening = passage.screening
    if screening is not None:
        return NewEvent("screened_out", screening.id, key_of(case, "screened_out"))
    quota = full(passage)
    return None if quota is None else NewEvent("quota_full", quota, key_of(case, "quota_full"))


def once(case: int, kind: str) -> NewEvent:
    """An event that happens once to a case."""
    return NewEvent(kind, key=key_of(case, kind))


def key_of(case: int, kind: str) -> str:
    """The key of an event that happens once to a case."""
    return f"{case}:{kind}"
