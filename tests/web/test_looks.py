"""How the pages look in a real Chromium: themes in light and dark, on paper, and with words that are too long."""

from __future__ import annotations

import pytest

from surveylab import spec
from surveylab.design.colours import contrast
from surveylab.design.theme import Theme

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]

LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 40"><rect width="300" height="40" fill="#7b2cbf"/></svg>'
)
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
INSTRUMENT = f"""
format: 1
title: {LONG}
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
theme: {{name: Town hall, logo: hall.svg, colour: "#7b2cbf", corners: square, type: serif}}
pages:
  - {{id: choose, items: [choose]}}
  - {{id: more, items: [list, poles, sum, ranks, rows, other]}}
items:
  - {{id: choose, type: single, text: Which?, options: {{1: {LONG}, 2: https://example.org/{"very/long" * 8}}}}}
  - {{id: list, type: single, layout: dropdown, text: Where?, options: {{1: North, 2: South}}}}
  - {{id: poles, type: semantic_differential, text: How?, rows: {{a: [{LONG}, {LONG}]}}}}
  - {{id: sum, type: constant_sum, text: Share., total: 100, options: {{a: {LONG}, b: B}}}}
  - {{id: ranks, type: ranking, text: Order., options: {{a: {LONG}, b: B}}}}
  - {{id: rows, type: grid, text: Rate., options: {{1: {LONG}, 2: Good, 3: Better}}, rows: {{a: {LONG}, b: B}}}}
  - {{id: other, type: multiple, text: What?, options: {{a: A, b: B}}, other: {{c: Another}}}}
"""
PLAIN = INSTRUMENT.partition("theme:")[0]
DRAWN = """
  - {id: choose, type: thumbs, text: Good?}
  - {id: stars, type: stars, text: How many?}
  - {id: faces, type: smileys, text: How?}
"""
EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {f: {varies: items.choose.hint, levels: {x: Hint., y: Hints.}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""
COMPUTED = """
([selector, property]) => {
  const context = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  context.fillStyle = getComputedStyle(document.querySelector(selector)).getPropertyValue(property);
  context.fillRect(0, 0, 1, 1);
  const parts = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  return "#" + parts.map((value) => value.toString(16).padStart(2, "0")).join("");
}
"""

SYSTEM = """
(name) => {
  const mark = document.body.appendChild(document.createElement("i"));
  mark.style.cssText = `forced-color-adjust: none; color: ${name}`;
  const colour = getComputedStyle(mark).color;
  mark.remove();
  return colour;
}
"""


@pytest.fixture
def themed(field):
    """A case of a survey with a theme and with words that are too long."""
    documents = {"trial.yaml": EXPERIMENT, "questions.yaml": INSTRUMENT, "hall.svg": LOGO}
    return field.tokens(field.run(spec.read_documents(documents, "trial.yaml")), f="x")[0]


def start(page, base, token):
    """Open the link and press the button."""
    page.goto(f"{base}/r/{token}")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/choose")


def go_on(page, place):
    """Press the button; the place that comes next."""
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"**/{place}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_theme_and_can_be_read(chromium, base, themed, scheme):
    """Link, button and chosen answer are of the theme's colour, at 4.5 : 1 and 3 : 1 as Chromium computes them."""
    theme = Theme(colour="#7b2cbf")
    accent = theme.colour if scheme == "light" else theme.accent_dark
    page = chromium(375, color_scheme=scheme)
    start(page, base, themed)
    page.locator(".choice").first.click()
    colour = {
        name: page.evaluate(COMPUTED, list(where))
        for name, where in {
            "link": (".foot a", "color"),
            "paper": ("body", "background-color"),
            "button": (".button", "background-color"),
            "words": (".button", "color"),
            "edge": (".choice:has(:checked)", "border-top-color"),
            "wash": (".choice:has(:checked)", "background-color"),
            "ink": (".choice:has(:checked)", "color"),
        }.items()
    }
    assert {colour["link"], colour["button"], colour["edge"]} == {accent}
    assert contrast(colour["link"], colour["paper"]) >= 4.5
    assert contrast(colour["words"], colour["button"]) >= 4.5
    assert contrast(colour["ink"], colour["wash"]) >= 4.5
    assert contrast(colour["edge"], colour["wash"]) >= 3
    assert page.locator(".button").evaluate("e => getComputedStyle(e).borderRadius") == "0px"
    assert "serif" in page.locator("body").evaluate("e => getComputedStyle(e).fontFamily")
    assert "sans-serif" not in page.locator("body").evaluate("e => getComputedStyle(e).fontFamily")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_logo_is_loaded_and_fits(chromium, base, themed, width, scheme):
    """On every page, in its own shape and within the page; in the dark it stands on white."""
    page = chromium(width, color_scheme=scheme)
    page.goto(f"{base}/r/{themed}")
    for place in ("choose", "more", "thanks"):
        image = page.get_by_role("img", name="Town hall")
        assert image.evaluate("e => e.complete && e.naturalWidth > 0"), place
        shown = image.evaluate("e => [e.clientWidth, e.clientHeight, getComputedStyle(e)].slice(0, 2)")
        padding = image.evaluate("e => parseFloat(getComputedStyle(e).paddingInlineStart)")
        block = image.evaluate("e => parseFloat(getComputedStyle(e).paddingBlockStart)")
        assert (shown[0] - 2 * padding, shown[1] - 2 * block) == pytest.approx((224, 30), abs=1)
        assert image.evaluate("e => e.getBoundingClientRect().right <= innerWidth")
        ground = image.evaluate("e => getComputedStyle(e).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") == (scheme == "dark")
        go_on(page, place)


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_long_words_break_and_nothing_leaves_the_page(chromium, base, themed, width):
    """Titles, options, poles, rows and addresses without a place to break: nothing scrolls sideways."""
    page = chromium(width)
    page.goto(f"{base}/r/{themed}")
    for place in ("choose", "more", "thanks"):
        over = page.evaluate(
            """() => [...document.querySelectorAll("main *, header *, footer *")].filter((e) => e.checkVisibility()
            && !e.closest(".unseen, .skip, .printed") && e.getBoundingClientRect().right > innerWidth + 0.5)
            .map((e) => e.className || e.tagName)"""
        )
        assert over == [], (place, over)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        go_on(page, place)


def test_on_paper_every_option_stands_and_no_button(chromium, base, themed):
    """A dropdown is a list to tick, an option's field can be written into, a grid is a table, and nothing is dark."""
    page = chromium(794, color_scheme="dark")
    start(page, base, themed)
    go_on(page, "more")
    page.emulate_media(media="print", color_scheme="light")
    assert not page.locator(".button, .back, .skip, .foot a").filter(visible=True).count()
    assert page.locator(".printed li").all_inner_texts() == ["North", "South"]
    assert not page.locator("#list").is_visible()
    assert page.locator("[name='other.other']").is_visible()
    assert page.locator(".grid thead").is_visible()
    assert page.evaluate(COMPUTED, ["body", "background-color"]) == "#ffffff"
    assert page.evaluate(COMPUTED, [".question__text", "color"]) == "#000000"
    page.emulate_media(media="screen")
    assert not page.locator(".printed").is_visible()
    assert page.locator("#list").is_visible()
    page.locator("#list").select_option("2")
    page.emulate_media(media="print", color_scheme="light")
    assert not page.locator(".printed").is_visible()
    assert page.locator("#list").is_visible(), "what was selected stands on paper"


def test_what_is_drawn_takes_the_colours_of_the_system(chromium, base, field):
    """With forced colours stars, faces and thumbs are drawn in those; the survey's own might not be seen."""
    drawn = "pages: [{id: choose, items: [choose, stars, faces]}]\nitems:\n" + DRAWN
    (token,) = field.tokens(field.written(EXPERIMENT, PLAIN + drawn), f="x")
    page = chromium(375, forced_colors="active", color_scheme="dark")
    start(page, base, token)
    page.evaluate("document.querySelectorAll('[value=\"1\"]').forEach((each) => each.click())")
    shapes = page.locator("main .star__face svg, main .choice__drawing")
    strokes = shapes.evaluate_all("all => all.map((e) => getComputedStyle(e).stroke)")
    assert len(strokes) == 2 + 5 + 5
    assert set(strokes) <= {page.evaluate(SYSTEM, name) for name in ("CanvasText", "Highlight")}


def test_a_page_prints_within_the_sheet(chromium, base, themed):
    """As a PDF of A4 that begins with the logo and the title, one sheet for one question."""
    page = chromium(794)
    start(page, base, themed)
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == 1


def test_what_is_wrong_is_marked_at_its_controls(chromium, base, field, every_type):
    """The edges of the fields at fault have the colour of their message; those of the others do not."""
    page = chromium(375)
    page.goto(f"{base}/r/{every_type}")
    page.get_by_role("button", name="Start").click()
    while not page.url.endswith("/constant_sum"):
        with page.expect_navigation():
            page.locator("button[type=submit]").click()
    names = page.locator(".rows input").evaluate_all("all => all.map((e) => e.id)")
    page.locator(f"[id='{names[0]}']").fill("abc")
    page.locator(f"[id='{names[1]}']").fill("50")
    page.locator("button[type=submit]").click()
    page.wait_for_selector("text=There is a problem")
    message = page.evaluate(COMPUTED, [".question__error", "color"])
    edges = [page.evaluate(COMPUTED, [f"[id='{name}']", "border-top-color"]) for name in names[:2]]
    assert edges[0] == message
    assert edges[1] != message
