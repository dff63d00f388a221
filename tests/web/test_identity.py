"""Fills that say who the person is: from where names are kept, when they are shown, and nowhere else."""

from __future__ import annotations

import pytest

from surveylab.store import frames, people, snapshots

EXPERIMENT = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {f: {varies: items.b.text, levels: {x: "And then?", y: "What then?"}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""
INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: "Welcome, {unit.first_name|you}."
thanks: "Saved, {unit.first_name|you}."
pages:
  - {id: one, items: [a]}
  - {id: two, items: [b, c]}
  - {id: three, items: [d]}
items:
  - {id: a, type: short_text, text: "Are you {unit.first_name|the person we wrote to}?"}
  - {id: b, type: short_text, text: What then?}
  - {id: c, type: short_text, text: Which of you?}
  - {id: d, type: single, text: Who are you?, options: {me: "{unit.first_name|Me}", other: "Somebody else"}}
"""


@pytest.fixture
def tokens(field, clock):
    """Two people: the first is known as Reader, of the second nothing is known."""
    row = field.written(EXPERIMENT, INSTRUMENT, first_name=None)
    units = [("u0000", {}, {"first_name": "Reader", "email": "g@example.org"}), ("u0001", {}, None)]
    with field.ledger.write() as conn:
        snapshots.replace_frame(conn, "people", "digest", units, clock.time)
    return field.tokens(row, f="x") + field.tokens(row, f="y")


@pytest.fixture
def reads(monkeypatch):
    """The units whose names were read."""
    read, honest = [], people.people

    def telling(conn, frame_id, units):
        read.extend(units)
        return honest(conn, frame_id, units)

    monkeypatch.setattr(people, "people", telling)
    return read


def walk(browser, token):
    """The landing page, the three pages and the thanks."""
    pages = [browser.get(f"/r/{token}")]
    pages.append(browser.answer(pages[0]))
    for answers in ({"a": "yes"}, {"b": "then"}, {"d": "me"}):
        pages.append(browser.answer(pages[-1], answers))
    return pages


def test_a_person_is_called_by_name_wherever_a_text_says_so(browser, tokens):
    """On the landing page, in a question, in an option and in the thanks; who has no name reads the fallback."""
    for token, words in zip(
        tokens,
        (
            ("Welcome, Reader.", "Are you Reader?", ">Reader<", "Saved, Reader."),
            ("Welcome, you.", "Are you the person we wrote to?", ">Me<", "Saved, you."),
        ),
        strict=True,
    ):
        landing, one, _, three, thanks = walk(browser, token)
        for page, said in zip((landing, one, three, thanks), words, strict=True):
            assert said in page.text


def test_names_are_read_where_they_are_shown_and_once(browser, tokens, reads):
    """A page that does not say who the person is reads nothing of it."""
    landing = browser.get(f"/r/{tokens[0]}")
    assert reads == ["u0000"]
    page = browser.answer(landing)
    reads.clear()
    page = browser.answer(page, {"a": "yes"})
    assert (page.request.path.rpartition("/")[2], reads) == ("two", ["u0000"]), "read to show page one again"
    reads.clear()
    page = browser.answer(page, {"b": "then"})
    assert (page.request.path.rpartition("/")[2], reads) == ("three", ["u0000"]), "for its option, not for page two"


def test_who_was_erased_is_nobody(browser, field, tokens):
    """From the next page on, with the answers that were given still there."""
    browser.answer(browser.start(tokens[0]), {"a": "yes"})
    with field.ledger.write() as conn:
        source = frames.frame(conn, "people")
        people.erase_person(conn, source.id, "u0000")
    assert "Are you the person we wrote to?" in browser.get(f"/r/{tokens[0]}/one").text
    assert field.values(tokens[0]) == {"a": "yes"}


def test_no_answer_tells_whose_it_is(browser, field, tokens):
    """The hash of the words that were shown is the same for all of an arm, whatever their names."""
    hashes = set()
    for token in tokens:
        browser.answer(browser.start(token), {"a": "yes"})
        hashes.add(field.state(token).answers["a"].text_hash)
    assert len(hashes) == 1
