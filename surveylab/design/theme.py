"""How an instrument looks: whose it is, and a few choices that all of its pages follow. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Literal

from surveylab.design.colours import on_dark
from surveylab.design.terms import Text

WIDEST, TALLEST = 224, 40
"""The room of a logo at the head of a page, in CSS pixels: it fits on the smallest phone."""


@dataclass(frozen=True)
class Logo:
    """A small picture. ``width`` and ``height`` are its own, in whatever unit."""

    file: str
    kind: Literal["svg", "png"]
    content: bytes = field(repr=False)
    width: float
    height: float
    for_dark: bool = False
    """Whether it has colours of its own for a dark screen."""

    @cached_property
    def digest(self) -> str:
        """Of its content: 16 hexadecimal figures."""
        return sha256(self.content).hexdigest()[:16]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height on a page, in CSS pixels: as large as its room allows."""
        scale = min(WIDEST / self.width, TALLEST / self.height)
        return max(round(self.width * scale), 1), max(round(self.height * scale), 1)


@dataclass(frozen=True)
class Theme:
    """Whose survey it is, and how its pages look."""

    name: Text | None = None
    """Who asks: at the head of every page."""
    logo: Logo | None = None
    """A file beside the instrument, SVG or PNG of at most 12 kB. It stands in the place of the name."""
    colour: str = "#0d5c63"
    """Of links, buttons and chosen answers, in quotes as "#rrggbb"."""
    colour_dark: str | None = None
    """The same for dark screens; by default a light one of the same hue."""
    corners: Literal["round", "square"] = "round"
    """Of answers, fields and buttons."""
    type: Literal["sans", "serif"] = "sans"
    """The letters: those of the system without serifs, or with them."""

    @property
    def accent_dark(self) -> str:
        """The colour for dark screens."""
        return self.colour_dark or on_dark(self.colour)

    @cached_property
    def key(self) -> str:
        """What the style sheet depends on, as a part of its address: ``0d5c63-7ec3ca-round-sans``."""
        return f"{self.colour[1:]}-{self.accent_dark[1:]}-{self.corners}-{self.type}"
