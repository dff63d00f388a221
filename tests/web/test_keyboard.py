"""Every survey is finished by the keyboard alone, with JavaScript and without, and the focus is never out of sight."""

from __future__ import annotations

import pytest

from gallery.stage import SHIPPED, TOGETHER, TYPES
from gallery.walk import answers_to, place
from surveylab.design.terms import Missing

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]

SURVEYS = (TYPES, TOGETHER, *SHIPPED)
MOST_STOPS = 500
FOCUS = """
() => {
  const focus = document.activeElement, around = focus.closest("label") ?? focus, box = around.getBoundingClientRect();
  const middle = (from, to, most) => (Math.max(from, 0) + Math.min(to, most)) / 2;
  const [x, y] = [middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight)];
  const there = document.elementFromPoint(x, y);
  return {
    kind: focus.type ?? focus.tagName, name: focus.name ?? "", value: focus.value ?? "",
    submits: focus.matches("main .actions .button"),
    seen: box.width > 0 && !!there && (around.contains(there) || there.contains(around)),
  };
}
"""
"""What has the focus; ``seen`` where the middle of what of it is in the window is not covered by anything."""


@pytest.fixture
def app(stage):
    """The application with everything in the field."""
    return stage.app


@pytest.fixture(params=SURVEYS)
def study(request, stage):
    """Each survey in turn, in the field."""
    if request.param in (TYPES, TOGETHER):
        return stage.every_type() if request.param == TYPES else stage.types_together()
    return stage.shipped(request.param)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_survey_is_finished_by_keyboard_alone(chromium, base, study, field, script):
    """Tab, arrows, Space, Enter and figures are enough to answer every question; what was entered is stored."""
    page = chromium(375, java_script_enabled=script)
    page.goto(f"{base}/o/{study.experiment.slug}")
    while place(page) in ("", study.experiment.slug):
        _go_on(page, {})
    asked = {}
    while place(page) != "thanks":
        answers = answers_to(page, study)
        asked |= answers
        _go_on(page, answers)
    token = page.url.split("/")[-2]
    stored = field.state(token)
    assert "submitted" in [event.kind for event in stored.events]
    assert not [column for column in asked if isinstance(stored.answers[column].value, Missing)]
    if study.experiment.slug in (TYPES, TOGETHER):
        (instrument,) = study.instruments.values()
        assert stored.answers.keys() == {column for item in instrument.items for column in item.columns}


def _go_on(page, answers):
    """Tab through a page, enter each answer where the focus is, and press its button when that has the focus."""
    left = {column: list(values) for column, values in answers.items()}
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["seen"], f"the focus is out of sight on {page.url}: {focus}"
        if focus["submits"]:
            assert not any(left.values()), f"{left} could not be entered on {page.url}"
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
        if focus["name"] in left:
            _enter(page, focus, left[focus["name"]])
    raise AssertionError(f"the button of {page.url} cannot be reached with Tab")


def _enter(page, focus, wanted):
    """One control: what it takes of ``wanted`` is entered, and taken from there."""
    kind = focus["kind"]
    if kind == "checkbox":
        if focus["value"] in wanted:
            page.keyboard.press("Space")
            wanted.remove(focus["value"])
    elif kind == "radio":
        page.keyboard.press("Space")
        _arrow(page, wanted)
    elif kind == "select-one":
        options = page.evaluate("() => [...document.activeElement.options].map((option) => option.value)")
        if set(options) & set(wanted):
            _arrow(page, wanted)
    elif kind in ("text", "textarea") and wanted:
        page.keyboard.type(wanted.pop(0))


def _arrow(page, wanted):
    """Down until what is chosen is wanted."""
    for _ in range(40):
        value = page.evaluate("() => document.activeElement.value")
        if value in wanted:
            wanted.remove(value)
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{wanted} cannot be reached with arrows")
