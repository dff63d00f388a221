"""Random walks through every shipped instrument: whatever people do, nothing is lost and nothing changes under them.

A walk is a sequence of what browsers do: answer, answer wrongly, go back, reload, come again by the link,
switch the language, send an old tab once more, open another device. After each step the ledger and the page
are held against what was sent and what was shown before (respondents.md 2 a to c).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveylab import registry, spec
from surveylab.design.terms import Missing
from surveylab.questions import Person
from surveylab.settings import Settings
from surveylab.store.ledger import open_ledger
from surveylab.web import create_app
from tests.web.conftest import ROOT, SECRET, Clock, Field

INSTRUMENTS = sorted((ROOT / "instruments").glob("*.yaml"))
WALKS = 500
"""Over all instruments together."""
EACH = -(-WALKS // len(INSTRUMENTS))
LONGEST = 25
"""Steps of a walk."""
JUNK = (
    "",
    " ",
    "-1",
    "999999999999999999999999",
    "1e309",
    "NaN",
    "\0",
    "a\0b",
    "\u202eevil",
    "{{ 7 * 7 }}",
    "{unit.first_name|x}",
    "<script>alert(1)</script>",
    "\"'><b>",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%s%n",
    "🙂" * 50,
    "x" * 30_000,
)
TRIAL = """
format: 1
title: Walks
assignment:
  scheme: complete
  factors:
    wording: {{varies: items.{item}.text, levels: {{one: {one}, two: {two}}}}}
measurement: {{instrument: {name}}}
inquiries: {{wording_on_response: {{outcome: response, contrast: {{wording: [two, one]}}}}}}
sampling: {{scheme: srs, n: 10}}
frame: {{source: people}}
"""
CONTROL = re.compile(r"<(input|select|textarea|option)\b[^>]*>")
ATTRIBUTE = re.compile(r'\b([a-z-]+)="([^"]*)"')


@dataclass
class Page:
    """A page as the person sees it."""

    path: str
    text: str

    @property
    def controls(self) -> list[tuple[str, str]]:
        """Name and value of what can be selected or filled in, in the order in which it stands."""
        found, name = [], ""
        for match in CONTROL.finditer(self.text):
            attributes = {key: unescape(value) for key, value in ATTRIBUTE.findall(match[0])}
            name = attributes.get("name", name)
            if match[1] == "select" or attributes.get("type") == "hidden" or name.startswith("_"):
                continue
            kind = attributes.get("type", match[1])
            found.append((name, "" if kind in ("text", "textarea") else attributes.get("value", "")))
        return found

    @property
    def names(self) -> list[str]:
        """The names of the controls."""
        return list(dict.fromkeys(name for name, _ in self.controls))

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form sends beside the answers."""
        tags = (dict(ATTRIBUTE.findall(match[0])) for match in CONTROL.finditer(self.text))
        return [(each["name"], unescape(each.get("value", ""))) for each in tags if each.get("type") == "hidden"]

    @property
    def language(self) -> str:
        """Of the page."""
        return re.search(r'<html lang="([^"]+)"', self.text)[1]

    @property
    def languages(self) -> list[str]:
        """Those that can be switched to."""
        return re.findall(r'name="_language" value="([^"]+)"', self.text)

    @property
    def heading(self) -> str:
        """The words of the form's questions."""
        return " ".join(
            re.sub(r"<[^>]+>", " ", " ".join(re.findall(r"<(?:legend|label)\b.*?</", self.text, re.DOTALL))).split()
        )


@dataclass
class Walk:
    """One person, what was sent, and what was shown."""

    client: FlaskClient
    other: FlaskClient
    fielded: Field
    token: str
    instrument: object
    rng: np.random.Generator
    orders: dict[tuple[object, ...], list[tuple[str, str]]] = field(default_factory=dict)
    words: dict[tuple[object, ...], str] = field(default_factory=dict)
    tabs: list[Page] = field(default_factory=list)
    page: Page | None = None

    @property
    def home(self) -> str:
        """The personal link."""
        return f"/r/{self.token}"

    def get(self, path: str, client: FlaskClient | None = None) -> Page:
        """Open an address, following where it leads."""
        for _ in range(4):
            response = (client or self.client).get(path)
            if response.status_code != 303:
                break
            path = response.headers["Location"]
        assert response.status_code in (200, 410), (path, response.status_code)
        return self.seen(Page(urlsplit(path).path, response.text))

    def post(self, page: Page, fields: list[tuple[str, str]]) -> Page:
        """Send the form of a page."""
        data: dict[str, list[str]] = {}
        for name, value in [*page.hidden, *fields]:
            data.setdefault(name, []).append(value)
        action = unescape(re.search(r'<form method="post" action="([^"]+)"', page.text)[1])
        response = self.client.post(action, data=data)
        assert response.status_code in (200, 303, 413, 422), (action, response.status_code, fields)
        if response.status_code == 303:
            return self.get(response.headers["Location"])
        return page if response.status_code == 413 else self.seen(Page(action, response.text))

    def seen(self, page: Page) -> Page:
        """Hold a page against an earlier sight of it: the same controls in the same order, the same words.

        Answers may make an item of the page apply or not; then it is another page.
        """
        if page.names:
            self.tabs.append(page)
            key = page.path, tuple(sorted(page.names))
            order = self.orders.setdefault(key, page.controls)
            assert page.controls == order, page.path
            if not self.filled(page):
                words = self.words.setdefault((*key, page.language), page.heading)
                assert page.heading == words, page.path
        return page

    def filled(self, page: Page) -> bool:
        """Whether answers are filled into the words of a page, which then change with them."""
        here = [item for item in self.instrument.items if set(item.columns) & set(page.names)]
        return any("{" in words for item in here for text in item.texts for words in text.values())

    def on_page(self) -> bool:
        """Whether a page of the instrument is open, with a form."""
        return self.page is not None and bool(self.page.names)

    def valid(self, page: Page) -> list[tuple[str, str]]:
        """What a person without haste enters."""
        fields = []
        for item in self.instrument.items:
            if set(item.columns) & set(page.names):
                person = Person(leaning=float(self.rng.standard_normal()))
                entered = registry.load("questions", item.type).simulate(item, person, self.rng)
                if item.required or self.rng.random() < 0.85:
                    fields += [(column, value) for column, values in entered.items() for value in values]
        return fields

    def send(self, page: Page, fields: list[tuple[str, str]]) -> None:
        """Send answers, and look at the ledger afterwards."""
        before = self.stored()
        at = page.path
        self.page = self.post(page, fields)
        after = self.stored()
        lost = {column for column in before if column not in after}
        assert not lost, lost
        touched = {column for column in after if before.get(column) != after[column]}
        assert touched <= set(self.columns_of(page)), (at, touched)

    def columns_of(self, page: Page) -> Iterator[str]:
        """The columns of the items on a page; of an option that asks what is meant, too."""
        for item in self.instrument.items:
            if set(item.columns) & set(page.names):
                yield from item.columns

    def stored(self) -> dict[str, object]:
        """Column -> what the ledger holds."""
        return self.fielded.values(self.token)

    def step(self, what: str, junk: str) -> None:
        """One thing that people do."""
        if self.page is None or what == "link":
            self.page = self.get(self.home)
        elif what == "begin" and not self.on_page():
            if 'name="_signature"' in self.page.text and self.page.path == self.home:
                self.page = self.post(self.page, [])
        elif what == "answer" and self.on_page():
            self.send(self.page, self.valid(self.page))
        elif what == "blank" and self.on_page():
            self.send(self.page, [])
        elif what == "junk" and self.on_page():
            self.send(self.page, [(name, junk) for name in self.page.names])
        elif what == "twice" and self.on_page():
            page, fields = self.page, self.valid(self.page)
            self.send(page, fields)
            kept = self.stored()
            self.post(page, fields)
            assert self.stored() == kept
        elif what == "reload":
            self.page = self.get(self.page.path)
        elif what == "back" and (found := re.search(r'class="back" href="([^"]+)"', self.page.text)):
            self.page = self.get(unescape(found[1]))
        elif what == "device":
            self.page = self.get(self.page.path, self.other)
        elif what == "tab" and self.tabs:
            old = self.tabs[int(self.rng.integers(len(self.tabs)))]
            self.send(old, self.valid(old))
        elif what == "switch" and self.page.languages:
            wanted = self.page.languages[int(self.rng.integers(len(self.page.languages)))]
            before, fields = self.stored(), self.valid(self.page) if self.on_page() else []
            self.page = self.post(self.page, [*fields, ("_language", wanted)])
            assert self.page.language == wanted
            assert self.stored() == before


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["answer"] * 6
            + ["begin"] * 2
            + ["blank", "junk", "junk", "twice", "reload", "back", "link", "device", "tab", "switch"]
        ),
        st.sampled_from(JUNK),
    ),
    min_size=8,
    max_size=LONGEST,
)


@pytest.fixture(scope="module")
def fielded(tmp_path_factory):
    """Every shipped instrument in the field, under one application."""
    url = f"sqlite:///{tmp_path_factory.mktemp('walks') / 'ledger.db'}"
    ledger = open_ledger(url)
    ground = Field(ledger)
    app = create_app(Settings(ROOT, url, SECRET, "http://127.0.0.1:8000"), ledger=ledger, clock=Clock())
    waiting = {}
    for path in INSTRUMENTS:
        study = _study(path)
        row = ground.run(study, per_arm=EACH)
        plans = {arm.key: study.plan(arm).instrument for arm in study.experiment.arms}
        waiting[path.stem] = (iter(ground.tokens(row)), study, plans)
    yield app, ground, waiting
    ledger.close()


def _study(path: Path):
    """An experiment over the words of the first question of an instrument."""
    text = path.read_text(encoding="utf-8")
    first = re.search(r"- \{?id: (\w+)", text.split("\nitems:")[1])[1]
    languages = re.search(r"languages: \[([^\]]+)\]", text)[1].split(", ")
    one = "{" + ", ".join(f"{tag}: First wording ({tag})" for tag in languages) + "}"
    two = "{" + ", ".join(f"{tag}: Second wording ({tag})" for tag in languages) + "}"
    main = f"walks_{path.stem}.yaml"
    trial = TRIAL.format(item=first, one=one, two=two, name=path.stem)
    return spec.read_documents({main: trial, path.name: text}, main)


@pytest.mark.parametrize("name", [path.stem for path in INSTRUMENTS])
def test_whatever_people_do_nothing_is_lost_and_nothing_changes(fielded, name):
    """No 500, no answer gone, no page in another order or wording; the end is still reached."""
    app, ground, waiting = fielded
    tokens, study, plans = waiting[name]
    examples = 0

    @settings(
        max_examples=EACH,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(STEPS, st.integers(0, 2**32 - 1))
    def walk(steps, seed):
        nonlocal examples
        token = next(tokens, None)
        if token is None:
            return  # more examples than people only while a failure is being shrunk
        examples += 1
        levels = ground.case(token).levels
        instrument = plans[study.experiment.arm_of(levels).key]
        person = Walk(app.test_client(), app.test_client(), ground, token, instrument, np.random.default_rng(seed))
        for what, junk in steps:
            person.step(what, junk)
        assert ground.case(token).levels == levels
        _finish(person)

    walk()
    assert examples >= EACH


def _finish(person: Walk) -> None:
    """Go on to the end, and find every page's answers there."""
    person.page = person.get(person.home)
    for _ in range(60):
        if person.on_page():
            person.send(person.page, person.valid(person.page))
        elif person.page.path == person.home and 'name="_signature"' in person.page.text:
            person.page = person.post(person.page, [])
        else:
            break
    state = person.fielded.state(person.token)
    kinds = [event.kind for event in state.events]
    assert kinds.count("submitted") == 1
    assert kinds.count("started") == 1
    assert all(answer.value is not Missing.NOT_REACHED for answer in state.answers.values())
