"""Cluster randomisation: a household, a site or a batch of sending has one arm, all its cases together.

The clusters are assigned as cases are in complete randomisation: an arm's number of clusters is its
share of them rounded down or up, and all orders are equally likely; so every cluster, and every case,
has exactly the arm's own probability (Donner and Klar 2000, Design and Analysis of Cluster
Randomization Trials). Treatment is delivered to clusters, so the analysis must see them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveylab.assignment import Assigned, CaseView
from surveylab.assignment._rounding import counts
from surveylab.assignment._weights import weights
from surveylab.crossing import cross
from surveylab.design.factors import Arm
from surveylab.randomness import order

ARRIVALS = False


@dataclass(frozen=True)
class Settings:
    """``cluster``: the frame field whose values are the clusters. ``batch``: the size of batches made at random."""

    cluster: str | None = None
    batch: int | None = None

    def __post_init__(self) -> None:
        if (self.cluster is None) == (self.batch is None):
            raise ValueError("clusters are those of a field, or batches; give either cluster or batch.")
        if self.batch is not None and self.batch < 1:
            raise ValueError(f"batch is {self.batch}; give a whole number above 0.")


def needs(settings: Settings) -> tuple[str, ...]:
    """The field of the clusters."""
    return (settings.cluster,) if settings.cluster else ()


def assign(
    cases: CaseView,
    arms: Sequence[Arm],
    settings: Settings,
    rng: np.random.Generator,
    seed: str,  # noqa: ARG001 - the contract's argument
) -> Assigned:
    """Assign every cluster; numbers of clusters are within 1 of their share.

    A case's position is its place among all, in the random order of the clusters.

    Raises:
        SurveylabError: the cases lack the field, a case has no value of it, or the arms'
            probabilities do not add to 1.
    """
    parts, whole = weights(arms)
    n = len(cases.ids)
    if settings.batch is not None:
        code = np.empty(n, dtype=np.intp)
        code[order(rng, n)] = np.arange(n) // settings.batch
        size = -(-n // settings.batch)
        labels = np.array([f"batch={number + 1}" for number in range(size)], dtype=np.str_)
    else:
        clusters = cross(cases.ids, cases.fields, needs(settings))
        code, labels = clusters.code, np.array(clusters.labels if n else (), dtype=np.str_)
        size = len(labels)
    share = counts([size * part for part in parts], whole, rng)
    drawn = order(rng, size)
    of_cluster, rank = np.empty(size, dtype=np.intp), np.empty(size, dtype=np.intp)
    of_cluster[drawn], rank[drawn] = np.repeat(np.arange(len(arms)), share), np.arange(size)
    position = np.empty(n, dtype=np.intp)
    position[np.argsort(rank[code], kind="stable")] = np.arange(n)
    return Assigned(of_cluster[code], np.zeros(n, dtype=np.str_), position, cluster=labels[code])
