"""Arabic in a real Chromium: every question type mirrored, nothing beside the page, and the switch by keyboard."""

from __future__ import annotations

import pytest

from gallery.walk import walk
from surveylab import registry

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]

MIRRORED = """
() => {
  const box = (element) => element.getBoundingClientRect();
  const before = (one, other) => document.documentElement.dir === "rtl"
    ? box(one).left >= box(other).right - 1 : box(one).right <= box(other).left + 1;
  const wrong = [];
  const inOrder = (kind, elements) => elements.forEach((each, i) => {
    const next = elements[i + 1];
    if (next && Math.abs(box(each).top - box(next).top) < 2 && !before(each, next)) wrong.push(kind);
  });
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  inOrder("languages", all(".languages__one"));
  for (const group of all(".scale__points, .stars, .poles__points, .date, .choices, .choices--row, .scale__labels"))
    inOrder(group.className, [...group.children].filter((each) => each.checkVisibility()));
  for (const row of all(".grid tr")) inOrder("grid", [...row.children].filter((each) => each.checkVisibility()));
  for (const choice of all(".choice:not(.choices--points .choice, .grid .choice)"))
    if (!before(choice.querySelector(".choice__control"), choice.querySelector(".choice__text"))) wrong.push("choice");
  for (const ends of all(".poles__ends")) inOrder("poles", [ends.firstElementChild, ends.lastElementChild]);
  for (const row of all(".row")) inOrder("row", [row.querySelector(".row__text"), row.querySelector(".row__entry")]);
  return wrong;
}
"""
LINE = """
(line) => {
  line.focus();
  const before = Number(line.value);
  line.stepUp(10);
  return [getComputedStyle(line).direction, Number(line.value) - before];
}
"""


@pytest.fixture
def app(stage):
    """The application with the example in the field."""
    return stage.app


@pytest.fixture
def study(stage):
    """The example, every answer required, so that errors can be seen."""
    return stage.right_to_left()


def test_the_example_has_every_question_type(study):
    """A new type is looked at from right to left too."""
    (instrument,) = study.instruments.values()
    assert {item.type for item in instrument.items} == set(registry.names("questions"))


@pytest.mark.parametrize(("locale", "width"), [("ar", 320), ("ar", 1280), ("en", 1280)])
def test_every_type_is_mirrored_and_fits(chromium, base, study, width, locale):
    """Filled and at fault: what comes first is at the side where reading begins, and nothing scrolls sideways."""
    page = chromium(width, locale=locale)
    seen = 0
    for place in walk(page, base, study, ("filled", "error")):
        html = page.locator("html")
        assert [html.get_attribute("lang"), html.get_attribute("dir")] == [locale, "rtl" if locale == "ar" else "ltr"]
        assert page.evaluate(MIRRORED) == [], place
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        seen += place.state == "error"
    assert seen >= 20


def test_the_arrow_back_points_to_where_one_came_from(chromium, base, study):
    """To the right in Arabic, to the left in English."""
    turns = {}
    for locale in ("ar", "en"):
        page = chromium(375, locale=locale)
        next(place for place in walk(page, base, study) if place.name == "check")
        turns[locale] = page.locator(".back").evaluate("e => getComputedStyle(e, '::before').transform")
    assert turns["ar"] == "matrix(0.707107, -0.707107, 0.707107, 0.707107, 0, 0)"
    assert turns["en"] == "matrix(0.707107, 0.707107, -0.707107, 0.707107, 0, 0)"


def test_what_is_typed_keeps_its_direction(chromium, base, study):
    """Figures and addresses run from the left, free text as it is written; all begin where the page does."""
    page = chromium(375, locale="ar")
    directions = {}
    for place in walk(page, base, study, ("filled",)):
        if place.state == "filled":
            for entry in page.locator("main .entry:visible:not(select)").all():
                name = entry.get_attribute("name")
                directions[name] = entry.evaluate("e => [getComputedStyle(e).direction, getComputedStyle(e).textAlign]")
    assert directions["number"] == directions["email"] == directions["phone"] == ["ltr", "right"]
    assert directions["slider"] == ["ltr", "right"]
    assert directions["long_text"][0] == directions["short_text"][0] == "ltr", "the answers are English"


def test_a_slider_runs_from_right_to_left(chromium, base, study):
    """Its low end is where reading begins, below its label."""
    page = chromium(375, locale="ar")
    next(place for place in walk(page, base, study) if place.name == "slider")
    assert page.locator("[type=range]").evaluate(LINE) == ["rtl", 10]
    low, high = (page.locator(".scale__label").nth(n).bounding_box() for n in (0, 1))
    assert low["x"] > high["x"]


def test_the_language_is_switched_with_the_keyboard(chromium, base, study):
    """Tab leads to the language before the questions; Enter in a field still presses the button below them."""
    page = chromium(375, locale="ar")
    next(place for place in walk(page, base, study) if place.name == "short_text")
    page.locator("#short_text").fill("Downtown")
    page.locator("body").press("Home")
    page.evaluate("document.querySelector('.skip').focus()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "en"
    assert page.evaluate("document.activeElement.lang") == "en"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("#short_text").input_value() == "Downtown"
    assert "What is the branch called?" in page.locator("h1").inner_text()
    page.locator("#short_text").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/single")
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_language_is_switched_without_javascript(chromium, base, study):
    """Links and buttons of the page; each language is called by its own name."""
    page = chromium(375, locale="ar", java_script_enabled=False)
    page.goto(f"{base}/o/{study.experiment.slug}")
    assert page.get_by_role("button", name="لنبدأ").is_visible(), "the instrument says this word in its own way"
    page.get_by_role("link", name="English").click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/ces")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("input[value='4']").check(force=True)
    page.get_by_role("button", name="العربية").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("input[value='4']").is_checked()
