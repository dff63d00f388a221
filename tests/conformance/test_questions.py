"""Every question type keeps its contract. Its sample is the example in its own docstring."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import FrozenInstanceError, is_dataclass, replace
from dataclasses import fields as dataclass_fields
from html.parser import HTMLParser
from textwrap import dedent
from types import ModuleType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from ruamel.yaml import YAML
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from surveylab import registry, templating
from surveylab.design.instrument import Item, Specifiable
from surveylab.design.terms import Missing, Text
from surveylab.questions import Contract, Person, identifying
from surveylab.words import Language

TYPES = registry.names("questions")
VOID = {"input", "br", "img", "hr", "meta", "link"}
CONTROLS = {"input", "select", "textarea"}
HOSTILE = {
    "script": ["<script>alert(1)</script>"],
    "attribute": ['" onfocus="alert(1)" autofocus="'],
    "closing tags": ["</textarea></select></fieldset></form><img src=x onerror=alert(1)>"],
    "template": ["{{ 7 * 191 }}{% for x in y %}"],
    "format": ["{row} {0} %s"],
    "NUL": ["a\0b"],
    "lone surrogate": ["a\ud800b"],
    "a megabyte": ["9" * 1_000_000],
    "a megabyte of spaces": [" " * 1_000_000],
    "unknown code": ["no_such_code"],
    "repeated": ["1", "1"],
    "repeated ten thousand times": ["1"] * 10_000,
    "right to left": ["\u202e1"],
    "not a number": ["nan"],
    "infinite": ["-inf"],
    "exponent": ["1e400"],
    "superscript": ["²"],
}
PERSONS = [
    Person(leaning, straightlines, location, spread)
    for leaning in (-9.0, -1.3, 0.0, 0.4, 2.1, 9.0)
    for straightlines in (False, True)
    for location, spread in ((None, None), (3.0, 2.0), (-40.0, 1.0))
]


def sample(name: str) -> Item:
    """The item of the YAML example that the docstring of a question type shows."""
    doc = registry.load("questions", name).__doc__
    example = dedent(doc[doc.index("    - id:" if "    - id:" in doc else "    - {") :])
    given = YAML(typ="safe", pure=True).load(example)[0]
    settings = registry.load("questions", name).Settings
    kept = {field.name: given[field.name] for field in dataclass_fields(settings) if field.name in given}
    assert given["type"] == name
    assert set(given) <= {"id", "type", "text", "hint", *kept}, "the example shows a field that there is not"
    hint = {"en": given["hint"]} if "hint" in given else None
    hints = get_type_hints(settings)
    values = {key: designed(value, hints[key]) for key, value in kept.items()}
    return Item(given["id"], name, {"en": given["text"]}, hint, settings=settings(**values))


def designed(value: Any, hint: Any) -> Any:
    """A value of YAML as spec hands it on: codes are text, texts are by language, lists are tuples."""
    if hint == Text:
        return {"en": value}
    inner = get_args(hint)
    if isinstance(value, Mapping):
        return {str(code): designed(each, inner[1]) for code, each in value.items()}
    if isinstance(value, list):
        return tuple(designed(each, inner[0]) for each in value)
    return value


def bound(item: Item, sent: Mapping[str, list[str]], language: str = "en") -> BaseForm:
    """The form of an item, bound to what was sent."""
    form = BaseForm(module(item).fields(item, Language(language)))
    form.process(MultiDict([(column, value) for column, values in sent.items() for value in values]))
    return form


def module(item: Item) -> ModuleType:
    """The question type of an item."""
    return registry.load("questions", item.type)  # type: ignore[no-any-return]


def rendered(item: Item, entered: Mapping[str, list[str]] | None = None, **context: Any) -> str:
    """The item on a page, with what the page template hands to it."""
    values = {
        "item": item,
        "settings": item.settings,
        "text": item.text["en"],
        "hint": item.hint and item.hint["en"],
        "t": Language("en").say,
        "entered": entered or {},
        "errors": {},
        "optional": False,
        "heading": False,
    }
    return templating.render(f"questions/{item.type}.html", **values | context)


class Page(HTMLParser):
    """The elements of a document that is well formed; AssertionError where it is not."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.words = ""
        self.areas: dict[str, str] = {}
        self.feed(html)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins; no attribute stands in it twice."""
        assert not [name for name, times in Counter(name for name, _ in attrs).items() if times > 1]
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The element that began last ends."""
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """The words of the page, as read."""
        self.words += data
        if self.open and self.open[-1] == "textarea":
            name = str(self.elements[-1][1]["name"])
            self.areas[name] = self.areas.get(name, "") + data

    def of(self, *tags: str) -> Iterator[dict[str, str | None]]:
        """The attributes of each element with one of these tags."""
        return (attributes for tag, attributes, _ in self.elements if tag in tags)

    def sent(self) -> dict[str, list[str]]:
        """What a browser would send: column -> values."""
        sent: dict[str, list[str]] = {name: [text.removeprefix("\n")] for name, text in self.areas.items()}
        select = ""
        for tag, attributes, _ in self.elements:
            select = str(attributes["name"]) if tag == "select" else select
            name = select if tag == "option" else str(attributes.get("name"))
            if "checked" in attributes or "selected" in attributes or attributes.get("type") == "text":
                sent.setdefault(name, []).append(str(attributes["value"]))
        return sent

    @property
    def ids(self) -> list[str]:
        """Every id, in order."""
        return [str(attributes["id"]) for _, attributes, _ in self.elements if "id" in attributes]


def layouts() -> Iterator[Any]:
    """The sample of each question type, in every layout or direction that its settings take."""
    for name in TYPES:
        item = sample(name)
        yield pytest.param(item, id=name)
        for field, hint in get_type_hints(type(item.settings)).items():
            if get_origin(hint) is Literal:
                for value in get_args(hint):
                    settings = replace(item.settings, **{field: value})  # type: ignore[type-var]
                    yield pytest.param(replace(item, settings=settings), id=f"{name}-{value}")


@pytest.fixture(params=layouts())
def item(request: pytest.FixtureRequest) -> Item:
    """The sample items, one after another."""
    return request.param  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", TYPES)
def test_a_question_type_meets_its_contract(name: str) -> None:
    """Each file has the names, the arguments, the docstrings and the template that the contract asks for."""
    found = registry.load("questions", name)
    for function in ("fields", "parse", "entered", "simulate"):
        asked = [*inspect.signature(getattr(Contract, function)).parameters][1:]
        assert [*inspect.signature(getattr(found, function)).parameters] == asked
        assert inspect.getdoc(getattr(found, function))
    assert is_dataclass(found.Settings)
    with pytest.raises(FrozenInstanceError):
        sample(name).settings.anything = 1  # type: ignore[union-attr]
    assert inspect.getdoc(found.Settings)
    assert (templating.folder() / "questions" / f"{name}.html").is_file()


@pytest.mark.parametrize("name", TYPES)
def test_what_can_be_typed_freely_identifies(name: str) -> None:
    """A column that takes a name as it is typed, or an address, is one that erasing a person erases; no other is."""
    item = sample(name)
    settings = item.settings
    if isinstance(settings, Specifiable) and name in ("single", "multiple"):
        item = replace(item, settings=replace(settings, other={"else": {"en": "Else"}}))  # type: ignore[type-var]
    free = set()
    for typed in ("Ann Other", "ann.other@example.org", "+442079460958"):
        for column in item.columns:
            chosen = {item.id: ["else"]} if column != item.id else {}
            form = bound(item, {**chosen, column: [typed]})
            if form.validate() and str(module(item).parse(item, form.data)[column]) == typed:
                free.add(column)
    assert set(identifying(item)) == free


def test_each_template_has_its_question_type() -> None:
    """No template is left over from a question type that is gone."""
    files = (templating.folder() / "questions").glob("[!_]*.html")
    assert tuple(sorted(file.stem for file in files)) == TYPES


def test_settings_are_values(item: Item) -> None:
    """Settings are equal when read twice; every option is displayed once."""
    order = item.settings.option_order()  # type: ignore[union-attr]
    assert replace(item.settings) == item.settings  # type: ignore[type-var]
    assert sample(item.type).settings == sample(item.type).settings
    assert len(set(order)) == len(order)


def test_fields_are_the_columns(item: Item) -> None:
    """There is one control for each column under which an answer is stored, in that order."""
    assert tuple(module(item).fields(item, Language("en"))) == item.columns


@pytest.mark.parametrize("sent", [{}, {"": []}, None], ids=["nothing", "something else", "empty strings"])
def test_a_blank_is_no_answer(item: Item, sent: dict[str, list[str]] | None) -> None:
    """Nothing sent, or empty and blank values sent, is NO_ANSWER in every column, and no fault."""
    form = bound(item, {column: [""] for column in item.columns} if sent is None else sent)
    assert form.validate(), form.errors
    assert module(item).parse(item, form.data) == dict.fromkeys(item.columns, Missing.NO_ANSWER)


def test_a_required_blank_says_what_to_do(item: Item) -> None:
    """A required item that is left blank gives one message for each column."""
    form = bound(replace(item, required=True), {})
    assert form.validate() is (not item.columns)
    assert tuple(form.errors) == item.columns
    assert all(len(messages) == 1 and messages[0] for messages in form.errors.values())


@pytest.mark.parametrize("required", [False, True])
@pytest.mark.parametrize("person", PERSONS, ids=str)
def test_what_is_simulated_is_stored_and_shown_again(item: Item, person: Person, required: bool) -> None:
    """What is simulated -> form -> parse -> entered gives back what was entered, whoever answers."""
    item = replace(item, required=required)
    sent = module(item).simulate(item, person, np.random.default_rng(7))
    form = bound(item, sent)
    assert form.validate(), form.errors
    answers = module(item).parse(item, form.data)
    assert tuple(answers) == item.columns
    assert not [answer for answer in answers.values() if isinstance(answer, Missing)]
    assert module(item).entered(item, answers) == sent


def test_simulation_is_repeatable(item: Item) -> None:
    """The same person and the same stream of chance enter the same."""
    person = Person(0.3)
    once, twice = (module(item).simulate(item, person, np.random.default_rng(3)) for _ in range(2))
    assert once == twice


def test_missing_answers_leave_the_controls_empty(item: Item) -> None:
    """A missing answer, for whatever reason, fills in nothing."""
    for reason in Missing:
        answers = dict.fromkeys(item.columns, reason)
        assert module(item).entered(item, answers) == {column: [] for column in item.columns}


@pytest.mark.parametrize("values", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_is_a_message_or_plain_text(item: Item, values: list[str]) -> None:
    """Whatever is sent, no exception leaves the form, and showing it again runs nothing and can be encoded."""
    form = bound(item, dict.fromkeys(item.columns, values))
    if form.validate():
        answers = module(item).parse(item, form.data)
        assert all("\0" not in str(answer) for answer in answers.values())
        "".join(map(str, answers.values())).encode()
    raw = {column: form[column].raw_data for column in item.columns}
    errors = {column: messages[0] for column, messages in form.errors.items()}
    assert all(0 < len(message) < 300 for message in errors.values())
    html = rendered(item, raw, errors=errors)
    html.encode()
    page = Page(html)
    assert not [*page.of("script", "img")]
    names = {name for _, attributes, _ in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on")} | names & {"autofocus", "src", "style"}
    assert "1337" not in html


@pytest.mark.parametrize("state", ["empty", "filled", "error"])
@pytest.mark.parametrize("heading", [False, True])
def test_the_page_is_well_formed(item: Item, state: str, heading: bool) -> None:
    """In every state: ids once each, references that lead somewhere, a name and an id for each column."""
    sent = module(item).simulate(item, Person(0.5), np.random.default_rng(1)) if state != "empty" else {}
    errors = dict.fromkeys(item.columns, "Do this & that") if state == "error" else {}
    html = rendered(item, sent, errors=errors, heading=heading, optional=True)
    page = Page(html)
    assert len(set(page.ids)) == len(page.ids)
    referring = ("aria-describedby", "for")
    references = [attributes.get(name) or "" for _, attributes, _ in page.elements for name in referring]
    assert set(" ".join(references).split()) <= set(page.ids)
    assert {attributes["name"] for attributes in page.of(*CONTROLS)} == set(item.columns)
    controls = [attributes for attributes in page.of(*CONTROLS) if attributes.get("type") != "hidden"]
    first = {attributes["name"]: attributes["id"] for attributes in reversed(controls)}
    assert first == {column: column for column in item.columns}, "the error summary links to the first control"
    assert {column for column in item.columns if f"{column}-error" in page.ids} == set(errors)
    assert page.words.count("Error: Do this & that") == len(errors)
    assert ("(optional)" in page.words) is bool(item.columns)
    headings = [parents for tag, _, parents in page.elements if tag == "h1"]
    assert len(headings) == int(heading and bool(item.columns))
    assert item.text["en"] in page.words


def test_errors_are_heard_at_each_control(item: Item) -> None:
    """Every column's error describes its controls, or the fieldset that holds nothing but them."""
    page = Page(rendered(item, errors=dict.fromkeys(item.columns, "Do this")))
    described = " ".join(str(attributes.get("aria-describedby", "")) for _, attributes, _ in page.elements).split()
    assert {f"{column}-error" for column in item.columns} <= set(described)


def test_the_page_does_without_what_gets_in_the_way(item: Item) -> None:
    """No placeholder, browser validation, numeric spinner, silent cut, inline style or script; nothing preselected."""
    page = Page(rendered(item))
    for _, attributes, _ in page.elements:
        assert not {"placeholder", "required", "pattern", "maxlength", "style", "checked", "selected"} & set(attributes)
        assert attributes.get("type") not in ("number", "range")
    for tag, attributes, parents in page.elements:
        if attributes.get("type") in ("radio", "checkbox"):
            assert {"fieldset", "label"} <= set(parents), "the label is the row that can be clicked"
        elif tag in CONTROLS and attributes.get("type") != "hidden":
            assert attributes["id"] in {label["for"] for label in page.of("label")}


def test_a_browser_sends_back_what_was_entered(item: Item) -> None:
    """A page that is shown with answers and sent again unchanged gives the same answers; an empty one gives none."""
    sent = module(item).simulate(item, Person(0.5), np.random.default_rng(1))
    assert Page(rendered(item, sent)).sent() == sent
    assert not [value for values in Page(rendered(item)).sent().values() for value in values if value]
