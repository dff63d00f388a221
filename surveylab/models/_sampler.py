"""The one PyMC model, its compilation, its sampling and the convergence gate.

A coefficient is b = location + sd * u with u ~ N(0, 1) a priori and sd = fixed + loading @ tau.
Sampling u is right where data are few, and sampling b where they are many; between and beyond,
both leave a funnel. So the model is written in z, with information i and pull g of ``_mode``:

    q = 1 + i sd^2,    u = z / sqrt(q) + sd g / q

which makes z about standard normal given tau at any amount of data. It is the affine map to the
Gaussian that prior and likelihood agree on, an exact change of variables (its Jacobian is in the
density), and a partially non-centred parametrisation that needs no tuning (Papaspiliopoulos,
Roberts and Skoeld 2007, Statistical Science 22). The same for each arm's log residual sd.

Everything that differs between two fits of one shape is data, and travels in three arrays: a
compiled model is kept for the process and used again. Sizes are rounded up, so that few shapes
exist; what is added has a proper prior and touches nothing (decision record 0002).
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from surveylab import registry
from surveylab.design.results import Diagnostics
from surveylab.errors import GateError
from surveylab.models import Array, Cells, Contract
from surveylab.models._cells import indicator
from surveylab.models._mode import FREEDOM, mode
from surveylab.models._predictor import Predictor

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", r"\s*ArviZ is undergoing", FutureWarning)  # announces its successor
    import arviz as az
    import nutpie
    import pymc as pm
    import pytensor.tensor as pt
    from pytensor.compile.compilelock import lock_ctx
    from pytensor.link.numba.cache import NUMBA_CACHE_PATH

CHAINS = 4
RHAT_MAX = 1.01
ESS_MIN = 400.0
DIVERGENT_SHARE = 0.001
"""Divergent draws that the last attempt may have; the first may have none."""
LOCK_SECONDS = 600.0

_compiling = threading.Lock()


@dataclass(frozen=True)
class Attempt:
    """Settings of one run of the sampler, per chain, and the share of divergent draws it may have."""

    tune: int
    draws: int
    target_accept: float
    divergent: float = 0.0


ATTEMPTS = (Attempt(500, 1000, 0.95), Attempt(1500, 2000, 0.99, DIVERGENT_SHARE))


class Shape(NamedTuple):
    """What compiled code is compiled for: numbers of coefficients, of scales, of arms with a residual sd."""

    size: int
    scales: int
    arms: int


@dataclass(frozen=True)
class Draws:
    """Posterior draws, chains x draws x ...: coefficients (P), scales tau (G), log residual sds (A)."""

    coefficients: Array
    tau: Array
    log_sd: Array
    sample_stats: Any
    diagnostics: Diagnostics


def sample(
    family: str,
    cells: Cells,
    predictor: Predictor,
    *,
    seed: int,
    attempts: Sequence[Attempt],
    say: Callable[[str], None],
) -> Draws:
    """Draws that passed the gate. Same cells, predictor and seed: same digits, on any number of cores.

    Raises:
        GateError: no attempt converged; the message says which quantity failed and what to do.
    """
    model: Contract = registry.load("models", family)
    say("compiling")
    with threadpool_limits(limits=1, user_api="blas"):
        arrays = _arrays(model, cells, predictor)
        ready = _compiled(model.log_likelihood, _shape(arrays)).with_data(**arrays)
        refusals: list[str] = []
        for number, attempt in enumerate(attempts):
            say("sampling" if number == 0 else "sampling again, in smaller steps")
            trace = nutpie.sample(
                ready,
                chains=CHAINS,
                cores=min(CHAINS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else CHAINS),
                tune=attempt.tune,
                draws=attempt.draws,
                target_accept=attempt.target_accept,
                seed=int(np.random.SeedSequence([seed, number]).generate_state(1)[0]),
                save_warmup=False,
                progress_bar=False,
            )
            draws = _in_natural_coordinates(trace, predictor, arrays, len(cells.arms))
            refusals = refused(draws.diagnostics, attempt)
            if not refusals:
                return draws
    raise GateError(
        f"The fit of {family} did not converge: {'; '.join(refusals)}. There is no estimate. Look for an arm or a "
        "stratum with very few cases, adjust for fewer groups, or set tighter priors in the estimator."
    )


def refused(diagnostics: Diagnostics, attempt: Attempt) -> list[str]:
    """What keeps a run from being used: rank R-hat, bulk ESS (Vehtari et al. 2021) and divergences."""
    allowed = int(attempt.divergent * attempt.draws * CHAINS)
    reasons = []
    # Written so that a value that is not a number is refused.
    if not diagnostics.rhat_max < RHAT_MAX:
        reasons.append(f"the largest R-hat is {diagnostics.rhat_max:.3f} (it must be below {RHAT_MAX})")
    if not diagnostics.ess_bulk_min > ESS_MIN:
        reasons.append(f"the smallest bulk ESS is {diagnostics.ess_bulk_min:.0f} (it must be above {ESS_MIN:.0f})")
    if diagnostics.divergences > allowed:
        reasons.append(f"{diagnostics.divergences} draws diverged (at most {allowed} may)")
    return reasons


def build(likelihood: Callable[..., Any], shape: Shape) -> pm.Model:
    """The model of one shape and the likelihood of one family.

    Its data are ``cells`` (n, total, squares, offset, design, arms; by C), ``coefficients``
    (fixed, information, pull, loading; by P) and ``residuals`` (centre and sd of the log residual
    sds; by A, and only where A > 0). They are packed because every array that compiled code takes costs it time.
    """
    size, scales, arms = shape
    with pm.Model(check_bounds=False) as model:
        cells = pm.Data("cells", np.ones((4 + size + arms, 1)))
        coefficients = pm.Data("coefficients", np.ones((3 + scales, size)))
        fixed, information, pull, loading = coefficients[0], coefficients[1], coefficients[2], coefficients[3:]
        tau = pm.HalfNormal("tau", 1.0, shape=scales)
        z = pm.Flat("z", shape=size)
        sd = fixed + tau @ loading
        q = 1 + information * sd**2
        u = z / pt.sqrt(q) + sd * pull / q
        eta = cells[3] + (sd * u) @ cells[4 : 4 + size]
        density = -0.5 * (u**2 + pt.log(q)).sum()
        phi = None
        if arms:
            residuals = pm.Data("residuals", np.ones((2, arms)))
            w = pm.Flat("w", shape=arms)
            phi = residuals[0] + residuals[1] * w
            density -= FREEDOM * (phi + 0.5 * pt.exp(-2 * phi)).sum()
        data = {"n": cells[0], "total": cells[1], "squares": cells[2], "arms": cells[4 + size :]}
        pm.Potential("density", density + likelihood(eta, phi, data))
    return model


def rounded(size: int, least: int) -> int:
    """The next of 2, 3, 4, 6, 8, 12, 16, 24, ... that is at least ``size`` and ``least``."""
    wanted = max(size, least, 2)
    power = 1 << (wanted - 1).bit_length()
    return power * 3 // 4 if power * 3 // 4 >= wanted else power


@cache
def _compiled_once(likelihood: Callable[..., Any], shape: Shape) -> Any:
    model = build(likelihood, shape)
    # Numba's index files are replaced one by one: two writers could pair one's index with the other's code.
    with lock_ctx(NUMBA_CACHE_PATH, timeout=LOCK_SECONDS):
        return nutpie.compile_pymc_model(model, backend="numba")


def _compiled(likelihood: Callable[..., Any], shape: Shape) -> Any:
    with _compiling:
        return _compiled_once(likelihood, shape)


def _shape(arrays: Mapping[str, Array]) -> Shape:
    rows, size = arrays["coefficients"].shape
    return Shape(size, rows - 3, arrays["residuals"].shape[1] if "residuals" in arrays else 0)


def _arrays(model: Contract, cells: Cells, predictor: Predictor) -> dict[str, Array]:
    """The data of ``build``, rounded up: added coefficients are N(0, 1) and have columns of zeros."""
    design = predictor.rows(cells.arm, {name: index for name, (_, index) in cells.groups.items()})
    size, scales = predictor.loading.shape
    more = rounded(size, 8) - size
    data = {"n": cells.n, "total": cells.total, "squares": cells.squares, "arms": _padded_arms(model, cells)}
    found = mode(model, design, data, predictor)
    columns = np.pad(design.T, ((0, more), (0, 0)))
    coefficients = np.vstack([predictor.fixed, found.information, found.pull, predictor.loading.T])
    coefficients = np.pad(coefficients, ((0, rounded(scales, 4) - scales), (0, more)))
    coefficients[0, size:] = 1.0
    offset = design @ predictor.location
    arrays = {
        "cells": np.vstack([cells.n, cells.total, cells.squares, offset, columns, data["arms"]]),
        "coefficients": coefficients,
    }
    return arrays | ({"residuals": np.vstack([found.log_sd, found.log_sd_sd])} if model.SPREAD else {})


def _padded_arms(model: Contract, cells: Cells) -> Array:
    """The indicator of arms, with arms without a case added; no rows where there is no residual sd."""
    arms = len(cells.arms)
    if not model.SPREAD:
        return np.zeros((0, len(cells.n)))
    return np.pad(indicator(cells), ((0, rounded(arms, 2) - arms), (0, 0)))


def _in_natural_coordinates(trace: Any, predictor: Predictor, arrays: Mapping[str, Array], arms: int) -> Draws:
    posterior = trace.posterior
    size, scales = predictor.loading.shape
    tau, z = posterior["tau"].to_numpy()[..., :scales], posterior["z"].to_numpy()[..., :size]
    fixed, information, pull = arrays["coefficients"][:3, :size]
    sd = fixed + tau @ predictor.loading.T
    q = 1 + information * sd**2
    coefficients = predictor.location + sd * (z / np.sqrt(q) + sd * pull / q)
    log_sd = np.zeros((*tau.shape[:2], 0))
    if "residuals" in arrays:
        centre, spread = arrays["residuals"][:, :arms]
        log_sd = centre + spread * posterior["w"].to_numpy()[..., :arms]
    watched = {"coefficients": coefficients, "tau": tau, "log_sd": log_sd}
    diverged = int(trace.sample_stats["diverging"].sum())
    return Draws(coefficients, tau, log_sd, trace.sample_stats, _diagnostics(watched, diverged))


def _diagnostics(watched: Mapping[str, Array], divergences: int) -> Diagnostics:
    arviz: Any = az  # it has no types
    data = arviz.convert_to_dataset({name: draws for name, draws in watched.items() if draws.shape[-1]})
    rhat = max(float(each.max(skipna=False)) for each in arviz.rhat(data, method="rank").values())
    ess = min(float(each.min(skipna=False)) for each in arviz.ess(data, method="bulk").values())
    return Diagnostics(rhat, ess, divergences)
