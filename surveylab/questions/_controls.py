"""WTForms fields: what came in under one name becomes the answer, or a message."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from wtforms import Field, ValidationError
from wtforms.fields.core import UnboundField

from surveylab.design.terms import Value
from surveylab.questions._declining import STORED
from surveylab.words import Language
from surveylab.words import forms as words

Read = Callable[[Sequence[str]], Value]
"""The values sent under one name -> the answer, None for a blank. ValidationError: what to do."""

NEVER_SAVED = "\N{REPLACEMENT CHARACTER}"
"""Stands where a page shows again a character that no database and no encoding takes."""


class Control(Field):  # type: ignore[misc]  # WTForms ships no types
    """One column of a form. ``data`` is the answer (None for a blank); ``raw_data`` can be shown again."""

    def __init__(self, read: Read, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._read = read

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002
        """Read what was sent, once; the message of a ValidationError is kept until ``validate``.

        A control has no default and no filters, for which WTForms looks with each field of each form.
        """
        sent = formdata.getlist(self.name) if formdata is not None else []
        self.raw_data = [showable(value) for value in sent]
        self.data, self.process_errors = None, []
        try:
            self.data = self._read(sent)
        except ValueError as error:
            self.process_errors.append(error.args[0])


def control(read: Read) -> UnboundField[Any]:
    """The field of one column, to be bound in a form."""
    return UnboundField(Control, read)


def choice(
    codes: Collection[str],
    language: Language,
    required: str | None,
    stored: Callable[[str], Value] = str,
    reasons: Collection[str] = (),
) -> UnboundField[Any]:
    """One of ``codes`` or a blank.

    Args:
        codes: what may be sent.
        language: of the messages.
        required: the message for a blank; None where the item may stay blank.
        stored: turns the code into the answer.
        reasons: the ways to decline that may be sent as well.
    """
    known = frozenset(codes)
    only_one, shown = language.say(words.SELECT_ONLY_ONE), language.say(words.SELECT_SHOWN)

    def read(values: Sequence[str]) -> Value:
        code = only(values, only_one)
        if not code:
            return blank(required)
        if code in reasons:
            return STORED[code]
        if code not in known:
            raise ValidationError(shown)
        return stored(code)

    return control(read)


def text(max_length: int, language: Language, required: bool) -> UnboundField[Any]:
    """A text of at most ``max_length`` characters, stripped, line ends as in Unix; longer is refused, never cut."""
    missing, only_one = language.say(words.ENTER_ANSWER) if required else None, language.say(words.ENTER_ONLY_ONE)

    def read(values: Sequence[str]) -> Value:
        entered = only(values, only_one)
        answer = entered.replace("\r\n", "\n").replace("\r", "\n").strip()
        if not answer:
            return blank(missing)
        if showable(answer) != answer:
            raise ValidationError(language.say(words.ENTER_PLAIN))
        if len(answer) > max_length:
            raise ValidationError(language.say(words.ENTER_SHORTER, limit=max_length, length=len(answer)))
        return answer

    return control(read)


def only(values: Sequence[str], message: str) -> str:
    """The one value sent, "" if none was. ValidationError when a name was sent twice."""
    if len(values) > 1:
        raise ValidationError(message)
    return values[0] if values else ""


def blank(required: str | None) -> Value:
    """The answer None of a blank. ValidationError with ``required`` where that is a message."""
    if required is not None:
        raise ValidationError(required)
    return None


def in_ascii(typed: str) -> str:
    """What was typed, with the decimal digits of any script as 0 to 9."""
    return typed if typed.isascii() else "".join(str(int(sign)) if sign.isdecimal() else sign for sign in typed)


def showable(value: str) -> str:
    """``value`` with NUL and lone surrogates replaced: PostgreSQL refuses the one, UTF-8 the others."""
    if value.isascii():
        return value.replace("\0", NEVER_SAVED)
    return "".join(NEVER_SAVED if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in value)
