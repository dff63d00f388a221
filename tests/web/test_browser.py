"""The pages in a real Chromium: keyboard, focus, back, and the controls that need more than a form."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]

PAGES = ("recommendation", "reason", "service", "contacts", "background")


def focused(page):
    """What has the focus: its name, or its tag and text."""
    return page.evaluate(
        "() => { const e = document.activeElement; return e.name ? `${e.name}=${e.value}` : e.textContent.trim() }"
    )


def tab_to(page, wanted, most=40):
    """Press Tab until something has the focus; every stop on the way must be visible."""
    for _ in range(most):
        page.keyboard.press("Tab")
        visible = page.evaluate(
            """() => { const e = document.activeElement, box = (e.closest("label") ?? e).getBoundingClientRect();
            return box.bottom > 0 && box.top < innerHeight && box.width > 0 }"""
        )
        assert visible, f"the focus is out of sight at {focused(page)}"
        if focused(page).startswith(wanted):
            return
    raise AssertionError(f"{wanted} cannot be reached with Tab")


def every_page(page, base, token):
    """Walk through the long survey with clicks; yields the name of each place, error pages included."""
    page.goto(f"{base}/r/{token}")
    yield "landing"
    page.get_by_role("button", name="Start").click()
    for name in PAGES:
        page.wait_for_url(f"**/{name}")
        yield name
        if name == "recommendation":
            page.locator('input[value="8"]').check(force=True)
        if name == "contacts":
            page.locator('input[value="none"]').check()
            page.locator('input[value="phone"]').check()
            page.get_by_role("button", name="Continue").click()
            page.wait_for_selector("text=There is a problem")
            yield "error"
            page.locator('input[value="none"]').uncheck()
        page.locator("button.button").click()
    page.wait_for_url("**/thanks")
    yield "thanks"


def test_a_survey_can_be_answered_with_the_keyboard_alone(chromium, base, field, long_token):
    """At the width of a phone, from the link to the thanks; the focus is never out of sight."""
    page = chromium(375)
    page.goto(f"{base}/r/{long_token}")
    tab_to(page, "Start")
    page.keyboard.press("Enter")
    page.wait_for_url("**/recommendation")
    tab_to(page, "recommend=0")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    assert focused(page) == "recommend=9"
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reason")
    tab_to(page, "why=")
    page.keyboard.type("Friendly people")
    tab_to(page, "Continue")
    page.keyboard.press("Space")
    page.wait_for_url("**/service")
    for row in ("quality", "price", "advice", "speed", "website"):
        tab_to(page, f"drivers.{row}=1")
        page.keyboard.press("ArrowDown")
        assert focused(page) == f"drivers.{row}=2"
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts")
    tab_to(page, "channels=chat")
    page.keyboard.press("Space")
    tab_to(page, "effort=1")
    page.keyboard.press("Space")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    page.wait_for_url("**/background")
    tab_to(page, "tenure=")
    page.keyboard.type("1 200")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=There is a problem")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "tenure=1 200"
    page.keyboard.press("Control+A")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks")
    assert field.kinds(long_token)[-1] == "submitted"
    values = field.values(long_token)
    assert (values["recommend"], values["drivers.website"], values["channels"], values["tenure"]) == (
        9,
        "2",
        "chat",
        12,
    )


def test_the_error_summary_takes_the_focus(chromium, base, long_token):
    """So that who cannot see the page hears first what is wrong; its link leads into the field."""
    page = chromium(375)
    for name in every_page(page, base, long_token):
        if name == "error":
            assert focused(page).startswith("There is a problem")
            page.get_by_role("link", name="Select only").click()
            assert focused(page) == "channels=phone"
            assert page.locator("#channels").evaluate("e => e.getBoundingClientRect().top >= 0")


def test_the_skip_link_leads_to_the_page(chromium, base, long_token):
    """It is the first stop, it shows itself, and the next stop is behind it."""
    page = chromium(1280)
    page.goto(f"{base}/r/{long_token}")
    page.keyboard.press("Tab")
    assert focused(page).startswith("Skip to")
    assert page.locator(".skip").evaluate("e => e.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "Start"


def test_the_browsers_back_button_is_safe(chromium, base, field, long_token):
    """The page is there again with the answer; sending it again changes nothing else."""
    page = chromium(375)
    page.goto(f"{base}/r/{long_token}")
    page.get_by_role("button", name="Start").click()
    page.locator('input[value="8"]').check(force=True)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/reason")
    page.go_back()
    assert page.locator('input[value="8"]').is_checked()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/reason")
    assert field.values(long_token) == {"recommend": 8}
    assert len(field.rows("answer")) == 1


def test_an_impatient_click_is_one_submission(chromium, base, field, long_token):
    """The button is never disabled; the server knows the visit."""
    page = chromium(375)
    page.goto(f"{base}/r/{long_token}")
    page.get_by_role("button", name="Start").click()
    page.locator('input[value="8"]').check(force=True)
    page.get_by_role("button", name="Continue").dblclick()
    page.wait_for_url("**/reason")
    assert field.kinds(long_token).count("page") == 1


def type_pages(page, base, token):
    """Walk through the survey of all question types without an answer; yields the name of each place."""
    page.goto(f"{base}/r/{token}")
    with page.expect_navigation():
        page.get_by_role("button", name="Start").click()
    while not page.url.endswith("/thanks"):
        yield page.url.rpartition("/")[2]
        with page.expect_navigation():
            page.locator("button[type=submit]").click()


def test_a_slider_writes_into_its_field(chromium, base, field, every_type):
    """Keys and clicks move it, typing in the field moves the line; untouched it says nothing."""
    page = chromium()
    next(place for place in type_pages(page, base, every_type) if place == "slider")
    line, entry = page.locator("[type=range]"), page.locator("[name=slider]")
    assert "unset" in line.get_attribute("class")
    assert entry.input_value() == ""
    line.click()
    assert entry.input_value() == "50"
    line.press("ArrowRight")
    assert entry.input_value() == "51"
    entry.fill("80")
    assert line.input_value() == "80"
    assert "unset" not in line.get_attribute("class")
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/smileys")
    assert field.values(every_type)["slider"] == 80


def test_a_slider_without_javascript_is_a_field(chromium, base, every_type):
    """No line that cannot be moved stands on the page."""
    page = chromium(java_script_enabled=False)
    next(place for place in type_pages(page, base, every_type) if place == "slider")
    assert page.locator("[type=range]").count() == 0
    assert page.locator("[name=slider]").is_visible()


def test_ranks_are_given_with_the_keyboard(chromium, base, field, every_type):
    """Tab leads from list to list, figures select the rank."""
    page = chromium()
    next(place for place in type_pages(page, base, every_type) if place == "ranking")
    page.locator("#ranking").focus()
    page.keyboard.press("2")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("1")
    page.locator("button[type=submit]").press("Enter")
    page.wait_for_url("**/scale")
    assert field.values(every_type)["ranking"] == "service price"
