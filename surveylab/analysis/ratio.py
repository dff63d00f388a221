"""The sample-ratio gate and the leak rule: is the chance that was stored the chance that ran?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scipy.stats import chi2

from surveylab.design.factors import Arm
from surveylab.design.results import SampleRatio
from surveylab.errors import GateError

THRESHOLD = 0.001
"""Below this p the arms are not the ones that were randomised (methodology 4, hard rule 3)."""


def sample_ratio(arms: Sequence[Arm], observed: Mapping[str, int]) -> SampleRatio:
    """Pearson's chi-square of cases per arm (by ``Arm.key``) against the arms' probabilities.

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
    p = float(chi2.sf(statistic, len(possible) - 1)) if len(possible) > 1 else 1.0
    counts = {key: observed.get(key, 0) for key in expected}
    return SampleRatio(observed=counts, expected=expected, p=p, mismatch=p < THRESHOLD)


def problem(ratio: SampleRatio) -> str | None:
    """Why nothing may be estimated on this sample ratio; None where it fits."""
    if not ratio.mismatch:
        return None
    rows = "; ".join(f"{key}: {count} for {ratio.expected[key]:.1f}" for key, count in ratio.observed.items())
    return (
        f"Sample ratio mismatch: p = {ratio.p:.2g} is below {THRESHOLD} ({rows}). Cases were lost or added after "
        "randomisation; run surveylab audit and look at who is missing."
    )
