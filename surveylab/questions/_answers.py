"""From a validated form to what is stored, and back to what stands in the controls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Value
from surveylab.questions import Entered
from surveylab.questions._declining import declined


def stored(item: Item, data: Mapping[str, Any]) -> dict[str, Value | Missing]:
    """Column -> the answer that its control read; a blank, or a column not sent, is NO_ANSWER."""
    read = {column: data.get(column) for column in item.columns}
    return {column: Missing.NO_ANSWER if value is None else value for column, value in read.items()}


def shown(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """Column -> the answer as text, in a list; an empty list where there is none.

    A reason for which there is no answer is shown where the item offers it.
    """
    return {column: _shown(item, answers.get(column)) for column in item.columns}


def _shown(item: Item, answer: Value | Missing) -> list[str]:
    if isinstance(answer, Missing):
        code = declined(item, answer)
        return [code] if code else []
    return [] if answer is None else [str(answer)]
