"""What was sent from a page, read against the questions that were shown on it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from surveylab import registry
from surveylab.design.cases import Answer
from surveylab.fieldwork.pages import PageView, Question
from surveylab.randomness import digest


@dataclass(frozen=True)
class Reading:
    """``answers`` to the items that apply, and ``faults``: column -> what to do about it."""

    answers: tuple[Answer, ...]
    faults: Mapping[str, str]


def read(view: PageView, data: Mapping[str, Any], faults: Mapping[str, str]) -> Reading:
    """Parse validated form data.

    An answer on the page may rule out another question of the same page. That one is not
    stored and cannot be at fault: nobody has to answer what does not apply.

    Args:
        view: the page as it was shown.
        data: column -> validated value.
        faults: column -> message, for the values that did not validate.
    """
    parsed = {
        question.item.id: _answers(view, question, data)
        for question in view.questions
        if not any(column in faults for column in question.item.columns)
    }
    values = {answer.column: answer.value for answers in parsed.values() for answer in answers}
    after = replace(view.passage, answers={**view.passage.answers, **values})
    applying = {item.id: item for item in after.items(after.instrument.page(view.page))}
    asked = {column for item in applying.values() for column in item.columns}
    return Reading(
        tuple(answer for item, answers in parsed.items() if item in applying for answer in answers),
        {column: message for column, message in faults.items() if column in asked},
    )


def _answers(view: PageView, question: Question, data: Mapping[str, Any]) -> Iterable[Answer]:
    """The answers to a question, with the hash of its words.

    Who the person is does not enter the hash: names can be guessed and hashed, and an answer
    would tell whose it is after the person was erased.
    """
    item = question.item
    order = item.settings.option_order() if item.settings else ()
    words = view.words.anonymous
    shown = digest(view.language, words(item.text), words(item.hint) if item.hint else "").hex()
    parsed = registry.load("questions", item.type).parse(item, data)
    return [Answer(item.id, column, value, question.position, order, shown) for column, value in parsed.items()]
