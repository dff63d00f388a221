"""A YAML file as a tree that knows where everything stands.

YAML 1.2 core schema: ``yes`` is a text, ``09:00`` is a text, ``1e3`` is a number. The tree is
built from the parser's events, so that depth and size are bounded before anything is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Step = str | int
Position = tuple[int, int]
"""Line and column, from 1."""


@dataclass(frozen=True, eq=False)
class Scalar:
    """A text, number, truth value or nothing. ``source`` is how it is written in the file."""

    file: str
    start: Position
    end: Position
    text: str
    plain: bool
    source: str
    size = 1

    @property
    def value(self) -> str | int | float | bool | None:
        """The value under the core schema; what is quoted is always a text."""
        return core_value(self.text) if self.plain else self.text

    def position(self, offset: int) -> Position:
        """Where the character ``offset`` of the text stands in the file.

        Line breaks and indentation differ between text and source, so signs other than white
        space are counted; where escapes make them differ too it is the start of the value.
        """
        ink = len("".join(self.text[:offset].split()))
        seen = 0
        for at, sign in enumerate(self._body()):
            if sign.isspace():
                continue
            if seen == ink:
                at_end = offset >= len(self.text)
                return self.start if not at_end and sign != self.text[offset:].lstrip()[:1] else self._after(at)
            seen += 1
        return self._after(len(self._body().rstrip())) if seen == ink else self.start

    def _body(self) -> str:
        """The source with what introduces the text (quote, block header) blanked."""
        if self.plain:
            return self.source
        if self.source[:1] in "|>":
            header, _, body = self.source.partition("\n")
            return " " * len(header) + "\n" + body
        return " " + self.source[1:-1] + " "

    def _after(self, count: int) -> Position:
        before = self.source[:count]
        lines = before.count("\n")
        if not lines:
            return self.start[0], self.start[1] + count
        return self.start[0] + lines, len(before) - before.rfind("\n")


@dataclass(frozen=True, eq=False)
class Series:
    """A list."""

    file: str
    start: Position
    end: Position
    members: tuple[Node, ...]
    size: int = 1


@dataclass(frozen=True, eq=False)
class Keyed:
    """A mapping; ``keys`` has the place of each key. Keys are texts as written: ``0:`` is "0"."""

    file: str
    start: Position
    end: Position
    entries: Mapping[str, Node]
    keys: Mapping[str, Position] = field(default_factory=dict)
    size: int = 1


Node = Scalar | Series | Keyed

_DIGITS = "{1,40}"  # longer is no number: it stays a text, and Python need not compute it
_INT = re.compile(rf"[-+]?[0-9]{_DIGITS}|0o[0-7]{_DIGITS}|0x[0-9a-fA-F]{_DIGITS}")
_FLOAT = re.compile(rf"[-+]?(\.[0-9]{_DIGITS}|[0-9]{_DIGITS}(\.[0-9]{{0,40}})?)([eE][-+]?[0-9]{{1,4}})?")
_WORDS: dict[str, bool | None] = {"": None, "~": None}
_WORDS |= dict.fromkeys(("null", "Null", "NULL"))
_WORDS |= {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}


def core_value(text: str) -> str | int | float | bool | None:
    """What a plain scalar says (YAML 1.2.2, 10.3.2); infinity and NaN stay texts."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text, base)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def plain(node: Node) -> Any:
    """The tree as dict, list and scalars, without places."""
    if isinstance(node, Keyed):
        return {key: plain(child) for key, child in node.entries.items()}
    if isinstance(node, Series):
        return [plain(child) for child in node.members]
    return node.value


def child(node: Node | None, step: Step) -> Node | None:
    """What a step leads to: a key, a place in a list, or the ``id`` of a member; None where there is none."""
    if isinstance(node, Keyed):
        return node.entries.get(str(step))
    if isinstance(node, Series):
        index = step if isinstance(step, int) else index_of(node, step)
        return node.members[index] if index is not None and index < len(node.members) else None
    return None


def at(node: Node | None, *path: Step) -> Node | None:
    """What a path leads to; None where there is nothing."""
    for step in path:
        node = child(node, step)
    return node


def index_of(node: Series, name: str) -> int | None:
    """The place of the member whose ``id`` is that name."""
    return next((n for n, member in enumerate(node.members) if text_of(child(member, "id")) == name), None)


def text_of(node: Node | None) -> str | None:
    """The text of a scalar as written; None for everything else."""
    return node.text if isinstance(node, Scalar) else None


def keys_of(node: Node | None) -> tuple[str, ...]:
    """The keys of a mapping; nothing for everything else."""
    return tuple(node.entries) if isinstance(node, Keyed) else ()


def members_of(node: Node | None) -> tuple[Node, ...]:
    """The members of a list; nothing for everything else."""
    return node.members if isinstance(node, Series) else ()


def texts_of(node: Node | None) -> tuple[str, ...]:
    """The texts in a list of scalars; nothing for everything else."""
    return tuple(member.text for member in members_of(node) if isinstance(member, Scalar))


def within(position: Position, node: Node) -> bool:
    """Whether a position lies inside a node of the same file."""
    return node.start <= position <= node.end


def replaced(node: Node, path: tuple[Step, ...], new: Node) -> Node:
    """The tree with the value at a path replaced or added. KeyError where the way is barred by a scalar."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(node, Keyed):
        inner = node.entries.get(str(step), Keyed(node.file, new.start, new.end, {}))
        entry = replaced(inner, rest, new)
        keys = {str(step): new.start, **node.keys}
        return replace(node, entries={**node.entries, str(step): entry}, keys=keys)
    if isinstance(node, Series):
        index = step if isinstance(step, int) else index_of(node, step)
        if index is not None and index < len(node.members):
            member = replaced(node.members[index], rest, new)
            return replace(node, members=(*node.members[:index], member, *node.members[index + 1 :]))
    raise KeyError(step)


def without(node: Node, path: tuple[Step, ...]) -> Node:
    """The tree without the entry or member at a path; unchanged where there is nothing."""
    if not path:
        return node
    step, rest = path[0], path[1:]
    inner = child(node, step)
    if inner is None or isinstance(node, Scalar):
        return node
    if rest:
        return replaced(node, (step,), without(inner, rest))
    if isinstance(node, Keyed):
        return replace(node, entries={key: value for key, value in node.entries.items() if key != str(step)})
    return replace(node, members=tuple(member for member in node.members if member is not inner))


def scalars(node: Node) -> Iterator[Scalar]:
    """Every scalar below a node, in reading order."""
    if isinstance(node, Scalar):
        yield node
    else:
        for inner in node.entries.values() if isinstance(node, Keyed) else node.members:
            yield from scalars(inner)
