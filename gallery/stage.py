"""What there is to see, put into the field: every question type, every shipped instrument, every way to be turned away.

Nothing is listed here. Question types and the settings that change how they look are read from their
modules, instruments from their folder, standings and errors from the code that shows them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from textwrap import dedent
from typing import Any, Literal, get_args, get_origin, get_type_hints

from flask import Blueprint, Response, request, url_for
from ruamel.yaml import YAML

from surveylab import registry, spec
from surveylab.design.experiment import Study
from surveylab.fieldwork import recruit
from surveylab.fieldwork.pages import Standing
from surveylab.fieldwork.synthetic import hidden
from surveylab.settings import Settings
from surveylab.store.ledger import Ledger
from surveylab.web import create_app, errors, present
from surveylab.web.desk import desk
from surveylab.words.problems import PROBLEMS

ROOT = Path(__file__).parent.parent
INSTRUMENTS = ROOT / "instruments"
SHIPPED = tuple(sorted(path.stem for path in INSTRUMENTS.glob("*.yaml")))
"""The names of the shipped instruments."""
TYPES = "question_types"
LOOKS = "question_types_in_each_look"
TOGETHER = "question_types_together"
"""The experiments over the instruments that ask a question of each type, on pages of their own or on one page."""
ARABIC = "right_to_left"
RIGHT_TO_LEFT = Path(__file__).parent / f"{ARABIC}.yaml"
"""A question of each type as it is written from right to left, in Arabic and, to compare, in English."""

SITE = "https://app.example.org"
"""Where a prompt is shown, and the pages behind it in its frame."""
PROMPT, KIOSK = "prompt_in_an_app", "kiosk"
"""The experiments that are offered in an app, and at a kiosk."""
PERSON = "app-" + 32 * "0"
ASIDE = ("assets", "gallery")
"""What is no page, and what only this stage adds."""


class Stage:
    """An application over a ledger, with studies in the field that anybody can enter by an open link."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self.ledger = ledger
        self.app = create_app(replace(settings, embed_origins=(SITE,)), ledger=ledger)
        self.app.register_blueprint(_asides())

    def field(self, name: str, instrument: str, **how: Any) -> Study:
        """Put an instrument into the field; its open link is ``/o/<name>``."""
        documents = {f"{name}.yaml": json.dumps({**_experiment(name), **how}), f"{name}_asks.yaml": instrument}
        study = spec.read_documents(documents, f"{name}.yaml")
        recruit.draw(self.ledger, study, datetime.now(UTC))
        return study

    def every_type(self) -> Study:
        """A survey with a page for each question type, where every question has to be answered."""
        return self.field(TYPES, json.dumps(instrument_of(items(looks=False), title="Question types")))

    def every_look(self) -> Study:
        """The same for each look of each question type."""
        return self.field(LOOKS, json.dumps(instrument_of(items(), title="Question types in each look")))

    def types_together(self) -> Study:
        """Each look of each question type, all on one page."""
        instrument = instrument_of(items(), title="Question types, together")
        asked = [item["id"] for item in instrument["items"]]
        pages = [{"id": "all", "title": "Every question type", "items": asked}]
        return self.field(TOGETHER, json.dumps({**instrument, "pages": pages}))

    def right_to_left(self, *, together: bool = False) -> Study:
        """A survey in Arabic and English with a question of every type, which has to be answered.

        ``together``: all on one page.
        """
        document = dict(YAML(typ="safe", pure=True).load(RIGHT_TO_LEFT.read_text(encoding="utf-8")))
        document["items"] = [
            {**item, **({} if item["type"] == "note" else {"required": True})} for item in document["items"]
        ]
        if together:
            every = [item for page in document["pages"] for item in page["items"]]
            document["pages"] = [{"id": "all", "title": document["title"], "items": every}]
        return self.field(ARABIC, json.dumps(document, ensure_ascii=False))

    @cached_property
    def prompt(self) -> Study:
        """A survey that is offered in an app, to everybody."""
        in_app = {
            "sampling": {"scheme": "bernoulli", "p": 1},
            "contact": {"channel": "in_app", "cap": {"contacts": 1, "per": "P30D"}},
        }
        return self.field(PROMPT, json.dumps(instrument_of(items(looks=False), title="Asked in an app")), **in_app)

    @cached_property
    def kiosk(self) -> Study:
        """A survey for a screen that people come to one after the other."""
        asks = json.dumps(instrument_of(items(looks=False), title="Asked at a kiosk"))
        return self.field(KIOSK, asks, contact={"channel": "kiosk"})

    def arrive(self, study: Study) -> str:
        """The token of somebody who came by the open link of a study, and began."""
        client, address = self.app.test_client(), f"/o/{study.experiment.slug}"
        sent = client.post(address, data=dict(hidden(client.get(address).text)))
        return sent.headers["Location"].split("/")[2]

    def addresses(self, study: Study) -> Mapping[str, str]:
        """Every address of the application that answers a GET with a page, for somebody in the midst of a study.

        The pages of the questionnaire are not among them: they are walked through.

        Raises:
            LookupError: an address has a part of which nobody told what may stand there.
        """
        client, parts = self.app.test_client(), {"slug": study.experiment.slug, "token": self.arrive(study)}
        found = {}
        with self.app.test_request_context():
            for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule):
                part, _, view = rule.endpoint.partition(".")
                if "GET" not in (rule.methods or ()) or part in ASIDE or view == "show":
                    continue
                if rule.arguments - parts.keys():
                    raise LookupError(f"{rule.rule} has a part that the gallery cannot fill in; tell it in stage.py.")
                address = url_for(rule.endpoint, **{name: parts[name] for name in rule.arguments})
                answer = client.get(address)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    found[rule.endpoint] = address
        found["embed.offer"] = f"/w/{self.prompt.experiment.slug}?person={PERSON}"
        found["kiosk.start_screen"] = f"/k/{self.kiosk.experiment.slug}"
        found["kiosk.set_up_wrongly"] = f"/k/{self.kiosk.experiment.slug}?idle=1"
        token = self.arrive(study)
        found |= {f"standing.{each}": f"/gallery/standing/{token}/{each}" for each in present.DOORS}
        return found | {f"problem.{code}": f"/gallery/problem/{code}" for code in PROBLEMS}

    def shipped(self, name: str) -> Study:
        """An instrument of the folder, in the field under its own name."""
        return self.field(name, (INSTRUMENTS / f"{name}.yaml").read_text(encoding="utf-8"))


def items(*, looks: bool = True) -> Iterator[dict[str, Any]]:
    """The example of each question type, and again for each look that its settings can give it; ids tell them apart."""
    for name in registry.names("questions"):
        example = {**_example(name), "id": name, "required": True}
        yield example
        if looks:
            yield from ({**example, **look, "id": _told_apart(name, look)} for look in _looks(name, example))


def instrument_of(asked: Iterator[dict[str, Any]], **texts: str) -> dict[str, Any]:
    """An instrument with a page for each item, as its file has it."""
    questions = list(asked)
    return {
        "format": 1,
        "version": "1",
        "languages": ["en"],
        "contact": "help@example.org",
        "introduction": "One question of each type.\nEach may come in more than one look.",
        "thanks": "Saved.",
        "pages": [{"id": item["id"], "items": [item["id"]]} for item in questions],
        "items": [{key: value for key, value in item.items() if _said(item, key)} for item in questions],
        **texts,
    }


def _said(item: dict[str, Any], key: str) -> bool:
    """A note asks nothing, so nothing of it can be required."""
    return key != "required" or item["type"] != "note"


def _example(name: str) -> dict[str, Any]:
    """The item in the docstring of a question type."""
    doc = registry.load("questions", name).__doc__
    found = YAML(typ="safe", pure=True).load(dedent(doc[doc.index("    - id:" if "    - id:" in doc else "    - {") :]))
    return dict(found[0])


def _looks(name: str, example: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What settings can change in how a type looks: each other choice of one, with all that can be switched on."""
    settings = registry.load("questions", name).Settings
    hints = get_type_hints(settings)
    switches = {each.name: True for each in fields(settings) if hints[each.name] is bool and each.default is False}
    other = {"other": {"else": "Something else"}} if "other" in hints else {}
    choices = [
        [{each.name: value} for value in get_args(hints[each.name]) if value != example.get(each.name, each.default)]
        for each in fields(settings)
        if get_origin(hints[each.name]) is Literal
    ]
    chosen = [dict(pair for one in some for pair in one.items()) for some in zip_longest(*choices, fillvalue={})]
    for look in chosen or [{}]:
        if look or switches or other:
            yield {**look, **switches, **other}


def _told_apart(name: str, look: Mapping[str, Any]) -> str:
    return "_".join([name, *(str(value) for value in look.values() if isinstance(value, str))]) + (
        "" if any(isinstance(value, str) for value in look.values()) else "_more"
    )


def _experiment(name: str) -> dict[str, Any]:
    """An experiment whose arms differ in nothing that is seen."""
    return {
        "format": 1,
        "title": "Shown in the gallery",
        "assignment": {
            "scheme": "hashed",
            "factors": {"open": {"varies": "contact.closes", "levels": {"shorter": "P21D", "longer": "P28D"}}},
        },
        "measurement": {"instrument": f"{name}_asks"},
        "inquiries": {"open_on_response": {"outcome": "response", "contrast": {"open": ["longer", "shorter"]}}},
    }


def _asides() -> Blueprint:
    """Addresses at which every standing and every error can be looked at, by the code that shows them to people."""
    part = Blueprint("gallery", __name__, url_prefix="/gallery")

    @part.get("/standing/<token>/<standing>")
    def standing(token: str, standing: str) -> Response:
        reception = desk().interview.standing(token, desk().clock(request))
        return present.door(replace(reception, standing=Standing(standing), had_started=standing != Standing.INVITED))

    @part.get("/problem/<int:code>")
    def problem(code: int) -> Response:
        return errors.problem(code)

    return part
