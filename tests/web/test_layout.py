"""What pages are like at the sizes that people have: nothing is lost, everything can be hit, the focus can be seen."""

from __future__ import annotations

import pytest

from gallery.stage import KIOSK
from gallery.walk import STATES, forged, touch, visit, walk

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]

LOST = """
() => {
  const hidden = ".unseen, .skip, option, script, [hidden]", lost = [], seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const around = (element) => element && element !== document.body ? [element, ...around(element.parentElement)] : [];
  while (walker.nextNode()) {
    const node = walker.currentNode, words = node.textContent.trim().slice(0, 40), element = node.parentElement;
    const frames = around(element), styles = frames.map((each) => getComputedStyle(each));
    const clipped = styles.some((style) => style.clipPath !== "none");
    if (!words || clipped || !element.checkVisibility() || element.closest(hidden)) continue;
    const scrolls = styles.findIndex((style) => style.overflowX === "auto");
    const stays = styles.some((style) => ["fixed", "sticky"].includes(style.position));
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 1) continue;
      frames.forEach((frame, i) => {
        const edged = styles[i].borderTopWidth !== "0px" && styles[i].borderLeftWidth !== "0px";
        const inner = frame.getBoundingClientRect();
        const out = box.right > inner.right + 1 || box.left < inner.left - 1 || box.bottom > inner.bottom + 1;
        if (out && (edged || styles[i].overflow === "hidden")) lost.push(`“${words}” leaves its box`);
      });
      if (scrolls < 0 && (box.left < -1 || box.right > innerWidth + 1)) lost.push(`“${words}” is beside the page`);
      if (!stays) seen.push([box, words, node]);
    }
  }
  seen.forEach(([one, words, node], i) => seen.slice(i + 1).forEach(([other, more, next]) => {
    const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    if (node !== next && wide > 2 && high > 0.35 * Math.min(one.height, other.height))
      lost.push(`“${words}” and “${more}” cover one another`);
  }));
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) lost.push(`the page is ${wide} px wide`);
  return [...new Set(lost)];
}
"""
"""Words that leave the page or the box that they stand in, or that cover others, but for bars over what scrolls."""
SPACING = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-bottom: 2em !important }
  `);
  document.adoptedStyleSheets = [sheet];
}
"""
LARGE = "() => { document.documentElement.style.fontSize = '225%' }"
TARGETS = """
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((control) => control.checkVisibility() && control.tabIndex >= 0 && !control.matches(".skip"))
  .filter((control) => control.tagName !== "A" || control.textContent.trim() === control.parentNode.textContent.trim()
    || getComputedStyle(control).display !== "inline")
  .map((control) => [control, control.closest("label") ?? control])
  .map(([control, target]) => [control.type ?? "link", control.name || control.textContent.trim(),
    target.getBoundingClientRect().width, target.getBoundingClientRect().height])
"""
"""Whatever takes part in the order of Tab, but for links within a sentence, as WCAG 2.5.8 has it."""
COLUMNS = """
() => [...document.querySelectorAll(".choices")].map((group) => [...group.querySelectorAll(":scope > .choice")]
  .map((choice) => [".choice__control", ".choice__text"].map((part) => choice.querySelector(part)))
  .map((parts) => parts.map((part) => part.getBoundingClientRect()))
  .map(([control, text]) => [control.left, control.right, text.left, control.top]))
"""
STOP = """
() => {
  const focus = document.activeElement;
  if (focus === document.body) return null;
  const around = (focus.closest("td, label") ?? focus).getBoundingClientRect(), edge = 8;
  const [left, top] = [Math.max(around.left - edge, 0), Math.max(around.top - edge, 0)];
  return {
    is: `${focus.tagName} ${focus.name ?? ""} ${focus.value ?? focus.textContent.trim()}`,
    last: focus.matches("main .actions .button"),
    clip: {x: left, y: top, width: Math.min(around.right + edge, innerWidth) - left,
      height: Math.min(around.bottom + edge, innerHeight) - top},
  };
}
"""


@pytest.fixture
def app(stage):
    """The application with everything in the field."""
    return stage.app


def places(page, base, stage):
    """Each look of each question type, in each state; and every other page."""
    study = stage.types_together()
    yield from walk(page, base, study, STATES)
    yield from visit(page, base, stage.addresses(study))
    yield from forged(page, f"{base}/r/{stage.arrive(study)}")
    if page.evaluate("() => matchMedia('(scripting: enabled)').matches"):
        yield from touch(page, f"{base}/k/{KIOSK}")


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_nothing_is_lost_on_the_smallest_screen(chromium, base, stage, script):
    """At 320 px, which is 400 % of zoom on 1280 px (WCAG 1.4.10), with JavaScript and without."""
    page = chromium(320, java_script_enabled=script)
    for place in places(page, base, stage):
        assert page.evaluate(LOST) == [], place


def test_nothing_is_lost_at_twice_the_zoom(chromium, base, stage):
    """1280 px at 200 % are 640 px with two dots each (WCAG 1.4.4)."""
    page = chromium(640, device_scale_factor=2)
    for place in places(page, base, stage):
        assert page.evaluate(LOST) == [], place


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_is_lost_where_only_letters_are_twice_as_large(chromium, base, stage, width):
    """As who sets large letters in the browser has it (WCAG 1.4.4). The screen of a kiosk is nobody's phone."""
    page = chromium(width)
    for place in places(page, base, stage):
        if width == 375 and str(place).startswith("kiosk"):
            continue
        page.evaluate(LARGE)
        assert page.evaluate(LOST) == [], place


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_lost_with_wide_spacing(chromium, base, stage, width):
    """Lines, letters, words and paragraphs as far apart as WCAG 1.4.12 asks for."""
    page = chromium(width)
    for place in places(page, base, stage):
        page.evaluate(SPACING)
        assert page.evaluate(LOST) == [], place


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_everything_can_be_hit(chromium, base, stage, width):
    """24 px for whatever can be pressed (WCAG 2.5.8), 44 px for points, choices and buttons on a phone."""
    page = chromium(width)
    for place in places(page, base, stage):
        for kind, name, wide, high in page.evaluate(TARGETS):
            least = 44 if kind in ("radio", "checkbox", "submit") and width == 375 else 24
            assert min(wide, high) >= least, f"{place}: {kind} {name} is {wide:.0f} x {high:.0f}"


def test_choices_stand_in_one_column_on_a_phone(chromium, base, stage):
    """One below the other, each control before its text; a click on the far end of the row chooses it."""
    page = chromium(320)
    next(each for each in walk(page, base, stage.types_together()) if each.name == "all")
    groups = page.evaluate(COLUMNS)
    assert len(groups) > 20
    for group in groups:
        tops = [top for *_, top in group]
        assert tops == sorted(set(tops)), "each below the one before"
        assert len({round(left) for left, *_ in group}) <= 1
        assert all(right <= text for _, right, text, _ in group)
    row = page.locator(".choice", has=page.locator("[name=single]")).nth(1)
    box = row.bounding_box()
    row.click(position={"x": box["width"] - 4, "y": box["height"] / 2})
    assert row.locator("input").is_checked()


def test_a_grid_is_item_by_item_on_a_phone_and_a_table_on_a_desk(chromium, base, stage):
    """Its words and controls are the same at both widths, and both name row and column to who hears them."""
    page, found = chromium(375), {}
    next(each for each in walk(page, base, stage.types_together()) if each.name == "all")
    grid = page.locator("table.grid").first
    for width in (375, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        found[width] = grid.evaluate("e => getComputedStyle(e).display")
        assert grid.get_by_role("radio", name="The quality: Neither").count() == 1
        assert grid.get_by_role("rowheader", name="The quality").count() == 1
        assert page.get_by_role("table").first.get_by_role("row").count() == (2 if width == 375 else 3)
    assert found == {375: "block", 1280: "table"}
    assert grid.get_by_role("columnheader").count() == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_can_be_seen_wherever_it_is(chromium, base, stage, scheme):
    """At every stop of Tab something is drawn that is not there without the focus."""
    page = chromium(375, color_scheme=scheme, reduced_motion="reduce")
    next(each for each in walk(page, base, stage.types_together()) if each.name == "all")
    stops = 0
    while True:
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        stops += 1
        assert stop is not None
        focused = page.screenshot(clip=stop["clip"])
        page.evaluate("() => document.activeElement.blur()")
        assert page.screenshot(clip=stop["clip"]) != focused, f"the focus cannot be seen at {stop['is']}"
        if stop["last"]:
            break
    assert stops > 50
