"""Whether the arms are alike in what was known before: standardised differences and one test over all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveylab.chance._tail import upper_tail
from surveylab.crossing import is_missing, written

MOST_VALUES = 20
"""Values of a field beyond which its texts are names rather than classes; such a field is not compared."""
MISSING = "missing"
SINGULAR = 1e-8
"""Variance, of columns with variance 1, below which a direction is one that the classes rule out, and rounding."""


@dataclass(frozen=True)
class Difference:
    """One arm in one field, or in one value of a field of classes.

    ``mean`` is that of the arm (a share for classes), ``others`` that of all other arms, and ``smd`` their
    difference in units of the standard deviation over all cases (Austin 2009, Statistics in Medicine 28).
    """

    field: str
    value: str | None
    arm: str
    mean: float
    others: float
    smd: float


@dataclass(frozen=True)
class Balance:
    """The table, and the omnibus test: chi-square ``statistic`` with ``degrees``, and its ``p``."""

    differences: tuple[Difference, ...]
    statistic: float
    degrees: int
    p: float
    compared: int
    """Cases, or clusters where these were assigned as a whole."""
    left_out: tuple[str, ...]
    """Fields of too many values to be classes."""


def balance(arm: Sequence[str], fields: Mapping[str, Sequence[Any]], cluster: Sequence[str] = ()) -> Balance:
    """Compare the arms in the fields of the frame.

    The statistic is the sum over arms of n (m - M)' S^- (m - M), with m and M the means of the arm and of all and S
    the covariance over all: chi-square with (arms - 1) x rank degrees under complete randomisation (for two arms
    Hansen and Bowers 2008, Statistical Science 23, 219-236). Schemes that balance these fields vary less, so that p
    is too large for them, never too small. Clusters that were assigned as a whole are compared by their means.

    Args:
        arm: the key of each case's arm, length n.
        fields: name -> n values; numbers are compared as such, all else as classes, and a missing value is one.
        cluster: the label of each case's cluster, or nothing.
    """
    columns, left_out = [], []
    for name, values in fields.items():
        made = list(_columns(name, values))
        columns += made
        left_out += [name] if not made and len(set(map(written, values))) > 1 else []
    labels, of_arm = np.unique(np.asarray(arm, dtype=np.str_), return_inverse=True)
    if not columns or len(labels) < 2:
        return Balance((), 0.0, 0, 1.0, len(arm), tuple(left_out))
    matrix = np.column_stack([values for _, _, values in columns])
    if len(cluster):
        matrix, of_arm = _clustered(matrix, of_arm, cluster)
    sizes = np.bincount(of_arm, minlength=len(labels))
    sums = np.stack([matrix[of_arm == each].sum(axis=0) for each in range(len(labels))])
    means, others = sums / sizes[:, None], (sums.sum(axis=0) - sums) / (len(matrix) - sizes)[:, None]
    sd = matrix.std(axis=0, ddof=1)
    told = tuple(
        Difference(name, value, str(label), float(m), float(o), float((m - o) / s) if s else 0.0)
        for column, (name, value, _) in enumerate(columns)
        for label, m, o, s in zip(
            labels, means[:, column], others[:, column], np.full(len(labels), sd[column]), strict=True
        )
    )
    statistic, degrees = _omnibus(matrix, means, sizes)
    p = upper_tail(statistic, degrees) if degrees else 1.0
    return Balance(told, statistic, degrees, p, len(matrix), tuple(left_out))


def _columns(name: str, values: Sequence[Any]) -> Iterator[tuple[str, str | None, NDArray[np.float64]]]:
    """A number as it is, with an indicator of what is missing; classes as indicators, the last one left out of none."""
    lacks = np.array([is_missing(value) for value in values])
    there = [value for value, absent in zip(values, lacks, strict=True) if not absent]
    if there and all(isinstance(value, int | float) and not isinstance(value, bool) for value in there):
        filled = np.array([0.0 if absent else float(value) for value, absent in zip(values, lacks, strict=True)])
        filled[lacks] = filled[~lacks].mean()
        yield name, None, filled
        if lacks.any():
            yield name, MISSING, lacks.astype(float)
        return
    texts = np.array([MISSING if absent else written(value) for value, absent in zip(values, lacks, strict=True)])
    classes = sorted(set(texts.tolist()))
    if 1 < len(classes) <= MOST_VALUES:
        for each in classes:
            yield name, each, (texts == each).astype(float)


def _clustered(
    matrix: NDArray[np.float64], of_arm: NDArray[np.intp], cluster: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The means of the clusters, and the arm of each."""
    _, first, of_cluster = np.unique(np.asarray(cluster, dtype=np.str_), return_index=True, return_inverse=True)
    sums = np.stack([np.bincount(of_cluster, weights=column) for column in matrix.T], axis=1)
    return sums / np.bincount(of_cluster)[:, None], of_arm[first]


def _omnibus(matrix: NDArray[np.float64], means: NDArray[np.float64], sizes: NDArray[np.intp]) -> tuple[float, int]:
    varies = matrix.std(axis=0) > 0
    if not varies.any():
        return 0.0, 0
    scaled = (matrix[:, varies] - matrix[:, varies].mean(axis=0)) / matrix[:, varies].std(axis=0)
    shift = (means[:, varies] - matrix[:, varies].mean(axis=0)) / matrix[:, varies].std(axis=0)
    covariance = np.atleast_2d(np.cov(scaled, rowvar=False))
    rank = int(np.linalg.matrix_rank(covariance, tol=SINGULAR, hermitian=True))
    inverse = np.linalg.pinv(covariance, rcond=SINGULAR, hermitian=True)
    statistic = float((sizes * np.einsum("ai,ij,aj->a", shift, inverse, shift)).sum())
    return statistic, rank * (len(sizes) - 1)
