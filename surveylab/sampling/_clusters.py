"""The first stage of a sample: which clusters of a frame are drawn, and with which probability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surveylab.crossing import Crossing, cross
from surveylab.errors import SurveylabError
from surveylab.sampling import FrameView
from surveylab.sampling._allocation import allocate
from surveylab.sampling._requests import enough, sizes, whole
from surveylab.sampling._selection import Equal, Sampford, Selection, Systematic
from surveylab.sampling._strata import Strata

PER_STRATUM = 2
"""Clusters wanted in every stratum: with fewer the variance between them cannot be estimated."""


@dataclass(frozen=True)
class ClusterSettings:
    """What YAML says of the clusters of a sample."""

    cluster: str
    """The field whose values are the clusters."""
    clusters: int | Mapping[str, int]
    """How many clusters are drawn. With strata in all, shared in proportion to their clusters and at
    least 2 in each where that is possible; or a mapping stratum -> number that names every stratum."""
    method: Literal["srs", "sampford", "systematic"] = "srs"
    """Simple random sampling of clusters, or with probability proportional to size: by Sampford's
    design, or by equal steps along a random order."""
    size: str | None = None
    """The numeric field whose total in a cluster is its size; without it its number of units."""
    strata: tuple[str, ...] = ()
    """The fields within whose crossed values clusters are drawn; none of them cuts a cluster."""

    def __post_init__(self) -> None:
        if isinstance(self.clusters, Mapping) and not self.strata:
            raise ValueError("clusters is a number for each stratum and there are no strata; give one number.")
        numbers = [*self.clusters.values()] if isinstance(self.clusters, Mapping) else [self.clusters]
        if min(numbers, default=0) < 0 or not any(numbers):
            raise ValueError("clusters holds a negative number or none at all; a sample has at least one cluster.")
        if self.size is not None and self.method == "srs":
            raise ValueError("size is not read by the method srs; leave it out, or say method: sampford.")

    def fields(self) -> tuple[str, ...]:
        """The fields of the frame that the first stage reads."""
        return tuple(dict.fromkeys((self.cluster, *filter(None, [self.size]), *self.strata)))


@dataclass(frozen=True)
class Clusters:
    """The clusters of a frame as they are drawn. ``crossing`` classifies the units by cluster."""

    frame: FrameView
    settings: ClusterSettings
    crossing: Crossing

    @classmethod
    def of(cls, frame: FrameView, settings: ClusterSettings) -> Clusters:
        """The clusters of a frame.

        Raises:
            SurveylabError: an empty frame; a field that is not there or lacks a value; more clusters
                asked for than there are; a cluster in two strata; a size that is not above 0.
        """
        enough(frame, 0)
        return cls(frame, settings, cross(frame.ids, frame.fields, (settings.cluster,)))

    @cached_property
    def stratum(self) -> Crossing:
        """The clusters by stratum, all in one that is called "" where there are no strata."""
        count, code = len(self.crossing.labels), self.crossing.code
        if not self.settings.strata:
            return Crossing(np.zeros(count, dtype=np.intp), ("",))
        units = cross(self.frame.ids, self.frame.fields, self.settings.strata)
        own = np.empty(count, dtype=np.intp)
        own[code] = units.code
        torn = np.flatnonzero(own[code] != units.code)
        if torn.size:
            label = self.crossing.labels[code[torn[0]]]
            raise SurveylabError(
                f"The cluster {label!r} has units in two strata of {', '.join(self.settings.strata)}: "
                f"{units.labels[units.code[torn[0]]]!r} and {units.labels[own[code[torn[0]]]]!r}. "
                "Strata of the first stage hold whole clusters."
            )
        return Crossing(own, units.labels)

    @cached_property
    def parts(self) -> list[tuple[NDArray[np.intp], Selection]]:
        """The clusters of each stratum, and how some of them are selected."""
        per_stratum = [np.flatnonzero(self.stratum.code == h) for h in range(len(self.stratum.labels))]
        numbers = self._numbers([len(each) for each in per_stratum])
        return [(members, self._selection(members, n)) for members, n in zip(per_stratum, numbers, strict=True)]

    @cached_property
    def probability(self) -> NDArray[np.float64]:
        """First-order inclusion probabilities of the clusters, shape (clusters,)."""
        found = np.empty(len(self.crossing.labels))
        for members, selection in self.parts:
            found[members] = selection.probability
        return found

    def take(self, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Whether each cluster is drawn, shape (clusters,)."""
        taken = np.zeros(len(self.crossing.labels), dtype=bool)
        for members, selection in self.parts:
            taken[members[selection.take(rng)]] = True
        return taken

    def pairs(self, codes: NDArray[np.intp]) -> NDArray[np.float64]:
        """Second-order inclusion probabilities of these clusters, shape (m, m); a cluster may come repeatedly."""
        own, back = np.unique(codes, return_inverse=True)
        found = np.outer(self.probability[own], self.probability[own])
        for members, selection in self.parts:
            mine = np.flatnonzero(np.isin(own, members))
            found[np.ix_(mine, mine)] = selection.pairs(np.searchsorted(members, own[mine]))
        return np.asarray(found[np.ix_(back, back)])

    def labels(self, positions: NDArray[np.intp]) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
        """Stratum and cluster of these units."""
        code = self.crossing.code[positions]
        return self.stratum.named(self.stratum.code[code]), self.crossing.named(code)

    def _numbers(self, there: list[int]) -> list[int]:
        """How many clusters are drawn in each stratum."""
        wanted = self.settings.clusters
        if isinstance(wanted, int) and wanted > sum(there):
            raise SurveylabError(
                f"The sample asks for {wanted} clusters and the frame has {sum(there)} of {self.settings.cluster!r}. "
                "Lower `clusters`, widen `eligible` or load more units."
            )
        if isinstance(wanted, int):
            return allocate([float(count) for count in there], there, wanted, PER_STRATUM)
        numbers = Strata(self.frame, self.stratum).given("clusters", wanted)
        trio = zip(self.stratum.labels, numbers, there, strict=True)
        over = [f"{label} ({n} of {count})" for label, n, count in trio if n > count]
        if over:
            raise SurveylabError(f"More clusters are asked for than these strata have: {'; '.join(over)}. Lower them.")
        return numbers

    @cached_property
    def _measure(self) -> NDArray[np.int64]:
        """The size of each cluster, as whole numbers in the same proportions."""
        if self.settings.size is None:
            return self.crossing.sizes.astype(np.int64)
        return np.bincount(self.crossing.code, weights=whole(sizes(self.frame, self.settings.size))).astype(np.int64)

    def _selection(self, members: NDArray[np.intp], n: int) -> Selection:
        if self.settings.method == "srs":
            return Equal(len(members), n)
        if self.settings.method == "sampford":
            return Sampford(self._measure[members], n)
        return Systematic(self._measure[members], n, None)
