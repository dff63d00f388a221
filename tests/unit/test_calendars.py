"""Nobody is sent anything at night, on a closed day, or at an hour that their clock does not show."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveylab.calendars import Hours, known_holidays, known_zone, quiet

NIGHT = (time(21), time(8))
NINE = Hours(time(9), NIGHT)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")


def local(moment: datetime, zone: str) -> datetime:
    """What a clock there shows."""
    return moment.astimezone(ZoneInfo(zone))


@settings(deadline=None)  # the first look at a country's holidays reads them
@given(
    MOMENTS,
    st.integers(0, 40),
    st.sampled_from(ZONES),
    st.sampled_from(["all", "working"]),
    st.sampled_from([None, "DE", "DE-BY", "US"]),
)
def test_what_is_due_is_allowed(base: datetime, days: int, zone: str, which: str, country: str | None) -> None:
    """After whole days: at the hour of sending of the person's own clock, on that day or the next that is open."""
    hours = Hours(time(9), NIGHT, which, country)  # type: ignore[arg-type]
    due = hours.due(base, timedelta(days=days), zone)
    there = local(due, zone)
    assert due >= base
    assert there.time() == time(9)
    assert there.date() >= local(base, zone).date() + timedelta(days=days)
    assert which == "all" or there.weekday() < 5
    assert hours.allowed(due, zone) == due


@given(
    MOMENTS,
    st.tuples(st.times(), st.times()),
    st.sampled_from(ZONES),
)
def test_the_next_allowed_moment_is_not_quiet(moment: datetime, hours: tuple[time, time], zone: str) -> None:
    """It is the moment itself, or the end of the quiet hours; and then it stays."""
    asked = Hours(None, hours)
    found = asked.allowed(moment, zone)
    there = local(found, zone)
    skipped = there.replace(tzinfo=None) != local(there.astimezone(UTC), zone).replace(tzinfo=None)
    assert found >= moment
    assert skipped or not quiet(there.time(), hours)
    assert asked.allowed(found, zone) == found
    if found != moment:
        assert quiet(local(moment, zone).time(), hours)


@pytest.mark.parametrize(
    ("zone", "day", "utc"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 7, 20, tzinfo=UTC), datetime(2026, 3, 8, 13, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 10, 31, 20, tzinfo=UTC), datetime(2026, 11, 1, 14, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 12, tzinfo=UTC), datetime(2026, 4, 4, 22, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 12, tzinfo=UTC), datetime(2026, 10, 3, 22, tzinfo=UTC)),
    ],
)
def test_nine_is_nine_on_the_day_the_clocks_change(zone: str, day: datetime, utc: datetime) -> None:
    """The offset of that very day counts, half an hour on Lord Howe Island too."""
    assert NINE.due(day, timedelta(), zone) == utc


def test_an_hour_that_is_skipped_is_the_one_behind_it() -> None:
    """At half past two clocks show half past three; an hour that comes twice is the first."""
    early = Hours(time(2, 30), (time(0), time(0)))
    assert early.due(datetime(2026, 3, 28, 12, tzinfo=UTC), timedelta(), "Europe/Berlin") == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )
    assert early.due(datetime(2026, 10, 24, 12, tzinfo=UTC), timedelta(), "Europe/Berlin") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_hours_after_something_are_kept_but_for_the_night() -> None:
    """Two hours after noon is at two; after half past seven in the evening, tomorrow at eight."""
    evening = datetime(2026, 5, 6, 19, 30, tzinfo=UTC)
    assert NINE.due(evening - timedelta(hours=7), timedelta(hours=2), "UTC") == datetime(2026, 5, 6, 14, 30, tzinfo=UTC)
    assert NINE.due(evening, timedelta(hours=2), "UTC") == datetime(2026, 5, 7, 8, tzinfo=UTC)
    assert NINE.due(evening + timedelta(hours=5), timedelta(hours=1), "UTC") == datetime(2026, 5, 7, 8, tzinfo=UTC)


def test_holidays_and_weekends_are_kept() -> None:
    """Good Friday to Easter Monday 2026 in Germany; a holiday of Bavaria only; the weekend where it is Friday."""
    thursday = datetime(2026, 4, 2, 12, tzinfo=UTC)
    assert Hours(time(9), NIGHT, "working", "DE").due(thursday, timedelta(days=1), "UTC").day == 7
    assert Hours(time(9), NIGHT, "all", "DE").due(thursday, timedelta(days=1), "UTC").day == 4
    epiphany = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert Hours(time(9), NIGHT, "all", "DE-BY").due(epiphany, timedelta(), "UTC").day == 7
    assert Hours(time(9), NIGHT, "all", "DE").due(epiphany, timedelta(), "UTC").day == 6


def test_names_are_those_of_the_libraries() -> None:
    """What is no zone or no country is known as none, whatever it looks like."""
    assert known_zone("Europe/Berlin")
    assert not any(map(known_zone, ("Europe/Atlantis", "Europe", "../etc/passwd", "/etc/passwd", "", "a\0b")))
    assert known_holidays("DE-BY")
    assert not any(map(known_holidays, ("XX", "DE-XX", "", "-")))
