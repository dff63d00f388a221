"""The prompt on a page of another origin, in real Chromium: asked, declined, left, answered, and blocked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask, Response, request

from gallery.chromium import served
from surveylab import randomness
from surveylab.sampling import bernoulli

from .conftest import ROOT, SECRET, Settings
from .test_axe import RUN, TAGS
from .test_embed import code, opened, people, study

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head>
<body><h1>A shop</h1><p><a href="/other">Another page</a> <button>Buy</button></p><p>{text}</p>{tags}</body></html>"""
STYLE = """body { font: 16px/1.5 Georgia, serif; margin: 2rem; }
div { border: 9px solid red; padding: 40px; display: flex; }
iframe { border: 5px dashed blue; max-width: 100px; filter: invert(1); } button { font: inherit; }"""


@dataclass
class Site:
    """A page of somebody else, with a script of the survey in it."""

    address: str = ""
    survey: str = ""
    slugs: tuple[str, ...] = ("trial",)
    attributes: str = ""
    policy: str = ""

    @property
    def tags(self) -> str:
        """What the site includes."""
        return "".join(f'<script src="{self.survey}/w/{slug}.js" {self.attributes}></script>' for slug in self.slugs)


@pytest.fixture
def site():
    """The site, served on an origin of its own."""
    app, site = Flask("site"), Site()

    @app.get("/style.css")
    def style():
        return Response(STYLE, mimetype="text/css")

    @app.get("/")
    @app.get("/other")
    def page():
        response = Response(PAGE.format(tags=site.tags, text="Words of the shop. " * 300))
        if site.policy:
            response.headers["Content-Security-Policy"] = site.policy.format(survey=site.survey)
        return response

    with served(app) as address:
        site.address = address
        yield site


@pytest.fixture
def settings(ledger_url, site):
    """Of a survey that the site may show."""
    return Settings(ROOT, ledger_url, SECRET, "http://127.0.0.1:8000", embed_origins=(site.address,))


@pytest.fixture
def trial(field):
    """The study, opened."""
    return opened(field, study())


@pytest.fixture
def visit(running, base, site, trial):
    """Opens the site in a browser of its own, and fails when its page is thrown an error or logs one."""
    site.survey = base
    contexts, complaints = [], []

    def tab(width=375, script=None, complain=True, **how):
        context = running.new_context(viewport={"width": width, "height": 740}, **how)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if complain:
            page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
        if script:
            page.add_init_script(script)
        page.goto(site.address)
        return page

    yield tab
    for context in contexts:
        context.close()
    assert complaints == []


def person(sampled=True):
    """An id that a site might give, whose hash is in the sample or not."""
    return next(name for name in (f"Kundin {n} é" for n in range(99)) if takes(unit(name)) == sampled)


def takes(unit, *slugs):
    """Whether an id is in the samples of all these studies, by default of the trial."""
    streams = (randomness.stream(slug, "sampling") for slug in slugs or ("trial",))
    return all(bernoulli.chooser(bernoulli.Settings(0.5), each)(unit) for each in streams)


def unit(name):
    """What leaves the browser of a person."""
    return "app-" + hashlib.sha256(f"surveylab.person\n{name}".encode()).hexdigest()[:32]


def prompt(page):
    """The prompt, in sight, and the frame in it."""
    page.wait_for_function("document.getElementById('surveylab')?.style.visibility === 'visible'")
    return page.locator("#surveylab"), page.frame_locator("#surveylab iframe")


def sent(field):
    """The tokens of the cases to which a prompt was displayed."""
    return [row.token for row in field.rows("sampled_case") if "sent" in field.kinds(row.token)]


def until_sent(page, field, unit=None):
    """Wait until the server has heard of the display, to this id where one is given; the token."""
    for _ in range(100):
        for token in sent(field):
            if unit in (None, field.case(token).unit):
                return token
        page.wait_for_timeout(50)
    raise AssertionError("the server heard of no display")


def nothing(page):
    """That no prompt comes up, also after all that the script had to do."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    assert not page.locator("#surveylab").is_visible()


@pytest.mark.parametrize("width", [375, 1280])
def test_answered_in_the_frame(visit, site, field, width):
    """From the offer to the thanks; the page around never moves, and its styles do not reach in."""
    site.attributes = f'data-person="{person()}"'
    page = visit(width)
    before = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    box, frame = prompt(page)
    assert box.get_attribute("role") == "dialog"
    assert box.get_attribute("aria-label") == "A trial"
    token = until_sent(page, field)
    assert field.case(token).unit == unit(person())
    assert page.evaluate("document.activeElement === document.body")
    frame.get_by_role("button", name="Start").click()
    frame.locator("input[value='9']").check(force=True)
    frame.get_by_role("button", name="Continue").click()
    frame.locator("[name=b]").fill("Good")
    frame.get_by_role("button", name="Submit").click()
    frame.get_by_role("heading", name="You have finished").wait_for()
    page.frames[1].wait_for_load_state()  # its script has run: the cross closes
    assert field.values(token) == {"a": 9, "b": "Good"}
    assert code(field, token) == "1.1"
    outside = box.bounding_box()
    assert outside["x"] >= 0
    assert outside["x"] + outside["width"] <= width
    assert outside["y"] + outside["height"] <= 740
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == before
    assert frame.locator("html").evaluate("e => e.scrollWidth <= innerWidth && e.scrollHeight <= innerHeight + 1")
    frame.get_by_role("button", name="Close").click()
    box.wait_for(state="detached")
    assert code(field, token) == "1.1"


def test_who_is_not_in_the_sample_makes_no_request(visit, site, field):
    """The browser decides; nothing is kept of a person whom the site names, and nothing leaves."""
    site.attributes = f'data-person="{person(sampled=False)}"'
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    nothing(page)
    assert {url for url in asked if url.startswith(site.survey)} == {f"{site.survey}/w/trial.js"}
    assert page.evaluate("localStorage.length") == 0


def test_asked_once(visit, site, field):
    """Another page, a reload: the prompt does not come back; and not in another browser of the same person either."""
    site.attributes = f'data-person="{person()}"'
    page = visit()
    prompt(page)
    until_sent(page, field)
    page.goto(f"{site.address}/other")
    nothing(page)
    assert page.evaluate("Object.keys(JSON.parse(localStorage.surveylab).offered)") == ["trial"]
    nothing(visit())
    assert len(sent(field)) == 1


def test_who_leaves_has_ignored_it(visit, site, field):
    """An implicit refusal, without any report from the page that was left."""
    site.attributes = f'data-person="{person()}"'
    page = visit()
    prompt(page)
    token = until_sent(page, field)
    page.goto("about:blank")
    assert field.kinds(token) == ["sent"]
    assert code(field, token) == "2.113"


@pytest.mark.parametrize("how", ["No, thank you", "Close", "Escape"])
def test_declined(visit, site, field, how):
    """By either button or by Esc: an explicit refusal; and who was in the prompt is put back to where they were."""
    site.attributes = f'data-person="{person()}"'
    page = visit()
    box, frame = prompt(page)
    token = until_sent(page, field)
    page.get_by_role("button", name="Buy").focus()
    if how == "Escape":
        frame.get_by_role("button", name="Start").press("Escape")
    else:
        frame.get_by_role("button", name=how).focus()
        frame.get_by_role("button", name=how).press("Enter")
    box.wait_for(state="detached")
    assert page.evaluate("document.activeElement.textContent") == "Buy"
    assert code(field, token) == "2.112"
    assert field.kinds(token) == ["sent", "dismissed"]


def test_closed_in_the_middle_is_a_break_off(visit, site, field):
    """What was sent is kept; to close an interview declines nothing."""
    site.attributes = f'data-person="{person()}"'
    page = visit()
    box, frame = prompt(page)
    token = until_sent(page, field)
    frame.get_by_role("button", name="Start").click()
    frame.locator("input[value='2']").check(force=True)
    frame.get_by_role("button", name="Continue").click()
    frame.locator("[name=b]").press("Escape")
    box.wait_for(state="detached")
    assert field.kinds(token) == ["sent", "opened", "started", "page"]
    assert field.values(token) == {"a": 2}


def test_by_keyboard_alone(visit, site, field):
    """Tab leads through the page into the prompt and out of it again; everything in it is in reach."""
    site.attributes = f'data-person="{person()}"'
    page = visit(1280)
    _, frame = prompt(page)
    token = until_sent(page, field)
    inside = page.frames[1]

    def tab_to(wanted):
        for _ in range(20):
            page.keyboard.press("Tab")
            where = "document.activeElement.name || document.activeElement.textContent.trim()"
            in_frame = page.evaluate("document.activeElement.tagName === 'IFRAME'")
            if in_frame and inside.evaluate(where).startswith(wanted):
                return
        raise AssertionError(f"{wanted} is out of reach")

    tab_to("Start")
    page.keyboard.press("Enter")
    frame.locator("[name=a]").first.wait_for()
    tab_to("a")
    page.keyboard.press("Space")
    tab_to("Continue")
    page.keyboard.press("Enter")
    frame.locator("[name=b]").wait_for()
    tab_to("b")
    page.keyboard.type("Good")
    page.keyboard.press("Enter")
    frame.get_by_role("heading", name="You have finished").wait_for()
    page.frames[1].wait_for_load_state()  # its script has run: the cross closes
    assert field.values(token) == {"a": 0, "b": "Good"}
    tab_to("Close")
    page.keyboard.press("Enter")
    page.locator("#surveylab").wait_for(state="detached")


def test_two_surveys_on_a_page_come_up_one_at_a_time(visit, site, field):
    """The second waits for another page."""
    opened(field, study("other", contacts=9))
    site.slugs = ("trial", "other")
    both = next(name for name in map(str, range(99)) if takes(unit(name), "trial", "other"))
    site.attributes = f'data-person="{both}"'
    page = visit()
    prompt(page)
    until_sent(page, field)
    page.wait_for_timeout(300)
    assert page.locator("iframe").count() == 1
    assert len(sent(field)) == 1


def test_without_an_id_the_browser_keeps_one(visit, site, field):
    """128 random bits in the site's own storage; the same person gets the same decision on the next page."""
    page = visit()
    page.wait_for_function("localStorage.surveylab")
    key = page.evaluate("JSON.parse(localStorage.surveylab).key")
    assert len(key) == 32
    wanted = next(k for k in (f"{n:032x}" for n in range(99)) if takes(unit(k)))
    page = visit(script=f"localStorage.surveylab ??= JSON.stringify({{key: '{wanted}'}})")
    prompt(page)
    until_sent(page, field, unit(wanted))
    assert page.evaluate("JSON.parse(localStorage.surveylab).key") == wanted


def test_nobody_is_asked_who_could_not_be_known_again(visit, field):
    """Without storage and without an id."""
    refuse = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    nothing(visit(script=refuse))
    assert field.rows("sampled_case") == []


def test_without_storage_a_person_whom_the_site_names_is_asked(visit, site, field):
    """The server knows the person again."""
    refuse = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    site.attributes = f'data-person="{person()}"'
    page = visit(script=refuse)
    prompt(page)
    until_sent(page, field)


def test_another_site_cannot_show_it(visit, site, field, running, base):
    """Its script stops by itself; and a frame that it makes stays empty, and nobody is a case."""
    site.attributes = f'data-person="{person()}"'
    page = visit(complain=False)
    prompt(page)
    until_sent(page, field)
    elsewhere = site.address.replace("127.0.0.1", "localhost")
    context = running.new_context()
    other = context.new_page()
    other.goto(elsewhere)
    nothing(other)
    other.evaluate(
        "src => { const f = document.createElement('iframe'); f.src = src; document.body.append(f); }",
        f"{base}/w/trial?person={people('trial')[0]}",
    )
    other.wait_for_timeout(500)
    assert other.frames[1].url.startswith("chrome-error:")
    assert len(sent(field)) == 1
    context.close()


STRICT = "default-src 'none'; style-src 'self'; img-src data:; script-src {survey}; frame-src {survey}"


def test_a_strict_policy_of_the_site_has_to_allow_two_things(visit, site, field):
    """The script and the frame; no inline style, nothing to connect to."""
    site.policy = STRICT
    site.attributes = f'data-person="{person()}"'
    page = visit()
    box, frame = prompt(page)
    until_sent(page, field)
    frame.get_by_role("button", name="Start").click()
    frame.locator("input[value='9']").wait_for(state="attached")
    assert box.evaluate("e => getComputedStyle(e).position") == "fixed"


@pytest.mark.parametrize("forbidden", ["script-src", "frame-src"])
def test_a_site_that_forbids_it_is_left_alone(visit, site, field, forbidden):
    """No error is thrown into its page, nothing is shown, and nobody is a case."""
    site.policy = STRICT.replace(f"{forbidden} {{survey}}", f"{forbidden} 'none'")
    site.attributes = f'data-person="{person()}"'
    page = visit(complain=False)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    assert not page.locator("#surveylab").is_visible()
    assert field.rows("sampled_case") == []


def test_a_survey_that_is_away_is_not_missed(visit, site, field, app):
    """A fault of the server under the offer: the box never comes into sight."""
    site.attributes = f'data-person="{person()}"'
    app.before_request_funcs[None] = [lambda: ("broken", 503) if "person" in request.args else None]
    page = visit(complain=False)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    assert not page.locator("#surveylab").is_visible()


def test_cookies_of_third_parties_are_not_needed(visit, site, field):
    """None is set, in the frame or around it, from the offer to the second page."""
    site.attributes = f'data-person="{person()}"'
    page = visit()
    _, frame = prompt(page)
    until_sent(page, field)
    frame.get_by_role("button", name="Start").click()
    frame.get_by_role("button", name="Continue").click()
    frame.locator("[name=b]").wait_for()
    assert page.context.cookies() == []


def test_it_keeps_still_for_who_wants_no_motion(visit, site, field):
    """With the person's setting it stands there at once."""
    site.attributes = f'data-person="{person()}" data-position="top-left"'
    moving, _ = prompt(visit())
    assert "transform" in moving.evaluate("e => e.style.transition")


def test_it_stands_where_the_site_wants_it(visit, site, field):
    """In one of the four corners."""
    site.attributes = f'data-person="{person()}" data-position="top-left"'
    box, _ = prompt(visit(1280, reduced_motion="reduce"))
    assert "transform" not in box.evaluate("e => e.style.transition")
    where = box.bounding_box()
    assert (where["x"], where["y"]) == (16, 16)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_frame(visit, site, field, scheme):
    """The offer, a question, its fault and the end, as they stand in the frame."""
    site.attributes = f'data-person="{person()}"'
    page = visit(375, color_scheme=scheme, reduced_motion="reduce", complain=False)
    _, frame = prompt(page)
    until_sent(page, field)
    inside = page.frames[1]

    def judge(place):
        inside.evaluate(AXE_SCRIPT)
        assert inside.evaluate(RUN, [TAGS, {}])[0] == [], place

    judge("offer")
    frame.get_by_role("button", name="Start").click()
    frame.locator("[name=a]").first.wait_for(state="attached")
    judge("question")
    frame.get_by_role("button", name="Continue").click()
    frame.locator("[name=b]").fill("x" * 3000)
    frame.get_by_role("button", name="Submit").click()
    frame.get_by_text("There is a problem").wait_for()
    judge("fault")
    frame.locator("[name=b]").fill("Good")
    frame.get_by_role("button", name="Submit").click()
    frame.get_by_role("heading", name="You have finished").wait_for()
    page.frames[1].wait_for_load_state()  # its script has run: the cross closes
    judge("end")
