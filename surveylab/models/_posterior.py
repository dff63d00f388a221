"""The posterior as ArviZ InferenceData, with names that a reader knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from surveylab.design.factors import Arm
from surveylab.models import Array
from surveylab.models._cells import Unit
from surveylab.models._predictor import Predictor
from surveylab.models._sampler import Draws


def inference_data(draws: Draws, predictor: Predictor, unit: Unit, arm_means: Mapping[Arm, Array]) -> Any:
    """Groups ``posterior`` and ``sample_stats``; variables are described at ``Fit.posterior``."""
    import arviz as az  # here and not above, so that _sampler loads it first and keeps its announcement quiet

    chains = draws.coefficients.shape[:2]
    names, effects = _effects(draws.coefficients[..., 1:], predictor)
    posterior = {
        "intercept": unit.centre + unit.sd * draws.coefficients[..., 0],
        "effect": unit.sd * effects,
        "scale": unit.sd * draws.tau * predictor.scale_sds,
        "arm_mean": np.stack([each.reshape(chains) for each in arm_means.values()], axis=-1),
    }
    arms = [arm.key for arm in arm_means]
    coords = {"effect_of": list(names), "batch": list(predictor.scale_names), "arm": arms}
    dims = {"effect": ["effect_of"], "scale": ["batch"], "arm_mean": ["arm"]}
    if draws.log_sd.shape[-1]:
        posterior["residual_sd"] = unit.sd * np.exp(draws.log_sd)
        dims["residual_sd"] = ["arm"]
    stats = {str(name): each.to_numpy() for name, each in draws.sample_stats.items()}
    return az.from_dict(posterior=posterior, sample_stats=stats, coords=coords, dims=dims)


def _effects(coefficients: Array, predictor: Predictor) -> tuple[tuple[str, ...], Array]:
    """Every level's effect, (chains, draws, E), from the coefficients behind the intercept."""
    names: list[str] = []
    parts: list[Array] = []
    start = 0
    for term in predictor.terms[1:]:
        labels, rows = term.effects()
        names += labels
        parts.append(coefficients[..., start : start + term.size] @ rows.T)
        start += term.size
    return tuple(names), np.concatenate(parts, axis=-1) if parts else coefficients
