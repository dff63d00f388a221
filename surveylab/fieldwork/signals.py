"""Signs that a program and not a person answered a page. Recorded beside the answers, deciding nothing.

Nobody is stopped and no answer is changed by a sign: whether a case is fraud is decided later,
by people (methodology 2.6).
"""

from __future__ import annotations

from surveylab.fieldwork.sitting import PageView

SECONDS_PER_WORD = 0.3
"""The reading time below which a respondent counts as speeding (Conrad, Tourangeau, Couper and Zhang 2017)."""
PLAUSIBLE = 1 / 3
"""Of that time: what is faster still is no reading at all (methodology 2.6)."""


def signals(view: PageView, seconds: float, *, trapped: bool) -> tuple[str, ...]:
    """The signs on one submission of a page.

    ``trap``: the field that people neither see nor hear was filled in. ``speed``: the page came back before
    a third of the time that reading it takes had passed. Who has been here before need not read
    it again, so only the first submission of a page can be too fast.

    Args:
        view: the page as it was shown.
        seconds: from its display to its submission, by the server's clock.
        trapped: whether the field was filled in.
    """
    fast = view.page not in view.passage.sent and seconds < _words(view) * SECONDS_PER_WORD * PLAUSIBLE
    return (*(("trap",) if trapped else ()), *(("speed",) if fast else ()))


def _words(view: PageView) -> int:
    """How many words there are to read."""
    texts = [text for item in view.asked for text in (item.text, item.hint) if text]
    if view.here.title:
        texts.append(view.here.title)
    asked = tuple([item.id for item in view.asked])
    return view.alike(("words", view.page, asked), lambda words: sum(len(words(text).split()) for text in texts))
