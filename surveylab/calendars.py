"""When people may be sent something: hours in their own time zone, quiet hours, working days and public holidays.

Moments are aware datetimes. Where clocks are put forward an hour that is skipped is the one an hour later, and where
they are put back an hour that comes twice is the first of the two (PEP 495, fold 0).
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_WEEKEND = frozenset({5, 6})
_LONGEST = 366
"""Days that are looked through for one on which messages may go out."""


@dataclass(frozen=True)
class Hours:
    """When messages go out; the fields are those of ``design.experiment.Contact``."""

    send_at: time | None
    quiet_hours: tuple[time, time]
    days: Literal["all", "working"] = "all"
    holidays: str | None = None

    def due(self, base: datetime, delay: timedelta, zone: str) -> datetime:
        """When a message is due that is to go out so long after ``base``, in UTC.

        After whole days it goes out at the hour of sending, on that day of the person's calendar or the next one
        that is allowed, and not before ``base``; after hours, or without an hour of sending, at that moment or when
        the quiet hours after it are over.
        """
        if self.send_at is None or delay % _DAY:
            return self.allowed(base + delay, zone)
        day = base.astimezone(ZoneInfo(zone)).date() + delay
        for _ in range(_LONGEST):
            moment = _moment(day, self.send_at, zone)
            if moment >= base and self._open(day):
                return moment
            day += _DAY
        raise ValueError(f"no day within a year of {base} on which messages may go out")

    def allowed(self, moment: datetime, zone: str) -> datetime:
        """The first moment, from this one on, at which a message may go out, in UTC."""
        local = moment.astimezone(ZoneInfo(zone))
        day, hour = local.date(), local.time()
        start, end = self.quiet_hours
        if self._open(day) and not quiet(hour, self.quiet_hours):
            return moment.astimezone(UTC)
        if quiet(hour, self.quiet_hours) and hour >= start >= end:
            day += _DAY  # the night ends tomorrow
        elif not quiet(hour, self.quiet_hours):
            day += _DAY  # this day is closed
        for _ in range(_LONGEST):
            if self._open(day):
                return _moment(day, time(0) if start == end else end, zone)
            day += _DAY
        raise ValueError(f"no day within a year of {moment} on which messages may go out")

    def _open(self, day: date) -> bool:
        """Whether messages may go out on a day at all."""
        if self.holidays is None:
            return self.days == "all" or day.weekday() not in _WEEKEND
        kept = _holidays(self.holidays)
        return day not in kept and (self.days == "all" or day.weekday() not in kept.weekend)


def quiet(hour: time, hours: tuple[time, time]) -> bool:
    """Whether it is quiet at an hour; from the first until before the second, over midnight where that is earlier."""
    start, end = hours
    if start <= end:
        return start <= hour < end
    return hour >= start or hour < end


def known_zone(name: str) -> bool:
    """Whether the IANA database has a time zone of this name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def known_holidays(name: str) -> bool:
    """Whether public holidays are known of a country, or of a part of one: ``DE``, ``DE-BY``."""
    try:
        _holidays(name)
    except (NotImplementedError, KeyError):
        return False
    return True


def _moment(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)


class _Kept(Container[date]):
    """Public holidays; ``weekend`` are the weekdays that are free there, Monday being 0."""

    weekend: Container[int]


@cache
def _holidays(name: str) -> _Kept:
    import holidays  # knows some hundred countries: loaded where somebody keeps their holidays

    country, _, part = name.partition("-")
    found: Any = holidays.country_holidays(country, subdiv=part or None)
    return found  # type: ignore[no-any-return]
