"""Answers as links: what a link selects, for every question type, and what a message offers."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from surveylab import registry, spec
from surveylab.design.instrument import Instrument, Selectable
from surveylab.errors import SpecError
from surveylab.fieldwork import recruit
from surveylab.fieldwork.pages import Wording
from surveylab.fieldwork.preselection import answers, as_text, changed, filled, paradata, preselected
from surveylab.fieldwork.worker import Worker
from surveylab.store import snapshots
from surveylab.store.ledger import Ledger
from surveylab.words import ENGLISH

from .test_recruit import NOW, people

TRIAL = """
format: 1
title: A trial
frame: {source: customers}
sampling: {scheme: srs, n: 8}
assignment: {scheme: complete, factors: {f: {varies: items.a.text, levels: {x: What?, y: Which?}}}}
measurement: {instrument: questions}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
contact: {message: first}
messages: {first: {subject: Hello, body: "Dear {unit.first_name|you}:\\n{answers.a|}\\nor {answers.b|here}: {link|}"}}
"""
QUESTIONS = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [a, b]}, {id: two, items: [c]}]
items:
  - {id: a, type: nps, text: What?, dont_know: true}
  - id: b
    type: single
    text: Which?
    options: {1: Red & blue, ä/?: "{unit.region|?}"}
    applicable_if: unit.region == "north"
  - {id: c, type: single, text: Which?, options: {1: One, 2: Two}}
"""
LINK = "http://x/r/token"


def instrument(text: str = QUESTIONS) -> Instrument:
    """The instrument of these tests."""
    return spec.read_documents({"trial.yaml": TRIAL, "questions.yaml": text}, "trial.yaml").instruments["questions"]


def words(**unit: str) -> Wording:
    """The words of somebody about whose unit this is known."""
    return Wording("en", "en", lambda: {f"unit.{name}": value for name, value in unit.items()})


def example(name: str) -> Instrument:
    """An instrument whose only item is the example of a question type."""
    doc = registry.load("questions", name).__doc__ or ""
    item = dedent(doc[doc.index("    - id:" if "    - id:" in doc else "    - {") :])
    head = QUESTIONS[: QUESTIONS.index("pages:")]
    name = item.partition("id: ")[2].split(",")[0].split()[0]
    text = f"{head}pages: [{{id: one, items: [{name}]}}]\nitems:\n{item}"
    trial = TRIAL.replace("items.a.text", f"items.{name}.text").replace("contact: {message: first}\n", "")
    trial = trial[: trial.index("messages:")]
    return spec.read_documents({"trial.yaml": trial, "questions.yaml": text}, "trial.yaml").instruments["questions"]


@pytest.mark.parametrize("name", registry.names("questions"))
def test_what_a_link_selects_is_an_answer(name: str) -> None:
    """Of every type: each code that can be selected is one that its control takes, alone, and shows as selected."""
    item = example(name).items[0]
    settings: object = item.settings
    codes = list(settings.selectable()) if isinstance(settings, Selectable) else []
    columns = item.columns if item.is_battery else (item.id,)
    for code in codes:
        for column in columns:
            assert preselected([item], {column: [code]}) == {column: code}
            fields = registry.load("questions", name).fields(replace(item, required=False), ENGLISH)
            form = BaseForm(fields)
            form.process(MultiDict([(column, code)]))
            assert form[column].validate(form), (column, code, form.errors)
            parsed = registry.load("questions", name).parse(item, {each: form[each].data for each in fields})
            assert registry.load("questions", name).entered(item, parsed)[column] == [code]
    if not codes:  # texts, numbers, ranks, shares and consent are not selected ahead
        assert preselected([item], {column: ["1", "yes", "price"] for column in item.columns}) in (
            {},
            dict.fromkeys(item.columns, ""),
        )


def test_the_types_that_are_answered_by_one_click() -> None:
    """A list of them, so that one that falls out is noticed; consent is never given ahead."""
    one_click = {
        name
        for name in registry.names("questions")
        if isinstance(example(name).items[0].settings, Selectable) and not example(name).items[0].is_battery
    }
    assert one_click >= {"ces", "check", "csat", "multiple", "nps", "scale", "single", "smileys", "stars", "thumbs"}
    assert not one_click & {
        "consent",
        "constant_sum",
        "date",
        "email",
        "note",
        "number",
        "phone",
        "ranking",
        "short_text",
    }


def test_unknown_codes_and_columns_select_nothing() -> None:
    """A column of the page that is asked for is known to be asked for; all else is passed over."""
    items = instrument().items[:2]
    asked = {"a": ["11", "9"], "b": ["red", "\0"], "c": ["1"], "utm_source": ["mail"], "": [""], "_visit": ["x"]}
    assert preselected(items, asked) == {"a": "9", "b": ""}
    assert preselected(items, {"utm_source": ["mail"]}) == {}


def test_answers_stand_in_the_order_displayed_with_their_links() -> None:
    """Labels with their fills filled, codes escaped for an address; every link selects its own answer."""
    offered = answers("b", instrument(), words(region="north"), LINK)
    assert [(each.label, each.link) for each in offered] == [
        ("Red & blue", f"{LINK}/one?b=1"),
        ("north", f"{LINK}/one?b=%C3%A4%2F%3F"),
    ]
    codes = [parse_qs(urlsplit(each.link).query)["b"] for each in offered]
    assert [preselected(instrument().items, {"b": code}) for code in codes] == [{"b": "1"}, {"b": "ä/?"}]
    scale = answers("a", instrument(), words(region="north"), LINK)
    assert [each.label for each in scale] == [
        "0 – Not at all likely",
        *map(str, range(1, 10)),
        "10 – Extremely likely",
        "Don’t know",
    ]
    turned = instrument(QUESTIONS.replace("type: nps,", "type: nps, direction: descending,"))
    assert [each.link for each in answers("a", turned, words(), LINK)][:2] == [f"{LINK}/one?a=10", f"{LINK}/one?a=9"]


@pytest.mark.parametrize("name", ["b", "c", "nobody"])
def test_what_is_not_on_the_first_page_of_a_person_is_not_offered(name: str) -> None:
    """An item that does not apply, one of the second page, and none."""
    assert answers(name, instrument(), words(region="south"), LINK) == ()


def test_a_fill_gives_one_line_for_each_answer() -> None:
    """And nothing where there are none, so that the words behind the bar stand there."""
    text = "{answers.a|} {answers.c|none} {link|}"
    lines = filled(text, instrument(), words(), LINK)
    assert lines.keys() == {"answers.a"}
    assert lines["answers.a"] == as_text(answers("a", instrument(), words(), LINK))
    assert lines["answers.a"].splitlines()[9] == f"9: {LINK}/one?a=9"


def test_paradata_say_what_was_selected_and_what_was_changed() -> None:
    """Kept, changed, cleared; nothing where nothing was selected."""
    ahead = {"a": "9", "b": "1", "c": "1", "d": ""}
    entered = {"a": ["9"], "b": ["2"], "c": [""], "d": ["4"]}
    assert paradata(ahead, entered) == {"preselected": {"a": "9", "b": "1", "c": "1"}, "changed": ["b", "c"]}
    assert changed({"m": "x"}, {"m": ["x", "y"]}) == ["m"]
    assert paradata({"d": ""}, entered) == paradata({}, entered) == {}


def test_a_message_offers_the_answers_of_each_person(ledger: Ledger, tmp_path: Path) -> None:
    """Sent as links: everybody's own, with what applies to them."""
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "digest", people(), NOW)
    given = spec.read_documents({"trial.yaml": TRIAL, "questions.yaml": QUESTIONS}, "trial.yaml")
    recruit.draw(ledger, given, NOW)
    Worker(ledger, "http://x", lambda: NOW).hand_over("trial", tmp_path / "links.csv")
    with (tmp_path / "links.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8
    for row in rows:
        lines = row["body"].splitlines()
        assert lines[0].startswith("Dear ")
        assert lines[10] == f"9: {row['link']}/one?a=9"
        north = int(row["unit"][1:]) % 2 == 0
        assert lines[13] == (f"or Red & blue: {row['link']}/one?b=1" if north else f"or here: {row['link']}")


@pytest.mark.parametrize(
    ("item", "code", "what"),
    [
        ("nobody", "SL420", "no item 'nobody'"),
        ("c", "SL425", "not on the first page"),
        ("t", "SL425", "not answered by one click"),
        ("g", "SL425", "not answered by one click"),
    ],
)
def test_a_message_that_offers_what_cannot_be_selected_is_refused(item: str, code: str, what: str) -> None:
    """When the file is read: an unknown item, one of a later page, a text, a grid."""
    more = (
        "  - {id: t, type: short_text, text: Why?}\n"
        "  - {id: g, type: grid, text: How?, options: {1: Bad, 2: Good}, rows: {r: Price}}\n"
    )
    questions = QUESTIONS.replace("items: [a, b]", "items: [a, b, t, g]") + more
    trial = TRIAL.replace("{answers.a|}", f"{{answers.{item}|}}")
    with pytest.raises(SpecError) as caught:
        spec.read_documents({"trial.yaml": trial, "questions.yaml": questions}, "trial.yaml")
    (fault,) = caught.value.faults
    assert fault.code == code
    assert what in fault.what


@pytest.mark.parametrize(
    "change", [("{id: one,", "{id: one, applicable_if: unit.age > 7,"), ("thanks:", "order: random\nthanks:")]
)
def test_a_page_that_some_are_shown_first_will_do(change: tuple[str, str]) -> None:
    """Behind a page that is not for everybody, or where chance orders the pages: others get the words of the bar."""
    trial = TRIAL.replace("{answers.a|}", "{answers.c|}")
    questions = QUESTIONS.replace(*change)
    assert spec.read_documents({"trial.yaml": trial, "questions.yaml": questions}, "trial.yaml")
