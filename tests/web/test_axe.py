"""axe-core finds nothing: every question type in every state and look, and every other page there is."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from gallery.stage import KIOSK
from gallery.walk import STATES, forged, touch, visit, walk
from surveylab import registry

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]

WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
RUN = """
async ([tags, reasons]) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, preload: false, iframes: false});
  const why = (node) => [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ");
  const told = (kind) => found[kind]
    .flatMap((rule) => rule.nodes.map((node) => [kind, rule.id, node.target[0], why(node)]));
  const reasoned = ([, rule, target]) => reasons[rule] && document.querySelector(target).closest(reasons[rule]);
  const open = told("incomplete").filter((each) => !reasoned(each));
  return [[...told("violations"), ...open], found.passes.map((rule) => rule.id)];
}
"""
REASONS = {"frame-tested": "iframe[sandbox]"}
NARROW = {"color-contrast": ".table"}
"""What axe cannot decide by itself (``incomplete``): rule -> where that is right as it is; NARROW below 1280 px.

The frames of a preview hold pages of the survey, which are judged where they stand by themselves. Wide
tables of the console scroll sideways in a region of their own, and axe does not judge the cells that are
scrolled out of sight; at 1280 px the same cells are in sight, and judged.
"""


@pytest.fixture
def app(stage):
    """The application with everything in the field."""
    return stage.app


def findings(page, *, at_least=("color-contrast", "target-size", "document-title", "region")):
    """What axe finds on the page that is open, but for what has its reason; the rules ran that have to."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    reasons = REASONS | (NARROW if page.viewport_size["width"] < WIDTHS[-1] else {})
    found, passed = page.evaluate(RUN, [TAGS, reasons])
    assert set(at_least) <= set(passed) | {rule for _, rule, *_ in found}
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_any_question_type(chromium, base, stage, width, scheme):
    """All together on one page: empty, filled and at fault, each look that its settings can give it."""
    page = chromium(width, color_scheme=scheme, reduced_motion="reduce")
    for place in walk(page, base, stage.types_together(), STATES):
        assert findings(page) == [], place


def test_axe_finds_nothing_where_a_question_is_the_heading_of_its_page(chromium, base, stage):
    """One question per page, as it is by default: headings, landmarks, titles and names.

    A page at fault has all that the empty one has, and what is wrong; a note is never at fault.
    """
    page, judged = chromium(320, reduced_motion="reduce"), set()
    for place in walk(page, base, stage.every_type(), ("error",)):
        if place.state == "error" or place.name == "note":
            assert findings(page) == [], place
            judged.add(place.name)
    assert judged == set(registry.names("questions"))


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_nothing_from_right_to_left(chromium, base, stage, width, scheme):
    """All question types in Arabic: empty, filled and at fault, and the pages around them."""
    page = chromium(width, locale="ar", color_scheme=scheme, reduced_motion="reduce")
    for place in walk(page, base, stage.right_to_left(together=True), STATES):
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert findings(page) == [], place


@pytest.mark.parametrize(("scheme", "widths"), [("light", (320, 1280)), ("dark", (768,))])
def test_axe_finds_nothing_on_any_other_page(chromium, base, stage, scheme, widths):
    """Landing, stop, forged, every standing, every error, the console: whatever answers a GET with a page.

    And what a kiosk shows beside the pages. Colours do not go by the width, nor the layout by the scheme.
    """
    study, page = stage.every_type(), chromium(320, color_scheme=scheme, reduced_motion="reduce")
    kiosk = chromium(widths[-1], color_scheme=scheme, reduced_motion="reduce")
    for name in visit(page, base, stage.addresses(study)):
        for width in widths:
            page.set_viewport_size({"width": width, "height": 740})
            assert findings(page) == [], (name, width)
    for name in forged(page, f"{base}/r/{stage.arrive(study)}"):
        assert findings(page) == [], name
    for name in touch(kiosk, f"{base}/k/{KIOSK}"):
        assert findings(kiosk, at_least=("color-contrast", "target-size")) == [], name  # a title is not in a dialog
