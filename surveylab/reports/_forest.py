"""The geometry of a forest plot: where each estimate lies on an axis, in per cent of its width."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveylab.design.results import Estimate
from surveylab.design.terms import Scale

MARGIN = 4.0
"""Per cent left free at both ends of the axis."""
_UNITS = {
    Scale.RISK_DIFFERENCE: "percentage points",
    Scale.DIFFERENCE: "difference",
    Scale.RATIO: "ratio of geometric means",
    Scale.RISK_RATIO: "risk ratio",
    Scale.ODDS_RATIO: "odds ratio",
}


@dataclass(frozen=True)
class Tick:
    """A labelled place on the axis; ``x`` in per cent."""

    label: str
    x: float


@dataclass(frozen=True)
class Row:
    """One estimate: its words, and its mean and interval in per cent of the axis."""

    label: str
    text: str
    x: float
    x_low: float
    x_high: float
    pooled: bool
    """Whether it is the overall estimate of its inquiry rather than one within a stratum."""


@dataclass(frozen=True)
class Panel:
    """Estimates that share an axis; ``null`` is where no effect lies."""

    title: str
    unit: str
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    null: float


def is_ratio(scale: str) -> bool:
    """Whether no effect is 1 rather than 0."""
    return Scale(scale).null == 1.0


def number(value: float, scale: str) -> str:
    """A value as it is told on its scale: points with a sign, ratios with two places."""
    if is_ratio(scale):
        return f"{value:.2f}"
    text = f"{100 * value:+.1f}" if scale == Scale.RISK_DIFFERENCE else f"{value:+.2f}"
    return text.replace("-", "\N{MINUS SIGN}") if float(text) else text[1:]


def probability(value: float) -> str:
    """Three places; never a 0 or a 1 that is none."""
    if value < 0.0005:
        return "< 0.001"
    return "> 0.999" if value > 0.9995 else f"{value:.3f}"


def told(estimate: Estimate) -> str:
    """``+5.1 [+1.2, +9.0]``."""
    low, high = (number(bound, estimate.scale) for bound in estimate.interval)
    return f"{number(estimate.mean, estimate.scale)} [{low}, {high}]"


def measure(key: str) -> str:
    """An outcome in words: ``nps(recommend)`` is ``nps of recommend``."""
    return key.replace("_", " ").replace("(", " of ").replace(")", "")


def level(value: float, scale: str) -> str:
    """The mean under a level: per cent for shares, else its own unit."""
    shares = Scale.RISK_DIFFERENCE, Scale.RISK_RATIO, Scale.ODDS_RATIO
    text = f"{100 * value:.1f} %" if scale in shares else f"{value:,.{1 if abs(value) >= 100 else 2}f}"
    return text.replace("-", "\N{MINUS SIGN}")


def label(estimate: Estimate) -> str:
    """The inquiry, or the stratum within it."""
    return ", ".join(estimate.within.values()) or estimate.inquiry.replace("_", " ")


def panels(estimates: Iterable[Estimate]) -> tuple[Panel, ...]:
    """One panel for each outcome and scale, in the order of the estimates."""
    shared: dict[tuple[str, str], list[Estimate]] = {}
    for estimate in estimates:
        shared.setdefault((estimate.outcome, estimate.scale), []).append(estimate)
    return tuple(map(_panel, shared.values()))


def _panel(estimates: Sequence[Estimate]) -> Panel:
    scale = estimates[0].scale
    move = math.log if is_ratio(scale) else float
    null = move(1.0) if is_ratio(scale) else 0.0
    ends = [move(bound) for each in estimates for bound in each.interval] + [null]
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return round(MARGIN + (100 - 2 * MARGIN) * (value - low) / span, 3)

    rows = tuple(
        Row(
            label=label(each),
            text=told(each),
            x=x(move(each.mean)),
            x_low=x(move(each.interval[0])),
            x_high=x(move(each.interval[1])),
            pooled=not each.within,
        )
        for each in estimates
    )
    places = _ratio_ticks(low, high) if is_ratio(scale) else _ticks(low, high)
    ticks = tuple(Tick(f"{place:g}" if is_ratio(scale) else _short(place, scale), x(move(place))) for place in places)
    return Panel(measure(estimates[0].outcome), _UNITS[Scale(scale)], rows, ticks, x(null))


def _short(place: float, scale: str) -> str:
    value = 100 * place if scale == Scale.RISK_DIFFERENCE else place
    return f"{value:+.3g}".replace("-", "\N{MINUS SIGN}") if abs(value) > 1e-9 else "0"


def _ticks(low: float, high: float) -> list[float]:
    """At most six round numbers between two ends."""
    raw = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    first = math.ceil(low / step - 1e-9)
    return [index * step for index in range(first, math.floor(high / step + 1e-9) + 1)]


def _ratio_ticks(low: float, high: float) -> list[float]:
    """Round ratios between two logarithms."""
    candidates = [0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0]
    return [place for place in candidates if low - 1e-9 <= math.log(place) <= high + 1e-9]
