"""Options to choose from, and one more that asks in a text of its own what is meant ("Something else").

Its text is stored under ``item.other``. Where the option is not chosen nothing was asked there: NOT_ASKED.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

from wtforms import Field, ValidationError
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Text, Value
from surveylab.questions._answers import stored
from surveylab.questions._controls import Control, text
from surveylab.questions._declining import Declining
from surveylab.questions._orders import OptionsOrdered
from surveylab.questions._settings import check_options
from surveylab.questions._words import quoted
from surveylab.words import Language
from surveylab.words import entries as more

OTHER_LENGTH = 200
"""Characters of the text."""


@dataclass(frozen=True, kw_only=True)
class Specified(Declining):
    """Settings of a type whose options may end with one that asks what is meant."""

    other: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
    """Code -> text of one more option, with a field to say what is meant; that is stored under ``item.other``."""


class Choices(Specified, OptionsOrdered):
    """An item with options, stored under its own name, and the text of the other one under ``item.other``."""

    options: Mapping[str, Text]  # code -> text, in the order displayed

    def columns(self, item: str) -> tuple[str, ...]:
        """The item's own name, and ``item.other`` where there is that option."""
        return (item, f"{item}.other") if self.other else (item,)

    def option_order(self) -> tuple[str, ...]:
        """The codes in the order displayed, the other option last."""
        return tuple(self.every_option())

    def every_option(self) -> Mapping[str, Text]:
        """Code -> text of all options, the other one last."""
        return {**self.options, **self.other}

    def closed(self, item: str) -> Mapping[str, tuple[Value, ...]]:
        """The codes; what is meant by the other option is free."""
        return {item: self.option_order()}

    def selectable(self) -> Mapping[str, Text]:
        """Code -> text of the options in the order displayed, and of the ways to decline."""
        every = self.every_option()
        return {**{code: every[code] for code in self.option_order()}, **self.reasons()}

    def check_choices(self) -> None:
        """ValueError unless the options can be told apart, stored and shown."""
        if len(self.other) > 1:
            raise ValueError(f"other has {len(self.other)} options; one can ask what is meant")
        twice = [code for code in self.other if code in self.options]
        if twice:
            raise ValueError(f"other {twice[0]!r} is an option already; give it another code")
        check_options(self.options)
        check_options(self.other, fewest=0)
        self.check_order()


def with_text(item: Item, language: Language, main: UnboundField[Any]) -> Mapping[str, UnboundField[Any]]:
    """The control of the codes, and the one of the text where there is the other option."""
    settings = cast("Choices", item.settings)
    if not settings.other:
        return {item.id: main}
    ((code, label),) = settings.other.items()
    option = quoted(label, language)

    def check(form: BaseForm, entry: Field) -> None:
        if form[item.id].process_errors or entry.process_errors:
            return
        chosen = is_chosen(code, form[item.id].data)
        if chosen and entry.data is None and item.required:
            raise ValidationError(language.say(more.OTHER_LACKS, option=option))
        if entry.data is not None and not chosen:
            raise ValidationError(language.say(more.OTHER_APART, option=option))

    plain = text(OTHER_LENGTH, language, required=False)
    return {item.id: main, f"{item.id}.other": UnboundField(Control, *plain.args, validators=[check])}


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """What was chosen, and the text of the other option where that was chosen."""
    settings = cast("Choices", item.settings)
    answers = stored(item, data)
    if not any(is_chosen(code, answers[item.id]) for code in settings.other):
        answers |= dict.fromkeys(item.columns[1:], Missing.NOT_ASKED)
    return answers


def is_chosen(code: str, answer: Value | Missing) -> bool:
    """Whether a code is among those of an answer, which are joined by spaces."""
    return isinstance(answer, str) and not isinstance(answer, Missing) and code in answer.split()
