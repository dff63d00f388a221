"""One word or sentence of the pages, in every language that they speak."""

from __future__ import annotations

import string


class Word(dict[str, str]):
    """Language tag -> how it is said; ``key`` is the name by which an instrument can say it in its own way.

    The languages are arguments, so that a word that lacks one does not pass the type checker.
    """

    def __init__(self, key: str, *, en: str, de: str, fr: str, es: str, ar: str) -> None:
        super().__init__(en=en, de=de, fr=fr, es=es, ar=ar)
        self.key = key

    @property
    def places(self) -> tuple[str, ...]:
        """The names of what is put into it, such as ``low`` in "Enter {low} or more"."""
        return places(self["en"])


def places(text: str) -> tuple[str, ...]:
    """The names of the places of a text, each once, sorted; what stands in the braces as it is written.

    Raises:
        ValueError: a brace that is not closed, or was not opened.
    """
    parsed = string.Formatter().parse(text)
    named = ((name, spec, conversion) for _, name, spec, conversion in parsed if name is not None)
    return tuple(
        sorted({name + (f"!{how}" if how else "") + (f":{spec}" if spec else "") for name, spec, how in named})
    )
