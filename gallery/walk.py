"""The way through a survey in a tab of Chromium, stopping wherever there is something to see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from playwright.sync_api import Page

from surveylab import registry
from surveylab.design.experiment import Study
from surveylab.questions import Person

State = Literal["empty", "filled", "error"]
STATES: tuple[State, ...] = ("empty", "filled", "error")
MOST_PAGES = 500
"""A walk that is longer goes in circles."""

IDLE_MILLISECONDS = 61_000
"""Behind which a kiosk asks whether somebody is still there."""
BUTTON = "main .actions .button"
NAMES = "() => [...document.querySelectorAll('main form [name]')].map((control) => control.name)"
FILL = """
(entered) => {
  for (const [name, values] of Object.entries(entered)) {
    const controls = [...document.querySelectorAll("main form [name]")]
      .filter((control) => control.name === name && control.type !== "hidden");
    controls.forEach((control, i) => {
      if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
      else if (control.tagName === "SELECT")
        control.value = values.find((value) => [...control.options].some((option) => option.value === value)) ?? "";
      else control.value = values[i] ?? "";
      for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, {bubbles: true}));
    });
  }
}
"""
EMPTY = "() => document.querySelector('main form').reset()"
FORGE = """() => document.querySelectorAll("[name=_signature]").forEach((field) => { field.value = "0" })"""


@dataclass(frozen=True)
class Place:
    """Where a walk has stopped: the last part of the address, and what stands in its controls."""

    name: str
    state: State


def walk(page: Page, base: str, study: Study, states: Collection[State] = ("empty",)) -> Iterator[Place]:
    """Through a survey by its open link, from the landing page to the thanks, with a stop in each of ``states``.

    A synthetic respondent answers every question. A page that takes a blank is shown without its error.

    Raises:
        AssertionError: the survey does not end.
    """
    page.goto(f"{base}/o/{study.experiment.slug}")
    yield Place("landing", "empty")
    while place(page) in ("", study.experiment.slug):
        press(page)
    for _ in range(MOST_PAGES):
        name = place(page)
        yield Place(name, "empty")
        if name == "thanks":
            return
        yield from _filled(page, study, states)
        press(page)
    raise AssertionError(f"the survey does not end: {MOST_PAGES} pages, and still at {page.url}")


def _filled(page: Page, study: Study, states: Collection[State]) -> Iterator[Place]:
    """The other states of a page; it is left with all its questions answered."""
    name, address, answers = place(page), page.url, answers_to(page, study)
    fill(page, answers)
    if "filled" in states:
        yield Place(name, "filled")
    if "error" in states:
        page.evaluate(EMPTY)
        press(page)
        if page.locator("main [role=alert]").count():
            yield Place(name, "error")
        else:
            page.goto(address)
        fill(page, answers)


def visit(page: Page, base: str, addresses: Mapping[str, str]) -> Iterator[str]:
    """Each of these addresses, as somebody who comes for the first time; yields its name."""
    page.context.clear_cookies()
    for name, address in addresses.items():
        page.goto(base + address)
        yield name


def touch(page: Page, address: str) -> Iterator[str]:
    """What a kiosk shows behind its start screen at ``address``: privacy, a question, its countdown, no connection."""
    page.clock.install()
    page.goto(address)
    page.locator("[data-about]").click()
    yield "kiosk privacy"
    page.locator("[data-told] button").click()
    page.locator(BUTTON).click()
    page.wait_for_selector("main form:not([data-kiosk])")
    yield "kiosk question"
    page.clock.run_for(IDLE_MILLISECONDS)
    page.wait_for_selector("[data-still][open]")
    yield "kiosk countdown"
    page.locator("[data-stay]").click()
    page.context.set_offline(True)
    page.locator(BUTTON).click()
    page.wait_for_selector("main > [role=status]")
    yield "kiosk without a connection"
    page.context.set_offline(False)


def forged(page: Page, address: str) -> Iterator[str]:
    """Each form of a survey after it was sent with a signature that is not ours, for who has begun at ``address``."""
    page.goto(address)
    _forge(page)
    yield "landing"
    press(page)
    _forge(page)
    yield "page"
    page.goto(f"{address}/stop")
    _forge(page)
    yield "stop"


def _forge(page: Page) -> None:
    page.evaluate(FORGE)
    press(page)


def answers_to(page: Page, study: Study) -> Mapping[str, list[str]]:
    """What a synthetic respondent enters into the controls of the page that is open."""
    return entered(study, page.evaluate(NAMES))


def entered(study: Study, controls: Collection[str]) -> Mapping[str, list[str]]:
    """What a synthetic respondent enters into the controls of these names."""
    asked = [item for instrument in study.instruments.values() for item in instrument.items]
    found: dict[str, list[str]] = {}
    for item in asked:
        if not set(controls).isdisjoint(item.columns):
            found |= registry.load("questions", item.type).simulate(item, Person(0.4), np.random.default_rng(2))
    return found


def fill(page: Page, answers: Mapping[str, list[str]]) -> None:
    """Put answers into the controls, as typing and clicking would."""
    page.evaluate(FILL, answers)


def press(page: Page, button: str = BUTTON) -> None:
    """Press the button of the page, and wait for what comes next."""
    with page.expect_navigation():
        page.locator(button).first.click()


def place(page: Page) -> str:
    """The last part of the address that is open; empty on a landing page."""
    parts = page.url.partition("://")[2].split("/")[1:]
    return parts[2] if parts[0] == "r" and len(parts) > 2 else "" if parts[0] == "r" else parts[-1]
