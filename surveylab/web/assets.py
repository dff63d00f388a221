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
    """Where a page finds its stylesheet and its script."""

    style: str
    script: str


@cache
def assets() -> tuple[Asset, Asset]:
    """The stylesheet and the script, read once per process."""
    folder = templating.folder() / "static"
    return _named("survey", "css", sheet(), "text/css"), _named(
        "survey", "js", (folder / SCRIPT).read_bytes(), "text/javascript"
    )


@cache
def addresses() -> Addresses:
    """The addresses of both, for the templates."""
    style, script = assets()
    return Addresses(f"/assets/{style.name}", f"/assets/{script.name}")


@cache
def preview_asset() -> Asset:
    """The stylesheet of the preview, read once per process."""
    return _named("preview", "css", sheet(PREVIEW_SHEETS), "text/css")


def sheet(names: tuple[str, ...] = SHEETS) -> bytes:
    """Stylesheets as one."""
    folder = templating.folder() / "static"
    return b"\n".join((folder / name).read_bytes() for name in names)


@blueprint.get("/<name>")
def asset(name: str) -> Response:
    """One asset; an address of another version is not found, so no page mixes two versions."""
    found = next((each for each in (*assets(), preview_asset()) if each.name == name), None)
    if found is None:
        abort(404)
    response = Response(found.content, mimetype=found.mimetype)
    response.headers["Cache-Control"] = FOREVER
    compression.negotiate(response, found.packed)
    return response


def _named(stem: str, suffix: str, content: bytes, mimetype: str) -> Asset:
    name = f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
    return Asset(name, content, compression.packed(content), mimetype)
