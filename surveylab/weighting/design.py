"""The design of a sample: data, weights, strata, clusters, population sizes, and the steps done to its weights."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, Protocol, get_args

import numpy as np
import pandas as pd

from surveylab.errors import SurveylabError
from surveylab.weighting import _columns
from surveylab.weighting._columns import Array, Cells, Codes, Names
from surveylab.weighting.spread import Spread, spread

Lonely = Literal["fail", "certainty", "adjust", "average"]


class Prepared(Protocol):
    """A step that has met its data: what it will do to any weights of the same rows."""

    @property
    def name(self) -> str:
        """What it is, for reports."""

    @property
    def report(self) -> pd.DataFrame:
        """What it did to the weights of the full sample, one row per class or margin."""

    @property
    def auxiliary(self) -> Array | None:
        """The variables that it calibrates to, (n, k) of full column rank; None where it does not calibrate."""

    def weigh(self, weights: Array) -> Array:
        """The adjusted weights, shape (n,). SurveylabError where they cannot be had."""


class Step(Protocol):
    """An adjustment of weights, as it is written down: it can be repeated on other weights."""

    def prepare(self, data: pd.DataFrame, weights: Array) -> Prepared:
        """Check everything that can be checked, and fix what stays the same over replicates."""


@dataclass(frozen=True, eq=False)
class Adjustment:
    """A step that was done: ``before`` and ``after`` are the weights of the full sample."""

    step: Step
    prepared: Prepared
    before: Array
    after: Array

    @property
    def name(self) -> str:
        """What was done."""
        return self.prepared.name

    @property
    def report(self) -> pd.DataFrame:
        """What it did, one row per class or margin."""
        return self.prepared.report

    @property
    def spread(self) -> pd.DataFrame:
        """Size, sum, extremes, Kish's design effect and effective n, before and after."""
        return pd.DataFrame([spread(self.before), spread(self.after)], index=["before", "after"])


@dataclass(frozen=True, eq=False)
class Replication:
    """Replicate weights of shape (n, R), adjusted, with the coefficient of each squared deviation.

    ``centre`` is what deviations are taken from.
    """

    kind: str
    weights: Array
    coefficients: Array
    df: int
    centre: Literal["replicates", "estimate"]


@dataclass(frozen=True)
class Structure:
    """Strata and clusters as codes of shape (n,); clusters are numbered over all strata.

    ``size`` is the number of first-stage units in the sample, per stratum.
    """

    strata: Cells | None
    stratum: Codes
    psu: Codes
    size: Codes


@dataclass(frozen=True, eq=False)
class Design:
    """A probability sample and how it was drawn.

    Args:
        data: one row per sampled unit, nonrespondents included.
        weight: the column of the base weights 1/pi; positive. ``base_weights`` makes it.
        strata: the column of the strata, or several that are crossed.
        cluster: the column of the first-stage units, or the columns of first and second stage.
            Clusters are nested in strata. Without it every row is a unit of its own.
        fpc: the column of the number of first-stage units in the population of the row's
            stratum, or of the sampling fraction where no value is over 1; the columns of both
            stages where two are sampled without replacement. Without it sampling is taken as
            with replacement.
        lonely: what a stratum with one first-stage unit adds to a variance. ``fail`` refuses it;
            ``certainty`` nothing; ``adjust`` its squared deviation from the mean over all
            units; ``average`` the mean of the other strata. The names are R's ``survey.lonely.psu``.
        zero_weights: ``keep`` takes rows of weight zero as sampled and without answer.

    Raises:
        SurveylabError: a column is unknown, missing in places, or not what its role asks for.
    """

    data: pd.DataFrame = field(repr=False)
    weight: str | None = None
    strata: Names | None = None
    cluster: Names | None = None
    fpc: Names | None = None
    lonely: Lonely = "fail"
    zero_weights: Literal["refuse", "keep"] = "refuse"
    adjustments: tuple[Adjustment, ...] = field(default=(), repr=False)
    replication: Replication | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not len(self.data):
            raise SurveylabError("The data have no rows; a design needs sampled units.")
        if self.lonely not in get_args(Lonely):
            raise SurveylabError(f"lonely is one of {', '.join(get_args(Lonely))}, not {self.lonely!r}.")
        stages = (self.strata, self.cluster, self.fpc, self.weight)
        _columns.check_columns(self.data, [name for names in stages for name in _columns.names_of(names)])
        if len(_columns.names_of(self.cluster)) > 2 or len(_columns.names_of(self.fpc)) > 2:
            raise SurveylabError("cluster and fpc name the columns of one stage or of two.")
        if len(_columns.names_of(self.fpc)) > max(len(_columns.names_of(self.cluster)), 1):
            raise SurveylabError("fpc names two stages and cluster does not; name the units of both.")
        self._check_weights()
        _ = self.structure, self.stages, self.sizes  # faults show when the design is written down, not when it is used

    def _check_weights(self) -> None:
        base = self.base
        if (base < 0).any():
            raise SurveylabError(f"The weights {self.weight!r} are negative in {_columns.rows(base < 0)}.")
        if self.zero_weights == "refuse" and (base == 0).any():
            raise SurveylabError(
                f"The weights {self.weight!r} are zero in {_columns.rows(base == 0)}. Leave rows out that were not "
                "sampled; for units that did not answer keep their base weight and adjust for nonresponse, or say "
                'zero_weights="keep".'
            )
        if not base.any():
            raise SurveylabError(f"All weights {self.weight!r} are zero.")

    @cached_property
    def base(self) -> Array:
        """The base weights, shape (n,); 1 where no column was named."""
        if self.weight is None:
            return np.ones(len(self.data))
        return _columns.complete(self.data, self.weight, "weight")

    @property
    def weights(self) -> Array:
        """The weights as they are now, after every adjustment, shape (n,)."""
        return self.adjustments[-1].after if self.adjustments else self.base

    @property
    def spread(self) -> Spread:
        """Kish's design effect and the extremes of the weights as they are now."""
        return spread(self.weights)

    @cached_property
    def structure(self) -> Structure:
        """Strata and first-stage units."""
        strata = _columns.cells(self.data, self.strata, "strata") if self.strata else None
        stratum = strata.codes if strata else np.zeros(len(self.data), dtype=np.int64)
        clusters = _columns.names_of(self.cluster)
        if clusters:
            inner = _columns.cells(self.data, clusters[0], "cluster").codes
            _, first, psu = np.unique(stratum * (int(inner.max()) + 1) + inner, return_index=True, return_inverse=True)
            size = np.bincount(stratum[first])
        else:
            psu = np.arange(len(self.data))
            size = np.bincount(stratum)
        return Structure(strata, stratum, psu.astype(np.int64), size.astype(np.int64))

    @cached_property
    def stages(self) -> tuple[Codes, ...]:
        """Codes of the units of both stages, or of none where every row is a unit of its own."""
        names = _columns.names_of(self.cluster)
        if not names:
            return ()
        if len(names) == 1:
            return (self.structure.psu,)
        inner = _columns.cells(self.data, names[1], "cluster").codes
        _, second = np.unique(self.structure.psu * (int(inner.max()) + 1) + inner, return_inverse=True)
        return self.structure.psu, second.astype(np.int64)

    @cached_property
    def sizes(self) -> tuple[Array, ...]:
        """Units in the population per row, one array per stage that ``fpc`` names."""
        names = _columns.names_of(self.fpc)
        if not names:
            return ()
        structure = self.structure
        first = self._size(names[0], structure.stratum, structure.size, "stratum")
        if len(names) == 1:
            return (first,)
        psu, second = self.stages
        _, places = np.unique(second, return_index=True)
        return first, self._size(names[1], psu, np.bincount(psu[places]).astype(np.int64), "cluster")

    def _size(self, name: str, group: Codes, sampled: Codes, where: str) -> Array:
        given = _columns.complete(self.data, name, "fpc")
        if (given <= 0).any():
            raise SurveylabError(f"The column {name!r} (fpc) is zero or less in {_columns.rows(given <= 0)}.")
        size = sampled[group] / given if given.max() <= 1 else given
        low, high = np.full(len(sampled), np.inf), np.zeros(len(sampled))
        np.minimum.at(low, group, size)
        np.maximum.at(high, group, size)
        if (high - low > 1e-9 * high).any():
            raise SurveylabError(f"The column {name!r} (fpc) has several values within one {where}; it needs one.")
        short = sampled > high * (1 + 1e-9)
        if short.any():
            worst = int(np.flatnonzero(short)[0])
            raise SurveylabError(
                f"The column {name!r} (fpc) says that a {where} has {high[worst]:g} units, and {sampled[worst]} of "
                "them are in the sample."
            )
        return np.asarray(high[group], dtype=np.float64)

    @cached_property
    def df(self) -> int:
        """First-stage units less strata, of rows with a weight (R: ``degf``)."""
        if self.replication:
            return self.replication.df
        active = self.weights != 0
        structure = self.structure
        units, strata = (len(np.unique(codes[active])) for codes in (structure.psu, structure.stratum))
        return units - strata

    def adjust(self, *steps: Step) -> Design:
        """The design with its weights adjusted, step by step; replicates are adjusted in the same way.

        Raises:
            SurveylabError: a step cannot be done, on the sample or on a replicate; nothing changes then.
        """
        design = self
        for step in steps:
            before = _usable(design.weights)
            prepared = step.prepare(design.data, before)
            done = Adjustment(step, prepared, before, prepared.weigh(before))
            design = replace(design, adjustments=(*design.adjustments, done), replication=design._repeated(prepared))
        return design

    def _repeated(self, prepared: Prepared) -> Replication | None:
        if self.replication is None:
            return None
        return replace(self.replication, weights=repeat(prepared, self.replication.weights))

    def with_replicates(
        self,
        kind: str,
        n: int | None = None,
        *,
        seed: int = 0,
        fay: float = 0.0,
        centre: Literal["replicates", "estimate"] = "replicates",
    ) -> Design:
        """The design with replicate weights, every adjustment so far repeated on each of them.

        Args:
            kind: ``JK1``, ``JKn``, ``JK2``, ``BRR`` (Fay's with ``fay``) or ``bootstrap`` (Rao and Wu).
            n: the number of bootstrap replicates.
            seed: of the bootstrap.
            fay: Fay's coefficient, 0 to below 1.
            centre: what deviations are taken from: the mean of the replicates (R's default) or
                the estimate from the full sample (R: ``mse=TRUE``).

        Raises:
            SurveylabError: the design has no such replicates, or an adjustment cannot be repeated.
        """
        from surveylab.weighting.replicates import replicate

        made = replicate(self, kind, n, seed=seed, fay=fay, centre=centre)
        for adjustment in self.adjustments:
            made = replace(made, weights=repeat(adjustment.prepared, made.weights))
        return replace(self, replication=made)

    def reports(self) -> dict[str, pd.DataFrame]:
        """The report of each adjustment, in order, by its number and name."""
        return {f"{number} {each.name}": each.report for number, each in enumerate(self.adjustments, 1)}

    def calibrated(self) -> Adjustment | None:
        """The last step, if the variance has to know that it calibrated (trimming after it does not undo that)."""
        for each in reversed(self.adjustments):
            if each.prepared.auxiliary is not None:
                return each
            if each.name != "trimming":
                return None
        return None


def repeat(prepared: Prepared, weights: Array) -> Array:
    """A step on each column of replicate weights, shape (n, R)."""
    adjusted = np.empty_like(weights)
    for number in range(weights.shape[1]):
        try:
            adjusted[:, number] = prepared.weigh(_usable(np.ascontiguousarray(weights[:, number])))
        except SurveylabError as error:
            raise SurveylabError(
                f"The {prepared.name} cannot be repeated in replicate {number + 1} of {weights.shape[1]}: {error}"
            ) from error
    return adjusted


def _usable(weights: Array) -> Array:
    """Weights that a step can go on from; linear calibration without bounds may leave negative ones."""
    if (weights < 0).any():
        raise SurveylabError(
            f"Weights are negative in {_columns.rows(weights < 0)}, and no further step can start from them; calibrate "
            "with bounds, or by raking."
        )
    return weights
