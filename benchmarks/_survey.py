"""The survey that serving is measured on: four pages of a grid of radios, a scale and an open text."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from surveylab import spec
from surveylab.store import cases, experiments
from surveylab.store.cases import NewCases
from surveylab.store.ledger import Ledger, open_ledger

PAGES = ("first", "second", "third", "fourth")
ROWS = ("quality", "price", "speed", "advice")

_EXPERIMENT = """
format: 1
title: Serving
assignment:
  scheme: complete
  factors:
    wording:
      varies: items.first_why.text
      levels: {plain: What was the reason?, long: What was the main reason?}
measurement: {instrument: questions, language: en}
inquiries: {wording_on_response: {outcome: response, contrast: {wording: [plain, long]}}}
sampling: {scheme: srs, n: 10}
frame: {source: people}
"""
_INSTRUMENT = """
format: 1
title: How was it?
version: "1"
languages: [en]
contact: help@example.org
introduction: We ask everybody who was here last week.
thanks: Your answers have been saved.
"""
_PAGE = """
  - {{id: {page}_parts, type: grid, text: How satisfied are you with each of these?, required: true,
     options: {{1: Very dissatisfied, 2: Dissatisfied, 3: Neither, 4: Satisfied, 5: Very satisfied}},
     rows: {{{rows}}}}}
  - {{id: {page}_again, type: csat, text: And all in all?}}
  - {{id: {page}_why, type: long_text, text: What was the reason?}}
"""


def fielded(url: str, people: int) -> list[str]:
    """Put the survey into the field with so many cases; their tokens."""
    ledger = open_ledger(url)
    try:
        return _tokens(ledger, people)
    finally:
        ledger.close()


def answers(page: str, text: str) -> dict[str, str]:
    """What one person sends from a page, beside the hidden fields."""
    ratings = {f"{page}_parts.{row}": str(1 + number) for number, row in enumerate(ROWS)}
    return {**ratings, f"{page}_again": "4", f"{page}_why": text}


def _tokens(ledger: Ledger, people: int) -> list[str]:
    pages = "".join(f"  - {{id: {page}, items: [{page}_parts, {page}_again, {page}_why]}}\n" for page in PAGES)
    rows = ", ".join(f"{row}: The {row}" for row in ROWS)
    items = "".join(_PAGE.format(page=page, rows=rows) for page in PAGES)
    documents = {"serving.yaml": _EXPERIMENT, "questions.yaml": f"{_INSTRUMENT}pages:\n{pages}items:{items}"}
    study = spec.read_documents(documents, "serving.yaml")
    exp, at = study.experiment, datetime.now(UTC)
    empty = np.full(people, "")
    sample = NewCases(
        unit=np.array([f"u{i:07d}" for i in range(people)]),
        probability=np.full(people, 1.0),
        stratum=empty,
        cluster=empty,
        psu=empty,
        block=empty,
        arm=np.arange(people, dtype=np.intp) % len(exp.arms),
        position=np.arange(people),
        fields={},
    )
    with ledger.write() as conn:
        stored = experiments.register(conn, exp.slug, study.digest, dict(study.documents), seed=exp.seed, at=at)
        cases.insert_sample(conn, stored.id, sample, exp.arms, algorithm="benchmark", at=at)
        experiments.mark_drawn(conn, stored.id, at, at + exp.contact.closes, None)
        return [case.token for case in cases.tokens(conn, stored.id)]
