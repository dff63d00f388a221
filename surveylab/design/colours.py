"""Colours of the pages: contrast as WCAG measures it, and the nearest colour that has enough of it. Pure.

A theme gives one colour. It stands as a link on paper and on the surface of an answer, under the
words of a button, and as the edge of a chosen answer; each has a contrast that it must reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

TEXT_RATIO = 4.5
"""Of words to what is behind them (WCAG 2.2, 1.4.3)."""
EDGE_RATIO = 3.0
"""Of what marks a control or its state to what is beside it (WCAG 2.2, 1.4.11)."""
DERIVED_RATIO = 8.0
"""Of a derived colour to the surface behind it: light enough for small words at night."""
WASH = 0.09
"""The share of the accent in the ground of a chosen answer."""

_STEPS = 512
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Scheme:
    """A light or a dark screen: its grounds, the words on a button, and which way contrast grows.

    The style sheet has the same colours under the same names.
    """

    name: str
    paper: str
    surface: str
    accent_ink: str
    towards: float
    """The lightness, black 0 or white 1, that has the most contrast to the grounds."""


LIGHT = Scheme("light", "#faf8f4", "#ffffff", "#ffffff", 0.0)
DARK = Scheme("dark", "#14181b", "#1c2226", "#0b1214", 1.0)


@dataclass(frozen=True)
class Shortfall:
    """A contrast that is too small: of what, on which ground, as measured and as wanted."""

    what: str
    ground: str
    ratio: float
    wanted: float


def luminance(colour: str) -> float:
    """The relative luminance of ``#rrggbb``, from 0 to 1.

    WCAG 2.2, definition of relative luminance (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).
    """
    red, green, blue = map(_linear, _components(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21.

    WCAG 2.2, definition of contrast ratio (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
    """
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(share: float, one: str, other: str) -> str:
    """``share`` of one colour in another, as ``color-mix(in srgb, ...)`` has it (CSS Color 5)."""
    pairs = zip(_components(one), _components(other), strict=True)
    return _written(tuple(share * each + (1 - share) * rest for each, rest in pairs))


def shortfalls(accent: str, scheme: Scheme) -> Iterator[Shortfall]:
    """Where an accent has too little contrast on a screen; nothing where it may be used."""
    wash = mixed(WASH, accent, scheme.surface)
    for what, ground, wanted in (
        ("as a link on the page", scheme.paper, TEXT_RATIO),
        ("as a link on an answer", scheme.surface, TEXT_RATIO),
        ("under the words of a button", scheme.accent_ink, TEXT_RATIO),
        ("as the edge of a chosen answer", wash, EDGE_RATIO),
    ):
        ratio = contrast(accent, ground)
        if ratio < wanted:
            yield Shortfall(what, ground, ratio, wanted)


def nearest(accent: str, scheme: Scheme) -> str:
    """The colour of the same hue that may be used and differs least in lightness; the accent itself if it may."""
    return next(each for each in _towards(accent, scheme) if next(shortfalls(each, scheme), None) is None)


@cache
def on_dark(accent: str) -> str:
    """The accent of a dark screen for the one of a light screen: the same hue, as light as words need."""
    lighter = _towards(accent, DARK)
    return next(each for each in lighter if contrast(each, DARK.surface) >= DERIVED_RATIO)


def _towards(accent: str, scheme: Scheme) -> Iterator[str]:
    """The accent, and then the same hue ever nearer to the end of the scheme."""
    yield accent
    lightness, *hue = _oklab(accent)
    for step in range(1, _STEPS + 1):
        share = step / _STEPS
        yield _of_oklab(lightness + share * (scheme.towards - lightness), hue[0], hue[1])


def _oklab(colour: str) -> Triple:
    """Lightness and the two axes of hue (B. Ottosson 2020, "A perceptual color space for image processing")."""
    red, green, blue = map(_linear, _components(colour))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _of_oklab(lightness: float, a: float, b: float) -> str:
    """The colour of a lightness and a hue, as vivid as it was or as a screen can show."""
    vivid, dull = 1.0, 0.0
    if not _shown(_rgb(lightness, a, b)):
        for _ in range(20):
            middle = (vivid + dull) / 2
            vivid, dull = (vivid, middle) if _shown(_rgb(lightness, a * middle, b * middle)) else (middle, dull)
        vivid = dull
    return _written(tuple(_encoded(min(max(each, 0.0), 1.0)) for each in _rgb(lightness, a * vivid, b * vivid)))


def _rgb(lightness: float, a: float, b: float) -> Triple:
    """Linear red, green and blue, outside of 0 to 1 where no screen shows them (Ottosson 2020, the inverse)."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _shown(rgb: Triple) -> bool:
    return all(-1e-6 <= each <= 1 + 1e-6 for each in rgb)


def _components(colour: str) -> Triple:
    """Red, green and blue of ``#rrggbb``, each from 0 to 1."""
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _written(rgb: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(each * 255):02x}" for each in rgb)
