"""One stylesheet and one small script, under addresses that change with their content.

A survey's theme is a part of the stylesheet's address, so that a page needs no style of its own
and no second request; its logo is a picture of the frozen study. Every process builds both from
the address alone, whichever of them rendered the page.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from flask import Blueprint, Response, abort

from surveylab import templating
from surveylab.design.theme import Logo, Theme
from surveylab.fieldwork.pages import SurveyView
from surveylab.web import compression, headers
from surveylab.web.desk import desk
from surveylab.web.surface import at_kiosk

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
STYLES = {"survey": SHEETS, "framed": (*SHEETS, FRAMED_SHEET), "kiosk": KIOSK_SHEETS}
"""The stylesheets that follow a theme: of all pages, of those in a frame on another site, and of a kiosk."""
THEME = "static/theme.css"
"""What a theme changes, behind the others in the same file."""
MOST_THEMES = 64
"""Stylesheets and names that a process keeps; the oldest is built again when it is asked for."""
FOREVER = "public, max-age=31536000, immutable"

_THEMED = re.compile(
    r"(?P<stem>survey|framed|kiosk)-[0-9a-f]{16}\.(?P<key>(?P<colour>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})"
    r"-(?P<corners>round|square)-(?P<type>sans|serif))\.css",
    re.ASCII,
)
_PICTURES = {"svg": "image/svg+xml", "png": "image/png"}

blueprint = Blueprint("assets", __name__, url_prefix="/assets")


_PLAIN = Theme().key


@dataclass(frozen=True)
class Asset:
    """A file as it is served, plain and packed: its name carries the hash of its content."""

    name: str
    content: bytes
    packed: bytes
    mimetype: str


@dataclass(frozen=True)
class Addresses:
    """Where a page finds its stylesheet, its script and its logo, and where one in a frame on another site does."""

    style: str
    script: str
    framed_style: str = ""
    framed_script: str = ""
    logo: str | None = None


@dataclass(frozen=True)
class KioskAddresses:
    """Where the screen of a kiosk finds its stylesheet, its scripts and its logo."""

    style: str
    script: str
    kiosk: str
    logo: str | None = None


@cache
def assets() -> tuple[Asset, ...]:
    """Stylesheet and script of a page, and those of a page in a frame on another site; read once per process."""
    return (
        _named("survey", "css", sheet(STYLES["survey"]), "text/css"),
        _named("survey", "js", sheet((SCRIPT,)), "text/javascript"),
        _named("framed", "css", sheet(STYLES["framed"]), "text/css"),
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
    """The addresses of all on pages of no survey."""
    return Addresses(*(f"/assets/{each.name}" for each in assets()))


def addresses_for(survey: SurveyView) -> Addresses:
    """The addresses on the pages of a survey, which look as its theme says, and at a kiosk as those of one do."""
    theme, plain = survey.instrument.theme, addresses()
    kiosk = kiosk_addresses().style if at_kiosk() else None
    if kiosk is None and theme.logo is None and theme.key == _PLAIN:
        return plain
    return Addresses(
        _style("kiosk", theme, kiosk) if kiosk else _style("survey", theme, plain.style),
        plain.script,
        _style("framed", theme, plain.framed_style),
        plain.framed_script,
        _picture(survey.experiment, theme.logo) if theme.logo else None,
    )


def carried_for(survey: SurveyView) -> Addresses:
    """The same inside of each page, for a file that loads nothing; scripts do not run in it."""
    theme = survey.instrument.theme
    style = _carried("text/css", _themed_sheet("survey", theme.key))
    return Addresses(style, "data:,", logo=_picture(0, theme.logo) if theme.logo else None)


@cache
def preview_asset() -> Asset:
    """The stylesheet of the preview, read once per process."""
    return _named("preview", "css", sheet(PREVIEW_SHEETS), "text/css")


@cache
def sheet(names: tuple[str, ...] = SHEETS) -> bytes:
    """Stylesheets, or scripts, as one."""
    folder = templating.folder() / "static"
    return b"\n".join((folder / name).read_bytes() for name in names)


@cache
def kiosk_addresses() -> KioskAddresses:
    """The addresses of what the screen of a kiosk runs on."""
    style, script = kiosk_assets()
    return KioskAddresses(f"/assets/{style.name}", addresses().script, f"/assets/{script.name}")


def kiosk_addresses_for(survey: SurveyView) -> KioskAddresses:
    """The same for a screen that looks as a survey's theme says, until somebody is shown the pages of an arm."""
    theme, plain = survey.instrument.theme, kiosk_addresses()
    picture = _picture(survey.experiment, theme.logo) if theme.logo else None
    return replace(plain, style=_style("kiosk", theme, plain.style), logo=picture)


@cache
def kiosk_version() -> str:
    """Changes with any of the files that the screen of a kiosk runs on."""
    return hashlib.sha256(repr(kiosk_addresses()).encode()).hexdigest()[:16]


@blueprint.get("/<name>")
def asset(name: str) -> Response:
    """One asset; an address of another version is not found, so no page mixes two versions."""
    found = next((each for each in (*assets(), preview_asset(), *kiosk_assets()) if each.name == name), None)
    themed = _THEMED.fullmatch(name)
    if themed and name == _themed_name(themed["stem"], themed["key"]):
        found = _themed(themed["stem"], themed["key"])
    if found is None:
        abort(404)
    response = Response(found.content, mimetype=found.mimetype)
    response.headers["Cache-Control"] = FOREVER
    compression.negotiate(response, found.packed)
    return response


@blueprint.get("/<int(max=2147483647):experiment>/<name>")
def logo(experiment: int, name: str) -> Response:
    """A logo of a frozen study; it never changes under a running survey."""
    found = desk().studies.logo(experiment, name.partition(".")[0])
    if found is None or _picture(experiment, found) != f"/assets/{experiment}/{name}":
        abort(404)
    response = Response(found.content, mimetype=_PICTURES[found.kind])
    response.headers["Cache-Control"] = FOREVER
    response.headers["Content-Security-Policy"] = headers.OF_PICTURES
    return response


def _style(stem: str, theme: Theme, plain: str) -> str:
    return plain if theme.key == _PLAIN else f"/assets/{_themed_name(stem, theme.key)}"


def _picture(experiment: int, picture: Logo) -> str:
    """Where a logo stands: under the row of its study, or in the page itself before that is in the field."""
    if not experiment:
        return _carried(_PICTURES[picture.kind], picture.content)
    return f"/assets/{experiment}/{picture.digest}.{picture.kind}"


def _carried(mimetype: str, content: bytes) -> str:
    return f"data:{mimetype};base64,{b64encode(content).decode()}"


def _themed_sheet(stem: str, key: str) -> bytes:
    parts = _THEMED.fullmatch(f"{stem}-{'0' * 16}.{key}.css")
    assert parts is not None
    return sheet(STYLES[stem]) + b"\n" + templating.render(THEME, **parts.groupdict()).encode()


@lru_cache(MOST_THEMES)
def _themed_name(stem: str, key: str) -> str:
    return _name(stem, f"{key}.css", _themed_sheet(stem, key))


@lru_cache(MOST_THEMES)
def _themed(stem: str, key: str) -> Asset:
    return _named(stem, f"{key}.css", _themed_sheet(stem, key), "text/css")


def _name(stem: str, suffix: str, content: bytes) -> str:
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"


def _named(stem: str, suffix: str, content: bytes, mimetype: str) -> Asset:
    return Asset(_name(stem, suffix, content), content, compression.packed(content), mimetype)
