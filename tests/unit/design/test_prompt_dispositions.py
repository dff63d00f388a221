"""What became of a prompt in an app: the row of methodology 1.3, and what outweighs it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from surveylab.design.cases import IN_APP, Answer, CaseRecord, Event
from surveylab.design.dispositions import Disposition, disposition
from surveylab.design.factors import Arm
from surveylab.design.instrument import Instrument, Item, Page
from surveylab.questions.nps import Settings

TEXT = {"en": "What?"}
INSTRUMENT = Instrument(
    name="trial",
    title=TEXT,
    version="1",
    languages=("en",),
    introduction=TEXT,
    thanks=TEXT,
    contact="help@example.org",
    pages=(Page("one", ("a", "b")),),
    items=(Item("a", "nps", TEXT, settings=Settings()), Item("b", "nps", TEXT, settings=Settings())),
)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def of(*kinds: str, answered: int = 0, sent: str = IN_APP) -> Disposition:
    """The disposition of a case with these events, the answered items among two."""
    events = [Event(NOW + timedelta(minutes=n), kind, sent if kind == "sent" else "") for n, kind in enumerate(kinds)]
    answers = {name: Answer(name, name, 9, 1) for name in ("a", "b")[:answered]}
    return disposition(CaseRecord(1, Arm((), Fraction(1)), INSTRUMENT, tuple(events), answers, {}, {}, 0.8, 0.6))


@pytest.mark.parametrize(
    ("kinds", "answered", "code"),
    [
        (["selected", "sent"], 0, "2.113"),  # displayed, and the page was left: ignored
        (["selected", "sent", "dismissed"], 0, "2.112"),
        (["selected"], 0, "3.11"),  # never displayed
        (["selected", "sent", "dismissed", "opted_out"], 0, "2.11"),
        (["selected", "sent", "opened", "started"], 0, "2.112"),
        (["selected", "sent", "opened", "started"], 1, "2.12"),
        (["selected", "sent", "opened", "started", "submitted"], 2, "1.1"),
        (["selected", "sent", "dismissed", "opened", "started", "submitted"], 2, "1.1"),  # I > R
    ],
)
def test_a_prompt(kinds: list[str], answered: int, code: str) -> None:
    """Dismissed is a refusal, ignored an implicit one; what the person answered outweighs both."""
    letter = {"1": "I", "2": "R", "3": "UH"}[code[0]]
    assert of(*kinds, answered=answered) == Disposition(code, letter)


def test_a_message_that_was_not_answered_is_no_refusal() -> None:
    """Only the prompt was seen for certain."""
    assert of("selected", "sent", sent="link") == Disposition("3.19", "UH")
    assert of("selected", "sent", "opened", sent="link") == Disposition("3.19", "UH")
