"""The door to ``svy``: a design and a few columns as it takes them. Nothing else imports it, or polars, but replicates.

Domains, categories, strata and clusters go in as codes, so that no type and no name of the data matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from surveylab.errors import SurveylabError
from surveylab.weighting import _columns

if TYPE_CHECKING:
    from surveylab.weighting.design import Design

RULES = {"certainty": "skip", "adjust": "center", "average": "scale"}


def sample(design: Design, columns: Mapping[str, NDArray[Any]], *, replicated: bool) -> Any:
    """A ``svy.Sample`` of the design with ``columns``, for linearisation or with the replicate weights."""
    import polars as pl
    import svy

    data: dict[str, NDArray[Any]] = {"w": design.weights, **columns}
    options: dict[str, Any] = {"wgt": "w"}
    structure = design.structure
    if replicated:
        assert design.replication is not None
        _replicated(design, data, options)
    else:
        check_lonely(design)
        if structure.strata is not None:
            data["stratum"] = structure.stratum
            options["stratum"] = "stratum"
        for name, codes in zip(("psu", "ssu"), design.stages, strict=False):
            data[name] = codes
            options[name] = name
        if design.sizes:
            data |= dict(zip(("N", "M"), design.sizes, strict=False))
            options["pop_size"] = "N" if len(design.sizes) == 1 else svy.PopSize(psu="N", ssu="M")
        lonely = _lonely(design)
        if len(lonely):
            options["singleton"] = RULES.get(design.lonely, "skip")
        calibrated = design.calibrated()
        if calibrated is not None:
            assert calibrated.prepared.auxiliary is not None
            x = calibrated.prepared.auxiliary
            names = tuple(f"x{j}" for j in range(x.shape[1]))
            data |= {"before": calibrated.before} | {name: x[:, j] for j, name in enumerate(names)}
            options["wgt_adjustment"] = svy.WgtAdjustment(kind="calibration", prev_wgt="before", new_wgt="w", aux=names)
    return svy.Sample(pl.DataFrame(data), svy.Design(**options))


def _replicated(design: Design, data: dict[str, NDArray[Any]], options: dict[str, Any]) -> None:
    from svy import JackknifeWgts

    replication = design.replication
    assert replication is not None
    count = replication.weights.shape[1]
    data |= {f"rep{number}": replication.weights[:, number - 1] for number in range(1, count + 1)}
    options["rep_wgts"] = JackknifeWgts(  # any kind will do: the coefficients are said
        prefix="rep", n_reps=count, scale=replication.coefficients.tolist(), df=replication.df, padding=0
    )


def _lonely(design: Design) -> NDArray[np.int64]:
    return np.flatnonzero(design.structure.size == 1)


def check_lonely(design: Design) -> None:
    """SurveylabError where strata have one first-stage unit and the design says ``fail``.

    A stratum of which every unit was drawn adds nothing to a variance and may have one.
    """
    if design.lonely != "fail":
        return
    lonely = _lonely(design)
    if design.sizes:
        full = np.zeros(len(design.structure.size), dtype=bool)
        full[design.structure.stratum] = design.sizes[0] <= design.structure.size[design.structure.stratum]
        lonely = lonely[~full[lonely]]
    if len(lonely):
        strata = design.structure.strata
        told = _columns.listed([strata.text(int(code)) for code in lonely]) if strata else "the whole sample"
        raise SurveylabError(
            f"{len(lonely):,} strata have one first-stage unit ({told}), so their variance is unknown. Merge them with "
            'others, or say what they add: lonely="certainty", "adjust" or "average".'
        )
