"""Factors, levels and arms, and how a level reaches into the design.

A factor names the path of any field; a level gives the value that the field takes. One
pair of functions reads and replaces fields of any design value: ``value_at`` and
``with_values``. Nothing else in the house knows where a factor points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from itertools import product
from types import MappingProxyType
from typing import Any

RESERVED = frozenset({"stratum", "block", "cluster", "cases", "n", "total", "squares", "kind"})
"""No factor may have one of these names: they are columns of the tables that have one for each factor."""


@dataclass(frozen=True)
class Level:
    """One value of a factor: what it sets (path -> value), and its share of the assignment."""

    name: str
    sets: tuple[tuple[str, Any], ...]
    weight: Fraction


@dataclass(frozen=True)
class Factor:
    """A choice of the programme that is randomised. The first level is the reference."""

    name: str
    varies: tuple[str, ...]
    levels: tuple[Level, ...]

    def level(self, name: str) -> Level:
        """The level of that name. KeyError where there is none."""
        for level in self.levels:
            if level.name == name:
                return level
        raise KeyError(name)

    @property
    def level_names(self) -> tuple[str, ...]:
        """The names of the levels, in the order of the file."""
        return tuple(level.name for level in self.levels)


@dataclass(frozen=True)
class Arm:
    """One combination of levels, with the probability of being assigned to it."""

    levels: tuple[tuple[str, str], ...]
    probability: Fraction

    @property
    def key(self) -> str:
        """A stable text for this arm: ``channel=sms·wording=plain``."""
        return "·".join(f"{factor}={level}" for factor, level in self.levels)

    @property
    def mapping(self) -> Mapping[str, str]:
        """Factor name -> level name."""
        return MappingProxyType(dict(self.levels))


def full_factorial(factors: Iterable[Factor]) -> tuple[Arm, ...]:
    """Every combination of levels, the last factor moving fastest; probabilities multiply."""
    every = tuple(factors)
    arms = []
    for levels in product(*(factor.levels for factor in every)):
        probability = Fraction(1)
        for level in levels:
            probability *= level.weight
        named = tuple((factor.name, level.name) for factor, level in zip(every, levels, strict=True))
        arms.append(Arm(named, probability))
    return tuple(arms)


def marginals(arms: Iterable[Arm]) -> dict[tuple[str, str], Fraction]:
    """P(factor = level) under the probabilities of the arms."""
    shares: dict[tuple[str, str], Fraction] = {}
    for arm in arms:
        for pair in arm.levels:
            shares[pair] = shares.get(pair, Fraction(0)) + arm.probability
    return shares


def under(arms: Iterable[Arm], factor: str, level: str) -> tuple[Arm, ...]:
    """What the arms become where everybody gets one level of a factor: combinations with probabilities."""
    shares: dict[tuple[tuple[str, str], ...], Fraction] = {}
    for arm in arms:
        levels = tuple((name, level if name == factor else own) for name, own in arm.levels)
        shares[levels] = shares.get(levels, Fraction(0)) + arm.probability
    return tuple(Arm(levels, share) for levels, share in shares.items())


def steps(path: str) -> tuple[str, ...]:
    """``items.recommend.text`` -> its steps."""
    return tuple(path.split("."))


def value_at(root: Any, path: str) -> Any:
    """The value of the field at a path.

    A step is a field of a dataclass, a key of a mapping, the ``id`` of a member of a
    tuple, or a field of a dataclass's ``settings``. KeyError names the step that is not there.
    """
    value = root
    for step in steps(path):
        value = _child(value, step)
    return value


def with_values(root: Any, pairs: Iterable[tuple[str, Any]]) -> Any:
    """``root`` with the fields at some paths replaced; nothing else changes, nothing is mutated.

    Each dataclass on the way is made once, with all of its new fields, so that fields that
    only make sense together (the ends of a scale) are never seen apart.
    """
    return _replaced(root, [(steps(path), value) for path, value in pairs])


def children(value: Any) -> Iterator[str]:
    """The steps that lead on from a value, for nearest names and completion."""
    if is_dataclass(value):
        for field in fields(value):
            if field.name == "settings":
                yield from children(getattr(value, field.name))
            else:
                yield field.name
    elif isinstance(value, Mapping):
        yield from value
    elif isinstance(value, tuple):
        yield from (member.id for member in value if hasattr(member, "id"))


def _child(value: Any, step: str) -> Any:
    if is_dataclass(value):
        if any(field.name == step for field in fields(value)):
            return getattr(value, step)
        if hasattr(value, "settings"):
            return _child(value.settings, step)
    elif isinstance(value, Mapping):
        if step in value:
            return value[step]
    elif isinstance(value, tuple):
        for member in value:
            if getattr(member, "id", None) == step:
                return member
    raise KeyError(step)


def _replaced(value: Any, changes: list[tuple[tuple[str, ...], Any]]) -> Any:
    for path, new in changes:
        if not path:
            return new
    if not changes:
        return value
    inner: dict[str, list[tuple[tuple[str, ...], Any]]] = {}
    for path, new in changes:
        inner.setdefault(path[0], []).append((path[1:], new))
    if is_dataclass(value) and not isinstance(value, type):
        own = {field.name for field in fields(value)}
        made = {step: _replaced(_child(value, step), rest) for step, rest in inner.items() if step in own}
        flat = [(path, new) for path, new in changes if path[0] not in own]
        if flat:
            for path, _ in flat:
                _child(value, path[0])
            made["settings"] = _replaced(getattr(value, "settings", None), flat)
        return replace(value, **made)
    children_of = {step: _replaced(_child(value, step), rest) for step, rest in inner.items()}
    if isinstance(value, Mapping):
        return MappingProxyType({**value, **children_of})
    return tuple(children_of.get(getattr(member, "id", ""), member) for member in value)
