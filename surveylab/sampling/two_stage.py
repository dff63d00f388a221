"""Two-stage sampling: clusters are drawn, and within each a simple random sample of its units.

A unit j of cluster c is included with probability pi_c m_c/M_c; two units of one cluster with
pi_c E[m_c (m_c - 1)] / (M_c (M_c - 1)), two of different clusters with pi_cd m_c/M_c m_d/M_d
(Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, section 4.3). Where m_c is
no whole number, it is rounded up with the probability of its fraction, and down else, so that a
share within clusters is kept exactly, however small they are.

``self_weighting`` gives every unit the same inclusion probability f: m_c = f M_c / pi_c, with f such
that ``units`` are taken of a drawn cluster on the average (Kish 1965, Survey Sampling, chapter 7).
Clusters drawn in proportion to their number of units then give the same number each, certain ones more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveylab.errors import SurveylabError
from surveylab.randomness import order_within, words
from surveylab.sampling import FrameView, Sample
from surveylab.sampling._clusters import Clusters, ClusterSettings

GRAIN = 1e-9
"""A number of units that is so near to a whole one is that number: floats have rounded it."""

PROBABILITY = True


@dataclass(frozen=True)
class Settings(ClusterSettings):
    """What YAML says of a two-stage sample."""

    units: int | None = None
    """How many units are taken of each drawn cluster."""
    share: float | None = None
    """Which share of the units of each drawn cluster is taken, in the place of ``units``."""
    self_weighting: bool = False
    """Whether every unit has the same inclusion probability; ``units`` is then a mean over the drawn clusters."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.units is None) == (self.share is None):
            raise ValueError("units and share are given both or not at all; give one of them.")
        if self.units is not None and self.units < 1:
            raise ValueError(f"units is {self.units}; at least one unit is taken of a cluster.")
        if self.share is not None and not 0 < self.share <= 1:
            raise ValueError(f"share is {self.share}; a share above 0 and up to 1 is wanted.")
        if self.self_weighting and self.share is not None:
            raise ValueError("self_weighting sets the share of each cluster; give units, the mean number per cluster.")


def needs(settings: Settings) -> tuple[str, ...]:
    """The fields of clusters, sizes and strata."""
    return settings.fields()


def draw(frame: FrameView, settings: Settings, rng: np.random.Generator) -> Sample:
    """Draw clusters, and units of each.

    Raises:
        SurveylabError: as in ``Clusters.of``; more units asked for than a cluster has.
    """
    clusters = Clusters.of(frame, settings)
    wanted = _wanted(clusters, settings)
    drawn = clusters.take(rng)
    number = np.floor(wanted).astype(np.intp)
    number += np.ldexp(words(rng, len(wanted)).astype(np.float64), -64) < wanted - number
    place = np.flatnonzero(drawn[clusters.crossing.code])
    own = clusters.crossing.code[place]
    shuffled = order_within(rng, own)
    there = np.bincount(own, minlength=len(wanted))
    rank = np.arange(len(own)) - np.repeat(np.cumsum(there) - there, there)
    positions = np.sort(place[shuffled[rank < np.repeat(number, there)]])
    return Sample.of(positions, _probability(clusters, settings, wanted)[positions], *clusters.labels(positions))


def joint(frame: FrameView, settings: Settings, positions: NDArray[np.intp]) -> NDArray[np.float64]:
    """Exact, for every two units.

    Raises:
        SurveylabError: as in ``draw``; clusters drawn systematically in a random order.
    """
    clusters = Clusters.of(frame, settings)
    wanted, size, own = _wanted(clusters, settings), clusters.crossing.sizes, clusters.crossing.code[positions]
    low = np.floor(wanted)
    together = low * (low - 1 + 2 * (wanted - low)) / np.maximum(size * (size - 1), 1)
    across = np.outer((wanted / size)[own], (wanted / size)[own])
    pairs = clusters.pairs(own) * np.where(own[:, None] == own[None, :], together[own][:, None], across)
    np.fill_diagonal(pairs, _probability(clusters, settings, wanted)[positions])
    return pairs


def _wanted(clusters: Clusters, settings: Settings) -> NDArray[np.float64]:
    """m_c: how many units are taken of each cluster when it is drawn, on the average; shape (clusters,)."""
    size = clusters.crossing.sizes
    if settings.share is not None:
        wanted = settings.share * size
    elif settings.self_weighting:
        chance = np.where(clusters.probability > 0, clusters.probability, 1)
        wanted = _overall(clusters, settings) * size / chance
    else:
        wanted = np.full(len(size), float(settings.units or 0))
    near = np.rint(wanted)
    wanted = np.where(np.abs(wanted - near) <= GRAIN * near, near, wanted)
    short = np.flatnonzero((wanted > size) & (clusters.probability > 0))
    if short.size:
        label, has, asked = clusters.crossing.labels[short[0]], size[short[0]], wanted[short[0]]
        more = f", and {short.size - 1:,} other clusters are too small too" if short.size > 1 else ""
        raise SurveylabError(
            f"The cluster {label!r} has {has} units and {asked:.6g} are asked for{more}. "
            "Lower `units`, use `share`, or leave such clusters out with `eligible`."
        )
    return np.asarray(wanted, dtype=np.float64)


def _overall(clusters: Clusters, settings: Settings) -> float:
    """f: the inclusion probability of every unit in a self-weighting sample."""
    drawn = round(float(clusters.probability.sum()))
    return drawn * (settings.units or 0) / len(clusters.frame.ids)


def _probability(clusters: Clusters, settings: Settings, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inclusion probability of every unit of the frame."""
    if settings.self_weighting:
        return np.full(len(clusters.frame.ids), _overall(clusters, settings))
    return np.asarray((clusters.probability * wanted / clusters.crossing.sizes)[clusters.crossing.code])
