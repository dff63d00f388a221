"""Building and filling in single questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from surveylab import registry
from surveylab.design.instrument import Item
from surveylab.words import Language

Answered = tuple[dict[str, Any], dict[str, str]]


@pytest.fixture
def make() -> Callable[..., Item]:
    """An item called ``q`` of a type, with these settings."""

    def build(kind: str, required: bool = False, **settings: Any) -> Item:
        return Item(
            "q", kind, {"en": "?"}, required=required, settings=registry.load("questions", kind).Settings(**settings)
        )

    return build


@pytest.fixture
def answer() -> Callable[..., Answered]:
    """Send values under ``q`` (or columns by name): the answers stored and the messages shown."""

    def send(item: Item, *values: str, language: str = "en", **columns: str) -> Answered:
        found = registry.load("questions", item.type)
        form = BaseForm(found.fields(item, Language(language)))
        rows = [(f"q.{row}", value) for row, value in columns.items()]
        form.process(MultiDict([*(("q", value) for value in values), *rows]))
        form.validate()
        messages = {column: errors[0] for column, errors in form.errors.items()}
        return ({} if messages else dict(found.parse(item, form.data))), messages

    return send
