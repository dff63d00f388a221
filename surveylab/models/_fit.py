"""Fit a family to cells, and give means back on the natural scale, standardised to the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np

from surveylab import registry
from surveylab.design.experiment import Priors
from surveylab.design.factors import Arm, under
from surveylab.design.results import Diagnostics
from surveylab.errors import SurveylabError
from surveylab.models import Array, Cells, Contract
from surveylab.models._cells import Unit, sound, standardised
from surveylab.models._posterior import inference_data
from surveylab.models._predictor import AT_ZERO, Predictor, predictor
from surveylab.models._sampler import ATTEMPTS, Draws, sample

BLOCK = 4_000_000
"""Entries of (draws x grid points) that are held at once while averaging."""


Within = tuple[str, str | tuple[str, ...]]
"""A group, and the label or the labels of it that a mean is taken in."""


@dataclass(frozen=True)
class Fit:
    """A posterior that passed the gate, S draws in all."""

    family: str
    cells: Cells
    predictor: Predictor
    unit: Unit
    draws: Draws
    engine: str = "nuts"

    @property
    def diagnostics(self) -> Diagnostics:
        """What the gate looked at."""
        return self.draws.diagnostics

    @cached_property
    def posterior(self) -> Any:
        """ArviZ InferenceData with named coordinates.

        ``intercept``, ``effect`` (every level and combination of levels, against the average),
        ``scale`` (of each batch of effects) and ``residual_sd`` are on the scale of the linear
        predictor: log odds, log seconds, raw values. ``arm_mean`` is on the natural scale,
        standardised to the frame.
        """
        return inference_data(self.draws, self.predictor, self.unit, self.arm_means())

    def level_mean(self, factor: str, level: str, within: Within | None = None) -> Array:
        """Draws (S,) of the mean on the natural scale if everybody got ``level``.

        The other factors are averaged over as they are assigned, in combinations that are no arms too
        (g-computation, Robins 1986); strata with their frame shares; ``within`` (group, label or
        labels) is the mean in these labels alone, with their effects and heterogeneity. Groups
        without shares (blocks, clusters) are taken at zero, the average one: for means that is the
        mean over them, for shares the share in a typical one. Shares are averaged as probabilities,
        means as means, times as logs (a geometric mean over the frame).

        Raises:
            SurveylabError: there is no such factor, level, group or label, or it has probability 0.
        """
        _known("factor", factor, self.predictor.levels)
        _known(f"level of {factor}", level, self.predictor.levels[factor])
        if not any(arm.probability for arm in self.cells.arms if arm.mapping[factor] == level):
            raise SurveylabError(f"No arm with {factor}={level} has a positive probability; it has no mean to tell.")
        return self._mean(under(self.cells.arms, factor, level), within)

    def arm_means(self, within: Within | None = None) -> dict[Arm, Array]:
        """Arm -> draws (S,) of its mean on the natural scale, standardised as in ``level_mean``."""
        return {arm: self._mean((replace(arm, probability=Fraction(1)),), within) for arm in self.cells.arms}

    def _mean(self, arms: Sequence[Arm], within: Within | None) -> Array:
        model: Contract = registry.load("models", self.family)
        coefficients = self.draws.coefficients.reshape(-1, self.draws.coefficients.shape[-1])
        rows, weights = self._grid(arms, within)
        if model.SPREAD:
            return model.natural(self.unit.centre + self.unit.sd * (coefficients @ (weights @ rows)))
        block = max(BLOCK // len(coefficients), 1)
        parts = (slice(start, start + block) for start in range(0, len(weights), block))
        return np.asarray(sum(model.natural(coefficients @ rows[part].T) @ weights[part] for part in parts))

    def _grid(self, arms: Sequence[Arm], within: Within | None) -> tuple[Array, Array]:
        """Design rows (R, P) of these arms by every stratum that has a weight, and the weights (R,), with sum 1."""
        chosen = {within[0]: (within[1],) if isinstance(within[1], str) else within[1]} if within else {}
        for group, labels in chosen.items():
            _known("group", group, self.cells.groups)
            for label in labels:
                _known(f"label of {group}", label, self.cells.groups[group][0])
        weighted = {name: _label_weights(self.cells, name, chosen.get(name)) for name in self.cells.groups}
        arm_weights = np.array([float(arm.probability) for arm in arms])
        points = tuple(product(_pairs(arm_weights), *weighted.values()))
        index = np.array([[place for place, _ in point] for point in points], dtype=np.intp)
        weights = np.array([prod(weight for _, weight in point) for point in points])
        groups = {name: index[:, 1 + j] for j, name in enumerate(weighted)}
        return self.predictor.rows(index[:, 0], groups, arms), weights


def fit(
    family: str,
    cells: Cells,
    priors: Priors,
    *,
    heterogeneity: tuple[tuple[str, str], ...] = (),
    seed: int,
    progress: Callable[[str], None] | None = None,
) -> Fit:
    """Sample the posterior of a family given cells; NUTS, four chains, behind the convergence gate.

    Args:
        family: a file of models/.
        cells: the sufficient statistics.
        priors: on the linear predictor; ``duration`` and ``continuous`` are fitted in units of the
            pooled within-arm sd around the pooled mean, and their priors are in these units.
        heterogeneity: (factor, group) pairs whose interaction is modelled.
        seed: not negative. Same cells, priors and seed give the same digits.
        progress: is told each stage, in words.

    Raises:
        GateError: the sampler did not converge; there is no estimate.
        SurveylabError: cells or priors that no fit can use.
    """
    model: Contract = registry.load("models", family)
    pooled = sound(family, model, cells)
    scaled, unit = standardised(family, pooled) if model.SPREAD else (pooled, Unit())
    terms = predictor(scaled, priors, heterogeneity)
    draws = sample(family, scaled, terms, seed=seed, attempts=ATTEMPTS, say=progress or _silent)
    return Fit(family, scaled, terms, unit, draws)


def _silent(stage: str) -> None:
    """Tells nobody."""


def _pairs(weights: Array) -> list[tuple[int, float]]:
    return [(int(index), float(weights[index])) for index in np.flatnonzero(weights)]


def _label_weights(cells: Cells, group: str, chosen: tuple[str, ...] | None) -> list[tuple[int, float]]:
    """(label index, weight) of the labels that a mean is over; the zero row where there are no shares."""
    if chosen is not None:
        places = [cells.groups[group][0].index(label) for label in chosen]
        shares = cells.shares[group][places] if group in cells.shares and len(places) > 1 else np.ones(len(places))
        return list(zip(places, (shares / shares.sum()).tolist(), strict=True))
    return _pairs(cells.shares[group]) if group in cells.shares else [(AT_ZERO, 1.0)]


def _known(kind: str, name: str, there: Any) -> None:
    if name not in there:
        near = get_close_matches(name, list(there), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise SurveylabError(f"There is no {kind} called {name!r}.{hint} There are: {', '.join(there)}.")
