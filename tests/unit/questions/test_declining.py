"""Answers beside the answers: "Don't know", "Prefer not to say", and one that asks what is meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from surveylab import registry, templating
from surveylab.design.instrument import Item
from surveylab.design.terms import Missing
from surveylab.questions import multiple, single
from surveylab.words import Language

Make = Callable[..., Item]
Answer = Callable[..., Any]
OPTIONS = {"phone": {"en": "By phone"}, "email": {"en": "By email"}}
OTHER = {"else": {"en": "In another way", "de": "Anders"}}
ROWS = {"price": {"en": "The price"}, "speed": {"en": "The speed"}}
BOTH = {"dont_know": True, "refuse": True}
SETTINGS: dict[str, dict[str, Any]] = {
    "single": {"options": OPTIONS},
    "multiple": {"options": OPTIONS},
    "scale": {"low": 0, "high": 10},
    "check": {"options": OPTIONS, "expected": "email"},
    **{kind: {} for kind in ("nps", "csat", "ces", "stars", "smileys", "thumbs")},
}


def rendered(item: Item, entered: dict[str, list[str]] | None = None, errors: dict[str, str] | None = None) -> str:
    """The item on a page, in English."""
    values = {"item": item, "settings": item.settings, "text": "?", "hint": None, "optional": False, "heading": False}
    return templating.render(
        f"questions/{item.type}.html",
        **values,
        t=Language("en").say,
        entered=entered or {},
        errors=errors or {},
    )


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_reason_is_stored_as_why_there_is_no_answer(make: Make, answer: Answer, kind: str) -> None:
    """Each reason is a Missing of its own, never a blank, and a required item takes it; the page shows it again."""
    item = make(kind, required=True, **SETTINGS[kind], **BOTH)
    for code, reason in (("_dont_know", Missing.DONT_KNOW), ("_refused", Missing.REFUSED)):
        assert answer(item, code) == ({"q": reason}, {})
        entered = registry.load("questions", kind).entered(item, {"q": reason})
        assert entered == {"q": [code]}
        assert f'value="{code}" checked' in rendered(item, entered)


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_reason_that_is_not_offered_is_refused(make: Make, answer: Answer, kind: str) -> None:
    """The form takes what the page shows, and the page shows what the file offers."""
    item = make(kind, **SETTINGS[kind], refuse=True)
    assert answer(item, "_dont_know") == ({}, {"q": "Select from the answers shown"})
    assert "Prefer not to say" in rendered(item)
    assert "Don’t know" not in rendered(item)
    assert "Prefer not to say" not in rendered(make(kind, **SETTINGS[kind]))


def test_each_row_of_a_grid_can_be_declined(make: Make, answer: Answer) -> None:
    """The reasons are further columns of the table, in every row."""
    item = make("grid", required=True, options=OPTIONS, rows=ROWS, **BOTH)
    stored = {"q.price": Missing.DONT_KNOW, "q.speed": "email"}
    assert answer(item, price="_dont_know", speed="email") == (stored, {})
    for layout in ("table", "items"):
        shown = replace(item, settings=replace(item.settings, layout=layout))  # type: ignore[type-var]
        assert rendered(shown).count('value="_refused"') == 2
        assert rendered(shown, {"q.price": ["_dont_know"]}).count(" checked") == 1


def test_a_reason_among_several_answers_is_refused(make: Make, answer: Answer) -> None:
    """Who does not know, and says something nonetheless, is asked which of both."""
    item = make("multiple", options=OPTIONS, **BOTH)
    message = "Select only “Don’t know”, or the other answers, not both"
    assert answer(item, "phone", "_dont_know") == ({}, {"q": message})


def test_a_dropdown_offers_reasons_too(make: Make) -> None:
    """They stand behind the options."""
    html = rendered(make("single", options=OPTIONS, layout="dropdown", **BOTH), {"q": ["_refused"]})
    assert html.index('value="email"') < html.index('value="_refused" selected')


@pytest.mark.parametrize("kind", ["single", "multiple"])
def test_the_other_option_stores_its_text(make: Make, answer: Answer, kind: str) -> None:
    """The code under the item, the text under ``item.other``; without that code nothing was asked there."""
    item = make(kind, options=OPTIONS, other=OTHER)
    assert item.columns == ("q", "q.other")
    assert answer(item, "else", other=" By fax ") == ({"q": "else", "q.other": "By fax"}, {})
    assert answer(item, "else") == ({"q": "else", "q.other": Missing.NO_ANSWER}, {})
    assert answer(item, "phone", other=" ") == ({"q": "phone", "q.other": Missing.NOT_ASKED}, {})
    assert answer(item) == ({"q": Missing.NO_ANSWER, "q.other": Missing.NOT_ASKED}, {})


@pytest.mark.parametrize("kind", ["single", "multiple"])
def test_text_and_option_go_together(make: Make, answer: Answer, kind: str) -> None:
    """A text without its option is never dropped; a required item asks for the text of its option."""
    item = make(kind, required=True, options=OPTIONS, other=OTHER)
    apart = "Select “In another way”, or delete what you entered beside it"
    assert answer(item, "phone", other="By fax") == ({}, {"q.other": apart})
    assert answer(item, "else") == ({}, {"q.other": "Enter an answer beside “In another way”"})
    assert answer(item, "else", language="de")[1] == {"q.other": "Geben Sie neben „Anders“ eine Antwort ein"}
    assert answer(item, "fax", other="By fax") == ({}, {"q": "Select from the answers shown"})


def test_several_answers_may_hold_the_other_one(make: Make, answer: Answer) -> None:
    """It is stored last, as it is displayed, and is shown again with its text."""
    item = make("multiple", options=OPTIONS, other=OTHER)
    answers, _ = answer(item, "else", "phone", other="By fax")
    assert answers == {"q": "phone else", "q.other": "By fax"}
    assert multiple.entered(item, answers) == {"q": ["phone", "else"], "q.other": ["By fax"]}


@pytest.mark.parametrize(
    ("kind", "layout"), [("single", "list"), ("single", "row"), ("single", "dropdown"), ("multiple", None)]
)
def test_the_text_has_a_label_and_keeps_what_was_entered(make: Make, kind: str, layout: str | None) -> None:
    """The field is named by its option, holds its text, and its error stands beside it."""
    item = make(kind, options=OPTIONS, other=OTHER, **({"layout": layout} if layout else {}))
    html = rendered(item, {"q": ["else"], "q.other": ["<fax>"]}, {"q.other": "Do this"})
    beside = "" if layout == "dropdown" else ' class="unseen"'
    assert f'<label class="meant__name" for="q.other"><span{beside}>In another way: </span>Your answer' in html
    assert 'name="q.other" value="&lt;fax&gt;"' in html
    assert 'aria-describedby="q.other-error"' in html
    assert html.count('id="q.other-error"') == 1


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda: single.Settings(OPTIONS, other={"a": {"en": "x"}, "b": {"en": "y"}}), "other has 2 options"),
        (lambda: single.Settings(OPTIONS, other={"phone": {"en": "x"}}), "other 'phone' is an option already"),
        (lambda: multiple.Settings(OPTIONS, other={"a b": {"en": "x"}}), "option code 'a b' cannot be stored"),
        (lambda: multiple.Settings(OPTIONS, other={"a": {"en": ""}}), "option 'a' has no text"),
        (lambda: single.Settings(OPTIONS | {"_refused": {"en": "x"}}), "'_refused' cannot be stored"),
    ],
)
def test_settings_that_cannot_work_are_refused(build: Callable[[], object], match: str) -> None:
    """One other option, with a code and a text of its own."""
    with pytest.raises(ValueError, match=match):
        build()
