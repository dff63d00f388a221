"""Pages that the browser keeps alive: Back in a Chromium as people have it shows them as they were left."""

from __future__ import annotations

import pytest

from gallery.chromium import chromium as running_chromium
from surveylab.web import clocks

from .test_paradata import EXPERIMENT
from .test_paradata_browser import INSTRUMENT, begin, send

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]

SEEN = """addEventListener("pageshow", ({ persisted }) => {
  sessionStorage.seen = `${sessionStorage.seen}, ${persisted ? "kept" : "fetched"}`;
})"""


@pytest.fixture(scope="module")
def running():
    """A Chromium that keeps pages alive."""
    with running_chromium(keeps_pages=True) as browser:
        yield browser


@pytest.fixture
def clock():
    """The machine's own: a browser's time does not stand still."""
    return clocks.system


@pytest.mark.parametrize(("arm", "shown"), [("full", "kept, fetched"), ("times", "kept")])
def test_a_change_on_a_page_that_was_kept_alive_is_not_lost(chromium, base, field, arm, shown):
    """With our script the page is fetched anew; without it the change counts under the visit that was sent before."""
    row = field.written(EXPERIMENT, INSTRUMENT)
    (token,) = field.tokens(row, f=arm)
    field.close(token, in_days=1)
    page = chromium()
    page.add_init_script(SEEN)
    begin(page, base, token)
    page.locator("#reason").fill("First")
    send(page, "two")
    page.evaluate("setTimeout(() => history.back())")
    page.wait_for_function("shown => sessionStorage.seen.endsWith(shown)", arg=shown)
    assert page.locator("#reason").input_value() == "First"
    page.locator("#reason").fill("Second")
    send(page, "two")
    assert field.values(token)["reason"] == "Second"
    assert len([row for row in field.rows("answer") if row.column_name == "reason"]) == 1
