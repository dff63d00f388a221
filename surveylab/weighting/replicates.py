"""Replicate weights: jackknife, balanced half-samples and the rescaled bootstrap. ``svy`` draws the factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from surveylab.errors import SurveylabError
from surveylab.weighting import _columns
from surveylab.weighting._columns import Array, Codes
from surveylab.weighting.design import Replication

if TYPE_CHECKING:
    from surveylab.weighting.design import Design

KINDS = ("JK1", "JKn", "JK2", "BRR", "bootstrap")
LARGEST = 200_000_000
"""Replicate weights (rows times replicates) that are held at most: 1.6 GB."""


def replicate(
    design: Design, kind: str, n: int | None, *, seed: int, fay: float, centre: Literal["replicates", "estimate"]
) -> Replication:
    """Replicates of the base weights, with the coefficient c_r of each squared deviation.

    ``JK1``: one first-stage unit of an unstratified sample is left out, the others are multiplied by
    n/(n-1); c = (1-f)(n-1)/n. ``JKn``: the same within each stratum; c = (1-f_h)(n_h-1)/n_h. ``JK2``: units
    are paired within strata, and one of a pair is left out; c = 1. ``BRR``: half of every pair by a
    Hadamard matrix, c = 1/R; with Fay's coefficient k the halves are multiplied by 2-k and k, and c = 1/(R(1-k)^2)
    (Wolter 2007, 3 and 4; Judkins 1990). ``bootstrap``: n_h - 1 units of n_h with replacement, multiplied by
    n_h/(n_h-1) (Rao and Wu 1988; Rao, Wu and Yue 1992); c = 1/(R-1). Population sizes enter JK1 and JKn
    only; BRR and bootstrap are as with replacement. All as in R's ``as.svrepdesign`` (bootstrap: its ``subbootstrap``).

    Raises:
        SurveylabError: the design has no such replicates.
    """
    if kind not in KINDS:
        raise SurveylabError(f"Replicates are one of {', '.join(KINDS)}, not {kind!r}.")
    if centre not in ("replicates", "estimate"):
        raise SurveylabError(f"centre is replicates or estimate, not {centre!r}.")
    if (n is None) == (kind == "bootstrap"):
        raise SurveylabError(
            "The number of replicates is said for the bootstrap, and follows from the design otherwise."
        )
    if not 0 <= fay < 1 or (fay and kind != "BRR"):
        raise SurveylabError("Fay's coefficient is 0 or more and below 1, and is for BRR.")
    _check_strata(design, kind)
    size = design.structure.size
    many = n or (int(size.sum()) if kind in ("JK1", "JKn") else int(size.sum()) // 2)
    if kind == "bootstrap" and many < 2:
        raise SurveylabError("The bootstrap needs two replicates or more; 500 are usual.")
    if len(design.data) * many > LARGEST:
        raise SurveylabError(
            f"{many:,} replicates of {len(design.data):,} rows are more than memory should hold; use the bootstrap "
            f"with up to {LARGEST // len(design.data):,} replicates, or linearisation."
        )
    factors, own = _factors(design, kind, many, seed, fay)
    replicates = factors.shape[1]
    coefficients = _coefficients(design, kind, own, replicates, fay)
    pairs, units = int((size // 2).sum()), int(size.sum() - len(size))
    df = pairs if kind == "JK2" else min(pairs if kind == "BRR" else units, replicates - 1)
    weights = factors[design.structure.psu] * design.base[:, None]
    return Replication(kind, weights, coefficients, df, centre)


def _check_strata(design: Design, kind: str) -> None:
    size = design.structure.size
    if kind == "JK1" and len(size) > 1:
        raise SurveylabError("JK1 is for samples without strata; use JKn.")
    if len(size) == 1 and size[0] < 2:
        raise SurveylabError("The design has one first-stage unit; there is nothing to leave out.")
    lonely = np.flatnonzero(size == 1)
    if len(lonely) and (kind in ("JK2", "BRR") or design.lonely != "certainty"):
        way_out = ', or say lonely="certainty": they then add nothing' if kind not in ("JK2", "BRR") else ""
        raise SurveylabError(
            f"Strata with one first-stage unit have no replicates ({strata_text(design, lonely)}); merge them with "
            f"others{way_out}."
        )
    if kind == "BRR":
        odd = np.flatnonzero(size % 2)
        if len(odd):
            raise SurveylabError(
                f"BRR pairs the units of a stratum, and their number is odd in {strata_text(design, odd)}; use JKn."
            )


def strata_text(design: Design, codes: Codes) -> str:
    """The names of strata by their codes."""
    strata = design.structure.strata
    return _columns.listed([strata.text(int(code)) for code in codes]) if strata else "the whole sample"


def _factors(design: Design, kind: str, n: int, seed: int, fay: float) -> tuple[Array, Codes]:
    """The factors of first-stage units, (units, R), and of JKn the stratum of each replicate."""
    import polars as pl
    import svy

    structure = design.structure
    _, first = np.unique(structure.psu, return_index=True)
    stratum = structure.stratum[first]
    keep = structure.size[stratum] > 1  # lonely strata stay as they are
    frame = pl.DataFrame({"unit": np.flatnonzero(keep), "stratum": stratum[keep], "w": np.ones(int(keep.sum()))})
    sample = svy.Sample(frame, svy.Design(psu="unit", stratum="stratum", wgt="w"))
    if kind == "bootstrap":
        sample = sample.weighting.create_bs_wgts(n, rep_prefix="r", rstate=seed)
    elif kind == "BRR":
        sample = sample.weighting.create_brr_wgts(rep_prefix="r", fay_coef=fay)
    else:
        sample = sample.weighting.create_jk_wgts(paired=kind == "JK2", rep_prefix="r")
    made = sample.design.rep_wgts
    columns = made.columns_from_data(sample.data.columns)
    inner = sample.data.select(columns).to_numpy()
    factors = np.ones((len(first), inner.shape[1]))
    factors[sample.data["unit"].to_numpy()] = inner
    own = np.zeros(inner.shape[1], dtype=np.int64)
    if kind in ("JK1", "JKn"):
        own = stratum[np.argmin(factors, axis=0)]
    return factors, own


def _coefficients(design: Design, kind: str, own: Codes, n: int, fay: float) -> Array:
    if kind == "bootstrap":
        return np.full(n, 1.0 / (n - 1))
    if kind == "BRR":
        return np.full(n, 1.0 / (n * (1.0 - fay) ** 2))
    if kind == "JK2":
        return np.ones(n)
    size = design.structure.size.astype(np.float64)
    left = np.ones(len(size))
    if design.sizes:
        left[design.structure.stratum] = 1 - size[design.structure.stratum] / design.sizes[0]
    return np.asarray((left * (size - 1) / size)[own])
