"""From a tree to typed values: every fault with its place, and the rest of the file nonetheless.

A file is read strictly once, which gives the faults. What is at fault is then cut out and the
rest read leniently, so that names and combinations in it can be checked in the same run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import UnionType
from typing import Annotated, Any, NotRequired, Required, Union, get_args, get_origin

from pydantic import Tag, ValidationError
from typing_extensions import TypeAliasType, is_typeddict

from surveylab.errors import Fault, nearest
from surveylab.spec.document import Keyed, Node, Position, Scalar, Series, child, plain, without
from surveylab.spec.faults import Finding, offer
from surveylab.spec.models import adapter
from surveylab.spec.wording import Surroundings, shown

Path = tuple[str | int, ...]

_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "tuple_type": "a list",
    "none_required": "nothing",
}
_ROUNDS = 50
"""Cuts after which a file is given up; each takes every fault found so far."""


@dataclass(frozen=True)
class Reading:
    """What was read of a file: typed values, the tree that they were read from, and the faults.

    ``node`` is the tree without what was at fault, so that places in both agree.
    """

    values: Mapping[str, Any]
    node: Node
    faults: tuple[Fault, ...]


def read(kind: str, node: Node, around: Surroundings) -> Reading:
    """Read a tree as a kind of file."""
    strict, shape = adapter(kind)
    try:
        return Reading(strict.validate_python(plain(node), context=around), node, ())
    except ValidationError as error:
        problems = list(_problems(error, node, shape))
    faults = tuple(_faults(problems, node))
    rest, values = _salvage(kind, node, problems, around)
    return Reading(values, rest, faults)


def _salvage(kind: str, node: Node, problems: list[_Problem], around: Surroundings) -> tuple[Node, Mapping[str, Any]]:
    lenient, shape = adapter(kind, lenient=True)
    for _ in range(_ROUNDS):
        node = _cut(node, problems)
        try:
            return node, lenient.validate_python(plain(node), context=around)
        except ValidationError as error:
            problems = list(_problems(error, node, shape))
    return node, {}


def _cut(node: Node, problems: Iterable[_Problem]) -> Node:
    """The tree without what the problems are about; from the last to the first, so that places hold."""
    paths = {problem.entry for problem in problems if problem.entry}
    for path in sorted(paths, key=lambda path: [(isinstance(step, int), step) for step in path], reverse=True):
        node = without(node, path)
    return node


@dataclass(frozen=True)
class _Problem:
    """One error of pydantic: its kind, the way to it in the tree, and what is allowed there."""

    type: str
    path: Path
    """Of the value at fault, or of the mapping that lacks a key."""
    written: Any
    context: Mapping[str, Any]
    key: str = ""
    """The key that is missing or unknown."""
    allowed: tuple[str, ...] = ()
    message: str = ""
    of_key: bool = False
    """Whether the key of the path's last step is at fault, and not its value."""

    @property
    def entry(self) -> Path:
        """What to cut out so that the rest can be read."""
        if self.type == "findings":
            within = self.context["findings"][0].path if len(self.context["findings"]) == 1 else ()
            return (*self.path, *within) if within and isinstance(self.written, dict) else self.path
        return (*self.path, self.key) if self.type == "extra_forbidden" else self.path


def _problems(error: ValidationError, node: Node, shape: Any) -> Iterator[_Problem]:
    for each in error.errors(include_url=False):
        *way, last = each["loc"] or ("",)
        key = str(last) if each["type"] in ("missing", "extra_forbidden") and isinstance(last, str) else ""
        path = _path(node, tuple(way) if key else each["loc"])
        allowed = _keys(shape, tuple(way)) if key else ()
        of_key = last == "[key]"
        yield _Problem(each["type"], path, each["input"], each.get("ctx", {}), key, allowed, each["msg"], of_key)


def _path(node: Node, loc: Path) -> Path:
    """The steps of a location that exist in the tree: pydantic also names members of unions."""
    path: list[str | int] = []
    here: Node | None = node
    for step in loc:
        inner = None if isinstance(here, Series) and not isinstance(step, int) else child(here, step)
        if inner is not None:
            here = inner
            path.append(step)
    return tuple(path)


def _keys(shape: Any, loc: Path) -> tuple[str, ...]:
    """The keys of the mapping at a location of a type."""
    for step in loc:
        shape = _inner(_bare(shape), step)
    shape = _bare(shape)
    return tuple(shape.__annotations__) if is_typeddict(shape) else ()


def _inner(shape: Any, step: str | int) -> Any:
    if is_typeddict(shape):
        return shape.__annotations__.get(step)
    origin, inner = get_origin(shape), get_args(shape)
    if origin is Union:
        tagged = (each for each in inner if any(isinstance(m, Tag) and m.tag == step for m in _metadata(each)))
        return next(tagged, None)
    if origin is tuple:
        return inner[0] if len(inner) == 2 and inner[1] is ... else inner[int(step)]
    return inner[1] if origin is dict else None


def _bare(shape: Any) -> Any:
    while True:
        inner = get_args(shape)
        optional = get_origin(shape) in (Union, UnionType) and len(inner) == 2 and inner[1] is type(None)
        if isinstance(shape, TypeAliasType):
            shape = shape.__value__
        elif optional or get_origin(shape) in (Annotated, Required, NotRequired):
            shape = inner[0]
        else:
            return shape


def _metadata(shape: Any) -> tuple[Any, ...]:
    return getattr(shape, "__metadata__", ())


def _faults(problems: list[_Problem], node: Node) -> Iterator[Fault]:
    unknown = (problem for problem in problems if problem.type == "extra_forbidden")
    misspelt = {(problem.path, nearest(problem.key, problem.allowed)) for problem in unknown}
    types: dict[Path, list[_Problem]] = {}
    for problem in problems:
        if problem.type == "missing" and (problem.path, problem.key) in misspelt:
            continue
        if problem.type in _EXPECTED:
            types.setdefault(problem.path, []).append(problem)
        elif problem.type == "findings":
            found = (replace(each, key=each.key or problem.of_key) for each in problem.context["findings"])
            yield from (fault(node, finding, problem.path) for finding in found)
        else:
            yield fault(node, _finding(problem), problem.path)
    for path, same in types.items():
        # A union was entered further down: the value was of one of its types, and something in it is not.
        if not any(other.path[: len(path)] == path and len(other.path) > len(path) for other in problems):
            yield fault(node, _wrong_type(same), path)


def _wrong_type(problems: list[_Problem]) -> Finding:
    expected = " or ".join(dict.fromkeys(_EXPECTED[problem.type] for problem in problems))
    written = problems[0].written
    quotable = "a text" in expected and isinstance(written, int | float)
    remedy = "Put it in quotes." if quotable else f"Write {expected}."
    return Finding("SL103", f"expected {expected}, found {shown(written)}.", remedy)


def _finding(problem: _Problem) -> Finding:
    where = ".".join(map(str, problem.path))
    inside = f" of {where}" if where else ""
    if problem.type == "extra_forbidden":
        what = f"unknown key {problem.key!r}{f' in {where}' if where else ''}."
        return Finding("SL101", what, offer(problem.key, problem.allowed, "keys"), (problem.key,), key=True)
    if problem.type == "missing" and problem.key:
        return Finding("SL102", f"the key {problem.key!r}{inside} is missing.", f"Add `{problem.key}:`.")
    if problem.type in ("missing", "too_long", "too_short"):
        wanted = f"; {problem.context['max_length']} are wanted" if "max_length" in problem.context else ""
        return Finding("SL105", f"the list{inside} has the wrong number of entries{wanted}.", "Add or delete some.")
    if problem.type in ("literal_error", "enum"):
        there = re.findall(r"'([^']*)'|(\d+)", str(problem.context["expected"]))
        names = [word or number for word, number in there]
        return Finding(
            "SL104", f"{shown(problem.written)} is not allowed here.", offer(str(problem.written), names, "values")
        )
    return Finding("SL106", f"{shown(problem.written)} is not allowed here: {problem.message}.", "Correct it.")


def fault(node: Node, finding: Finding, path: Path = ()) -> Fault:
    """A finding about the value at a path of a tree, at its place in the file."""
    way = (*path, *finding.path)
    here: Node = node
    for step in way[:-1]:
        here = child(here, step) or here
    last = child(here, way[-1]) if way else node
    place: Position
    if finding.key and isinstance(here, Keyed) and str(way[-1]) in here.keys:
        place = here.keys[str(way[-1])]
    elif isinstance(last, Scalar) and finding.offset:
        place = last.position(finding.offset)
    else:
        place = (last or here).start
    return Fault(here.file if last is None else last.file, *place, finding.code, finding.what, finding.remedy)
