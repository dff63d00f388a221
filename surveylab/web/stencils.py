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
from dataclasses import dataclass
from threading import Lock

from surveylab.design.instrument import Arrangeable, Item
from surveylab.fieldwork.pages import SurveyView
from surveylab.fieldwork.sitting import PageView

MOST = 400
"""Pages that are kept; a page of 9 kB in as many orders of its options as are shown."""


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
        """A page of the instrument on which nothing was entered just now, from its stencil where there is one.

        Args:
            view: the page.
            visit: of the ticket of its form.
            signature: of the same.
            render: renders it plainly.
            around: what the text depends on beyond the view and the application.
        """
        if not view.is_blank:
            return render().encode()
        return self.text(view.survey, (visit, signature), render, around=(around, _face(view)))

    def text(self, survey: SurveyView, varying: Sequence[str], render: Callable[[], str], *, around: Hashable) -> bytes:
        """A text that is the same for everybody of an arm, from its stencil where there is one.

        Args:
            survey: what the text says of the survey, and to whom.
            varying: the values in it that are this respondent's own, beside token and resume code.
            render: renders it plainly.
            around: what it depends on beyond these and the application.
        """
        values = [survey.token, *varying]
        if survey.resume_code is not None:
            values.append(survey.resume_code)
        face = survey.face, around
        stencil = self._kept.get(face)
        if stencil is not None:
            return stencil.filled(values)
        text = render()
        if not survey.words.filled:
            self._keep(face, cut(text, values))
        return text.encode()

    def _keep(self, face: Hashable, stencil: Stencil) -> None:
        with self._lock:
            if len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[face] = stencil


def _face(view: PageView) -> Hashable:
    """What two pages have in common that look the same: all that a page shows which is not the arm's own.

    A value that a page begins to show belongs here, unless it follows from the page of the arm and its language.
    """
    return (
        (view.page, view.back, view.last, view.begins, view.minutes),
        view.way if view.progress != "none" else None,
        tuple([_shown(item, view.items) for item in view.asked]),
    )


def _shown(item: Item, as_written: Sequence[Item]) -> Hashable:
    """An item of a page by its name, and by the order of what it shows where a case has its own."""
    settings = item.settings
    if any(item is each for each in as_written) or not isinstance(settings, Arrangeable):
        return item.id
    return item.id, tuple((what, each.members) for what, each in settings.arrangements().items())
