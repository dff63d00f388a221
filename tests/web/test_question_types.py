"""Every question type on the real pages, with JavaScript off: from a form to the ledger and back."""

from __future__ import annotations

import numpy as np

from surveylab import registry
from surveylab.design.terms import Missing
from surveylab.fieldwork.studies import Studies
from surveylab.questions import Person

TYPES = registry.names("questions")


def test_every_type_is_answered_stored_and_shown_again(browser, field, every_type):
    """What a synthetic respondent enters on each page is in the ledger at the end, and fills the controls again."""
    page, items = browser.start(every_type), {item.id: item for item in study_items(field, every_type)}
    sent = {}
    for name in TYPES:
        assert page.request.path.endswith(f"/{name}")
        found = registry.load("questions", name)
        sent[name] = dict(found.simulate(items[name], Person(0.4), np.random.default_rng(2)))
        page = browser.answer(page, sent[name])
    stored = field.values(every_type)
    for name, item in items.items():
        assert not [column for column in item.columns if isinstance(stored[column], Missing)]
        assert registry.load("questions", name).entered(item, stored) == sent[name]


def test_every_type_may_be_left_blank(browser, field, every_type):
    """Pages sent as they are lead to the end; every answer is NO_ANSWER, and consent was not given."""
    page = browser.start(every_type)
    for _ in TYPES:
        page = browser.answer(page)
    assert "Saved." in page.text
    stored = field.values(every_type)
    assert stored.pop("consent") is False
    assert set(stored.values()) == {Missing.NO_ANSWER}


def test_a_form_at_fault_comes_back_as_it_was(browser, every_type):
    """Ranks, amounts and dates at fault are shown again as they were entered, with what to do about them."""
    browser.start(every_type)
    for name, sent, message in (
        ("ranking", {"ranking": ["1 price", "1 service"]}, "Give rank 1 to one answer only"),
        ("constant_sum", {"constant_sum.price": "60", "constant_sum.service": "30"}, "They add up to 90 now."),
        ("date", {"date": ["31", "2", "2020"]}, "Enter a date that exists"),
    ):
        page = browser.get(f"/r/{every_type}/{name}")
        if page.status_code == 303:  # not reached yet: the pages before it are sent as they are
            page = browser.follow(page)
            while not page.request.path.endswith(f"/{name}"):
                page = browser.answer(page)
        again = browser.post(page, sent)
        assert again.status_code == 422
        assert message in again.text
        for values in sent.values():
            for value in [values] if isinstance(values, str) else values:
                assert f'value="{value}" selected' in again.text or f'value="{value}"' in again.text


def study_items(field, token):
    """The items of the survey behind a token."""
    experiment = field.case(token).experiment
    return Studies(field.ledger).study(experiment).instruments["questions"].items
