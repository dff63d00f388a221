"""Ways to decline: "Don't know" and "Prefer not to say" as answers that one can select.

One mechanism for every type that is answered by choosing: its settings inherit ``Declining``, its
controls take ``settings.reasons()`` beside the codes, and what is stored is why there is no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Text
from surveylab.words.controls import DONT_KNOW, PREFER_NOT

STORED = {"_dont_know": Missing.DONT_KNOW, "_refused": Missing.REFUSED}
"""What a control sends -> what is stored. No option has a code that begins with ``_``."""


@dataclass(frozen=True, kw_only=True)
class Declining:
    """Settings of a type that can be declined."""

    dont_know: bool = False
    """Whether "Don't know" can be selected; stored as the reason why there is no answer."""
    refuse: bool = False
    """Whether "Prefer not to say" can be selected; stored as the reason why there is no answer."""

    def reasons(self) -> Mapping[str, Text]:
        """Code -> text of the reasons that are offered, in the order displayed."""
        offered = {"_dont_know": (self.dont_know, DONT_KNOW), "_refused": (self.refuse, PREFER_NOT)}
        return {code: text for code, (is_offered, text) in offered.items() if is_offered}


def declined(item: Item, answer: object) -> str | None:
    """The code that stands for a stored reason, where the item offers it."""
    settings: object = item.settings
    offered = settings.reasons() if isinstance(settings, Declining) else {}
    return next((code for code in offered if STORED[code] is answer), None)
