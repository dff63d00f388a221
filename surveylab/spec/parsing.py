"""From the bytes of a file to its tree, with every fault of the file itself."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from surveylab.errors import Fault
from surveylab.spec.document import Keyed, Node, Position, Scalar, Series

LONGEST = 1_000_000
"""Characters of a file."""
DEEPEST = 40
"""Lists and mappings may nest this deep."""
LARGEST = 200_000
"""Values of a file, each counted as often as aliases repeat it."""

_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")


class Unreadable(Exception):  # noqa: N818  # no error of the house: it carries one fault to ``parse``
    """A fault behind which nothing of the file can be read."""

    def __init__(self, position: Position, code: str, what: str, remedy: str) -> None:
        super().__init__(what)
        self.position = position
        self.code = code
        self.what = what
        self.remedy = remedy

    def fault(self, file: str) -> Fault:
        """The fault in its file."""
        return Fault(file, *self.position, self.code, self.what, self.remedy)


def text_of_file(path: Path) -> str | Fault:
    """The text of a file, line ends as they are; a fault where it is no readable UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        return Fault(str(path), 1, 1, "SL001", f"the file cannot be read: {reason}.", "Check its name and its rights.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        what = f"the byte 0x{data[error.start]:02X} is not UTF-8."
        return Fault(str(path), *Lines(before).position(len(before)), "SL002", what, "Save the file as UTF-8.")


def parse(text: str, file: str) -> tuple[Node | None, list[Fault]]:
    """The tree of a file, and its faults; no tree where the file is not YAML or is no mapping."""
    builder = _Builder(text, file)
    try:
        return builder.document(), builder.faults
    except Unreadable as error:
        return None, [*builder.faults, error.fault(file)]


class Lines:
    """Where the lines of a text begin. Only a line feed ends a line, as in an editor."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(self, index: int) -> Position:
        """Line and column of a character."""
        line = bisect_right(self.starts, index)
        return line, index - self.starts[line - 1] + 1


def _refuse_signs(text: str) -> None:
    if text.startswith("\ufeff"):
        raise Unreadable((1, 1), "SL003", "the file begins with a byte-order mark.", "Save it as UTF-8 without one.")
    if len(text) > LONGEST:
        raise Unreadable((1, 1), "SL009", f"the file has more than {LONGEST} characters.", "Split it.")
    found = _CONTROL.search(text)
    if found:
        place = Lines(text).position(found.start())
        raise Unreadable(place, "SL011", f"the character U+{ord(found.group()):04X} stands here.", "Delete it.")


class _Builder:
    """Builds the tree of one file from its events."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.faults: list[Fault] = []
        self.anchors: dict[str, Node] = {}
        self.lines = Lines(text)

    def document(self) -> Node:
        _refuse_signs(self.text)
        events = self._events()
        node = None
        for event in events:
            if isinstance(event, DocumentStartEvent) and node is not None:
                raise Unreadable(
                    self._start(event), "SL010", "a second document begins here.", "Keep one document a file."
                )
            if not isinstance(event, DocumentStartEvent | DocumentEndEvent | StreamStartEvent | StreamEndEvent):
                node = self._node(event, events, 1)
        if node is None or (isinstance(node, Scalar) and node.plain and not node.text):
            raise Unreadable((1, 1), "SL007", "the file is empty.", "Begin with `format: 1`.")
        if not isinstance(node, Keyed):
            what = f"the top of the file is {'a list' if isinstance(node, Series) else 'a single value'}."
            raise Unreadable(node.start, "SL008", what, "Write keys and values, beginning with `format: 1`.")
        return node

    def _events(self) -> Iterator[Any]:
        try:
            yield from YAML(typ="safe", pure=True).parse(self.text)
        except MarkedYAMLError as error:
            raise self._syntax(error) from None
        except (YAMLError, ValueError, OverflowError) as error:  # an escape beyond Unicode, a version beyond YAML
            raise Unreadable((1, 1), "SL004", f"this is not YAML: {error}.", "Check directives and escapes.") from None

    def _syntax(self, error: MarkedYAMLError) -> Unreadable:
        mark = error.problem_mark or error.context_mark
        place = self.lines.position(mark.index) if mark else (1, 1)
        if mark and self.text[mark.index : mark.index + 1] == "\t":
            return Unreadable(place, "SL005", "a tab stands here.", "Indent with spaces.")
        what = f"this is not YAML: {' '.join(str(error.problem or error.context).split())}."
        return Unreadable(
            place, "SL004", what, "Check indentation and brackets here and above; a text with { } : or # needs quotes."
        )

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if getattr(event, "tag", None) is not None:
            raise Unreadable(self._start(event), "SL010", f"the tag {str(event.tag)!r} stands here.", "Leave tags out.")
        if depth > DEEPEST:
            raise Unreadable(self._start(event), "SL009", f"the file nests deeper than {DEEPEST}.", "Flatten it.")
        if isinstance(event, ScalarEvent):
            node: Node = self._scalar(event)
        elif isinstance(event, SequenceStartEvent):
            node = self._series(event, events, depth)
        else:
            node = self._keyed(event, events, depth)
        if node.size > LARGEST:
            raise Unreadable(self._start(event), "SL009", f"there are more than {LARGEST} values.", "Split the file.")
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _scalar(self, event: ScalarEvent) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor and self.text.startswith("&", start):
            anchor = self.text[start:end]
            start = end - len(anchor[len(event.anchor) + 1 :].lstrip())
        if _CONTROL.search(event.value):
            raise Unreadable(self.lines.position(start), "SL011", "this text has a control character.", "Delete it.")
        places = self.lines.position(start), self.lines.position(end)
        return Scalar(self.file, *places, event.value, event.style is None, self.text[start:end])

    def _alias(self, event: Any) -> Node:
        if event.anchor not in self.anchors:
            what = f"the alias '*{event.anchor}' has no anchor before it."
            raise Unreadable(self._start(event), "SL004", what, f"Write '&{event.anchor}' first, or quote the text.")
        return self.anchors[event.anchor]

    def _series(self, event: Any, events: Iterator[Any], depth: int) -> Series:
        members: list[Node] = []
        for inner in events:
            if isinstance(inner, CollectionEndEvent):
                break
            members.append(self._node(inner, events, depth + 1))
        size = 1 + sum(member.size for member in members)
        return Series(self.file, self._start(event), self._end(inner), tuple(members), size)

    def _keyed(self, event: MappingStartEvent, events: Iterator[Any], depth: int) -> Keyed:
        entries: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        for inner in events:
            if isinstance(inner, CollectionEndEvent):
                break
            key = self._node(inner, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, Scalar) or (key.plain and key.value is None):
                raise Unreadable(key.start, "SL010", "this key is not a text.", "Write a word before the colon.")
            if key.text in entries:
                what = f"the key {key.text!r} stands twice; first in line {keys[key.text][0]}."
                self.faults.append(Fault(self.file, *key.start, "SL006", what, "Delete or rename one."))
                continue
            entries[key.text], keys[key.text] = value, key.start
        size = 1 + sum(value.size for value in entries.values())
        return Keyed(self.file, self._start(event), self._end(inner), entries, keys, size)

    def _start(self, event: Any) -> Position:
        return self.lines.position(event.start_mark.index)

    def _end(self, event: Any) -> Position:
        return self.lines.position(event.end_mark.index)
