"""The sample ratio stage by stage: before anybody met a difference it is a gate, behind that an effect.

Arms must have the same share of whoever was sampled, sent, delivered or started a survey as long as all
arms were alike until then; a difference is a fault of the machinery, and nothing may be estimated. Behind
the place where the first factor is met, a difference in who goes on is what the experiment is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from surveylab.chance.ratio import homogeneity
from surveylab.design.experiment import Experiment
from surveylab.design.factors import Factor, steps
from surveylab.design.results import SampleRatio

STAGES = ("sampled", "sent", "delivered", "started", "submitted")
BY_MESSAGE, AT_THE_DOOR, ON_PAGES = "sent", "delivered", "started"
"""The last stage at which arms are still alike, by where a factor is met."""


@dataclass(frozen=True)
class StageRatio:
    """Cases of each arm that reached a stage, against their shares.

    ``exposure`` says whether the stage lies before the first place where a factor is met, or after it;
    ``verdict`` is fits, or gate (a mismatch before: p < 0.001) or effect (the same after).
    """

    stage: str
    exposure: Literal["before", "after"]
    observed: Mapping[str, int]
    expected: Mapping[str, float]
    p: float
    verdict: Literal["fits", "gate", "effect"]


def met_behind(factor: Factor) -> str:
    """The last stage before the factor can be met; what varies several fields, the earliest of them."""
    return min((_met_behind(path) for path in factor.varies), key=STAGES.index, default=ON_PAGES)


def _met_behind(path: str) -> str:
    way = steps(path)
    if way[0] in ("contact", "messages", "sampling"):
        return BY_MESSAGE
    on_pages = way[0] in ("items", "pages") or way[:2] in (
        ("instrument", "sections"),
        ("measurement", "progress"),
        ("measurement", "paradata"),
    )
    return ON_PAGES if on_pages else AT_THE_DOOR


def stage_ratios(
    exp: Experiment, counts: Mapping[str, Mapping[str, int]], sampled: SampleRatio, effect: float = 1.0
) -> tuple[StageRatio, ...]:
    """The ratio at every stage that anybody reached, in order.

    At the first stage the arms' stored probabilities are expected; where these hung on those before, what
    is expected is told by ``sampled``. Behind it each arm's share of the sampled cases is: the test of
    homogeneity, which has no more to do with how the cases were assigned.

    Args:
        exp: the design.
        counts: stage -> arm (``Arm.key``) -> cases.
        sampled: the ratio of the sampled cases, or of their clusters where these were assigned as a whole.
        effect: the design effect of these clusters.
    """
    last = min((met_behind(factor) for factor in exp.assignment.factors), key=STAGES.index)
    whole = {arm.key: counts.get(STAGES[0], {}).get(arm.key, 0) for arm in exp.arms}
    found = []
    for stage in STAGES:
        observed = counts.get(stage, {})
        if not any(observed.values()):
            continue
        ratio = sampled if stage == STAGES[0] else homogeneity(whole, observed, effect)
        before = STAGES.index(stage) <= STAGES.index(last)
        verdict: Literal["fits", "gate", "effect"] = "fits"
        if ratio.mismatch:
            verdict = "gate" if before else "effect"
        exposure: Literal["before", "after"] = "before" if before else "after"
        found.append(StageRatio(stage, exposure, ratio.observed, ratio.expected, ratio.p, verdict))
    return tuple(found)
