"""One-stage cluster sampling: clusters are drawn, and every unit of a drawn cluster is taken.

A unit has the inclusion probability of its cluster, two units of one cluster too, and two of
different clusters that of both clusters (Särndal, Swensson and Wretman 1992, Model Assisted Survey
Sampling, section 4.2). Clusters are drawn by simple random sampling, m/M and m(m-1)/(M(M-1)), or
with probability proportional to size, within strata where the file names some. The number of units is
left to chance where clusters are of different sizes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveylab.sampling import FrameView, Sample
from surveylab.sampling._clusters import Clusters, ClusterSettings

PROBABILITY = True


@dataclass(frozen=True)
class Settings(ClusterSettings):
    """What YAML says of a cluster sample."""


def needs(settings: Settings) -> tuple[str, ...]:
    """The fields of clusters, sizes and strata."""
    return settings.fields()


def draw(frame: FrameView, settings: Settings, rng: np.random.Generator) -> Sample:
    """Draw clusters and take them whole. SurveylabError as in ``Clusters.of``."""
    clusters = Clusters.of(frame, settings)
    code = clusters.crossing.code
    positions = np.flatnonzero(clusters.take(rng)[code])
    return Sample.of(positions, clusters.probability[code[positions]], *clusters.labels(positions))


def joint(frame: FrameView, settings: Settings, positions: NDArray[np.intp]) -> NDArray[np.float64]:
    """The probabilities of pairs of clusters, for every two units.

    Raises:
        SurveylabError: as in ``draw``; clusters drawn systematically in a random order.
    """
    clusters = Clusters.of(frame, settings)
    return clusters.pairs(clusters.crossing.code[positions])
