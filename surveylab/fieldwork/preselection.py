"""Preselection: a link that opens the page of a question with one of its answers selected already. Pure.

``/r/<token>/<page>?<column>=<code>`` stands behind each answer of a question in a message. To open it
stores nothing: programs that check links open all of them. The answer is stored when the person
submits the page, and paradata say what was selected ahead and whether it was changed (a click in a
message is a habit as well as an answer).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from surveylab.design.fills import ANSWERS, occurrences
from surveylab.design.instrument import Instrument, Item, Selectable
from surveylab.fieldwork.pages import Wording
from surveylab.fieldwork.passage import Passage

Asked = Mapping[str, Sequence[str]]
"""What a link asks for: column -> codes, as they came."""
NOTHING: Asked = {}


@dataclass(frozen=True)
class Answer:
    """One answer of a question in a message: its words, and the link that selects it."""

    label: str
    link: str


def preselected(items: Iterable[Item], asked: Asked) -> dict[str, str]:
    """Column -> the code that a link selects on a page with these items; "" where it names none that is there."""
    if not asked:
        return {}
    there = {column: codes for item in items for column, codes in _columns(item).items()}
    return {
        column: next((code for code in codes if code in there[column]), "")
        for column, codes in asked.items()
        if column in there
    }


def changed(preselected: Mapping[str, str], entered: Mapping[str, Sequence[str]]) -> list[str]:
    """The columns whose answer, as it was submitted, is not the one that was selected ahead; in their order."""
    return sorted(
        column for column, code in preselected.items() if code and set(filter(None, entered[column])) != {code}
    )


def paradata(preselected: Mapping[str, str], entered: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """What is kept of a submission: which answers were selected ahead, and which of them were changed."""
    ahead = {column: code for column, code in preselected.items() if code}
    return {"preselected": ahead, "changed": changed(ahead, entered)} if ahead else {}


def answers(name: str, instrument: Instrument, words: Wording, link: str) -> tuple[Answer, ...]:
    """The answers of an item of the first page in the order displayed, each with its link.

    None where the item is not on the page that this person is shown first, or one click does not
    answer it.

    Args:
        name: the id of the item.
        instrument: as the case is shown it.
        words: the case's words, with what is known of its unit.
        link: the personal link.
    """
    unit = {name.removeprefix("unit."): value for name, value in words.known().items() if name.startswith("unit.")}
    passage = Passage(instrument, {}, unit, frozenset())
    page = passage.furthest
    item = next((each for each in passage.items(page) if each.id == name), None) if page else None
    settings: object = item.settings if item else None
    if page is None or item is None or item.is_battery or not isinstance(settings, Selectable):
        return ()
    return tuple(
        Answer(words(label), f"{link}/{page.id}?{urlencode({item.id: code})}")
        for code, label in settings.selectable().items()
    )


def as_text(offered: Iterable[Answer]) -> str:
    """Answers as plain text, one on a line, with its link behind."""
    return "\n".join(f"{each.label}: {each.link}" for each in offered)


def offers(text: str) -> bool:
    """Whether a text fills in answers."""
    return any(name.startswith(ANSWERS) for name, _, _ in occurrences(text))


def filled(text: str, instrument: Instrument, words: Wording, link: str) -> dict[str, str]:
    """What the fills ``{answers.item|}`` of a plain text give; nothing for an item whose answers cannot be offered."""
    names = {name for name, _, _ in occurrences(text) if name.startswith(ANSWERS)}
    given = {name: as_text(answers(name.removeprefix(ANSWERS), instrument, words, link)) for name in names}
    return {name: lines for name, lines in given.items() if lines}


def _columns(item: Item) -> dict[str, frozenset[str]]:
    """Column -> the codes that can be selected in it."""
    settings: object = item.settings
    if not isinstance(settings, Selectable):
        return {}
    columns = item.columns if item.is_battery else (item.id,)
    return dict.fromkeys(columns, frozenset(settings.selectable()))
