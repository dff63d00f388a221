"""What was sent from a page, read against the questions that were shown on it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from surveylab import registry
from surveylab.design.cases import Answer
from surveylab.design.instrument import Item
from surveylab.design.rules import evaluate, names
from surveylab.digests import digest
from surveylab.fieldwork.pages import Wording
from surveylab.fieldwork.passage import Passage
from surveylab.fieldwork.sitting import PageView
from surveylab.questions import OfItem


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
        item.id: _answers(view, item, position, data)
        for position, item in enumerate(view.asked, start=1)
        if faults.keys().isdisjoint(item.columns)
    }
    values = {answer.column: answer.value for answers in parsed.values() for answer in answers}
    at_fault = {column for item in view.asked if item.id not in parsed for column in item.columns}
    before = {column: value for column, value in view.passage.answers.items() if column not in at_fault}
    after = view.passage.answering({**before, **values})
    applying = {item.id: item for item in after.items(view.here)}
    asked = {column for item in applying.values() for column in item.columns}
    whole = [item for name, item in applying.items() if name in parsed]
    messages = {**_placed(view, faults), **_together(view, whole, after, at_fault)}
    return Reading(
        tuple(answer for item, answers in parsed.items() if item in applying for answer in answers),
        {column: messages[column] for column in _in_order(view, messages) if column in asked},
    )


def _placed(view: PageView, faults: Mapping[str, str]) -> dict[str, str]:
    """The faults, those of a whole item at its first column as displayed: forms know the order of the file only."""
    first = {column: item.columns[0] for item in view.asked for column in item.columns}
    whole = {first.get(column, column): message for column, message in faults.items() if isinstance(message, OfItem)}
    return {**whole, **{column: message for column, message in faults.items() if not isinstance(message, OfItem)}}


def _together(view: PageView, items: Iterable[Item], after: Passage, at_fault: Set[str]) -> dict[str, str]:
    """Column -> message, for the items without faults of their own that do not go with other answers.

    A rule that names an answer which is at fault itself is not looked at.
    """
    bound = [item for item in items if item.validation]
    if not bound:
        return {}
    known = after.known
    words = replace(view.words, known=lambda: known)
    found = {}
    for item in bound:
        judged = (each for each in item.validation if not at_fault & set(names(each.error_if.tree)))
        failed = next((each for each in judged if evaluate(each.error_if, known)), None)
        if failed is not None and item.columns:
            found[item.columns[0]] = words(failed.message)
    return found


def _in_order(view: PageView, faults: Iterable[str]) -> list[str]:
    """Columns in the order in which they stand on the page."""
    there = [column for item in view.asked for column in item.columns]
    return sorted(faults, key=lambda column: there.index(column) if column in there else len(there))


def _answers(view: PageView, item: Item, position: int, data: Mapping[str, Any]) -> Iterable[Answer]:
    """The answers to an item, with what was shown: the hash of its words, and where it stood.

    The hash is over the language and every word of the item in the order of the file: the same words
    in another order have the same hash, and the order stands beside it. Who the person is does not
    enter the hash: names can be guessed and hashed, and an answer would tell whose it is after the person was erased.
    """
    shown = view.alike(("hash", item.id), lambda words: _hash_of_words(view, item.id, words.anonymous))
    parsed = registry.load("questions", item.type).parse(item, data)
    rows = {column: row for row, column in enumerate(item.columns, start=1)}
    options, page, language = item.displayed_options, view.position, view.language
    return [
        Answer(item.id, column, value, position, options, shown, page, rows.get(column), language)
        for column, value in parsed.items()
    ]


def shown_hash(words: Wording, item: Item) -> str:
    """The hash of an item's words as an answer carries it: with the language, in the order of the file."""
    return digest(words.language, *map(words, item.texts)).hex()


def _hash_of_words(view: PageView, item: str, words: Wording) -> str:
    return shown_hash(words, next(each for each in view.items if each.id == item))
