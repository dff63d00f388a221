"""Outcomes on cases whose right value is known by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from types import MappingProxyType

import pytest

from surveylab import registry
from surveylab.design.cases import Answer, CaseRecord, Event
from surveylab.design.dispositions import disposition, share_answered
from surveylab.design.factors import Arm
from surveylab.design.instrument import Instrument, Item, Page
from surveylab.design.rules import parse
from surveylab.design.terms import Among, ErrorSource, Missing, Scale, Value

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROWS = ("a", "b", "c", "d")


def text(words: str) -> MappingProxyType[str, str]:
    """A text in the one language of these tests."""
    return MappingProxyType({"en": words})


def item(name: str, kind: str, rule: str | None = None, **settings: object) -> Item:
    """An item with the settings of its question type."""
    made = registry.load("questions", kind).Settings(**settings)
    return Item(name, kind, text(name), applicable_if=parse(rule) if rule else None, settings=made)


INSTRUMENT = Instrument(
    name="test",
    title=text("Test"),
    version="1",
    languages=("en",),
    introduction=text("Hello"),
    thanks=text("Bye"),
    contact="nobody",
    pages=(Page("one", ("recommend",)), Page("two", ("battery",)), Page("three", ("why", "read"))),
    items=(
        item("recommend", "scale", low=0, high=10),
        item("battery", "grid", rows={r: text(r) for r in ROWS}, options={str(k): text(str(k)) for k in range(1, 6)}),
        item("why", "short_text", "recommend <= 6"),
        item("read", "note"),
    ),
)


def record(answers: dict[str, Value | Missing], *events: str, seconds: dict[str, float] | None = None) -> CaseRecord:
    """A case with these answers and events."""
    kept = {
        column: Answer(column.split(".")[0], column, value, position)
        for position, (column, value) in enumerate(answers.items(), start=1)
    }
    history = tuple(Event(NOW + timedelta(seconds=number), kind) for number, kind in enumerate(events))
    arm = Arm((("wording", "plain"),), Fraction(1))
    return CaseRecord(1, arm, INSTRUMENT, history, kept, seconds or {}, {}, complete_from=0.8, partial_from=0.5)


def battery(*ratings: Value | Missing) -> dict[str, Value | Missing]:
    """Answers to the rows of the battery."""
    return {f"battery.{row}": rating for row, rating in zip(ROWS, ratings, strict=False)}


def value(outcome: str, case: CaseRecord, of: str | None = None) -> float | None:
    """What an outcome says of a case."""
    computed: float | None = registry.load("outcomes", outcome).compute(case, of)
    return computed


FULL = {"recommend": 9, **battery("1", "2", "3", "4")}


@pytest.mark.parametrize(
    ("answers", "events", "code"),
    [
        ({}, ("selected",), "3.11"),
        ({}, ("selected", "sent"), "3.19"),
        ({}, ("selected", "sent", "opened"), "3.19"),
        ({}, ("selected", "sent", "bounced"), "3.30"),
        ({}, ("selected", "sent", "opted_out"), "2.11"),
        ({}, ("selected", "opened", "started"), "2.112"),
        ({"recommend": Missing.NO_ANSWER}, ("started", "page"), "2.112"),
        ({"recommend": 9}, ("started", "page"), "2.12"),
        ({"recommend": 9, **battery("1", "2")}, ("started", "page"), "1.2"),
        (FULL, ("started", "submitted"), "1.1"),
        (FULL, ("started", "submitted", "opted_out"), "1.1"),
        ({"recommend": 9, **battery("1", "2", "3")}, ("started", "submitted", "opted_out"), "1.1"),
        ({"recommend": 9, **battery("1", "2")}, ("started", "page", "opted_out"), "2.11"),
        (FULL, ("started", "screened_out"), "4.70"),
        ({}, ("opened", "quota_full"), "4.80"),
        (FULL, ("started", "page", "quota_full"), "4.80"),
        ({}, ("opened", "quota_full", "opted_out"), "4.80"),
    ],
)
def test_history_gives_the_aapor_code(answers: dict[str, Value | Missing], events: tuple[str, ...], code: str) -> None:
    """Every history has the code of methodology 1.3."""
    assert disposition(record(answers, *events)).code == code


def test_questions_that_do_not_apply_are_not_needed_to_be_complete() -> None:
    """A promoter is complete without the question for detractors, a detractor is not."""
    promoter = {"recommend": 9, **battery("1", "2", "3", "4")}
    detractor = {**promoter, "recommend": 2, "battery.d": Missing.NO_ANSWER}
    assert disposition(record(promoter, "started", "submitted")).code == "1.1"
    assert disposition(record(detractor, "started", "submitted")).code == "1.2"


def test_an_answer_that_an_edit_ruled_out_counts_for_nothing() -> None:
    """Going by all stored answers the follow-up would apply or be counted; the pages go by those that stand."""
    three = (
        item("a", "short_text"),
        item("b", "short_text", 'a == "yes"'),
        item("c", "scale", "answered(b)", low=0, high=10),
    )
    chained = replace(INSTRUMENT, pages=(Page("one", ("a", "b")), Page("two", ("c",))), items=three)
    edited = replace(record({"a": "no", "b": "was shown before", "c": 3}, "started", "submitted"), instrument=chained)
    assert list(edited.standing) == ["a"]
    assert share_answered(edited) == 1.0
    assert value("score", edited, "c") is None
    blank = replace(edited, answers={**edited.answers, "b": Answer("b", "b", Missing.NO_ANSWER, 2)})
    assert value("item_nonresponse", blank) == 0.0
    back = replace(edited, answers={**edited.answers, "a": Answer("a", "a", "yes", 1)})
    assert list(back.standing) == ["a", "b", "c"]


def test_a_dont_know_is_an_answer_and_a_refusal_is_none() -> None:
    """Answered is "with other than a refusal or no answer"."""
    said = record({"recommend": 9, **battery("1", Missing.DONT_KNOW, Missing.REFUSED, "2")}, "started")
    assert share_answered(said) == pytest.approx(4 / 5)


def test_response_counts_complete_and_partial_over_all_sampled() -> None:
    """The mean of the values is RR2: I and P over everybody, the ineligible left out."""
    assert value("response", record(FULL, "started", "submitted")) == 1.0
    assert value("response", record({"recommend": 9, **battery("1", "2")}, "started", "page")) == 1.0
    assert value("response", record({"recommend": 9}, "started", "page")) == 0.0
    assert value("response", record({}, "selected")) == 0.0
    assert value("response", record({}, "started", "screened_out")) is None


def test_break_off_is_among_the_started() -> None:
    """Opening the link is no start; a start without submission is a break-off."""
    assert value("break_off", record({}, "opened")) is None
    assert value("break_off", record({"recommend": 9}, "started", "page")) == 1.0
    assert value("break_off", record(FULL, "started", "submitted")) == 0.0
    assert value("break_off", record({"recommend": 9}, "started", "page", "quota_full")) is None
    assert value("break_off", record({"recommend": 9}, "started", "page", "screened_out")) is None


def test_completion_time_adds_pages_and_cuts_idle_ones() -> None:
    """A page counts for at most ten minutes; nobody who did not submit has a time."""
    spent = {"one": 10.0, "two": 20.5, "three": 4000.0}
    assert value("completion_time", record(FULL, "started", "submitted", seconds=spent)) == 630.5
    assert value("completion_time", record(FULL, "started", seconds=spent)) is None
    assert value("completion_time", record(FULL, "started", "submitted")) is None


def test_item_nonresponse_is_blank_over_displayed() -> None:
    """A blank counts, an explicit don't know does not, nor does what was never displayed."""
    shown = {"recommend": Missing.NO_ANSWER, **battery("1", Missing.DONT_KNOW, Missing.NO_ANSWER, "2")}
    assert value("item_nonresponse", record(shown, "started")) == pytest.approx(2 / 5)
    assert value("item_nonresponse", record(shown, "started"), "battery") == pytest.approx(1 / 4)
    assert value("item_nonresponse", record({}, "started")) is None


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        (("3", "3", "3", "3"), 1.0),
        (("3", "3", "3", "4"), 0.0),
        (("3", "3", "3", Missing.NO_ANSWER), 1.0),
        (("3", "3", Missing.NO_ANSWER, Missing.NO_ANSWER), None),
    ],
)
def test_straightlining_needs_three_equal_answers(ratings: tuple[Value | Missing, ...], expected: float | None) -> None:
    """Simple nondifferentiation over the answered rows, from three rows on."""
    assert value("straightlining", record(battery(*ratings), "started")) == expected


@pytest.mark.parametrize(
    ("rating", "nps", "top"), [(10, 100, 1), (9, 100, 0), (8, 0, 0), (7, 0, 0), (6, -100, 0), (0, -100, 0)]
)
def test_ratings_are_scored_by_their_rules(rating: int, nps: float, top: float) -> None:
    """Promoters are 9 and 10, detractors 0 to 6, the top box is 10."""
    case = record({"recommend": rating}, "started")
    assert value("nps", case, "recommend") == nps
    assert value("top_box", case, "recommend") == top
    assert value("score", case, "recommend") == rating


@pytest.mark.parametrize("outcome", ["score", "top_box", "nps"])
def test_no_rating_no_value(outcome: str) -> None:
    """A blank and a question that was not shown are outside the denominator."""
    assert value(outcome, record({"recommend": Missing.NO_ANSWER}, "started"), "recommend") is None
    assert value(outcome, record({}, "started"), "recommend") is None


def test_the_nps_mean_has_its_textbook_variance() -> None:
    """The variance of the recode is 100^2 (P + D - (P - D)^2)."""
    values = [value("nps", record({"recommend": r}, "started"), "recommend") or 0.0 for r in (10, 9, 9, 8, 7, 3, 0, 10)]
    mean = sum(values) / len(values)
    p, d = 4 / 8, 2 / 8
    assert mean == pytest.approx(100 * (p - d))
    assert sum((each - mean) ** 2 for each in values) / len(values) == pytest.approx(1e4 * (p + d - (p - d) ** 2))


@pytest.mark.parametrize(
    ("outcome", "of", "words"),
    [
        ("nps", None, "needs the item"),
        ("nps", "battery", "is of type 'grid'"),
        ("score", "nothing", "does not have"),
        ("straightlining", "recommend", "has: battery"),
        ("response", "recommend", "takes no item"),
        ("item_nonresponse", "read", "is answered"),
    ],
)
def test_an_outcome_says_why_it_does_not_fit(outcome: str, of: str | None, words: str) -> None:
    """A measure that an instrument cannot give is refused when the file is read, with the reason."""
    assert words in (registry.load("outcomes", outcome).fault(INSTRUMENT, of) or "")


@pytest.mark.parametrize("name", registry.names("outcomes"))
def test_every_outcome_is_declared_in_full(name: str) -> None:
    """Family, denominator, error source, scale, direction and version are of the field's kinds."""
    outcome = registry.load("outcomes", name)
    assert outcome.FAMILY in registry.names("models")
    assert isinstance(outcome.AMONG, Among)
    assert isinstance(outcome.ERROR, ErrorSource)
    assert isinstance(outcome.SCALE, Scale)
    assert outcome.BETTER in (1, -1)
    assert outcome.VERSION >= 1
