"""How the scalars of the grammar are written: rules, texts, times, durations.

Each is a type for pydantic: what a value of the tree must look like, what it becomes, and
what an editor is told about it. What is known of the file around the value (languages,
names) comes as the ``Surroundings`` of the validation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core.core_schema import ValidationInfo
from typing_extensions import TypeAliasType

from surveylab.design import fills, rules
from surveylab.design.scores import OWN_SCORE
from surveylab.design.terms import IDENTITY
from surveylab.errors import Fault
from surveylab.spec.codes import Codes, unknown_codes
from surveylab.spec.faults import Finding, offer, refusal

_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
_DURATION = r"P(?=\d|T)(\d{1,5}W|(\d{1,5}D)?(T(?=\d)(\d{1,5}H)?(\d{1,5}M)?(\d{1,5}S)?)?)"
_YEARS = r"P(\d{1,3})Y"
_YEAR = 365
"""Days of a year for which something is kept; that one in four is longer makes no difference there."""
DURATION = f"^{_DURATION}$"
"""The pattern of an ISO 8601 duration, as schemas state it."""
_UNITS = {"W": "weeks", "D": "days", "H": "hours", "M": "minutes", "S": "seconds"}
_SHARE = r"\d{1,30}(\.\d{1,30})?|\d{1,30}/0*[1-9]\d{0,29}"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_LEVEL_REMEDY = "Leave out · = | { } and spaces at its ends."
_FILLS = "Fill in unit.<field>, an earlier answer, or in messages link, incentive, closes, opt_out or answers.<item>."
_LEVEL = r"[^·=|{}\s]([^·=|{}]*[^·=|{}\s])?"


Beside = Callable[[str], "str | Fault | None"]
"""Name of a file beside the one that is read -> its text, the fault of reading it, or None where there is none."""


def nothing(_: str) -> None:
    """Nothing stands beside a text that is read by itself."""


@dataclass(frozen=True)
class Surroundings:
    """What is known around the values of one file.

    ``languages``: of the instrument, the default first. ``columns``: what rules and fills of
    the instrument may name, None before the items are known. ``unsettled``: items whose columns
    are not known because they are at fault. ``codes``: of the answers in columns with a closed
    list. ``inquiries``: what decision rules may name.
    """

    languages: tuple[str, ...] = ("en",)
    columns: frozenset[str] | None = None
    unsettled: frozenset[str] = frozenset()
    codes: Codes = field(default_factory=dict)
    inquiries: tuple[str, ...] = ()
    beside: Beside = nothing
    """The text that a picture beside the instrument is frozen as."""

    def knows(self, name: str) -> bool:
        """Whether a rule or fill of the instrument may name this."""
        root = name.split(".", maxsplit=1)[0]
        return self.columns is None or name in self.columns or root in self.unsettled or _is_field(name)


def _is_field(name: str) -> bool:
    return name.startswith("unit.") and len(name) > len("unit.")


def _parsed(written: Any) -> rules.Rule:
    if not isinstance(written, str):
        raise refusal(Finding("SL103", f"expected a rule, found {shown(written)}.", "Write it as a text."))
    try:
        return rules.parse(written)
    except rules.RuleError as error:
        what = f"the rule {written!r} cannot be parsed: {error} (character {error.position + 1})."
        raise refusal(Finding("SL201", what, "Correct the rule.", offset=error.position)) from None


def _probabilities(rule: rules.Rule) -> Iterator[Finding]:
    for call in rules.calls(rule.tree, "P"):
        what = f"P has no meaning here, in {rule.text!r}."
        yield Finding("SL203", what, "Use P in decision rules only.", offset=call.position)


def _frame_rule(written: Any) -> rules.Rule:
    rule = _parsed(written)
    _refuse(_probabilities(rule))
    return rule


def _identities(rule: rules.Rule) -> Iterator[Finding]:
    for each in rules.lookups(rule.tree):
        if each.name.removeprefix("unit.") in IDENTITY and each.name.startswith("unit."):
            what = f"the rule reads {each.name!r}, which says who a person is."
            remedy = "Read a field of the frame: names and addresses are kept apart from answers."
            yield Finding("SL207", what, remedy, offset=each.position)


def _item_rule(written: Any, info: ValidationInfo) -> rules.Rule:
    rule, around = _parsed(written), around_of(info)
    unknown = [each for each in rules.lookups(rule.tree) if not around.knows(each.name)]
    _refuse(
        [
            *_probabilities(rule),
            *_identities(rule),
            *(
                Finding(
                    "SL202",
                    f"the rule names {each.name!r}, which no item stores.",
                    offer(each.name, sorted(around.columns or ()), "columns")
                    + " A field of the frame is unit.<field>.",
                    offset=each.position,
                )
                for each in unknown
            ),
            *unknown_codes(rule, around.codes),
        ]
    )
    return rule


def _quota_rule(written: Any) -> rules.Rule:
    """What else it may name is checked once all arms are known."""
    rule = _parsed(written)
    _refuse([*_probabilities(rule), *_identities(rule)])
    return rule


def _decision_rule(written: Any, info: ValidationInfo) -> rules.Rule:
    rule, around = _parsed(written), around_of(info)
    _refuse(_decision_findings(rule, around.inquiries))
    return rule


def _decision_findings(rule: rules.Rule, inquiries: tuple[str, ...]) -> Iterator[Finding]:
    inside = {each.position for call in rules.calls(rule.tree, "P") for each in rules.lookups(call.argument)}
    for each in rules.lookups(rule.tree):
        if each.position not in inside:
            what = f"the rule names {each.name!r} outside P(...)."
            yield Finding("SL203", what, "Write P(inquiry > threshold) >= probability.", offset=each.position)
        elif each.name not in inquiries:
            what = f"the rule names {each.name!r}, which is no inquiry."
            yield Finding("SL417", what, offer(each.name, inquiries, "inquiries"), offset=each.position)
    for call in rules.calls(rule.tree, "P"):
        if next(rules.lookups(call.argument), None) is None or next(rules.calls(call.argument, "P"), None):
            what = f"a P(...) of the rule {rule.text!r} is about no inquiry."
            yield Finding("SL203", what, "Write P(inquiry > threshold) >= probability.", offset=call.position)


def _refuse(findings: Iterable[Finding]) -> None:
    found = tuple(findings)
    if found:
        raise refusal(*found)


def around_of(info: ValidationInfo) -> Surroundings:
    """What is known around the value that is read."""
    return info.context if isinstance(info.context, Surroundings) else Surroundings()


def _text(written: Any, info: ValidationInfo) -> Mapping[str, str]:
    around = around_of(info)
    return _in_languages(written, around, around.knows)


def _told_text(written: Any, info: ValidationInfo) -> Mapping[str, str]:
    around = around_of(info)
    return _in_languages(written, around, lambda name: name == OWN_SCORE or around.knows(name))


def _in_languages(written: Any, around: Surroundings, known: Callable[[str], bool]) -> Mapping[str, str]:
    if isinstance(written, str):
        written = {around.languages[0]: written}
        _refuse([*_languages(written, around, ()), *_fills(next(iter(written.values())), known, ())])
        return MappingProxyType(written)
    if not isinstance(written, Mapping):
        raise refusal(wrong_type("a text", written))
    wrong = [wrong_type("a text", text, language) for language, text in written.items() if not isinstance(text, str)]
    _refuse(wrong)
    inside = (each for lang, text in written.items() for each in _fills(text, known, (lang,)))
    _refuse([*_languages(written, around, written), *inside])
    return MappingProxyType({language: written[language] for language in around.languages})


def _shared(written: Any, info: ValidationInfo) -> Mapping[str, str]:
    if isinstance(written, str):
        written = dict.fromkeys(around_of(info).languages, written)
    return _text(written, info)


def _languages(text: Mapping[str, str], around: Surroundings, keyed: Iterable[str]) -> Iterator[Finding]:
    missing = [language for language in around.languages if language not in text]
    if missing:
        wanted = ", ".join(f"{language}: ..." for language in around.languages)
        what = f"the text is missing in {', '.join(missing)}."
        yield Finding("SL206", what, f"Give every language of the instrument: {{{wanted}}}.")
    yield from language_findings(keyed, around)


def language_findings(keyed: Iterable[str], around: Surroundings, path: tuple[str, ...] = ()) -> Iterator[Finding]:
    """The languages that a text has and its instrument has not."""
    for language in keyed:
        if language not in around.languages:
            what = f"the instrument has no language {language!r}."
            remedy = offer(language, around.languages, "languages")
            yield Finding("SL206", what, remedy, path=(*path, language), key=True)


def _fills(text: str, known: Callable[[str], bool], path: tuple[str, ...]) -> Iterator[Finding]:
    for name, fallback, offset in fills.occurrences(text):
        if fallback is None:
            what = f"the fill {{{name}}} has no fallback."
            yield Finding("SL204", what, f"Write {{{name}|words for when it is not known}}.", path, offset)
        if not known(name):
            what = f"the fill names {name!r}, which is not known here."
            yield Finding("SL205", what, _FILLS, path, offset)


def _references(written: Any) -> tuple[str, ...]:
    listed = [written] if isinstance(written, str) else written
    if not isinstance(listed, list | tuple):
        raise refusal(wrong_type("a text or a list of texts", written))
    _refuse(wrong_type("a text", each, n) for n, each in enumerate(listed) if not isinstance(each, str))
    return tuple(listed)


def _is_known_to_messages(name: str) -> bool:
    return name in fills.OF_MESSAGES or _is_field(name) or (name.startswith(fills.ANSWERS) and name != fills.ANSWERS)


def _message(written: Any) -> str:
    if not isinstance(written, str):
        raise refusal(wrong_type("a text", written))
    _refuse(_fills(written, _is_known_to_messages, ()))
    return written


def _clock(written: Any) -> time:
    if not isinstance(written, str) or not re.fullmatch(_CLOCK, written, re.ASCII):
        raise refusal(
            Finding("SL107", f"{shown(written)} is no time of day.", 'Write hours and minutes, such as "09:30".')
        )
    return time.fromisoformat(written)


def _duration(written: Any) -> timedelta:
    if not isinstance(written, str) or not re.fullmatch(_DURATION, written, re.ASCII):
        remedy = "Write P21D, PT12H or P2W; months and years have no fixed length."
        raise refusal(Finding("SL108", f"{shown(written)} is no ISO 8601 duration.", remedy))
    return timedelta(**{_UNITS[unit]: int(count) for count, unit in re.findall(r"(\d+)([WDHMS])", written)})


def _period(written: Any) -> timedelta:
    years = re.fullmatch(_YEARS, written, re.ASCII) if isinstance(written, str) else None
    return timedelta(days=_YEAR * int(years[1])) if years else _duration(written)


def share_of(text: str) -> Fraction | None:
    """The number above 0 and up to 1 that a decimal or a fraction says; None where it says none."""
    plain = text.replace(" ", "")
    share = Fraction(plain) if re.fullmatch(_SHARE, plain, re.ASCII) else None
    return share if share is not None and 0 < share <= 1 else None


def _share(written: Any) -> Fraction:
    share = share_of(str(written)) if isinstance(written, str | int | float) else None
    if share is None:
        what = f"{shown(written)} is no number above 0 and up to 1."
        raise refusal(Finding("SL106", what, "Write a decimal or a fraction, such as 0.5 or 1/3."))
    return share


def _edge(written: Any) -> Fraction:
    return Fraction(0) if str(written) in ("0", "0.0") and not isinstance(written, bool) else _share(written)


def _outcome(written: Any) -> str:
    if isinstance(written, str):
        return written
    parts = dict(written) if isinstance(written, Mapping) else {}
    if set(parts) == {"outcome", "item"} and all(isinstance(part, str) for part in parts.values()):
        return f"{parts['outcome']}({parts['item']})"
    remedy = "Write the outcome's name, or {outcome: name, item: id}."
    raise refusal(Finding("SL103", f"expected an outcome, found {shown(written)}.", remedy))


def _named(pattern: str, remedy: str) -> Callable[[Any], str]:
    def check(written: Any) -> str:
        if isinstance(written, int | float) and not isinstance(written, bool):
            written = str(written)
        if not isinstance(written, str):
            raise refusal(wrong_type("a name", written))
        if not re.fullmatch(pattern, written):
            raise refusal(Finding("SL109", f"{written!r} is no name.", remedy))
        return written

    return check


def level_name_finding(name: str) -> Finding | None:
    """Why a text is no name of a level; None if it is one."""
    if re.fullmatch(_LEVEL, name):
        return None
    return Finding("SL109", f"{name!r} is no name of a level.", _LEVEL_REMEDY)


def wrong_type(expected: str, written: Any, *path: str | int) -> Finding:
    """The finding that a value has the wrong type."""
    remedy = "Put it in quotes." if expected == "a text" and isinstance(written, int | float) else f"Write {expected}."
    return Finding("SL103", f"expected {expected}, found {shown(written)}.", remedy, path)


def shown(written: Any) -> str:
    """A value as a message names it."""
    if written is None:
        return "nothing"
    if isinstance(written, bool):
        return f"the truth value {str(written).lower()}"
    if isinstance(written, int | float):
        return f"the number {written}"
    if isinstance(written, str):
        return f"the text {written if len(written) <= 40 else written[:39] + '…'!r}"
    return "a list" if isinstance(written, list | tuple) else "a mapping"


def _spoken(check: Callable[..., Any], **schema: Any) -> Any:
    return Annotated[Any, BeforeValidator(check), WithJsonSchema(schema), PlainSerializer(str)]


_WORDS = {"type": "string"}

FrameRule: Any = TypeAliasType(
    "FrameRule", _spoken(_frame_rule, **_WORDS, description="A rule over fields of the frame.")
)
ItemRule: Any = TypeAliasType(
    "ItemRule", _spoken(_item_rule, **_WORDS, description="A rule over answers (item, grid.row) and unit.<field>.")
)
QuotaRule: Any = TypeAliasType(
    "QuotaRule",
    _spoken(
        _quota_rule, **_WORDS, description="A rule over answers (item, grid.row), unit.<field>, stratum, arm.<factor>."
    ),
)
DecisionText: Any = TypeAliasType(
    "DecisionText", _spoken(_decision_rule, **_WORDS, description="A rule over P(inquiry > threshold).")
)
TextIn: Any = TypeAliasType(
    "Text",
    _spoken(
        _text,
        anyOf=[_WORDS, {"type": "object", "minProperties": 1, "additionalProperties": _WORDS}],
        description="A text, or one for each language of the instrument. {unit.field|fallback} fills in.",
    ),
)
ToldText: Any = TypeAliasType(
    "ToldText",
    _spoken(
        _told_text,
        anyOf=[_WORDS, {"type": "object", "minProperties": 1, "additionalProperties": _WORDS}],
        description="A text, or one for each language of the instrument. {score|} fills in the respondent's own score.",
    ),
)
References: Any = TypeAliasType(
    "References",
    _spoken(_references, anyOf=[_WORDS, {"type": "array", "items": _WORDS}], description="A reference, or several."),
)
SharedText: Any = TypeAliasType(
    "SharedText",
    _spoken(
        _shared,
        anyOf=[_WORDS, {"type": "object", "minProperties": 1, "additionalProperties": _WORDS}],
        description="A text for all languages of the instrument, or one for each.",
    ),
)
MessageText: Any = TypeAliasType(
    "MessageText",
    _spoken(_message, **_WORDS, description="A text; {unit.field|fallback}, {link|} and {answers.item|} fill in."),
)
Clock: Any = TypeAliasType("Clock", _spoken(_clock, **_WORDS, pattern=f"^{_CLOCK}$", description="Hours and minutes."))
Duration: Any = TypeAliasType(
    "Duration", _spoken(_duration, **_WORDS, pattern=DURATION, description="An ISO 8601 duration: P21D, PT12H.")
)
Period: Any = TypeAliasType(
    "Period",
    _spoken(
        _period,
        **_WORDS,
        pattern=f"^({_DURATION}|{_YEARS})$",
        description="An ISO 8601 duration, or years of 365 days: P90D, P1Y.",
    ),
)
MeasuredOutcome: Any = TypeAliasType(
    "MeasuredOutcome",
    _spoken(
        _outcome,
        anyOf=[
            _WORDS,
            {
                "type": "object",
                "properties": {"outcome": _WORDS, "item": _WORDS},
                "required": ["outcome", "item"],
                "additionalProperties": False,
            },
        ],
        description="The name of an outcome, or {outcome: name, item: id}.",
    ),
)
Name: Any = TypeAliasType(
    "Name",
    _spoken(
        _named(_NAME, "Use letters, digits and _, and begin with a letter."),
        **_WORDS,
        pattern=f"^{_NAME}$",
        description="Letters, digits and _.",
    ),
)
Share: Any = TypeAliasType(
    "Share",
    _spoken(_share, type=["string", "number"], description="A decimal or a fraction above 0 and up to 1."),
)
Edge: Any = TypeAliasType(
    "Edge", _spoken(_edge, type=["string", "number"], description="A decimal or a fraction from 0 to 1.")
)
LevelName: Any = TypeAliasType(
    "LevelName",
    _spoken(
        _named(_LEVEL, _LEVEL_REMEDY),
        type=["string", "number"],
        description="The name of a level.",
    ),
)
