"""The kiosk in a real Chromium: the screen starts over, and no answer is lost or stored twice without a connection."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from gallery.chromium import ARGUMENTS
from surveylab.store import experiments
from surveylab.web.forms import TRAP

from .test_kiosk import EXPERIMENT, INSTRUMENT
from .test_layout import TARGETS

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]

FORM = INSTRUMENT.replace(", required: true", "")
SERVE = """
import sys
from surveylab import settings, web
web.serve(settings.from_environment(), port=int(sys.argv[1]))
"""
MEANT = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION",
    "ERR_FAILED",
    "ERR_EMPTY_RESPONSE",
    "a status of 4",
    "a status of 5",
)
"""What Chromium logs of the connections that the tests cut."""


@pytest.fixture
def trial(field):
    """An experiment that takes people as they come, two pages long."""
    return field.written(EXPERIMENT, FORM, drawn=False)


@pytest.fixture
def kiosk(running):
    """Opens screens, each in a browser of its own; fails when a page logs an error that no test has caused."""
    complaints, contexts = [], []

    def screen(width=1080, height=1920, **how):
        context = running.new_context(viewport={"width": width, "height": height}, **how)
        contexts.append(context)
        return watched(context.new_page(), complaints)

    yield screen
    for context in contexts:
        context.close()
    assert complaints == []


def watched(page, complaints):
    """A page whose errors are written down."""
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: _note(complaints, line))
    return page


def _note(complaints, line):
    if line.type in ("error", "warning") and not any(words in line.text for words in MEANT):
        complaints.append(line.text)


def begin(page):
    """Touch the start screen; the first question."""
    page.get_by_role("button", name="Touch to begin").click()
    page.wait_for_selector("[name=a]")


def go_on(page, **answer):
    """Fill in and press the button."""
    for name, words in answer.items():
        page.fill(f"[name={name}]", words)
    page.get_by_role("button", name="Submit" if "b" in answer else "Continue").click()


def at_start(page):
    """Wait for the start screen, and hold it against what an empty one is."""
    page.wait_for_selector("text=Touch to begin")
    assert page.locator("[name=a], [name=b]").count() == 0
    assert page.locator("dialog[open]").count() == 0


def kept(page):
    """How many forms are on their way, as the disk has it."""
    return page.evaluate(
        """() => new Promise((resolve) => {
        const opening = indexedDB.open("surveylab-kiosk");
        opening.onsuccess = () => {
          const asked = opening.result.transaction("forms").objectStore("forms").count();
          asked.onsuccess = () => { resolve(asked.result); opening.result.close(); };
        };
        })"""
    )


def stocked(page):
    """Wait until the screen can be opened without a connection."""
    page.wait_for_function(
        """async () => (await navigator.serviceWorker.ready).active?.state === "activated"
        && (await caches.match(location.href)) !== undefined"""
    )


def until(true, seconds=30):
    """Wait until the ledger says so."""
    for _ in range(seconds * 20):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def answers(field, trial):
    """What the ledger holds: for each case, in order, its answers and how often each page was accepted."""
    return [
        (field.values(token), sorted(event.detail for event in field.state(token).events if event.kind == "page"))
        for token in field.tokens(trial)
    ]


def test_people_come_one_after_the_other(kiosk, base, field, trial):
    """From the touch to the thanks and back by itself; each is a case, and sees nothing of the one before."""
    page = kiosk()
    page.clock.install()
    page.goto(f"{base}/k/trial?place=lobby")
    for words in ("mine", "yours"):
        begin(page)
        assert page.locator("[name=a]").input_value() == ""
        assert page.locator("[name=a]").get_attribute("autocomplete") == "off"
        go_on(page, a=words)
        page.wait_for_selector("[name=b]")
        go_on(page, b="so")
        page.wait_for_selector("text=Saved.")
        page.clock.run_for(1_000)
        assert page.get_by_text("This screen starts over in").is_visible()
        page.clock.run_for(21_000)
        at_start(page)
    assert sorted(values["a"] for values, _ in answers(field, trial)) == ["mine", "yours"]
    assert {row.fields["place"] for row in field.rows("sampled_case")} == {"lobby"}


def test_the_next_person_need_not_wait(kiosk, base, trial):
    """On the page of the end a button starts over at once."""
    page = kiosk()
    page.goto(f"{base}/k/trial")
    begin(page)
    go_on(page, a="mine")
    page.wait_for_selector("[name=b]")
    go_on(page, b="so")
    page.get_by_role("button", name="Start over now").click()
    at_start(page)


def test_nothing_leads_back_to_the_person_before(kiosk, base, field, trial):
    """Not Back, not Forward, not a reload, not the address of a page: there is no history and no copy."""
    page = kiosk()
    fetched = set()
    page.on("request", lambda request: fetched.add(request.url))
    page.goto("about:blank")
    page.goto(f"{base}/k/trial")
    entries = page.evaluate("history.length")
    begin(page)
    go_on(page, a="quite private")
    page.wait_for_selector("[name=b]")
    page.get_by_role("link", name="Back").click()
    page.wait_for_selector("[name=a]")
    assert page.locator("[name=a]").input_value() == "quite private"
    assert page.evaluate("history.length") == entries
    page.get_by_role("button", name="Stop and clear the screen").click()
    at_start(page)
    for step in (page.go_back, page.go_forward, page.reload):
        step()
        if page.url != "about:blank":
            at_start(page)
        assert "quite private" not in page.content()
    pages = [url for url in fetched if url.endswith(("/one", "/two"))]
    assert len(pages) == 2
    for url in pages:
        page.goto(url)
        assert page.url == f"{base}/k/trial"
        at_start(page)
    assert answers(field, trial) == [({"a": "quite private"}, ["one"])]


def test_leaving_in_the_middle_of_a_page_shows_nobody_what_was_typed(kiosk, base, trial):
    """Gone by Back of the browser, with words in a field: Forward gives the start screen."""
    page = kiosk()
    page.goto("about:blank")
    page.goto(f"{base}/k/trial")
    begin(page)
    page.fill("[name=a]", "quite private")
    page.go_back()
    page.go_forward()
    at_start(page)
    begin(page)
    assert page.locator("[name=a]").input_value() == ""


def test_who_says_nothing_is_asked_and_then_gone(kiosk, base, field, trial):
    """After a minute the question, with the seconds counted down; then the start screen. What was sent stays."""
    page = kiosk()
    page.clock.install()
    page.goto(f"{base}/k/trial")
    page.clock.run_for(600_000)
    at_start(page)
    begin(page)
    go_on(page, a="this")
    page.wait_for_selector("[name=b]")
    page.fill("[name=b]", "not sent")
    page.clock.run_for(50_000)  # the clock also runs by itself
    assert page.locator("dialog[open]").count() == 0
    page.clock.run_for(11_000)
    dialog = page.get_by_role("dialog", name="Are you still there?")
    assert dialog.is_visible()
    shown = int(dialog.get_by_role("timer").inner_text())
    page.clock.run_for(10_000)
    assert shown - 15 <= int(dialog.get_by_role("timer").inner_text()) <= shown - 10
    page.clock.run_for(20_000)
    at_start(page)
    assert "not sent" not in page.content()
    (token,) = field.tokens(trial)
    assert answers(field, trial) == [({"a": "this"}, ["one"])]
    assert "submitted" not in field.kinds(token)
    begin(page)
    assert len(field.tokens(trial)) == 2


def test_the_time_can_be_extended_as_often_as_wanted(kiosk, base, trial):
    """With one key, a dozen times; the focus and what was typed are where they were (WCAG 2.2.1)."""
    page = kiosk(1280, 800)
    page.clock.install()
    page.goto(f"{base}/k/trial?idle=20")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Touch to begin").press("Enter")
    page.wait_for_selector("[name=a]")
    page.locator("[name=a]").focus()
    page.keyboard.type("slow")
    for key in ("Enter", "Space", "Escape") * 4:
        page.clock.run_for(22_000)
        assert page.locator("dialog[open]").is_visible()
        assert page.evaluate("document.activeElement.textContent") == "Yes, go on"
        page.keyboard.press(key)
        assert page.locator("dialog[open]").count() == 0
        assert page.evaluate("document.activeElement.name") == "a"
        assert page.locator("[name=a]").input_value() == "slow"


def test_a_touch_beside_the_question_goes_on_and_no_starts_over(kiosk, base, trial):
    """The whole screen says yes but for one button."""
    page = kiosk()
    page.clock.install()
    page.goto(f"{base}/k/trial?idle=20")
    begin(page)
    page.clock.run_for(22_000)
    page.mouse.click(20, 20)
    assert page.locator("dialog[open]").count() == 0
    page.clock.run_for(22_000)
    page.get_by_role("button", name="No, start over").click()
    at_start(page)


def test_who_touches_is_not_asked(kiosk, base, trial):
    """Each key and each touch begins the time anew."""
    page = kiosk()
    page.clock.install()
    page.goto(f"{base}/k/trial?idle=20")
    begin(page)
    for _ in range(6):
        page.clock.run_for(15_000)
        page.locator("[name=a]").press_sequentially("x")
        assert page.locator("dialog[open]").count() == 0


def test_two_kiosks_at_once(kiosk, base, field, trial):
    """Two people, two cases, each with the own answers."""
    left, right = kiosk(), kiosk(1280, 800)
    for page in (left, right):
        page.goto(f"{base}/k/trial")
        begin(page)
    go_on(left, a="left")
    go_on(right, a="right")
    for page in (right, left):
        page.wait_for_selector("[name=b]")
    go_on(right, b="right")
    go_on(left, b="left")
    for page in (right, left):
        page.wait_for_selector("text=Saved.")
    assert sorted(values["a"] + values["b"] for values, _ in answers(field, trial)) == ["leftleft", "rightright"]


def test_an_answer_waits_for_the_connection_and_goes_on_by_itself(kiosk, base, field, trial):
    """The screen says that it is kept; one row when the connection is back, an impatient second press included."""
    page = kiosk()
    page.goto(f"{base}/k/trial")
    begin(page)
    page.context.set_offline(True)
    page.fill("[name=a]", "this")
    page.get_by_role("button", name="Continue").dblclick()
    page.wait_for_selector("text=Your answer is kept and will be sent")
    assert kept(page) == 1
    assert answers(field, trial) == [({}, [])]
    page.context.set_offline(False)
    page.wait_for_selector("[name=b]")
    assert answers(field, trial) == [({"a": "this"}, ["one"])]
    assert kept(page) == 0


def test_who_leaves_without_a_connection_loses_nothing(kiosk, base, field, trial):
    """The screen starts over for the next person; the answer is sent behind it, and shows no page to nobody."""
    page = kiosk()
    page.goto(f"{base}/k/trial")
    begin(page)
    (first,) = field.tokens(trial)
    page.context.set_offline(True)
    go_on(page, a="this")
    page.wait_for_selector("text=Your answer is kept")
    page.locator(".bar").get_by_role("button", name="Stop and clear the screen").click()
    at_start(page)
    page.get_by_role("button", name="Touch to begin").click()
    page.wait_for_selector("text=The survey begins by itself")
    assert len(field.tokens(trial)) == 1
    page.context.set_offline(False)
    page.wait_for_selector("[name=a]")
    assert page.locator("[name=a]").input_value() == ""
    until(lambda: field.values(first) == {"a": "this"})
    assert len(field.tokens(trial)) == 2
    assert field.kinds(first) == ["opened", "started", "page"]


def test_the_list_outlives_a_reload_without_a_connection(kiosk, base, field, trial):
    """The start screen comes from the cache; the answer is sent when the connection is back."""
    page = kiosk()
    page.goto(f"{base}/k/trial?place=lobby")
    stocked(page)
    begin(page)
    page.context.set_offline(True)
    go_on(page, a="this")
    page.wait_for_selector("text=Your answer is kept")
    page.reload()
    at_start(page)
    assert kept(page) == 1
    assert page.evaluate("getComputedStyle(document.querySelector('.button')).minHeight") != "auto"
    page.context.set_offline(False)
    until(lambda: answers(field, trial) == [({"a": "this"}, ["one"])])
    until(lambda: kept(page) == 0)
    begin(page)


def test_a_lost_acknowledgement_stores_nothing_twice(kiosk, base, field, trial):
    """The server has stored the touch, the page and the last page, and its answer to each is lost once."""
    page = kiosk()
    lost = []

    def lose(route):
        url = route.request.url
        if route.request.method == "POST" and not url.endswith("/beacon") and url not in lost:
            lost.append(url)
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    page.route("**/k/**", lose)
    page.goto(f"{base}/k/trial")
    begin(page)
    go_on(page, a="this")
    page.wait_for_selector("[name=b]")
    go_on(page, b="so")
    page.wait_for_selector("text=Saved.")
    assert len(lost) == 3
    assert answers(field, trial) == [({"a": "this", "b": "so"}, ["one", "two"])]
    (token,) = field.tokens(trial)
    assert field.kinds(token) == ["opened", "started", "page", "page", "submitted"]
    assert len(field.rows("paradata")) == len(field.rows("answer")) == 2


@pytest.mark.parametrize("code", [200, 404, 502])
def test_what_something_on_the_way_answers_is_no_answer(kiosk, base, field, trial, code):
    """A page to log in to the network, a proxy without its server: the form is kept and sent again."""
    page = kiosk()
    seen = []

    def intercept(route):
        if route.request.method == "POST" and not seen:
            seen.append(route.request.url)
            route.fulfill(status=code, content_type="text/html", body="<main id=main><form>Log in</form></main>")
        else:
            route.continue_()

    page.goto(f"{base}/k/trial")
    begin(page)
    page.route("**/one", intercept)
    go_on(page, a="this")
    page.wait_for_selector("[name=b]")
    assert seen
    assert answers(field, trial) == [({"a": "this"}, ["one"])]


@pytest.fixture
def server(ledger_url):
    """Starts and kills the real server, always on the same port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "SURVEYLAB_DATABASE_URL": ledger_url, "PYTHONPATH": os.pathsep.join(sys.path)}
    running = []

    class Server:
        base = f"http://127.0.0.1:{port}"

        def start(self):
            # In a session of its own: to kill it is to kill its workers too.
            running.append(
                subprocess.Popen([sys.executable, "-c", SERVE, str(port)], env=environment, start_new_session=True)
            )
            until(self.answers)

        def answers(self):
            try:
                urllib.request.urlopen(f"{self.base}/k/worker.js", timeout=5).close()
            except (urllib.error.URLError, ConnectionError):
                return False
            return True

        def kill(self):
            process = running.pop()
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)

    started = Server()
    started.start()
    yield started
    while running:
        started.kill()


def test_a_server_that_is_killed_and_started_again_loses_and_repeats_nothing(kiosk, server, field, trial):
    """In the middle of an interview: the screen waits, and goes on with the same case."""
    page = kiosk()
    page.goto(f"{server.base}/k/trial")
    begin(page)
    server.kill()
    go_on(page, a="this")
    page.wait_for_selector("text=Your answer is kept")
    server.start()
    page.wait_for_selector("[name=b]", timeout=60_000)
    server.kill()
    go_on(page, b="so")
    page.wait_for_selector("text=Your answer is kept")
    page.get_by_role("button", name="Stop and clear the screen").click()
    at_start(page)
    server.start()
    until(lambda: answers(field, trial) == [({"a": "this", "b": "so"}, ["one", "two"])], 60)
    (token,) = field.tokens(trial)
    assert field.kinds(token) == ["opened", "started", "page", "page", "submitted"]


def test_the_list_outlives_a_restart_of_the_machine(running, server, field, trial, tmp_path):
    """Of a browser that was ended with a form on its disk, the next one on that disk sends it."""
    complaints = []
    how = {"executable_path": shutil.which("chromium"), "args": ARGUMENTS}
    context = running.browser_type.launch_persistent_context(tmp_path / "profile", **how)
    page = watched(context.new_page(), complaints)
    page.goto(f"{server.base}/k/trial")
    begin(page)
    server.kill()
    go_on(page, a="this")
    page.wait_for_selector("text=Your answer is kept")
    context.close()
    server.start()
    assert answers(field, trial) == [({}, [])]
    context = running.browser_type.launch_persistent_context(tmp_path / "profile", **how)
    page = watched(context.new_page(), complaints)
    page.goto(f"{server.base}/k/trial")
    until(lambda: answers(field, trial) == [({"a": "this"}, ["one"])])
    at_start(page)
    context.close()
    assert complaints == []


def test_what_is_stored_can_be_read_and_closes_by_itself(kiosk, base, field, trial):
    """On the start screen, without becoming a case; the next person finds the start screen."""
    page = kiosk()
    page.clock.install()
    page.goto(f"{base}/k/trial?idle=20")
    page.get_by_role("button", name="What is stored about you").click()
    assert page.get_by_role("heading", name="What this survey stores about you").is_visible()
    assert page.locator("dialog a").count() == 0
    page.get_by_role("button", name="Close").click()
    at_start(page)
    page.get_by_role("button", name="What is stored about you").click()
    page.clock.run_for(52_000)
    at_start(page)
    assert field.tokens(trial) == []


def test_pages_tell_how_they_are_answered(kiosk, base, field):
    """One beacon for each page that was shown, as on the personal link."""
    row = field.written(EXPERIMENT.replace("language: en", "language: en, paradata: full"), FORM, drawn=False)
    page = kiosk()
    page.goto(f"{base}/k/trial")
    begin(page)
    go_on(page, a="this")
    page.wait_for_selector("[name=b]")
    page.get_by_role("button", name="Stop and clear the screen").click()
    at_start(page)
    until(lambda: len(field.rows("beacon")) == 2)
    assert sorted(each.page for each in field.rows("beacon")) == ["one", "two"]
    assert len(field.tokens(row)) == 1


def test_a_closed_survey_says_so_and_starts_over(kiosk, base, field, trial):
    """Who touches is told; the next person gets the start screen, as the survey may be open again."""
    with field.ledger.write() as conn:
        experiments.mark_drawn(conn, trial, field.begin, field.begin, None)
    page = kiosk()
    page.clock.install()
    page.goto(f"{base}/k/trial")
    page.get_by_role("button", name="Touch to begin").click()
    page.wait_for_selector("text=This survey has closed")
    page.clock.run_for(22_000)
    at_start(page)


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1280, 800)])
def test_every_target_can_be_touched(kiosk, base, of_every_type, width, height):
    """64 px or more, on every question type; nothing runs out of the screen."""
    page = kiosk(width, height)
    page.goto(f"{base}/k/{of_every_type}")
    page.get_by_role("button", name="Touch to begin").click()
    page.wait_for_selector("main form:not([data-kiosk])")
    asked = 0
    while page.locator("main form").count():
        place = page.locator("main form").get_attribute("action")
        small = [each for each in page.evaluate(TARGETS) if each[1] != TRAP and min(each[2:]) < 63.9]
        assert not small, place
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        asked += 1
        page.locator("main button[type=submit]").click()
        page.wait_for_function(
            "(place) => document.querySelector('main form')?.getAttribute('action') !== place", arg=place
        )
    assert asked > 20


def test_a_slider_can_be_drawn_at_the_kiosk(kiosk, base, of_every_type):
    """What the other script adds to a page, it adds to each that the kiosk shows."""
    page = kiosk()
    page.goto(f"{base}/k/{of_every_type}")
    page.get_by_role("button", name="Touch to begin").click()
    page.wait_for_selector("main form:not([data-kiosk])")
    while not page.locator("[name=slider]").count():
        place = page.locator("main form").get_attribute("action")
        page.locator("main button[type=submit]").click()
        page.wait_for_function(
            "(place) => document.querySelector('main form')?.getAttribute('action') !== place", arg=place
        )
    page.locator("[type=range]").click()
    assert page.locator("[name=slider]").input_value() == "50"


def test_an_arm_with_a_theme_of_its_own_is_shown_in_it(kiosk, base, field):
    """Colour and name of the arm from its landing page on; the start screen is that of the file again, for the next."""
    other = 'factors: {f: {varies: instrument.theme, levels: {plain: {}, own: {name: Town hall, colour: "#7b2cbf"}}}}'
    varied = re.sub(r"factors: .*", other + "}", EXPERIMENT).replace("[x, y]", "[own, plain]")
    field.written(varied, FORM, drawn=False)
    page, seen = kiosk(), {}
    page.goto(f"{base}/k/trial")
    plain = looks(page)
    for _ in range(12):
        page.get_by_role("button", name="Touch to begin").click()
        page.wait_for_selector("main form:not([data-kiosk])")
        case = field.rows("sampled_case")[-1]
        seen[field.case(case.token).levels["f"]] = looks(page)
        page.get_by_role("button", name="Stop and clear the screen").click()
        at_start(page)
        assert looks(page) == plain
        if len(seen) == 2:
            break
    assert seen["plain"] == plain
    assert seen["own"] == ("rgb(123, 44, 191)", "Town hall")


def looks(page):
    """The colour of the button, and whose survey it is."""
    colour = page.locator("main .button").first.evaluate("e => getComputedStyle(e).backgroundColor")
    return colour, page.locator(".head").text_content().strip()
