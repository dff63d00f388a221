"""Types for pydantic, made from the dataclasses of the grammar.

A dataclass is written once, in ``design`` or in a plug-in; its mirror says how it is read:
unknown keys are refused, "yes" is no truth value and 5 is no text. What is read becomes the
dataclass itself, whose own defaults stand for what the file leaves out.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Iterable, Mapping
from datetime import time, timedelta
from enum import Enum
from fractions import Fraction
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    Tag,
    WithJsonSchema,
)
from typing_extensions import TypeAliasType, TypedDict

from surveylab import registry
from surveylab.design.rules import Rule
from surveylab.spec.faults import Finding, offer, refusal
from surveylab.spec.wording import Clock, Duration, ItemRule, Share, TextIn

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]

_SPOKEN: dict[Any, Any] = {
    str: StrictStr,
    int: StrictInt,
    float: Number,
    bool: StrictBool,
    type(None): None,
    Any: Any,
    Rule: ItemRule,
    Fraction: Share,
    time: Clock,
    timedelta: Duration,
    Mapping[str, str]: TextIn,
}
UNKNOWN = "?"
"""The tag of what names no plug-in."""


@dataclasses.dataclass(frozen=True)
class Flat:
    """A dataclass whose plug-in's settings stand flat beside its own fields.

    ``tag`` is the field that names the plug-in, one of the files of the folder ``kind``.
    """

    kind: str
    tag: str
    what: str


class Mirror:
    """Mirrors of dataclasses.

    ``instead`` says how single fields are read where their type does not say it. A lenient
    mirror takes a file with faults, so that everything else in it can be looked at: unknown
    plug-ins and settings at fault become None.
    """

    def __init__(
        self, instead: Mapping[tuple[type, str], Any], flat: Mapping[type, Flat], *, lenient: bool = False
    ) -> None:
        self.instead = instead
        self.flat = flat
        self.lenient = lenient
        self.dataclasses: dict[str, tuple[type, ...]] = {}
        """Name of a mirrored type -> the dataclasses that it is made from, the one that it is about first."""
        self._made: dict[type, Any] = {}

    def of(self, kind: type) -> Any:
        """The type that reads a dataclass."""
        if kind not in self._made:
            self._made[kind] = self._variants(kind) if kind in self.flat else self._built(kind)
        return self._made[kind]

    def table(self, name: str, kind: type, *, omit: Iterable[str] = (), required: Iterable[str] | None = None) -> Any:
        """The type that reads the fields of a dataclass into a dict.

        ``omit`` are fields that the file does not say; ``required`` (default: fields without a
        default) are those that it must.
        """
        kept = {field.name: field for field in dataclasses.fields(kind) if field.name not in tuple(omit)}
        needed = tuple(name for name, field in kept.items() if _is_required(field)) if required is None else required
        self.dataclasses[name] = (kind,)
        return _typed_dict(name, self._fields(kind, kept, needed))

    def _built(self, kind: type) -> Any:
        names = {written(field.name): field.name for field in dataclasses.fields(kind)}
        made = AfterValidator(lambda values: kind(**{names[key]: value for key, value in values.items()}))
        return Annotated[self.table(kind.__name__, kind), made]

    def _fields(self, kind: type, kept: Iterable[str], needed: Iterable[str]) -> dict[str, Any]:
        hints = get_type_hints(kind, include_extras=True)
        spoken = {name: self.instead.get((kind, name)) or self.spoken(hints[name]) for name in kept}
        return {written(name): Required[each] if name in needed else NotRequired[each] for name, each in spoken.items()}

    def spoken(self, annotation: Any) -> Any:
        """The type that reads an annotation.

        Raises:
            TypeError: a type that files have no way to write.
        """
        if annotation in _SPOKEN:
            return _SPOKEN[annotation]
        origin, inner = get_origin(annotation), get_args(annotation)
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return annotation
        if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
            return self.of(annotation)
        if isinstance(annotation, TypeAliasType) or origin is Literal:
            return annotation
        if origin is Annotated:
            return Annotated[(self.spoken(inner[0]), *inner[1:])]
        if origin is tuple:
            return tuple[tuple(each if each is ... else self.spoken(each) for each in inner)]  # type: ignore[misc]
        if origin in (Union, types.UnionType):
            return Union[tuple(self.spoken(each) for each in inner)]  # noqa: UP007  # the members are not known here
        if origin in (Mapping, dict):
            key: Any = inner[0] if isinstance(inner[0], TypeAliasType) else StrictStr
            return Annotated[dict[key, self.spoken(inner[1])], AfterValidator(types.MappingProxyType)]  # type: ignore[misc]
        raise TypeError(f"No file can write a {annotation!r}; give the field another type or read it in spec.")

    def _variants(self, kind: type) -> Any:
        flat = self.flat[kind]
        there = registry.names(flat.kind)
        members = [Annotated[self._variant(kind, flat, name), Tag(f"{flat.tag}={name}")] for name in there]
        members.append(Annotated[self._unknown(kind, flat), Tag(UNKNOWN)])

        def which(value: Any) -> str:
            tag = value.get(flat.tag) if isinstance(value, dict) else None
            return f"{flat.tag}={tag}" if isinstance(tag, str) and tag in there else UNKNOWN

        return Annotated[Union[tuple(members)], Discriminator(which)]  # noqa: UP007  # one member for each file

    def _variant(self, kind: type, flat: Flat, name: str) -> Any:
        settings = registry.load(flat.kind, name).Settings
        own = {field.name: field for field in dataclasses.fields(kind) if field.name != "settings"}
        needed = [key for key, field in own.items() if _is_required(field)]
        keys = {field.name: field for field in dataclasses.fields(settings)}
        twice = own.keys() & keys.keys()
        if twice:
            raise TypeError(f"The settings of {flat.kind}/{name} repeat {', '.join(twice)} of {kind.__name__}.")
        wanted = [] if self.lenient else [key for key, field in keys.items() if _is_required(field)]
        table = {**self._fields(kind, own, needed), **self._fields(settings, keys, wanted)}
        table[flat.tag] = Required[Literal[name]]
        title = f"{kind.__name__.removesuffix('Section')}_{name}"
        self.dataclasses[title] = (settings, kind)
        return Annotated[_typed_dict(title, table), AfterValidator(self._joined(kind, settings, keys))]

    def _joined(self, kind: type, settings: type, keys: Iterable[str]) -> Callable[[dict[str, Any]], Any]:
        def join(values: dict[str, Any]) -> Any:
            own = {key: value for key, value in values.items() if key not in keys}
            given = {key: value for key, value in values.items() if key in keys}
            try:
                made = settings(**given)
            except (ValueError, TypeError) as error:
                if not self.lenient:
                    raise refusal(_settings_finding(str(error), given)) from None
                made = None
            return kind(**own, settings=made)

        return join

    def _unknown(self, kind: type, flat: Flat) -> Any:
        own = {field.name: field for field in dataclasses.fields(kind) if field.name != "settings"}
        needed = [key for key, field in own.items() if _is_required(field) and not (self.lenient and key == flat.tag)]
        table = self._fields(kind, own, needed)

        def refuse(value: Any) -> Any:
            if self.lenient:
                return UNKNOWN
            there = registry.names(flat.kind)
            named = f"there is no {flat.what} {value!r}."
            raise refusal(Finding("SL110", named, offer(str(value), there, f"{flat.what}s")))

        spoken = Annotated[Any, AfterValidator(refuse)]
        table[flat.tag] = NotRequired[spoken] if self.lenient else Required[spoken]

        def build(values: dict[str, Any]) -> Any:
            return kind(**{flat.tag: UNKNOWN, **{key: values[key] for key in own if key in values}}, settings=None)

        never = WithJsonSchema({"not": {}})
        return Annotated[_typed_dict(f"{kind.__name__}_unknown", table, extra="ignore"), AfterValidator(build), never]


def _settings_finding(message: str, given: Iterable[str]) -> Finding:
    """A refusal of a settings dataclass; it stands at the first key that the message names."""
    words = message.replace("`", " ").replace(",", " ").replace(";", " ").split()
    key = next((word for word in words if word in tuple(given)), None)
    what, _, remedy = message.partition("; ")
    remedy = remedy or "Correct it."
    what = what.rstrip(".") + "."
    return Finding("SL106", what, remedy[0].upper() + remedy[1:].rstrip(".") + ".", path=(key,) if key else ())


def written(field: str) -> str:
    """The key under which a file writes a field: ``if_`` is ``if``, which is no name in Python."""
    return field.removesuffix("_")


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _typed_dict(name: str, fields: dict[str, Any], extra: Literal["forbid", "ignore"] = "forbid") -> Any:
    make: Any = TypedDict
    made = make(name, fields)
    made.__pydantic_config__ = ConfigDict(extra=extra)
    return made
