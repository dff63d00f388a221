"""Synthetic respondents: they answer through the real pages, over HTTP, as a person's browser would.

They know nothing of the server but its pages: they press the buttons that are there and fill
the controls that are there, and fail when a control of their arm is missing. Their time
stands in a header that only a server started for them reads (web.clocks.from_header).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from http.client import HTTPConnection, HTTPException
from threading import local
from urllib.parse import urlencode, urlsplit

from surveylab import simulate
from surveylab.design.experiment import Plan, Study
from surveylab.design.factors import Arm
from surveylab.design.orders import Chance
from surveylab.design.presentation import presented
from surveylab.errors import SurveylabError

CLOCK_HEADER = "X-Surveylab-Clock"
_CONTROL = re.compile(r"<(?:input|select|textarea)\b[^>]*>")
_END = re.compile(r'data-end="(\w+)"')
_ATTRIBUTE = re.compile(r'\b(name|value|type)="([^"]*)"')
MOST_PAGES = 200
"""A walk that is longer goes in circles."""


@dataclass(frozen=True)
class Invited:
    """One person to play: the personal token, the unit, the levels of the arm."""

    token: str
    unit: str
    levels: Mapping[str, str]


class Walker:
    """Plays people against one server; safe to use from several threads."""

    def __init__(self, study: Study, base_url: str, begins: datetime) -> None:
        self.study = study
        self.address = urlsplit(base_url)
        self.begins = begins
        self.plans: dict[Arm, Plan] = {arm: study.plan(arm) for arm in study.experiment.arms}
        self._threads = local()

    def walk(self, invited: Invited) -> str:
        """Play one person to the end; ``silent``, ``broke_off``, ``finished``, or sent away.

        To be sent away is ``screened_out`` or ``quota_full``.

        Raises:
            SurveylabError: a page lacks a control or answers with something else than a page.
        """
        arm = self.study.experiment.arm_of(invited.levels)
        armed = self.plans[arm].instrument
        assert armed is not None
        instrument = presented(armed, Chance(self.study.experiment.seed, invited.unit)).instrument
        how = simulate.behaviour(self.study, arm, instrument, invited.unit)
        if not how.starts:
            return "silent"
        now = self.begins + timedelta(seconds=float(how.rng.uniform(0, 5 * 86400)))
        place = f"/r/{invited.token}"
        page = self._get(place, now)
        place = self._post(place, hidden(page), now + timedelta(seconds=5))
        now += timedelta(seconds=6)
        for _ in range(MOST_PAGES):
            name = place.rsplit("/", 1)[-1]
            if name == "thanks":
                return self._end(place, now)
            page = self._get(place, now)
            if name == how.leaves_at:
                return "broke_off"
            now += timedelta(seconds=how.seconds[name])
            controls = names(page)
            fields = hidden(page)
            for item in (instrument.item(each) for each in instrument.page(name).items):
                shown = set(item.columns) & controls
                if shown and shown != set(item.columns):
                    raise SurveylabError(f"{place} shows only some controls of {item.id!r}.")
                if shown:
                    fields += [
                        (column, value) for column, values in simulate.answer(item, how).items() for value in values
                    ]
            place = self._post(place, fields, now)
        raise SurveylabError(f"The survey of {invited.unit!r} does not end: {MOST_PAGES} pages and still at {place}.")

    def _end(self, path: str, now: datetime) -> str:
        """``finished`` for who answered everything, else the end that the page says."""
        status, _, page = self._request("GET", path, None, now)
        end = _END.search(page) if status == 410 else None
        if status != 200 and end is None:
            raise SurveylabError(f"GET {path} answered {status}, not an end.")
        return end[1] if end else "finished"

    def _get(self, path: str, now: datetime) -> str:
        status, _, body = self._request("GET", path, None, now)
        if status != 200:
            raise SurveylabError(f"GET {path} answered {status}, not a page.")
        return body

    def _post(self, path: str, fields: list[tuple[str, str]], now: datetime) -> str:
        status, location, _ = self._request("POST", path, urlencode(fields), now)
        if status != 303 or not location:
            raise SurveylabError(f"POST {path} answered {status}, not the next page.")
        return urlsplit(location).path

    def _request(self, method: str, path: str, body: str | None, now: datetime) -> tuple[int, str | None, str]:
        headers = {CLOCK_HEADER: now.isoformat()}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for attempt in (1, 2):
            connection = self._connection(fresh=attempt == 2)
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                text = response.read().decode("utf-8")
            except (HTTPException, ConnectionError) as error:
                if attempt == 2:
                    raise SurveylabError(f"{method} {path} got no answer: {error}.") from error
            else:
                return response.status, response.headers.get("Location"), text
        raise AssertionError

    def _connection(self, fresh: bool) -> HTTPConnection:
        kept: HTTPConnection | None = getattr(self._threads, "connection", None)
        if kept is None or fresh:
            if kept is not None:
                kept.close()
            kept = HTTPConnection(self.address.hostname or "", self.address.port, timeout=30)
            self._threads.connection = kept
        return kept


def answer_all(
    walker: Walker, people: Iterable[Invited], workers: int = 4, progress: Callable[[int], None] | None = None
) -> Counter[str]:
    """Play everybody, ``workers`` at a time; how many ended in which of the ways of ``walk``."""
    ends: Counter[str] = Counter()
    with ThreadPoolExecutor(workers) as pool:
        for done, end in enumerate(pool.map(walker.walk, people), start=1):
            ends[end] += 1
            if progress:
                progress(done)
    return ends


def names(page: str) -> set[str]:
    """The names of the controls on a page."""
    return {attributes["name"] for attributes in map(_attributes, _CONTROL.findall(page)) if "name" in attributes}


def hidden(page: str) -> list[tuple[str, str]]:
    """The hidden fields of a page, as a browser sends them."""
    controls = map(_attributes, _CONTROL.findall(page))
    return [(each["name"], each.get("value", "")) for each in controls if each.get("type") == "hidden"]


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
