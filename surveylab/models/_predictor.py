"""The linear predictor: which effects there are, how they are coded, what is believed of them.

eta = intercept + main effect of every factor + their interactions of all orders + every group
(strata, blocks, clusters) + heterogeneity (factor by group) where it is asked for.

A batch of effects shares one scale, half-normal with the sd of ``Priors`` (Gelman 2005, Analysis
of variance, Annals of Statistics 33; Gelman 2006, Bayesian Analysis 1). Effects of a variable
with K levels are coded by K - 1 orthonormal zero-sum contrasts times sqrt(K / (K - 1)), so that
every level's effect has the scale as its marginal prior sd; interactions are Kronecker products.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import combinations, product
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from surveylab.design.experiment import Effect, Priors
from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError
from surveylab.models import Array, Cells

Index = NDArray[np.intp]
AT_ZERO = -1
"""The index of "averaged over at zero" in place of a label."""


@dataclass(frozen=True)
class Variable:
    """A factor or a group: its labels, and its coding (K + 1, columns), whose last row is zero."""

    name: str
    labels: tuple[str, ...]
    coding: Array


@dataclass(frozen=True)
class Term:
    """One batch of effects. With a ``scale`` they share a half-normal one; else ``fixed`` sds are given."""

    variables: tuple[Variable, ...]
    scale: float | None = None
    location: Array | None = None
    fixed: Array | None = None

    @property
    def name(self) -> str:
        """``wording``, ``wording × region``; ``intercept`` for the one without variables."""
        return " × ".join(variable.name for variable in self.variables) or "intercept"

    @cached_property
    def size(self) -> int:
        """Number of columns."""
        return int(np.prod([variable.coding.shape[1] for variable in self.variables], dtype=int))

    def columns(self, index: Mapping[str, Index], rows: int) -> Array:
        """Its columns of the design matrix, (rows, size), from each variable's index (rows,)."""
        coded = (variable.coding[index[variable.name]] for variable in self.variables)
        return reduce(_row_products, coded, np.ones((rows, 1)))

    def effects(self) -> tuple[tuple[str, ...], Array]:
        """The name of every combination of its labels, and the row (size,) that gives its effect."""
        every = tuple(product(*(range(len(variable.labels)) for variable in self.variables)))
        names = tuple(
            " × ".join(f"{v.name}={v.labels[i]}" for v, i in zip(self.variables, combination, strict=True))
            for combination in every
        )
        columns = np.array(every, dtype=np.intp).reshape(len(every), len(self.variables))
        return names, self.columns({v.name: columns[:, j] for j, v in enumerate(self.variables)}, len(every))


@dataclass(frozen=True)
class Predictor:
    """The terms of one model, with P coefficients and G scales."""

    arms: tuple[Arm, ...]
    terms: tuple[Term, ...]
    levels: Mapping[str, tuple[str, ...]]
    """Factor -> its levels, the reference first."""

    @cached_property
    def scale_names(self) -> tuple[str, ...]:
        """The batches whose scale is estimated, (G,)."""
        return tuple(term.name for term in self.terms if term.scale is not None)

    @cached_property
    def scale_sds(self) -> Array:
        """The half-normal sd of each of these scales, (G,)."""
        return np.array([term.scale for term in self.terms if term.scale is not None])

    @cached_property
    def location(self) -> Array:
        """Prior mean of every coefficient, (P,)."""
        return np.concatenate([np.zeros(t.size) if t.location is None else t.location for t in self.terms])

    @cached_property
    def fixed(self) -> Array:
        """Prior sd of every coefficient that has a fixed one, else 0, (P,)."""
        return np.concatenate([np.zeros(t.size) if t.fixed is None else t.fixed for t in self.terms])

    @cached_property
    def loading(self) -> Array:
        """(P, G): prior sd of the coefficients = fixed + loading @ tau, tau half-normal with sd 1."""
        matrix = np.zeros((len(self.fixed), len(self.scale_names)))
        row, column = 0, 0
        for term in self.terms:
            if term.scale is not None:
                matrix[row : row + term.size, column] = term.scale
                column += 1
            row += term.size
        return matrix

    def rows(self, arm: Index, groups: Mapping[str, Index], arms: Sequence[Arm] | None = None) -> Array:
        """Design matrix (R, P) at arms (R,) and group labels (R,); a group not given is at zero.

        ``arm`` indexes ``arms``, any combinations of the levels; those of the design by default.
        """
        index = {
            name: np.array([levels.index(a.mapping[name]) for a in arms or self.arms])[arm]
            for name, levels in self.levels.items()
        }
        at_zero = np.full(len(arm), AT_ZERO)
        every = {v.name: groups.get(v.name, at_zero) for term in self.terms for v in term.variables} | index
        return np.hstack([term.columns(every, len(arm)) for term in self.terms])


def predictor(cells: Cells, priors: Priors, heterogeneity: Sequence[tuple[str, str]] = ()) -> Predictor:
    """The predictor of the arms and groups of ``cells``; ``heterogeneity`` are (factor, group) pairs.

    A group or a factor with a single label has no effect to estimate and is left out, as is a
    batch whose scale is 0.

    Raises:
        SurveylabError: a pair or a prior names what is not there, or a scale or an sd is not positive.
    """
    levels = cells.levels or levels_of(cells.arms)
    _refuse_unknown(levels, cells, priors, heterogeneity)
    factors = {name: zero_sum(name, labels) for name, labels in levels.items() if len(labels) > 1}
    groups = {name: zero_sum(name, labels) for name, (labels, _) in cells.groups.items() if len(labels) > 1}
    intercept = Term((), None, np.array([priors.intercept.mean]), np.array([priors.intercept.sd]))
    batches = [
        *(_main(factor, priors) for factor in factors.values()),
        *(Term(some, priors.interactions) for some in _interactions(tuple(factors.values()))),
        *(Term((group,), priors.groups) for group in groups.values()),
        *(
            Term((factors[f], groups[g]), priors.heterogeneity)
            for f, g in heterogeneity
            if f in factors and g in groups
        ),
    ]
    return Predictor(cells.arms, (intercept, *(term for term in batches if term.scale != 0)), levels)


def levels_of(arms: Sequence[Arm]) -> dict[str, tuple[str, ...]]:
    """Factor -> its levels, in the order in which the arms name them; the first is the reference."""
    return {name: tuple(dict.fromkeys(arm.mapping[name] for arm in arms)) for name, _ in arms[0].levels}


def zero_sum(name: str, labels: tuple[str, ...]) -> Variable:
    """Normalised Helmert contrasts times sqrt(K / (K - 1)), and the zero row."""
    size = len(labels)
    step = np.arange(1, size)
    contrasts = np.triu(np.ones((size, size - 1))) - np.diag(step.astype(float), -1)[:, : size - 1]
    contrasts *= sqrt(size / (size - 1)) / np.sqrt(step * (step + 1.0))
    return Variable(name, labels, np.vstack([contrasts, np.zeros(size - 1)]))


def shifts(name: str, labels: tuple[str, ...]) -> Variable:
    """A column for each level but the first: its shift against the first.

    The columns are centred, so that the intercept stays the mean over the levels.
    """
    size = len(labels)
    return Variable(name, labels, np.vstack([np.eye(size)[:, 1:] - 1 / size, np.zeros(size - 1)]))


def _main(factor: Variable, priors: Priors) -> Term:
    given = priors.effects.get(factor.name)
    if not given:
        return Term((factor,), priors.main)
    beliefs = [given.get(label, Effect(0.0, priors.main)) for label in factor.labels[1:]]
    location, sd = (np.array([getattr(each, part) for each in beliefs]) for part in ("mean", "sd"))
    return Term((shifts(factor.name, factor.labels),), None, location, sd)


def _interactions(factors: tuple[Variable, ...]) -> Iterator[tuple[Variable, ...]]:
    for order in range(2, len(factors) + 1):
        yield from combinations(factors, order)


def _row_products(left: Array, right: Array) -> Array:
    return (left[:, :, None] * right[:, None, :]).reshape(len(left), -1)


def _refuse_unknown(
    levels: Mapping[str, tuple[str, ...]], cells: Cells, priors: Priors, heterogeneity: Sequence[tuple[str, str]]
) -> None:
    faults = [
        f"heterogeneity of {factor!r} over {group!r}: name a factor ({', '.join(levels)}) and a group "
        f"({', '.join(cells.groups) or 'there is none'})."
        for factor, group in heterogeneity
        if factor not in levels or group not in cells.groups
    ]
    for factor, given in priors.effects.items():
        allowed = levels.get(factor, ("",))[1:]
        faults += [
            f"priors.effects.{factor}.{level}: a shift against the first level is of another level of a factor; "
            f"{factor!r} has {', '.join(allowed) or 'none'}."
            for level in given
            if level not in allowed
        ]
    sds = [effect.sd for given in priors.effects.values() for effect in given.values()]
    if min([priors.intercept.sd, *sds]) <= 0:
        faults.append("the sd of a prior must be positive.")
    if min(priors.main, priors.interactions, priors.heterogeneity, priors.groups) < 0:
        faults.append("a prior scale must not be negative; 0 leaves the batch out.")
    if priors.effects and priors.main == 0:
        faults.append("with priors.effects, priors.main must be positive: it is the sd of the levels not named.")
    if faults:
        raise SurveylabError("The model cannot be built: " + " ".join(faults))
