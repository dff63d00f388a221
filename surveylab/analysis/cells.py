"""From the ledger's sufficient statistics to the cells of a model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError
from surveylab.models import Array, Cells

GROUPS = ("stratum", "block", "cluster")
Shares = Mapping[str, Mapping[str, float]]
"""Group -> label -> share of the frame."""


def cells_of(table: pd.DataFrame, arms: Sequence[Arm], shares: Shares) -> Cells:
    """Cells from a table of ``store.datasets.cells``.

    A group with one label is dropped, and so is one that splits the cells as another does (blocks
    that are the strata): it would be its second name. A stratum of the frame without a cell has
    told nothing: means are over the others, whose shares are scaled to 1.

    Raises:
        SurveylabError: a stratum of the cells has no share; it would silently count for nothing.
    """
    factors = [factor for factor, _ in arms[0].levels]
    places = {tuple(level for _, level in arm.levels): position for position, arm in enumerate(arms)}
    rows = table[factors].itertuples(index=False, name=None)
    groups: dict[str, tuple[tuple[str, ...], Any]] = {}
    for name in GROUPS:
        labels, index = np.unique(table[name].to_numpy(np.str_), return_inverse=True)
        if len(labels) > 1 and not any(_same_split(index, other) for _, other in groups.values()):
            groups[name] = (tuple(map(str, labels)), index.astype(np.intp))
    return Cells(
        arms=tuple(arms),
        arm=np.fromiter((places[row] for row in rows), dtype=np.intp, count=len(table)),
        n=table["n"].to_numpy(float),
        total=table["total"].to_numpy(float),
        squares=table["squares"].to_numpy(float),
        groups=groups,
        shares={name: _in_order(shares[name], labels) for name, (labels, _) in groups.items() if name in shares},
    )


def labels_by(field: str, fields: Sequence[str], labels: Sequence[str]) -> dict[str, list[str]]:
    """Value of a stratum field -> the stratum labels (``region=north,age=old``) that have it.

    ``fields`` are those that make the labels, in order; a value may hold commas and equals signs.
    """
    pattern = re.compile(",".join(f"{re.escape(each)}=(.*)" for each in fields), re.DOTALL)
    found: dict[str, list[str]] = {}
    for label in labels:
        values = pattern.fullmatch(label)
        assert values is not None, f"{label!r} is a label of other fields than {fields}"
        found.setdefault(values[fields.index(field) + 1], []).append(label)
    return found


def _same_split(one: Any, other: Any) -> bool:
    pairs = len(set(zip(one.tolist(), other.tolist(), strict=True)))
    return bool(pairs == one.max() + 1 == other.max() + 1)


def _in_order(shares: Mapping[str, float], labels: Sequence[str]) -> Array:
    stray = [label for label in labels if not shares.get(label)]
    if stray:
        raise SurveylabError(
            f"There are cases in {'; '.join(stray)}, which has no share of the frame; load or draw anew."
        )
    weights = np.array([shares[label] for label in labels], dtype=np.float64)
    return np.asarray(weights / weights.sum(), dtype=np.float64)
