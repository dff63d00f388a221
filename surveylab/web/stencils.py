"""Pages rendered once: what is the same for everybody is kept, and only what varies is put in.

Rendering a page costs more than all else that a GET does. A page on which nothing has been
entered and no text is filled in looks the same to everybody of an arm, but for the values that
make it one respondent's: the token, the ticket and the resume code. So its first rendering is
kept, cut at these values, and the next respondent's are put in their places: the bytes are those
that a rendering would give.

These values are random and long, so none of them stands in a text by chance.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from threading import Lock

from surveylab.design.instrument import Arrangeable, Item
from surveylab.fieldwork.pages import PageView, SurveyView

MOST = 400
"""Pages that are kept; a page of 9 kB in as many orders of its options as are shown."""

_NOT_SHOWN = frozenset({"case", "passage", "met_at_end", "admission", "settled"})
_BY_THEMSELVES = frozenset({"survey", "items", "questions", "words", "preselected"})
_VARYING = frozenset({"token", "resume_code"})
_ON_PAGE = attrgetter(*(each.name for each in fields(PageView) if each.name not in _NOT_SHOWN | _BY_THEMSELVES))
_OF_SURVEY = attrgetter(
    *(each.name for each in fields(SurveyView) if each.name not in _VARYING | {"instrument", "words"})
)
"""Every field that a page can show tells its face, unless it is named above: a new one does so by itself."""


@dataclass(frozen=True)
class Stencil:
    """A page cut at what varies: between two pieces stands the value with the number in ``slots``."""

    pieces: tuple[bytes, ...]
    slots: tuple[int, ...]

    def filled(self, varying: Sequence[str]) -> bytes:
        """The page of a respondent with these values."""
        values = [value.encode() for value in varying]
        parts = [self.pieces[0]]
        for slot, piece in zip(self.slots, self.pieces[1:], strict=True):
            parts += (values[slot], piece)
        return b"".join(parts)


def cut(page: str, varying: Sequence[str]) -> Stencil:
    """The stencil of a page on which these values stand."""
    pieces = re.split(f"({'|'.join(map(re.escape, varying))})", page)
    return Stencil(tuple(piece.encode() for piece in pieces[::2]), tuple(map(varying.index, pieces[1::2])))


class Stencils:
    """The stencils of an application, the latest used of them."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Stencil] = {}
        self._lock = Lock()

    def page(
        self, view: PageView, visit: str, signature: str, render: Callable[[], str], *, around: Hashable = ()
    ) -> bytes:
        """A page on which nothing was entered just now, from its stencil where there is one.

        Args:
            view: the page; a field of it that is shown tells its face.
            visit: of the ticket of its form.
            signature: of the same.
            render: renders it plainly.
            around: what the text depends on beyond the view and the application.
        """
        if view.preselected or any(any(values) for each in view.questions for values in each.entered.values()):
            return render().encode()
        varying = [view.survey.token, visit, signature]
        if view.survey.resume_code is not None:
            varying.append(view.survey.resume_code)
        face = around, _face(view)
        stencil = self._kept.get(face)
        if stencil is not None:
            return stencil.filled(varying)
        page = render()
        if not view.words.filled:
            self._keep(face, cut(page, varying))
        return page.encode()

    def _keep(self, face: Hashable, stencil: Stencil) -> None:
        with self._lock:
            if len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[face] = stencil


def _face(view: PageView) -> Hashable:
    """What two pages have in common that look the same."""
    way = view.way if view.progress != "none" else None
    shown = tuple(
        (_shown(question.item, view.items), question.optional, question.heading) for question in view.questions
    )
    code = view.survey.resume_code is None
    return _ON_PAGE(view), _OF_SURVEY(view.survey), view.words.language, way, code, shown


def _shown(item: Item, as_written: Sequence[Item]) -> Hashable:
    """An item of a page by its name, and by the order of what it shows where a case has its own."""
    settings = item.settings
    if any(item is each for each in as_written) or not isinstance(settings, Arrangeable):
        return item.id
    return item.id, tuple((what, each.members) for what, each in settings.arrangements().items())
