"""What the script of a page tells, in a real Chromium: read from the ledger, where it has to arrive."""

from __future__ import annotations

import json
import time

import pytest

from surveylab.fieldwork import beacons
from surveylab.store import paradata
from surveylab.web import clocks

from .test_paradata import EXPERIMENT
from .test_progress import EXPERIMENT as PROGRESS
from .test_progress import INSTRUMENT as BRANCHING

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]

INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [rating, reason, places, rows]}, {id: two, items: [many, line]}, {id: three, items: [last]}]
items:
  - {id: rating, type: single, text: How was it?, options: {1: Bad, 2: Middling, 3: Good}}
  - {id: reason, type: long_text, text: Why?}
  - {id: places, type: multiple, text: Where?, options: {north: North, south: South, west: West}}
  - {id: rows, type: grid, text: And these?, options: {1: Bad, 2: Good}, rows: {x: The first, y: The second}}
  - {id: many, type: number, text: How many?}
  - {id: line, type: slider, text: How much?, low: 0, high: 10}
  - {id: last, type: short_text, text: Anything else?}
"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def clock(clock):
    """The machine's own: a browser's time does not stand still."""
    return clocks.system


@pytest.fixture
def trial(field):
    """The row of an experiment whose arms differ in their paradata, open now."""
    row = field.written(EXPERIMENT, INSTRUMENT)
    field.close(field.tokens(row)[0], in_days=1)
    return row


@pytest.fixture
def displays(field, trial):
    """The displays in the ledger, once there are so many with a beacon."""

    def wait(beacons):
        for _ in range(200):
            if len(field.rows("beacon")) >= beacons:
                break
            time.sleep(0.05)
        assert len(field.rows("beacon")) == beacons
        with field.ledger.read() as conn:
            return [each for some in paradata.displays(conn, trial) for each in some]

    return wait


@pytest.fixture
def page(chromium, base, field, trial):
    """The first page of the arm that tells, in a window of a phone's size that a mouse points in."""
    return begin(chromium(375), base, field.tokens(trial, f="full")[0])


def begin(page, base, token):
    """From the link to the first page."""
    page.goto(f"{base}/r/{token}")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/one")
    return page


def send(page, following):
    """Press the button, and wait for what comes."""
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"**/{following}")


def test_each_item_tells_when_it_was_reached_and_how_often_it_was_changed(page, displays):
    """A choice made anew is an edit; one more of several is a change; what is untouched tells nothing."""
    page.locator("#rating-2").check()
    page.locator("#rating-3").check()
    page.locator("#reason").press_sequentially("So")
    page.locator("#places").check()
    page.locator("#places-2").check()
    page.locator("#places").uncheck()
    send(page, "two")
    (one,) = displays(1)
    told = {name: (item.changes, item.edits, item.pasted) for name, item in one.items.items()}
    assert told == {"rating": (2, 1, False), "reason": (1, 0, False), "places": (3, 1, False)}
    times = [moment for item in one.items.values() for moment in (item.focus, item.input)]
    assert all(0 <= moment <= one.seconds + paradata.SLACK for moment in times)
    assert one.items["rating"].input < one.items["reason"].focus <= one.items["reason"].input
    assert one.items["reason"].input < one.items["places"].input
    assert 0 < one.active <= one.seconds
    assert one.hidden == 0
    assert (one.viewport, one.device) == ((375, 740), "computer")


def test_the_rows_of_a_grid_are_one_item(page, displays):
    """Each row is a change, and a row rated anew an edit."""
    for name in ("rows.x", "rows.y"):
        page.locator(f'[name="{name}"][value="1"]').check()
    page.locator('[name="rows.y"][value="2"]').check()
    send(page, "two")
    (one,) = displays(1)
    assert {name: (item.changes, item.edits) for name, item in one.items.items()} == {"rows": (3, 1)}


def test_the_keyboard_alone_is_told_as_well(page, displays, field):
    """Tab enters, arrows change: each step over the options is one, and all but the first take one back."""
    page.locator("#rating").focus()
    for key in ("Space", "ArrowDown", "ArrowDown", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("Because")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/two")
    (one,) = displays(1)
    assert {name: (item.changes, item.edits) for name, item in one.items.items()} == {
        "rating": (3, 2),
        "reason": (1, 0),
        "places": (1, 0),
    }
    assert {row.column_name: row.value for row in field.rows("answer")}["rating"] == "3"


def test_a_slider_tells_through_its_field(page, displays):
    """By its line: a click where it stands, a key; by its field: a figure typed in."""
    send(page, "two")
    line = page.locator("[type=range]")
    line.click()
    line.press("ArrowRight")
    page.locator("#line").fill("9")
    send(page, "three")
    (_, two) = displays(2)
    assert {name: (item.changes, item.edits) for name, item in two.items.items()} == {"line": (3, 2)}


def test_pasting_is_told_and_the_text_is_not(page, displays, field):
    """A flag, in the beacon nothing of the words."""
    page.evaluate("""() => {
      const field = document.getElementById("reason");
      field.focus();
      field.dispatchEvent(new ClipboardEvent("paste", { bubbles: true }));
      document.execCommand("insertText", false, "Pasted words");
    }""")
    send(page, "two")
    (one,) = displays(1)
    assert one.items["reason"].pasted
    assert field.values(page.url.split("/")[-2])["reason"] == "Pasted words"
    assert "Pasted" not in json.dumps(field.rows("beacon")[0].detail)


def test_hidden_time_is_not_active(page, displays):
    """What passes between a tab's being hidden and seen again is told apart."""
    page.evaluate(HIDE, True)
    page.wait_for_timeout(700)
    page.evaluate(HIDE, False)
    send(page, "two")
    (one,) = displays(1)
    assert 0.7 <= one.hidden <= one.seconds
    assert one.active <= one.seconds - one.hidden + paradata.SLACK


def test_a_page_that_is_closed_tells_of_itself(page, displays):
    """Left in the middle: the display is known, with the item that was reached; hidden time up to the end."""
    page.locator("#reason").focus()
    page.evaluate(HIDE, True)
    page.wait_for_timeout(300)
    page.close(run_before_unload=False)
    (one,) = displays(1)
    assert one.submitted_at is None
    assert set(one.items) == {"reason"}
    assert one.hidden >= 0.3


def test_a_page_with_errors_is_a_display_of_its_own(page, displays, field, trial):
    """Both tell; the page's active seconds are those of both."""
    send(page, "two")
    page.locator("#many").fill("a few")
    page.locator("button[type=submit]").click()
    page.wait_for_selector("text=There is a problem")
    page.locator("#many").fill("3")
    send(page, "three")
    (_, wrong, right) = displays(3)
    assert (wrong.submitted_at, wrong.page, right.page) == (None, "two", "two")
    assert right.items["many"].edits == 1
    with field.ledger.read() as conn:
        seconds = paradata.active_seconds(conn, [right.case])[right.case]["two"]
    assert seconds == pytest.approx(min(wrong.active + right.active, right.seconds))


def test_a_finger_makes_a_phone(chromium, base, field, trial, displays):
    """Whatever the browser calls itself."""
    page = begin(chromium(375, has_touch=True, is_mobile=True), base, field.tokens(trial, f="full")[0])
    send(page, "two")
    (one,) = displays(1)
    assert one.device == "phone"


def test_times_only_fetches_no_script(chromium, base, field, trial):
    """Nor does anything leave the page but its form."""
    page = chromium()
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url.removeprefix(base).split("/")[1])))
    begin(page, base, field.tokens(trial, f="times")[0])
    assert page.locator("script").count() == 0
    send(page, "two")
    assert page.locator("script").count() == 1, "a slider needs it"
    send(page, "three")
    assert [kind for kind in asked if kind[0] == "POST"] == [("POST", "r")] * 3
    assert field.rows("beacon") == []


def test_a_page_tells_once_and_is_small(page, displays, monkeypatch):
    """One request for each display, of less than a kilobyte."""
    sent = []
    read = beacons.parsed
    monkeypatch.setattr(beacons, "parsed", lambda body: (sent.append(body), read(body))[1])
    page.locator("#rating").check()
    page.evaluate(HIDE, True)
    page.evaluate(HIDE, False)
    send(page, "two")
    displays(1)
    assert len(sent) == 1
    assert len(sent[0]) < 1_000


def test_nobody_meets_the_trap(page):
    """It takes no focus, no click and no room, and what reads aloud does not know it."""
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") != "_website"
    box = page.locator("[name=_website]").locator("..").bounding_box()
    assert box["width"] <= 1
    assert box["height"] <= 1
    assert page.get_by_role("textbox", name="Leave this field empty").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bar_can_be_seen_and_heard(chromium, base, field, scheme):
    """A progressbar with a name, its share in words beside it, and nothing wider than a small phone."""
    token = field.tokens(field.written(PROGRESS, BRANCHING, region="north"), f="bar")[0]
    field.close(token, in_days=1)
    page = chromium(320, color_scheme=scheme)
    begin(page, base, token)
    page.locator("#a").fill("no")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/four")
    bar = page.get_by_role("progressbar", name="50 % done")
    assert bar.evaluate("e => e.position") == 0.5
    assert page.get_by_text("50 % done").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
