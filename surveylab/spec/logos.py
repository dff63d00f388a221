"""Logos: small pictures beside an instrument, frozen as texts among the documents of a study.

An SVG is frozen as it is written and a PNG in base64, so that a study is texts alone. What a
file is, its content says and not its name.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

from surveylab.design.theme import Logo
from surveylab.errors import Fault
from surveylab.spec.faults import Finding

LARGEST = 12_000
"""Bytes of a logo: every respondent fetches it before the first question."""
MOST_PIXELS = 4096
"""Of the width and of the height of a PNG."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SVG = "{http://www.w3.org/2000/svg}"
_ACTIVE = frozenset({"script", "foreignobject", "iframe", "handler", "listener"})
_ELSEWHERE = re.compile(r"@import|url\(\s*[\"']?(?!#|data:)", re.IGNORECASE)
_LENGTH = re.compile(r"\s*(\d{1,6}(?:\.\d{1,6})?)(?:px)?\s*", re.ASCII)


def text_of_picture(path: Path) -> str | Fault:
    """The text that a picture is frozen as; a fault where the file cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        return Fault(str(path), 1, 1, "SL001", f"the file cannot be read: {reason}.", "Check its name and its rights.")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    return base64.b64encode(data).decode("ascii")


def logo_of(file: str, text: str) -> Logo | Finding:
    """The logo that a text was frozen from, or why there is none."""
    written = text.lstrip().startswith("<")
    try:
        content = text.encode("utf-8") if written else base64.b64decode(text, validate=True)
    except (UnicodeEncodeError, binascii.Error):
        content = b""
    if len(content) > LARGEST:
        return _unusable(file, f"has more than {LARGEST} bytes", "Leave out what is not seen at 40 pixels of height.")
    if written:
        return _svg(file, text, content)
    if content.startswith(_SIGNATURE):
        return _png(file, content)
    return _unusable(file, "is neither an SVG in UTF-8 nor a PNG", "Save it as one of the two.")


def _svg(file: str, text: str, content: bytes) -> Logo | Finding:
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        return _unusable(file, "has a DOCTYPE", "Delete it: an SVG needs none.")
    try:
        root = Xml.fromstring(text)  # noqa: S314  # small, and without entities of its own
    except Xml.ParseError as error:
        return _unusable(file, f"is no well-formed XML ({error})", "Save it once more from the program that drew it.")
    if root.tag != f"{_SVG}svg":
        return _unusable(file, "is XML and no SVG", "Save it as an SVG, with the namespace of SVG.")
    for what in _refused(root):
        return _unusable(file, what, "Draw it without: a logo is shapes in one file.")
    size = _size(root)
    if size is None:
        return _unusable(file, "does not say how large it is", 'Give its first tag a viewBox, such as "0 0 120 40".')
    return Logo(file, "svg", content, *size, for_dark="prefers-color-scheme" in text)


def _refused(root: Xml.Element) -> Iterator[str]:
    """What an SVG has that no picture shows: scripts, and what lies elsewhere."""
    for element in root.iter():
        tag = str(element.tag).rpartition("}")[2].lower()
        attributes = {name.rpartition("}")[2].lower(): value.strip() for name, value in element.attrib.items()}
        if tag in _ACTIVE or any(name.startswith("on") for name in attributes):
            yield "has a script in it"
        href = attributes.get("href", "")
        styles = (*attributes.values(), (element.text or "") if tag == "style" else "")
        if (href and not href.startswith(("#", "data:image/"))) or any(map(_ELSEWHERE.search, styles)):
            yield "fetches something from elsewhere"


def _size(root: Xml.Element) -> tuple[float, float] | None:
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    sides = box[2:] if len(box) == 4 else [root.get("width", ""), root.get("height", "")]
    found = [_LENGTH.fullmatch(side) for side in sides]
    lengths = [float(each[1]) for each in found if each]
    return (lengths[0], lengths[1]) if len(lengths) == 2 and min(lengths) > 0 else None


def _png(file: str, content: bytes) -> Logo | Finding:
    """The chunks of a PNG, each with its length, its type and its checksum (PNG specification, 5.3)."""
    at, header = len(_SIGNATURE), b""
    while at + 12 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        end = at + 12 + length
        whole = content[at + 4 : end - 4]
        if end > len(content) or struct.pack(">I", zlib.crc32(whole)) != content[end - 4 : end]:
            break
        header = header or (whole[4:] if kind == b"IHDR" and length == 13 else b"")
        at = end
        if kind == b"IEND":
            break
    if not header or at != len(content) or not content.endswith(b"IEND\xaeB`\x82"):
        return _unusable(file, "is a damaged PNG", "Save it once more.")
    width, height = struct.unpack(">II", header[:8])
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        return _unusable(file, f"is {width} x {height} pixels large", f"Make it at most {MOST_PIXELS} each way.")
    return Logo(file, "png", content, width, height)


def _unusable(file: str, what: str, remedy: str) -> Finding:
    return Finding("SL323", f"the logo {file!r} {what}.", remedy)
