"""Contrast as WCAG measures it, and colours that have enough of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveylab.design.colours import (
    DARK,
    EDGE_RATIO,
    LIGHT,
    TEXT_RATIO,
    WASH,
    contrast,
    luminance,
    mixed,
    nearest,
    on_dark,
    shortfalls,
)
from surveylab.design.theme import Logo, Theme

STATIC = Path(__file__).parents[3] / "templates" / "static"
COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.478),  # the grey that just fails, and the one that just passes
        ("#767676", "#ffffff", 4.542),
        ("#0000ff", "#ffffff", 8.592),
        ("#ff0000", "#ffffff", 3.998),
    ],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    """Ratios that are known, whichever colour comes first."""
    assert contrast(one, other) == pytest.approx(ratio, abs=5e-4)
    assert contrast(other, one) == contrast(one, other)


def test_luminance_weighs_the_primaries():
    """0.2126, 0.7152 and 0.0722 for red, green and blue at full strength; dark parts are linear."""
    assert [luminance(each) for each in ("#ff0000", "#00ff00", "#0000ff")] == pytest.approx([0.2126, 0.7152, 0.0722])
    assert luminance("#0a0a0a") == pytest.approx(10 / 255 / 12.92)


@settings(deadline=None)
@given(COLOURS, st.sampled_from([LIGHT, DARK]))
def test_the_nearest_colour_has_enough_and_a_good_one_stays(accent, scheme):
    """Whatever the colour, the one offered may be used on that screen."""
    offered = nearest(accent, scheme)
    assert not list(shortfalls(offered, scheme))
    assert (offered == accent) == (not list(shortfalls(accent, scheme)))


@settings(deadline=None)
@given(COLOURS)
def test_a_derived_colour_can_be_read_on_a_dark_screen(accent):
    """On paper, on answers, under the words of a button, and as an edge."""
    assert not list(shortfalls(on_dark(accent), DARK))


def test_the_nearest_colour_is_near():
    """A colour that fails by a hair is changed by a hair, and keeps its hue."""
    assert contrast("#007f8b", LIGHT.paper) < TEXT_RATIO
    assert nearest("#007f8b", LIGHT) == "#007e8a"
    assert nearest("#ffd400", LIGHT) == "#887000"


def test_a_shortfall_says_what_was_measured():
    """Yellow fails everywhere on white: as a link, under white words, and as an edge."""
    found = list(shortfalls("#ffd400", LIGHT))
    assert [each.ground for each in found] == [
        LIGHT.paper,
        LIGHT.surface,
        LIGHT.accent_ink,
        mixed(WASH, "#ffd400", "#ffffff"),
    ]
    assert [each.wanted for each in found] == [TEXT_RATIO] * 3 + [EDGE_RATIO]
    assert all(each.ratio == contrast("#ffd400", each.ground) for each in found)


def test_the_style_sheet_has_the_colours_that_contrast_is_measured_on():
    """Paper, surface, the words on a button and the default accent, for light and for dark screens."""
    text = (STATIC / "survey.css").read_text(encoding="utf-8")
    light, dark = text.partition("@media screen and (prefers-color-scheme: dark)")[::2]
    theme = Theme()
    for part, scheme, accent in ((light, LIGHT, theme.colour), (dark, DARK, theme.accent_dark)):
        tokens = dict(re.findall(r"--([\w-]+): (#\w{6});", part))
        assert {tokens[name] for name in ("paper",)} == {scheme.paper}
        assert (tokens["surface"], tokens["accent-ink"], tokens["accent"]) == (
            scheme.surface,
            scheme.accent_ink,
            accent,
        )
    wash = f"color-mix(in srgb, var(--accent) {WASH:.0%}, var(--surface))"
    assert wash in (STATIC / "questions.css").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(100, 40, (100, 40)), (24, 24, (40, 40)), (1000, 100, (224, 22)), (1, 4000, (1, 40)), (0.5, 0.25, (80, 40))],
)
def test_a_logo_fills_its_room_and_keeps_its_shape(width, height, size):
    """224 by 40 pixels at most, and never nothing."""
    assert Logo("logo.svg", "svg", b"", width, height).size == size
