"""A study in the field: the shipped NPS experiment, one case for each arm, and the pages that serve it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ConsoleMessage, Page
from werkzeug.test import TestResponse

from gallery.chromium import chromium as running_chromium
from gallery.chromium import served
from gallery.stage import Stage
from surveylab import registry, spec
from surveylab.design.cases import Answer, Event
from surveylab.design.experiment import Study
from surveylab.settings import Settings
from surveylab.store import cases, experiments, responses, sittings
from surveylab.store.cases import Case, NewCases
from surveylab.store.ledger import Ledger
from surveylab.store.tables import answer, metadata
from surveylab.web import create_app

ROOT = Path(__file__).parents[2]
NPS = ROOT / "experiments" / "nps_wording_length.yaml"
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = "a secret of the tests"
_HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.time = BEGIN

    def __call__(self, _: object) -> datetime:
        """The time that it is."""
        return self.time

    def advance(self, **by: float) -> None:
        """Let some time pass."""
        self.time += timedelta(**by)


@dataclass(frozen=True)
class Stored:
    """What the ledger holds of a case: answers by column as displayed, the history, the factors met."""

    answers: Mapping[str, Answer]
    events: tuple[Event, ...]
    exposures: frozenset[str]


class Field:
    """A ledger with studies in the field, and what the tests ask of it."""

    begin = BEGIN
    nps = NPS

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def shipped(self) -> int:
        """Field the shipped experiment; its row."""
        return self.run(spec.read(NPS))

    def written(self, experiment: str, instrument: str, slug: str = "trial", **how: Any) -> int:
        """Field a study that a test writes; its instrument is called ``questions``."""
        main = f"{slug}.yaml"
        return self.run(spec.read_documents({main: experiment, "questions.yaml": instrument}, main), **how)

    def run(self, study: Study, *, per_arm: int = 1, drawn: bool = True, **fields: Any) -> int:
        """Register a study and put cases into every arm; the row of the experiment."""
        exp = study.experiment
        with self.ledger.write() as conn:
            stored = experiments.register(conn, exp.slug, study.digest, dict(study.documents), seed=exp.seed, at=BEGIN)
            if drawn:
                sample = self._sample(len(exp.arms) * per_arm, len(exp.arms), {"first_name": "Reader", **fields})
                cases.insert_sample(conn, stored.id, sample, exp.arms, algorithm="test", at=BEGIN)
                experiments.mark_drawn(conn, stored.id, BEGIN, BEGIN + exp.contact.closes, None)
        return stored.id

    def study(self, experiment: int) -> Study:
        """The study in a row of the experiments, as it was frozen."""
        with self.ledger.read() as conn:
            stored = experiments.experiment_by_id(conn, experiment)
        return spec.read_documents(stored.documents, f"{stored.slug}.yaml")

    def tokens(self, experiment: int, **levels: str) -> list[str]:
        """The tokens of the cases with these levels."""
        with self.ledger.read() as conn:
            found = cases.tokens(conn, experiment)
            return [case.token for case in found if levels.items() <= case.levels.items()]

    def case(self, token: str) -> Case:
        """The case behind a token."""
        with self.ledger.read() as conn:
            found = sittings.sitting(conn, token)
        assert found is not None
        return found[0]

    def close(self, token: str, in_days: float) -> None:
        """Let the shipped experiment close so many days from the machine's own now."""
        moment = datetime.now(UTC) + timedelta(days=in_days)
        drawn = moment - spec.read(NPS).experiment.contact.closes
        with self.ledger.write() as conn:
            experiments.mark_drawn(conn, self.case(token).experiment, drawn, moment, None)

    def state(self, token: str) -> Stored:
        """What the ledger holds of a case."""
        case = self.case(token).id
        with self.ledger.read() as conn:
            state = responses.interview_state(conn, case)
            rows = conn.execute(responses.ANSWERS.where(answer.c.case_id == case).order_by(answer.c.position)).all()
        answers = {found.column: found for found in map(responses.answer_from, rows)}
        assert {column: found.value for column, found in answers.items()} == state.answers
        return Stored(answers, state.events, state.exposures)

    def kinds(self, token: str) -> list[str]:
        """The kinds of a case's events, in order, without its being drawn."""
        return [event.kind for event in self.state(token).events if event.kind != "selected"]

    def values(self, token: str) -> dict[str, Any]:
        """Column -> what is stored."""
        return {column: answer.value for column, answer in self.state(token).answers.items()}

    def rows(self, table: str) -> list[Any]:
        """Every row of a table."""
        with self.ledger.read() as conn:
            return list(conn.execute(metadata.tables[table].select()))

    def _sample(self, n: int, arms: int, fields: dict[str, Any]) -> NewCases:
        empty = np.full(n, "")
        return NewCases(
            unit=np.array([f"u{i:04d}" for i in range(n)]),
            probability=np.full(n, 0.5),
            stratum=empty,
            cluster=empty,
            psu=empty,
            block=empty,
            arm=np.arange(n, dtype=np.intp) % arms,
            position=np.arange(n),
            fields={name: np.array([value] * n, dtype=object) for name, value in fields.items()},
        )


@dataclass
class Browser:
    """A person with JavaScript off: reads the form on a page, fills it in and presses its button."""

    client: FlaskClient
    headers: dict[str, str] = attribute(default_factory=dict)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Open an address."""
        return self.client.get(path, headers=self.headers, **kwargs)

    def post(self, page: TestResponse, answers: Mapping[str, str | Sequence[str]] | None = None) -> TestResponse:
        """Send the form of a page with these answers."""
        return self.send(self.action(page), {**self.hidden(page), **(answers or {})})

    def send(self, path: str, data: Mapping[str, Any]) -> TestResponse:
        """Send a form as it stands."""
        return self.client.post(path, data=data, headers=self.headers)

    def follow(self, response: TestResponse) -> TestResponse:
        """Go where a 303 leads."""
        assert response.status_code == 303, (response.status_code, response.text[:400])
        return self.get(response.headers["Location"])

    def answer(self, page: TestResponse, answers: Mapping[str, str | Sequence[str]] | None = None) -> TestResponse:
        """Send the form of a page, and open what comes next."""
        return self.follow(self.post(page, answers))

    def start(self, token: str) -> TestResponse:
        """Open the link and press the button; the first page."""
        return self.answer(self.get(f"/r/{token}"))

    def action(self, page: TestResponse) -> str:
        """Where the form of a page is sent."""
        found = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert found, page.text
        return unescape(found[1])

    def hidden(self, page: TestResponse) -> dict[str, str]:
        """The hidden fields of a page."""
        return {name: unescape(value) for name, value in _HIDDEN.findall(page.text)}

    def heading(self, page: TestResponse) -> str:
        """The words of the only h1 of a page."""
        (found,) = re.findall(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", found)).split())


@pytest.fixture
def clock() -> Clock:
    """Stands at the first morning of fieldwork."""
    return Clock()


@pytest.fixture
def settings(ledger_url: str) -> Settings:
    """Of a workspace whose database is the test's ledger."""
    return Settings(ROOT, ledger_url, SECRET, "http://127.0.0.1:8000")


@pytest.fixture
def app(settings: Settings, ledger: Ledger, clock: Clock) -> Flask:
    """The application over the test's ledger."""
    return create_app(settings, ledger=ledger, clock=clock)


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A person who comes for the first time."""
    return Browser(app.test_client())


@pytest.fixture
def field(ledger: Ledger) -> Field:
    """The ledger of the test, and what can be asked of it."""
    return Field(ledger)


@pytest.fixture
def nps(field: Field) -> int:
    """The shipped experiment in the field: its row."""
    return field.shipped()


@pytest.fixture
def long_token(field: Field, nps: int) -> str:
    """A case in the long arm with the standard wording."""
    return field.tokens(nps, length="long", wording="standard")[0]


@pytest.fixture
def short_token(field: Field, nps: int) -> str:
    """A case in the short arm with the standard wording."""
    return field.tokens(nps, length="short", wording="standard")[0]


@pytest.fixture
def every_type(twice_every_type: list[str]) -> str:
    """A case of a survey with a page for each question type: the example of its docstring, under its name."""
    return twice_every_type[0]


@pytest.fixture
def twice_every_type(field: Field) -> list[str]:
    """Two cases of one arm of that survey."""
    return field.tokens(field.written(_TRIAL, _every_type(), per_arm=2), f="x")


@pytest.fixture
def of_every_type(field: Field) -> str:
    """The slug of the same survey for people who come unlisted."""
    field.written(_OPEN, _every_type(), slug="everything", drawn=False)
    return "everything"


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    """The address at which the application is served to Chromium."""
    with served(app) as address:
        yield address


@pytest.fixture
def stage(ledger: Ledger, settings: Settings) -> Stage:
    """Everything there is to see, over the test's ledger; a module that walks it serves ``stage.app``."""
    return Stage(ledger, settings)


@pytest.fixture(scope="module")
def running() -> Iterator[Chromium]:
    """One Chromium for the tests of a module."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def chromium(running: Chromium, base: str) -> Iterator[Callable[..., Page]]:
    """Opens tabs, each as somebody new; fails when a page logs an error or asks for anything from elsewhere."""
    complaints: list[str] = []
    contexts = []

    def tab(width: int = 375, **how: Any) -> Page:
        context = running.new_context(viewport={"width": width, "height": 740}, **how)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: _complain(complaints, line))
        page.on("request", lambda request: _elsewhere(complaints, request.url, base))
        return page

    yield tab
    for context in contexts:
        context.close()
    assert complaints == []


def _complain(complaints: list[str], line: ConsoleMessage) -> None:
    # Chromium logs every 4xx as an error; those of a form with errors are meant, and so are standings and problems
    # that are looked at, and that the pages in the frames of a preview run no script.
    # Nor is a connection an error that a test has cut.
    meant = (
        "the server responded with a status of 4",
        "Blocked script execution in 'about:srcdoc'",
        "ERR_INTERNET_DISCONNECTED",
    )
    looked_at = "/gallery/" in line.location["url"]
    if line.type in ("error", "warning") and not looked_at and not any(words in line.text for words in meant):
        complaints.append(line.text)


def _elsewhere(complaints: list[str], url: str, base: str) -> None:
    if not url.startswith((base, "data:")):
        complaints.append(url)


def _every_type() -> str:
    pages = "".join(f"  - {{id: {name}, items: [{name}]}}\n" for name in registry.names("questions"))
    items = "".join(_example(name) for name in registry.names("questions"))
    return _EVERY_TYPE.format(pages=pages, items=items)


def _example(name: str) -> str:
    """The item of a docstring, in YAML as it stands there."""
    doc = registry.load("questions", name).__doc__
    lines = dedent(doc[doc.index("    - id:" if "    - id:" in doc else "    - {") :])
    return indent(re.sub(r"id: \w+", f"id: {name}", lines, count=1), "  ")


_TRIAL = """
format: 1
title: A trial
assignment: {scheme: complete, factors: {f: {varies: items.short_text.text, levels: {x: "What?", y: "Which?"}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""
_OPEN = """
format: 1
title: A trial
assignment: {scheme: hashed, factors: {f: {varies: items.short_text.text, levels: {x: "What?", y: "Which?"}}}}
measurement: {instrument: questions, language: en}
inquiries: {f_on_response: {outcome: response, contrast: {f: [x, y]}}}
"""
_EVERY_TYPE = """
format: 1
title: Everything
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages:
{pages}
items:
{items}
"""
