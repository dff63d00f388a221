"""The sample-ratio gate and the leak rule: is the chance that was stored the chance that ran?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from surveylab import randomness
from surveylab.design.factors import Arm
from surveylab.design.results import SampleRatio
from surveylab.errors import GateError

THRESHOLD = 0.001
"""Below this p the arms are not the ones that were randomised (methodology 4, hard rule 3)."""
FEWEST = 5
"""Expected cases of an arm below which the statistic is not distributed as chi-square (Cochran 1954)."""
SAMPLES = 20_000
"""Samples that p is then simulated from: its standard error at the threshold is 0.0002."""


def sample_ratio(arms: Sequence[Arm], observed: Mapping[str, int]) -> SampleRatio:
    """Pearson's chi-square of cases per arm (by ``Arm.key``) against the arms' probabilities.

    Where an arm is expected to have fewer than ``FEWEST`` cases, p is (1 + those of ``SAMPLES``
    multinomial samples whose statistic is as large) / (1 + ``SAMPLES``) (Hope 1968, JRSS B 30),
    the same for the same counts. Schemes that fix the counts (complete, blocked) vary less than
    a multinomial: for them p is too large, never too small.

    Raises:
        GateError: a case is in an arm of probability zero, or in one that is no arm.
    """
    cases = sum(observed.values())
    expected = {arm.key: cases * float(arm.probability) for arm in arms}
    leaks = {key: count for key, count in observed.items() if count and not expected.get(key)}
    if leaks:
        where = "; ".join(f"{count} in {key!r}" for key, count in sorted(leaks.items()))
        raise GateError(
            f"Leak: cases stand in arms that have probability zero ({where}). "
            "Nothing is estimated; find out how they were assigned (surveylab audit) before anything else."
        )
    possible = {key: share for key, share in expected.items() if share > 0}
    statistic = sum((observed.get(key, 0) - share) ** 2 / share for key, share in possible.items())
    if len(possible) < 2:
        p = 1.0
    elif min(possible.values()) < FEWEST:
        p = _simulated(statistic, np.array(list(possible.values())), cases)
    else:
        p = float(chi2.sf(statistic, len(possible) - 1))
    counts = {key: observed.get(key, 0) for key in expected}
    return SampleRatio(observed=counts, expected=expected, p=p, mismatch=p < THRESHOLD)


def _simulated(statistic: float, expected: NDArray[np.float64], cases: int) -> float:
    rng = randomness.stream("sample ratio", *map(str, expected.tolist()))
    larger = 0
    for size in [SAMPLES // 20] * 20:  # a twentieth at a time: a large design has many arms
        counts = rng.multinomial(cases, expected / expected.sum(), size)
        larger += int((((counts - expected) ** 2 / expected).sum(axis=1) >= statistic * (1 - 1e-9)).sum())
    return (1 + larger) / (1 + SAMPLES)


def problem(ratio: SampleRatio) -> str | None:
    """Why nothing may be estimated on this sample ratio; None where it fits."""
    if not ratio.mismatch:
        return None
    rows = "; ".join(f"{key}: {count} for {ratio.expected[key]:.1f}" for key, count in ratio.observed.items())
    return (
        f"Sample ratio mismatch: p = {ratio.p:.2g} is below {THRESHOLD} ({rows}). Cases were lost or added after "
        "randomisation; run surveylab audit and look at who is missing."
    )
