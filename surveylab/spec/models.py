"""What the three kinds of file may say, and the adapters that read them.

Nearly everything is mirrored from the dataclasses of ``design`` and of the plug-ins. Written
here are only the sections whose form in the file is not the form in ``design``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import AfterValidator, BeforeValidator, TypeAdapter, WithJsonSchema

from surveylab.design.designs import Design
from surveylab.design.experiment import (
    NOTHING,
    Assignment,
    Contact,
    Data,
    DecisionRule,
    Estimator,
    Frame,
    LoadedOutcome,
    Measurement,
    Message,
    Quota,
    Reminder,
    Retention,
    Sampling,
)
from surveylab.design.frames import Column, FieldType, FrameReading
from surveylab.design.instrument import Instrument, Item, ItemSets, Page, Section
from surveylab.design.programme import Layer
from surveylab.design.scores import Band, Score
from surveylab.design.terms import Scale
from surveylab.design.theme import Theme
from surveylab.spec.mirror import Flat, Mirror
from surveylab.spec.themes import DarkColour, LightColour, LogoFile, whose
from surveylab.spec.wording import (
    DURATION,
    DecisionText,
    Edge,
    FrameRule,
    LevelName,
    MeasuredOutcome,
    MessageText,
    Name,
    Period,
    QuotaRule,
    References,
    SharedText,
    ToldText,
)
from surveylab.spec.words import Words

FORMAT = 1


@dataclass(frozen=True)
class FactorSection:
    """A choice that is randomised: the paths that it varies, its levels and their weights."""

    levels: Any
    """level: value, the reference first; with several paths, level: {path: value, ...}."""
    varies: Any = None
    """The path of any field, such as items.<id>.text or contact.channel, or a list of paths."""
    weights: Any = None
    """level: share, as decimals or fractions that sum to exactly 1; equal by default."""


@dataclass(frozen=True)
class AssignmentSection:
    """Who gets which arm, by which chance."""

    scheme: str
    factors: Mapping[Name, FactorSection]
    """The choices that are randomised, by name."""
    design: Any = "full"
    """Which combinations of levels are arms: full (all), fraction, or a list of arms."""
    settings: Any = None


@dataclass(frozen=True)
class InquirySection:
    """What one wants to know: the contrast of two levels of a factor in an outcome."""

    outcome: str
    """What is compared: an outcome, or one of the data."""
    contrast: Mapping[str, tuple[LevelName, LevelName]]
    """factor: [level, reference]; an estimate above the null means more under the level."""
    scale: Scale | None = None
    """The natural scale of the contrast; the outcome's own by default."""
    item: str | None = None
    """The item whose answers the outcome is about; for the outcome score also a score of the instrument."""
    by: str | None = None
    """A stratum: one estimate for each of its values beside the overall one."""


@dataclass(frozen=True)
class LoadedOutcomeSection:
    """An outcome of data fielded elsewhere: a value per case, or a count among a total per cell."""

    family: str
    """The model that suits it."""
    value: str | None = None
    """The column of the value of a case."""
    count: str | None = None
    """The column of the number of cases with the outcome, one row per cell."""
    among: str | None = None
    """The column of the number of cases that ``count`` is among."""

    def named(self, name: str) -> LoadedOutcome:
        """The outcome under its name."""
        return LoadedOutcome(name, self.family, self.value, self.count, self.among)


@dataclass(frozen=True)
class ExperimentSection:
    """An experiment."""

    format: Literal[1] = 1
    """Of this file."""
    title: str = ""
    """The question that the experiment answers."""
    assignment: AssignmentSection | None = None
    """Who gets which arm, by which chance; the factors stand here."""
    inquiries: Mapping[Name, InquirySection] = field(default_factory=lambda: NOTHING)
    """What one wants to know, by name: contrasts of two levels in an outcome."""
    estimators: Mapping[str, Estimator] = field(default_factory=lambda: NOTHING)
    """inquiry: how it is answered; the outcome's own model and priors by default."""
    decision: DecisionRule | None = None
    """The rule by which the experiment ends, fixed in advance."""
    frame: Frame | None = None
    """The list of units that the sample is drawn from; none where people arrive unlisted."""
    sampling: Sampling | None = None
    """Who of the frame is asked."""
    contact: Contact = field(default_factory=Contact)
    """How a case is contacted."""
    measurement: Measurement | None = None
    """What is asked, and which outcomes are computed for every case."""
    messages: Mapping[Name, Message] = field(default_factory=lambda: NOTHING)
    """The templates of what is sent, by name."""
    assumptions: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: NOTHING)
    """outcome: {base: value, factor.level: shift}; synthetic respondents and diagnosis read it, no analysis does."""
    data: Data | None = None
    """Where the data of an experiment that was fielded elsewhere stand."""
    seed: str | None = None
    """What every draw derives from; the name of the file by default."""
    quotas: Mapping[Name, Quota] = field(default_factory=lambda: NOTHING)
    """How many respondents of which kind are wanted, by name."""
    layer: Layer | None = None
    """The part of a layer of experiments that exclude each other."""
    holdout: Fraction | None = None
    """The share of all people whom the programme never asks; the same in each of its experiments."""
    ramp: Fraction | None = None
    """The share of the people whom the experiment asks so far; who is in stays in when it is raised."""
    rest: timedelta | None = None
    """How long nobody is asked who was drawn or contacted for another experiment."""
    retention: Retention = field(default_factory=Retention)
    """How long after the close what identifies people is kept; until somebody erases it, where nothing is said."""


REQUIRED = {
    "experiment": ("format", "title", "inquiries", "assignment"),
    "instrument": ("format", "title", "version", "languages", "introduction", "thanks", "contact", "pages", "items"),
    "frame": ("format",),
}
"""What a file of each kind must say."""

_ANYTHING = Annotated[Any, WithJsonSchema({"type": ["string", "number"]})]
_PATHS = Annotated[
    Any, WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]})
]
_LEVELS = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "object", "minProperties": 2},
                {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 2},
            ]
        }
    ),
]
_WEIGHTS = Annotated[
    Any, WithJsonSchema({"type": "object", "additionalProperties": {"type": ["string", "number"]}, "minProperties": 2})
]
_FRACTION: Any = {
    "resolution": {"type": "integer", "minimum": 3},
    "runs": {"type": "integer", "minimum": 3},
    "generators": {"type": "array", "items": {"type": "string"}, "minItems": 1},
}
_ARM: Any = {"type": "object", "additionalProperties": {"type": ["string", "number"]}}
_DESIGN = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["full", "fraction"]},
                {
                    "type": "object",
                    "properties": {
                        "fraction": {"type": "object", "properties": _FRACTION, "additionalProperties": False}
                    },
                    "required": ["fraction"],
                    "additionalProperties": False,
                },
                {"type": "array", "items": _ARM, "minItems": 2},
            ]
        }
    ),
]

_INSTEAD: dict[tuple[type, str], Any] = {
    (Frame, "eligible"): FrameRule | None,
    (DecisionRule, "adopt_if"): DecisionText,
    (DecisionRule, "drop_if"): DecisionText | None,
    (DecisionRule, "guard"): DecisionText | None,
    (Quota, "if_"): QuotaRule | None,
    (Retention, "addresses"): Period | None,
    (Retention, "texts"): Period | None,
    (Layer, "share"): tuple[Edge, Edge],
    (Message, "subject"): MessageText,
    (Message, "body"): MessageText,
    (Measurement, "outcomes"): tuple[MeasuredOutcome, ...],
    (Item, "id"): Name,
    (Page, "id"): Name,
    (Band, "text"): ToldText | None,
    (Theme, "colour"): LightColour,
    (Theme, "colour_dark"): DarkColour,
    (Theme, "logo"): LogoFile,
    (Section, "id"): Name,
    (ItemSets, "id"): Name,
    (FactorSection, "varies"): _PATHS,
    (FactorSection, "levels"): _LEVELS,
    (FactorSection, "weights"): _WEIGHTS,
    (AssignmentSection, "design"): _DESIGN,
}
_FLAT = {
    Item: Flat("questions", "type", "question type"),
    Sampling: Flat("sampling", "scheme", "sampling scheme"),
    AssignmentSection: Flat("assignment", "scheme", "assignment scheme"),
}


@dataclass(frozen=True)
class _InstrumentSection(Instrument):
    """An instrument: pages and items."""

    format: Literal[1] = 1


_INSTEAD |= {
    (_InstrumentSection, "contact"): SharedText,
    (_InstrumentSection, "words"): Words,
}


@dataclass(frozen=True)
class _FrameSection(FrameReading):
    """How the source of a frame is read."""

    format: Literal[1] = 1


def _column(written: Any) -> Any:
    """A column of which only the role or the name is said."""
    return {"as": written} if isinstance(written, str) else written


_COLUMN = WithJsonSchema(
    {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {"as": {"type": "string"}, "type": {"enum": list(get_args(FieldType))}},
                "additionalProperties": False,
            },
        ]
    }
)


def _reminder(written: Any) -> Any:
    """A reminder of which only is said when it is due."""
    return written if isinstance(written, dict) else {"after": written}


_REMINDER = WithJsonSchema(
    {
        "anyOf": [
            {"type": "string", "pattern": DURATION},
            {
                "type": "object",
                "properties": {
                    "after": {"type": "string", "pattern": DURATION},
                    "channel": {"type": "string"},
                    "message": {"type": "string"},
                },
                "required": ["after"],
                "additionalProperties": False,
            },
        ]
    }
)


def mirror(*, lenient: bool) -> Mirror:
    """The mirror of the grammar, strict or lenient."""
    made = Mirror(_INSTEAD, _FLAT, lenient=lenient)
    loaded = made.spoken(Mapping[Name, LoadedOutcomeSection])
    plain = made.spoken(Mapping[Name, str])
    assignment = made.of(AssignmentSection)
    sets = made.spoken(Mapping[Name, tuple[str, ...]])
    loaded_fields: dict[tuple[type, str], Any] = {(Data, "outcomes"): loaded, (Data, "factors"): plain}
    bands = made.spoken(Mapping[Name, Band])
    loaded_fields[ItemSets, "sets"] = sets
    made.instead = {**_INSTEAD, **loaded_fields, (ExperimentSection, "assignment"): assignment, (Score, "bands"): bands}
    made.instead |= {
        (_InstrumentSection, "source"): References,
        (_InstrumentSection, "scores"): made.spoken(Mapping[Name, Score]),
        (_InstrumentSection, "theme"): Annotated[made.of(Theme), AfterValidator(whose)],
    }
    columns = made.spoken(Mapping[str, Annotated[Column, BeforeValidator(_column), _COLUMN]])
    made.instead[_FrameSection, "columns"] = columns
    made.instead[Contact, "reminders"] = made.spoken(
        tuple[Annotated[Reminder, BeforeValidator(_reminder), _REMINDER], ...]
    )
    return made


def annotation(kind: str, made: Mirror, *, lenient: bool) -> Any:
    """The type that reads a file of a kind ("experiment", "instrument" or "frame") into a dict."""
    required = () if lenient else REQUIRED[kind]
    if kind == "frame":
        return made.table("FrameReading", _FrameSection, required=required)
    if kind == "experiment":
        return made.table("Experiment", ExperimentSection, required=required)
    return made.table("Instrument", _InstrumentSection, omit=("name",), required=required)


@cache
def adapter(kind: str, *, lenient: bool = False) -> tuple[TypeAdapter[Any], Any]:
    """The adapter of a kind of file, and the type that it reads."""
    kind_of_file = annotation(kind, mirror(lenient=lenient), lenient=lenient)
    return TypeAdapter(kind_of_file), kind_of_file


def assignment_of(section: AssignmentSection, factors: tuple[Any, ...], design: Design) -> Assignment:
    """The assignment with its factors as levels of typed values, and the design that its arms follow from."""
    return Assignment(section.scheme, section.settings, factors, design)


def data_of(section: Data | None) -> Data | None:
    """The data with their outcomes as values; a file writes them as a mapping of sections."""
    if section is None:
        return None
    written = cast("Mapping[str, LoadedOutcomeSection]", section.outcomes)
    return replace(section, outcomes=tuple(each.named(name) for name, each in written.items()))
