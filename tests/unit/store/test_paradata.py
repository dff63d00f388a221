"""How pages came to be answered: the server's times, and what beacons tell beside them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from surveylab.store import histories, paradata
from surveylab.store.ledger import Ledger
from surveylab.store.paradata import ItemParadata, record_beacon
from surveylab.store.responses import append_event
from surveylab.store.steps import Paradata, Sent

ITEM = {"focus": 0.5, "input": 0.9, "changes": 3, "edits": 2, "pasted": False}


@pytest.fixture
def told(ledger: Ledger, prenotice, send):
    """One case, and what writes down displays of its pages at seconds after its beginning."""
    return Told(ledger, prenotice, send)


class Told:
    """The first case of a small experiment."""

    def __init__(self, ledger, prenotice, send):
        self.ledger, self.begin, self.send = ledger, prenotice.now, send
        with ledger.write() as conn:
            self.experiment = prenotice.draw(conn, 2)
            self.case = prenotice.case_ids(conn, self.experiment)[0]

    def at(self, seconds):
        """A moment."""
        return self.begin + timedelta(seconds=seconds)

    def submission(self, page, visit, shown, submitted, **how):
        """A page was sent."""
        seen = Paradata(self.at(shown), **how)
        with self.ledger.write() as conn:
            self.send(conn, self.case, Sent(page, visit, [], seen, "i"), self.at(submitted))

    def beacon(self, page, visit, shown, at, **detail):
        """A page told of itself."""
        with self.ledger.write() as conn:
            record_beacon(conn, self.case, page, visit, detail, shown_at=self.at(shown), at=self.at(at))

    @property
    def displays(self):
        """All displays of the case."""
        with self.ledger.read() as conn:
            return [each for some in paradata.displays(conn, self.experiment) for each in some]

    @property
    def active(self):
        """Page -> active seconds, as histories have them."""
        with self.ledger.read() as conn:
            (first, _) = next(histories.case_records(conn, self.experiment))
        return first.active_seconds


def test_a_display_is_what_the_server_and_the_script_know(told) -> None:
    """Joined by the visit; a display that told nothing has the server's times, one that was left only its own."""
    told.submission("one", "v1", 0, 10, device="computer", detail={"signals": ["speed"]})
    told.beacon("one", "v1", 0, 10.2, open=9.5, hidden=2.5, viewport=[800, 1200], device="tablet", items={"a": ITEM})
    told.submission("two", "v2", 11, 15, device="phone")
    told.beacon("three", "v3", 16, 40, open=24.0, hidden=0.0)
    one, two, three = told.displays
    assert (one.page, one.seconds, one.active, one.hidden, one.device) == ("one", 10.0, 7.0, 2.5, "tablet")
    assert (one.viewport, one.items, one.signals) == ((800, 1200), {"a": ItemParadata(**ITEM)}, ("speed",))
    assert (two.seconds, two.active, two.hidden, two.viewport, two.device) == (4.0, None, None, None, "phone")
    assert (two.items, two.signals) == ({}, ())
    assert (three.submitted_at, three.seconds, three.active, three.device) == (None, None, 24.0, "")
    assert one.case == two.case == three.case == told.case


def test_the_first_telling_of_a_display_stays(told) -> None:
    """A beacon that is sent twice, or once more with other figures, changes nothing."""
    told.beacon("one", "v1", 0, 10, open=9.0, hidden=0.0)
    told.beacon("one", "v1", 0, 11, open=1.0, hidden=0.0)
    (one,) = told.displays
    assert one.active == 9.0


def test_active_seconds_are_those_in_view_before_the_first_submission(told) -> None:
    """Errors in between included; what was shown again later, and other pages, are not in it."""
    told.beacon("one", "v1", 0, 10, open=9.0, hidden=4.0)  # came back with an error: another display, first shown at 0
    told.submission("one", "v2", 0, 30)
    told.beacon("one", "v2", 0, 30.5, open=19.0, hidden=1.0)
    told.submission("one", "v3", 100, 120)
    told.beacon("one", "v3", 100, 121, open=20.0, hidden=0.0)
    told.submission("two", "v4", 31, 40)
    assert told.active == {"one": 23.0}


@pytest.mark.parametrize(
    ("detail", "active"),
    [
        ({"open": 10.9, "hidden": 0.0}, {"one": 10.0}),  # clocks run unevenly; never more than the server saw
        ({"open": 11.1, "hidden": 0.0}, {}),
        ({"viewport": [1, 1]}, {}),
    ],
)
def test_active_seconds_are_no_more_than_the_servers_clock_allows(told, detail, active) -> None:
    """What is longer by more than the slack is not believed, and there is no figure."""
    told.submission("one", "v1", 0, 10)
    told.beacon("one", "v1", 0, 20, **detail)
    assert told.active == active
    (one,) = told.displays
    assert one.active == active.get("one")


def test_a_display_that_told_nothing_leaves_no_figure(told) -> None:
    """Not even where a later display of the page, or the one before an error, did."""
    told.beacon("one", "v0", 0, 10, open=9.0, hidden=0.0)
    told.submission("one", "v1", 0, 12)
    told.submission("one", "v2", 50, 60)
    told.beacon("one", "v2", 50, 60, open=9.0, hidden=0.0)
    assert told.active == {}


def test_the_latest_finished_interviews_are_found(ledger: Ledger, prenotice, send) -> None:
    """Only those that were submitted, of this version, the last ones first, with the seconds of each page."""
    with ledger.write() as conn:
        experiment = prenotice.draw(conn, 6)
        other = prenotice.draw(conn, 2, "another")
        ids = prenotice.case_ids(conn, experiment)
        for n, case in enumerate([*ids, *prenotice.case_ids(conn, other)]):
            at = prenotice.now + timedelta(seconds=n + 1)
            send(conn, case, Sent("one", "v", [], Paradata(prenotice.now), "i"), at)
            if n not in (1, 2):
                append_event(conn, case, at, "submitted")

        def finished(most):
            return sorted(each["one"] for each in paradata.finished_page_seconds(conn, experiment, most))

        assert finished(10) == [1.0, 4.0, 5.0, 6.0]
        assert finished(2) == [5.0, 6.0]
        assert paradata.finished_page_seconds(conn, experiment + 1000, 10) == []
