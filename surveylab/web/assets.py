"""One stylesheet and one small script, under addresses that change with their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, Response, abort

from surveylab import templating
from surveylab.web import compression

SHEETS = ("survey.css", "questions.css")
"""Served as one file, in this order: tokens and frame first, then the controls."""
SCRIPT = "survey.js"
PREVIEW_SHEETS = (*SHEETS, "preview.css")
"""The preview of all arms frames the same pages."""
FRAMED_SHEET, FRAMED_SCRIPT = "framed.css", "framed.js"
"""Served behind those of all pages, in one file each, to pages in a frame on another site."""
EMBED = "embed.js"
"""What such a site includes."""
KIOSK_SHEETS = (*SHEETS, "kiosk.css")
KIOSK_SCRIPT = "kiosk.js"
"""The screen of a kiosk: the same sheets made larger, and a script of its own beside the other."""
FOREVER = "public, max-age=31536000, immutable"

blueprint = Blueprint("assets", __name__, url_prefix="/assets")


@dataclass(frozen=True)
class Asset:
    """A file as it is served, plain and packed: its name carries the hash of its content."""

    name: str
    content: bytes
    packed: bytes
    mimetype: str


@dataclass(frozen=True)
class Addresses:
    """Where a page finds its stylesheet and its script, and where one in a frame on another site does."""

    style: str
    script: str
    framed_style: str = ""
    framed_script: str = ""


@dataclass(frozen=True)
class KioskAddresses:
    """Where the screen of a kiosk finds its stylesheet and its scripts."""

    style: str
    script: str
    kiosk: str


@cache
def assets() -> tuple[Asset, ...]:
    """Stylesheet and script of a page, and those of a page in a frame on another site; read once per process."""
    return (
        _named("survey", "css", sheet(), "text/css"),
        _named("survey", "js", sheet((SCRIPT,)), "text/javascript"),
        _named("framed", "css", sheet((*SHEETS, FRAMED_SHEET)), "text/css"),
        _named("framed", "js", sheet((SCRIPT, FRAMED_SCRIPT)), "text/javascript"),
    )


@cache
def embed() -> str:
    """The script for other sites, a function of the rules of one experiment; without its notes and margins."""
    lines = (line.strip() for line in sheet((EMBED,)).decode().splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@cache
def kiosk_assets() -> tuple[Asset, Asset]:
    """The stylesheet and the script of the kiosk, read once per process."""
    return (
        _named("kiosk", "css", sheet(KIOSK_SHEETS), "text/css"),
        _named("kiosk", "js", sheet((KIOSK_SCRIPT,)), "text/javascript"),
    )


@cache
def addresses() -> Addresses:
    """The addresses of all, for the templates."""
    return Addresses(*(f"/assets/{each.name}" for each in assets()))


@cache
def preview_asset() -> Asset:
    """The stylesheet of the preview, read once per process."""
    return _named("preview", "css", sheet(PREVIEW_SHEETS), "text/css")


def sheet(names: tuple[str, ...] = SHEETS) -> bytes:
    """Stylesheets, or scripts, as one."""
    folder = templating.folder() / "static"
    return b"\n".join((folder / name).read_bytes() for name in names)


@cache
def kiosk_addresses() -> KioskAddresses:
    """The addresses of what the screen of a kiosk runs on."""
    style, script = kiosk_assets()
    return KioskAddresses(f"/assets/{style.name}", addresses().script, f"/assets/{script.name}")


@cache
def kiosk_version() -> str:
    """Changes with any of the files that the screen of a kiosk runs on."""
    return hashlib.sha256(repr(kiosk_addresses()).encode()).hexdigest()[:16]


@blueprint.get("/<name>")
def asset(name: str) -> Response:
    """One asset; an address of another version is not found, so no page mixes two versions."""
    found = next((each for each in (*assets(), preview_asset(), *kiosk_assets()) if each.name == name), None)
    if found is None:
        abort(404)
    response = Response(found.content, mimetype=found.mimetype)
    response.headers["Cache-Control"] = FOREVER
    compression.negotiate(response, found.packed)
    return response


def _named(stem: str, suffix: str, content: bytes, mimetype: str) -> Asset:
    name = f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
    return Asset(name, content, compression.packed(content), mimetype)
