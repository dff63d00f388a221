"""The disposition of a case: each row of methodology 1.3, and what holds for every history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveylab.design.cases import IN_APP, Answer, CaseRecord, Event
from surveylab.design.dispositions import LABELS, LETTERS, Disposition, course, disposition, letter_of
from surveylab.design.factors import Arm
from surveylab.design.instrument import Instrument, Item, Page
from surveylab.design.rules import parse
from surveylab.errors import SurveylabError
from surveylab.questions.nps import Settings

TEXT = {"en": "What?"}
ITEMS = ("a", "b", "c", "d", "e")
INSTRUMENT = Instrument(
    name="trial",
    title=TEXT,
    version="1",
    languages=("en",),
    introduction=TEXT,
    thanks=TEXT,
    contact="help@example.org",
    pages=(Page("one", ("a", "b")), Page("two", ("c", "d", "e"))),
    items=tuple(Item(name, "nps", TEXT, settings=Settings()) for name in ITEMS),
)
SCREENED = replace(INSTRUMENT, pages=(INSTRUMENT.pages[0], replace(INSTRUMENT.pages[1], screen_out_if=parse("c == 0"))))
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
CLOSE = BEGIN + timedelta(days=10)


def case(*events: Event, answered: int = 0, **how: object) -> CaseRecord:
    """A case with these events, the first so many of five items answered; complete from four, partial from three."""
    answers = {name: Answer(name, name, 9, 1) for name in ITEMS[:answered]}
    record = CaseRecord(1, Arm((), Fraction(1)), INSTRUMENT, events, answers, {}, {}, 0.8, 0.6, closes_at=CLOSE)
    return replace(record, **how)  # type: ignore[arg-type]


def told(*words: str, answered: int = 0, **how: object) -> Disposition:
    """The disposition of a history in words, a day each: ``kind`` or ``kind:detail``, behind the close with a +."""
    events = []
    for day, word in enumerate(words):
        kind, _, detail = word.removesuffix("+").partition(":")
        events.append(Event(BEGIN + timedelta(days=day + 20 * word.endswith("+")), kind, detail))
    return disposition(case(*events, answered=answered, **how))


@pytest.mark.parametrize(
    ("words", "answered", "code", "letter"),
    [
        ("selected started submitted", 4, "1.1", "I"),
        ("selected started submitted", 3, "1.2", "P"),
        ("selected started page:one", 3, "1.2", "P"),
        ("selected started page:one", 2, "2.12", "R"),
        ("selected started", 0, "2.112", "R"),
        ("selected sent declined", 0, "2.112", "R"),
        ("selected sent declined started submitted", 5, "1.1", "I"),
        ("selected sent declined started page", 1, "2.12", "R"),  # a break-off outweighs a refusal
        ("selected sent opted_out", 0, "2.11", "R"),
        ("selected sent opted_out:complaint", 0, "2.11", "R"),
        ("selected started page opted_out", 3, "2.11", "R"),  # frozen, and no partial
        ("selected started submitted opted_out", 4, "1.1", "I"),
        ("selected sent opted_out deceased", 0, "2.11", "R"),
        ("selected sent out_of_office", 0, "2.26", "NC"),
        ("selected sent bounced out_of_office", 0, "2.26", "NC"),
        ("selected sent out_of_office started", 0, "2.112", "R"),
        ("selected sent started+ submitted+", 5, "2.27", "NC"),
        ("selected sent started submitted+", 5, "2.27", "NC"),
        ("selected sent opted_out started+ submitted+", 5, "2.11", "R"),
        ("selected sent started+ page+", 2, "3.19", "UH"),
        ("selected sent opted_out+", 0, "3.19", "UH"),
        ("selected sent deceased", 0, "2.31", "O"),
        ("selected sent out_of_office deceased+", 0, "2.31", "O"),
        ("selected sent unable", 0, "2.32", "O"),
        ("selected sent no_language", 0, "2.33", "O"),
        ("selected sent no_literacy", 0, "2.34", "O"),
        ("selected sent wrong_person", 0, "2.36", "O"),
        ("selected started submitted wrong_person", 5, "2.361", "O"),
        ("selected started page wrong_person", 2, "2.362", "O"),
        ("selected", 0, "3.11", "UH"),
        ("selected sent:email", 0, "3.19", "UH"),
        ("selected sent:email opened", 0, "3.19", "UH"),
        ("selected sent:email bounced:email", 0, "3.30", "UO"),
        ("selected sent:email sent:sms bounced:email", 0, "3.19", "UH"),  # the other channel was not returned
        ("selected sent:email sent:sms bounced:email bounced:sms+", 0, "3.30", "UO"),
        ("selected sent:email sent:sms bounced", 0, "3.30", "UO"),
        ("selected sent other_address", 0, "3.91", "UO"),
        ("selected sent not_eligible", 0, "4.10", "NE"),
        ("selected started screened_out:one", 1, "4.70", "NE"),
        ("selected opened quota_full:all", 0, "4.80", "NE"),
        ("selected started submitted duplicate+", 5, "4.81", "NE"),
        ("selected started submitted fraud", 5, "1.1", "I"),  # on a personal link it is flagged
    ],
)
def test_rows(words: str, answered: int, code: str, letter: str) -> None:
    """History -> code and letter; the label is known."""
    assert told(*words.split(), answered=answered) == Disposition(code, letter)
    assert code in LABELS


def test_fraud_where_whoever_came_was_taken() -> None:
    """There is no sampled person behind it."""
    assert told("selected", "started", "submitted", "fraud", answered=5, listed=False).code == "4.90"


@pytest.mark.parametrize(
    ("words", "code", "letter"),
    [
        ("selected sent", "2.20", "NC"),
        ("selected sent:email opened", "2.20", "NC"),
        ("selected", "3.11", "UO"),
        ("selected sent bounced", "3.30", "UO"),
        (f"selected sent:{IN_APP}", "2.113", "R"),
        ("selected sent screened_out", "4.70", "NE"),
    ],
)
def test_a_frame_that_proves_eligibility(words: str, code: str, letter: str) -> None:
    """Who is silent is a non-contact; who was not invited or not found is unknown for another reason."""
    assert told(*words.split(), known_eligible=True) == Disposition(code, letter)


@pytest.mark.parametrize(
    ("pages", "answered", "known", "code"),
    [
        ("page:one", 1, False, "3.21"),
        ("", 0, False, "3.21"),
        ("page:one", 1, True, "2.12"),  # the frame says it
        ("page:one page:two", 2, False, "2.12"),
        ("page:one", 3, False, "1.2"),
    ],
)
def test_who_leaves_before_the_screener(pages: str, answered: int, known: bool, code: str) -> None:
    """Whether they are eligible is not known, unless the frame says it."""
    words = ("selected", "sent", "started", *pages.split())
    assert told(*words, answered=answered, instrument=SCREENED, known_eligible=known).code == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("selected sent deceased started", "2.31"),
        ("selected sent out_of_office started", "2.26"),
        ("selected sent declined started", "2.112"),
        ("selected sent bounced started", "3.21"),
        (f"selected sent:{IN_APP} started", "3.21"),  # who started has not ignored the prompt
    ],
)
def test_what_else_is_known_of_who_leaves_before_the_screener(words: str, code: str) -> None:
    """All that says more than that eligibility is unknown outweighs it."""
    assert told(*words.split(), instrument=SCREENED).code == code


def test_editions() -> None:
    """The tenth counts 3.20 and 3.21 under UR; a code or an edition that there is not is told."""
    assert [letter_of(code, 9) for code in ("3.20", "3.21", "3.19")] == ["UO", "UO", "UH"]
    assert [letter_of(code, 10) for code in ("3.20", "3.21", "3.19")] == ["UR", "UR", "UH"]
    with pytest.raises(SurveylabError, match="edition 8"):
        letter_of("1.1", 8)
    with pytest.raises(SurveylabError, match="has no code"):
        letter_of("5.1")


def test_when_it_was_decided() -> None:
    """The last event of the kind that decided it; nothing decided a case that is silent."""
    assert told("selected", "started", "page", "page", answered=1).at == BEGIN + timedelta(days=3)
    assert told("selected", "sent").at is None


KINDS = [
    "selected",
    "sent",
    "opened",
    "started",
    "page",
    "submitted",
    "opted_out",
    "bounced",
    "screened_out",
    "quota_full",
    "dismissed",
    "declined",
    "out_of_office",
    "other_address",
    "wrong_person",
    "duplicate",
    "fraud",
    "not_eligible",
    "deceased",
    "unable",
    "no_language",
    "no_literacy",
]
events = st.builds(
    Event,
    st.integers(0, 20).map(lambda day: BEGIN + timedelta(days=day)),
    st.sampled_from(KINDS),
    st.sampled_from(["", "email", "sms", IN_APP, "one", "two"]),
)
histories = st.builds(
    lambda events, answered, known, listed, screened: case(
        *events,
        answered=answered,
        known_eligible=known,
        listed=listed,
        instrument=SCREENED if screened else INSTRUMENT,
    ),
    st.lists(events, max_size=8),
    st.integers(0, 5),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(histories)
def test_every_history_has_one_code_that_its_edition_knows(record: CaseRecord) -> None:
    """With its label and letter; the order in which events were written down does not matter."""
    found = disposition(record)
    assert found.code in LABELS
    assert found.letter in set(LETTERS[9].values())
    assert found == disposition(replace(record, events=tuple(reversed(record.events))))
    if record.known_eligible:
        assert found.letter != "UH"


@settings(max_examples=200, deadline=None)
@given(histories, st.sampled_from(["opened", "started", "page", "opted_out", "declined", "dismissed"]))
def test_what_happens_behind_the_close_changes_nothing(record: CaseRecord, kind: str) -> None:
    """But what was found out, and an interview that came too late."""
    page = "page" if kind == "page" else ""
    late = replace(record, events=(*record.events, Event(CLOSE, kind, page)))
    assert disposition(late) == disposition(record)


@settings(max_examples=200, deadline=None)
@given(histories)
def test_an_opt_out_freezes_all_but_a_complete(record: CaseRecord) -> None:
    """Nothing that happens beside it makes another code, unless the case is none of the sample's."""
    before = disposition(record)
    frozen = disposition(replace(record, events=(*record.events, Event(BEGIN, "opted_out"))))
    if before.code == "1.1" or before.letter == "NE" or before.code.startswith("2.36"):
        assert frozen == before
    else:
        assert frozen.code == "2.11"


RANK = {"UH": 0, "UO": 0, "NC": 1, "O": 2, "R": 3, "P": 4, "I": 5}


@settings(max_examples=200, deadline=None)
@given(histories, st.sampled_from(["sent", "declined", "out_of_office", "deceased", "started", "submitted"]))
def test_one_more_contact_never_makes_it_worse(record: CaseRecord, kind: str) -> None:
    """It is the best outcome over all contacts; but a prompt is not ignored by who starts and leaves the screener."""
    before = disposition(record)
    after = disposition(replace(record, events=(*record.events, Event(BEGIN, kind, "email"))))
    if before.letter != "NE" and (before.code, after.code) != ("2.113", "3.21"):
        assert RANK[after.letter] >= RANK[before.letter]


@settings(max_examples=200, deadline=None)
@given(histories)
def test_the_course_of_a_case_ends_with_its_disposition(record: CaseRecord) -> None:
    """In the order of time, with what decided it last; it is empty only where nothing happened at all."""
    found = disposition(record)
    times = [at for at, _ in course(record, found)]
    assert times == sorted(times)
    assert [letter for _, letter in course(record, found)][-1:] == ([found.letter] if record.events else [])
