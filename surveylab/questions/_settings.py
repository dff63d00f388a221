"""What settings have in common: one column, and options that can be stored and shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from surveylab.design.terms import Text

_CODE = re.compile(r"(?!_)[^\s\x00-\x1f\x7f\ud800-\udfff]+")
_ROW = re.compile(r"[A-Za-z_]\w*")
MOST_CODE = 64
"""Characters of a code: it is stored with every answer."""


class OneColumn:
    """An item whose answer is stored under the item's own name, without options."""

    def columns(self, item: str) -> tuple[str, ...]:
        """The item's own name."""
        return (item,)

    def option_order(self) -> tuple[str, ...]:
        """No options."""
        return ()


def check_options(options: Mapping[str, Text], fewest: int = 2) -> None:
    """ValueError unless there are enough options, with codes that can be stored, and each has a text."""
    if len(options) < fewest:
        raise ValueError(f"needs at least {fewest} options, and has {len(options)}; add one, or ask for a text")
    check_codes("option code", options, _CODE, "no spaces in it and no _ before it")
    check_texts("option", options)


def check_rows(rows: Mapping[str, Text]) -> None:
    """ValueError unless there is a row, and each has a text and a name that rules can use (``item.row``)."""
    if not rows:
        raise ValueError("needs at least one row; add it under rows")
    check_codes("row", rows, _ROW, "letters, digits and _ only, and a letter first")
    check_texts("row", rows)


def check_codes(what: str, codes: Iterable[str], pattern: re.Pattern[str], remedy: str) -> None:
    """ValueError that names the codes that do not match."""
    wrong = [code for code in codes if len(code) > MOST_CODE or not pattern.fullmatch(code)]
    if wrong:
        named = ", ".join(repr(code[:MOST_CODE]) for code in wrong)
        raise ValueError(f"{what} {named} cannot be stored; write it with {remedy}, at most {MOST_CODE} characters")


def check_texts(what: str, texts: Mapping[str, Text]) -> None:
    """ValueError that names the codes whose text is empty in some language, or in all."""
    bare = [code for code, text in texts.items() if not text or not all(words.strip() for words in text.values())]
    if bare:
        raise ValueError(f"{what} {', '.join(map(repr, bare))} has no text; write the words that respondents read")


def check_max_length(max_length: int) -> None:
    """ValueError unless an answer fits."""
    if max_length < 1:
        raise ValueError(f"max_length {max_length} leaves no room for an answer; allow at least 1 character")
