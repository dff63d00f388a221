"""The checklist of docs/respondents.md: each line has its tests, and those that no other file has are here."""

from __future__ import annotations

import ast
import re
from functools import cache
from html import unescape
from pathlib import Path
from string import ascii_lowercase

import pytest

from gallery.stage import SHIPPED
from gallery.walk import entered
from surveylab.fieldwork.synthetic import hidden, names

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "respondents.md"
LINES = [*map(str, range(1, 34)), *ascii_lowercase[: ascii_lowercase.index("p") + 1]]
ROWS = dict(re.findall(r"^\| (\w+) \| .* \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))

SQLITE = pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
JUDGING = {"required", "pattern", "min", "max", "minlength", "maxlength", "placeholder", "disabled", "autofocus"}


@cache
def kept_in(file: str) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_the_page_has_every_line():
    """33 of the page and 16 of randomisation, each once."""
    assert list(ROWS) == LINES


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_held_by_tests_that_exist(line):
    """Or says with what they come."""
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", ROWS[line])
    assert named or ROWS[line].startswith("to come, with "), line
    assert not [f"{file}::{test}" for file, test in named if test not in kept_in(file)]


def walked(stage, study):
    """Every page of a survey, and what comes back when it is sent as it is: (name, text, whether it is an error)."""
    client = stage.app.test_client()
    page = client.get(f"/o/{study.experiment.slug}")
    while (path := page.request.path) and not path.endswith("/thanks"):
        yield path.rpartition("/")[2], page.text, False
        sent, name = dict(hidden(page.text)), path.rpartition("/")[2]
        if path.count("/") == 3:  # /r/<token>/<page>: a page of questions
            again = client.post(path, data=sent)
            if again.status_code == 422:
                yield name, again.text, True
            sent = {**dict(hidden(page.text)), **entered(study, names(page.text))}
        page = client.post(path, data=sent, follow_redirects=True)
    yield "thanks", page.text, False


def title(text):
    """The title of a page."""
    return unescape(re.search(r"<title>(.*?)</title>", text, re.DOTALL)[1])


def words(text):
    """What of a page is read."""
    return re.sub(r"<[^>]+>", " ", text.partition("<body>")[2])


@SQLITE
def test_titles_tell_pages_apart_and_errors_first(stage):
    """In every shipped survey no two pages have one title; on error it begins with "Error: " and goes on the same."""
    for study in map(stage.shipped, SHIPPED):
        titles = {name: title(text) for name, text, error in walked(stage, study) if not error}
        assert len(set(titles.values())) == len(titles) > 2, titles
    plain = {name: title(text) for name, text, error in walked(stage, stage.every_type()) if not error}
    faults = {name: title(text) for name, text, error in walked(stage, stage.every_look()) if error}
    assert len(faults) > len(plain)
    assert all(text.startswith("Error: ") for text in faults.values())
    assert not [name for name, text in plain.items() if name in faults and faults[name][7:].split(" – ")[0] not in text]


@SQLITE
def test_no_browser_judges_an_answer(stage):
    """No page of any question type has a control that the browser would check, cut, fill or forbid."""
    for name, text, _ in walked(stage, stage.every_look()):
        controls = re.findall(r"<(?:input|select|textarea|button)\b[^>]*>", text)
        assert controls or name == "thanks"
        for control in controls:
            assert not JUDGING & set(re.findall(r"\s([a-z-]+)(?==|\s|>)", re.sub(r'"[^"]*"', '""', control))), control
            assert 'type="number"' not in control
        assert text.count("<form") == text.count(" novalidate"), name


@SQLITE
def test_no_asterisk_marks_a_question(stage):
    """Nobody has to look up what a star means."""
    for study in (stage.every_look(), *map(stage.shipped, SHIPPED)):
        for name, text, _ in walked(stage, study):
            assert "*" not in words(text), name


def test_a_personal_link_is_enough_to_begin(browser, long_token):
    """Nothing to enter, nothing to solve, and one button; whom the link knows is not asked who it is."""
    landing = browser.get(f"/r/{long_token}")
    controls = re.findall(r"<(?:input|select|textarea)\b[^>]*>", landing.text)
    assert controls
    assert all('type="hidden"' in control for control in controls)
    assert landing.text.count("<button") == 1
    assert not re.search(r"<(img|iframe|canvas|svg)\b", landing.text)
    assert browser.answer(landing).request.path.endswith("/recommendation")


def test_a_page_that_was_left_open_for_days_is_taken(browser, field, long_token, clock):
    """There is no time limit but the closing date."""
    page = browser.start(long_token)
    clock.advance(days=20)
    assert browser.answer(page, {"recommend": "9"}).request.path.endswith("/reason")
    assert field.values(long_token) == {"recommend": 9}
