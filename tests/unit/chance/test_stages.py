"""Stages: what is a gate and what is an effect hangs on where a difference is first met."""

from __future__ import annotations

from fractions import Fraction

import pytest

from surveylab.chance.stages import met_behind
from surveylab.design.factors import Factor, Level


@pytest.mark.parametrize(
    ("paths", "stage"),
    [
        (("contact.channel",), "sent"),
        (("messages.first.subject",), "sent"),
        (("measurement.language",), "delivered"),
        (("instrument.introduction",), "delivered"),
        (("items.a.text",), "started"),
        (("pages.one.items",), "started"),
        (("instrument.sections.first.order",), "started"),
        (("measurement.progress",), "started"),
        (("items.a.text", "contact.channel"), "sent"),
    ],
)
def test_arms_are_alike_until_a_difference_can_be_met(paths: tuple[str, ...], stage: str) -> None:
    """The last stage that is a gate; of several fields the earliest counts."""
    assert met_behind(Factor("f", paths, (Level("x", (), Fraction(1)),))) == stage
