"""What a request says about the language of who reads, and which language that comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveylab.design.cases import Event
from surveylab.design.terms import Value
from surveylab.words import best

FIELD = "language"
"""The field of the frame that says what language a unit reads."""


@dataclass(frozen=True)
class Reader:
    """Who reads, as far as a request tells.

    ``chosen`` is the language that was chosen on the landing page, and is not written down before
    something starts. ``accepted`` are those that the browser asks for, the most wanted first.
    ``shown`` is the one in which a page was shown that now comes back filled in.
    """

    chosen: str = ""
    accepted: tuple[str, ...] = ()
    shown: str = ""

    def language(self, settled: str | None, there: Sequence[str]) -> str:
        """The language of a page that may still be anyone's: before an interview has started.

        ``settled`` is what stands fixed for the person, ``there`` the languages of the instrument.
        """
        if self.chosen in there:
            return self.chosen
        return settled or best(self.accepted, there) or there[0]


ANYBODY = Reader()


def settled(
    events: Sequence[Event], measured: str | None, fields: Mapping[str, Value], there: Sequence[str]
) -> str | None:
    """The language that stands fixed for a case; None where nothing fixes one.

    The last one that the person chose; else that of the arm (``measured``); else the one that the
    frame says the unit reads, or the nearest of the instrument's languages to it.
    """
    chosen = [event.detail for event in events if event.kind == "language" and event.detail in there]
    if chosen:
        return chosen[-1]
    said = fields.get(FIELD)
    return measured or (best([said.strip().replace("_", "-")], there) if isinstance(said, str) else None)
