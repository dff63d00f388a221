"""Randomisation survives respondents: what an arm is shown, and when its exposure is written down."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from surveylab import spec

ANSWERS = {
    "recommendation": {"recommend": "9"},
    "reason": {"why": "x"},
    "service": {},
    "contacts": {},
    "background": {"tenure": "3"},
}

INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages:
  - {id: one, items: [a]}
  - {id: two, items: [b, c]}
  - {id: three, items: [d]}
items:
  - {id: a, type: short_text, text: First?}
  - {id: b, type: short_text, text: Second?}
  - {id: c, type: short_text, text: Third?, applicable_if: a == "yes"}
  - {id: d, type: short_text, text: Fourth?}
"""


def experiment(varies, levels, more=""):
    """An experiment with one factor."""
    return f"""
format: 1
title: A trial
assignment:
  scheme: complete
  factors:
    f: {{varies: {varies}, levels: {levels}}}
{more}
measurement: {{instrument: questions, language: en}}
inquiries:
  f_on_response: {{outcome: response, contrast: {{f: [x, y]}}}}
sampling: {{scheme: srs, n: 10}}
frame: {{source: people}}
"""


def exposed(field):
    """(factor, page) of every exposure."""
    return sorted((row.factor, row.page) for row in field.rows("exposure"))


def normal(page):
    """A page without what tells two respondents apart."""
    return re.sub(r'value="[0-9a-f]+-[\w-]+"|value="[0-9a-f]{64}"|/r/[\w-]{22}', "~", page.text).splitlines()


def test_an_arm_is_shown_as_it_was_assigned(browser, field, nps):
    """In every arm, wording and pages are those of its levels, and they are what the ledger says."""
    study = spec.read(field.nps)
    for arm in study.experiment.arms:
        (token,) = field.tokens(nps, **arm.mapping)
        assert field.case(token).levels == arm.mapping
        plan = study.plan(arm)
        page = browser.start(token)
        assert browser.heading(page) == plan.instrument.item("recommend").text["en"]
        shown = []
        while not page.request.path.endswith("/thanks"):
            shown.append(page.request.path.rpartition("/")[2])
            page = browser.answer(page, ANSWERS[shown[-1]])
        assert shown == [each.id for each in plan.instrument.pages if each.items]


def test_arms_look_the_same_but_for_the_declared_difference(browser, field, nps):
    """Between the wordings only the lines with the wording differ; all else is equal, letter for letter."""
    study = spec.read(field.nps)
    wordings = {study.plan(arm).instrument.item("recommend").text["en"] for arm in study.experiment.arms}
    either = re.compile("|".join(map(re.escape, sorted(wordings, key=len, reverse=True))))

    def one_wording(line):
        return either.sub("#", line)

    pages = {}
    for wording in ("standard", "experience"):
        (token,) = field.tokens(nps, wording=wording, length="long")
        pages[wording] = [browser.get(f"/r/{token}"), browser.start(token)]
        while not pages[wording][-1].request.path.endswith("/thanks"):
            last = pages[wording][-1]
            pages[wording].append(browser.answer(last, ANSWERS[last.request.path.rpartition("/")[2]]))
    differing = 0
    for one, other in zip(pages["standard"], pages["experience"], strict=True):
        for line, counterpart in zip(normal(one), normal(other), strict=True):
            if line != counterpart:
                differing += 1
                assert one_wording(line) == one_wording(counterpart)
    assert differing == 2, "the title and the heading of one page"


def test_exposure_is_written_once_when_the_page_is_shown(app, browser, field, long_token, clock):
    """Not at the landing page, not at a HEAD, and not again on back, reload or another device."""
    browser.answer(browser.get(f"/r/{long_token}"))
    first = field.rows("exposure")
    assert [(row.factor, row.page, row.at) for row in first] == [("wording", "recommendation", clock.time)]
    clock.advance(hours=1)
    browser.get(f"/r/{long_token}/recommendation")
    type(browser)(app.test_client()).get(f"/r/{long_token}/recommendation")
    assert field.rows("exposure") == first


def test_a_head_is_no_exposure(browser, field, long_token):
    """Nobody sees the body of a HEAD; nor a prefetched page."""
    browser.post(browser.get(f"/r/{long_token}"))
    browser.client.head(f"/r/{long_token}/recommendation")
    browser.client.get(f"/r/{long_token}/recommendation", headers={"Purpose": "prefetch"})
    assert field.rows("exposure") == []


@pytest.mark.parametrize(("length", "page"), [("long", "service"), ("short", "background")])
def test_a_page_that_vanishes_is_met_at_the_next_one(browser, field, nps, length, page):
    """Who is spared two pages meets that on the page that comes in their place."""
    (token,) = field.tokens(nps, length=length, wording="standard")
    shown = browser.answer(browser.answer(browser.start(token), {"recommend": "9"}), {"why": "x"})
    assert shown.request.path.endswith(page)
    assert ("length", page) in exposed(field)


def test_a_page_that_vanishes_at_the_end_is_met_at_the_thanks(browser, field):
    """There is no other page behind it."""
    row = field.written(experiment("pages.three.items", "{x: [d], y: []}"), INSTRUMENT)
    (token,) = field.tokens(row, f="y")
    page = browser.answer(browser.start(token), {"a": "no"})
    assert exposed(field) == []
    assert browser.answer(page, {"b": "z"}).request.path.endswith("/thanks")
    assert exposed(field) == [("f", "thanks")]


def test_an_item_that_does_not_apply_is_not_met(browser, field):
    """Its page is shown without it; only who sees the item is exposed."""
    row = field.written(experiment("items.c.text", "{x: Third?, y: And third?}"), INSTRUMENT)
    spared, asked = (field.tokens(row, f=level)[0] for level in "xy")
    browser.answer(browser.start(spared), {"a": "no"})
    assert exposed(field) == []
    browser.answer(browser.start(asked), {"a": "yes"})
    assert exposed(field) == [("f", "two")]


def test_what_has_no_page_is_met_on_the_landing_page(browser, field):
    """As the language is, which every page is in."""
    two = re.sub(r": (First|Second|Third|Fourth)\?", r": {en: \1?, de: \1 auf Deutsch?}", INSTRUMENT)
    two = two.replace("[en]", "[en, de]").replace("title: A trial", "title: {en: A trial, de: Ein Versuch}")
    two = two.replace("Welcome.", "{en: Welcome., de: Willkommen.}").replace(
        "thanks: Saved.", "thanks: {en: Saved., de: Gespeichert.}"
    )
    row = field.written(experiment("measurement.language", "{x: en, y: de}"), two)
    (token,) = field.tokens(row, f="y")
    page = browser.get(f"/r/{token}")
    assert '<html lang="de" dir="ltr">' in page.text
    assert "Willkommen." in page.text
    assert exposed(field) == [("f", "")]


def test_contact_is_met_before_the_interview(browser, field):
    """A reminder plan or a channel is nothing that the pages could show."""
    row = field.written(experiment("contact.reminders", "{x: [], y: [P3D]}"), INSTRUMENT)
    (token,) = field.tokens(row, f="y")
    page = browser.answer(browser.start(token), {"a": "yes"})
    page = browser.answer(browser.answer(page, {"b": "x", "c": "y"}), {"d": "z"})
    assert page.request.path.endswith("/thanks")
    assert exposed(field) == []


def test_an_edit_of_a_live_survey_does_not_reach_who_was_drawn_before(browser, field, nps, long_token):
    """The new text is a new version; the earlier case keeps its questions and their hashes."""
    before = browser.heading(browser.start(long_token))
    documents = dict(spec.read(field.nps).documents)
    main = "nps_wording_length.yaml"
    documents[main] = documents[main].replace("How likely are you", "How probable is it for you")
    field.run(spec.read_documents(documents, main), drawn=False)
    assert browser.heading(browser.get(f"/r/{long_token}/recommendation")) == before
    browser.answer(browser.get(f"/r/{long_token}/recommendation"), {"recommend": "9"})
    (row,) = field.rows("answer")
    from surveylab.digests import digest

    assert row.instrument == digest(documents["relationship_nps.yaml"]).hex()
    assert row.text_hash == digest("en", before, "Not at all likely", "Extremely likely").hex()


def test_the_hash_tells_which_wording_was_shown(browser, field, nps):
    """Equal within a wording, different between the two."""
    hashes = {}
    for token in field.tokens(nps):
        browser.answer(browser.start(token), {"recommend": "9"})
        hashes.setdefault(field.case(token).levels["wording"], set()).add(
            field.state(token).answers["recommend"].text_hash
        )
    assert [len(each) for each in hashes.values()] == [1, 1]
    for one, other in combinations(hashes.values(), 2):
        assert one.isdisjoint(other)
