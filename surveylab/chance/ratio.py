"""The sample-ratio gate and the leak rule: is the chance that was stored the chance that ran?"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveylab import randomness
from surveylab.chance._tail import upper_tail
from surveylab.design.factors import Arm
from surveylab.design.results import SampleRatio
from surveylab.errors import GateError

THRESHOLD = 0.001
"""Below this p the arms are not the ones that were randomised (methodology 4, hard rule 3)."""
FEWEST = 5
"""Expected cases of an arm below which the statistic is not distributed as chi-square (Cochran 1954)."""
SAMPLES = 20_000
"""Samples that p is then simulated from: its standard error at the threshold is 0.0002."""


def sample_ratio(arms: Sequence[Arm], observed: Mapping[str, int], given: Collection[str] = ()) -> SampleRatio:
    """Pearson's chi-square of cases per arm (by ``Arm.key``) against the arms' probabilities.

    Where an arm is expected to have fewer than ``FEWEST`` cases, p is (1 + those of ``SAMPLES``
    multinomial samples whose statistic is as large) / (1 + ``SAMPLES``) (Hope 1968, JRSS B 30),
    the same for the same counts. Schemes that fix the counts (complete, blocked) vary less than
    a multinomial: for them p is too large, never too small.

    ``given`` are the factors that vary the sampling. How many cases a level of these has is what its scheme
    draws, so arms are compared with those of the same levels only, and the statistics are added up.

    Raises:
        GateError: a case is in an arm of probability zero, or in one that is no arm.
    """
    groups: dict[tuple[tuple[str, str], ...], list[Arm]] = {}
    for arm in arms:
        groups.setdefault(tuple(pair for pair in arm.levels if pair[0] in given), []).append(arm)
    expected = {arm.key: share for alike in groups.values() for arm, share in _expected(alike, observed)}
    leaks = {key: count for key, count in observed.items() if count and not expected.get(key)}
    if leaks:
        where = "; ".join(f"{count} in {key!r}" for key, count in sorted(leaks.items()))
        raise GateError(
            f"Leak: cases stand in arms that have probability zero ({where}). "
            "Nothing is estimated; find out how they were assigned (surveylab audit) before anything else."
        )
    possible = {key: share for key, share in expected.items() if share > 0}
    statistic = sum((observed.get(key, 0) - share) ** 2 / share for key, share in possible.items())
    parts = [[possible[arm.key] for arm in alike if arm.key in possible] for alike in groups.values()]
    compared = [np.array(part) for part in parts if len(part) > 1]
    if not compared:
        p = 1.0
    elif min(part.min() for part in compared) < FEWEST:
        p = _simulated(statistic, compared)
    else:
        p = upper_tail(statistic, sum(len(part) - 1 for part in compared))
    counts = {arm.key: observed.get(arm.key, 0) for arm in arms}
    return SampleRatio(observed=counts, expected={key: expected[key] for key in counts}, p=p, mismatch=p < THRESHOLD)


@dataclass(frozen=True)
class Executed:
    """The cases of one arm whose probabilities hung on those before: sums over them, P the executed probability.

    ``inverse`` is the sum of 1 / P and ``variance`` that of (1 / P - 1) / P.
    """

    cases: int
    inverse: float
    variance: float


def executed_ratio(arms: Sequence[Arm], executed: Mapping[str, Executed]) -> SampleRatio:
    """The cases of each arm against the probabilities that it had at every turn.

    At each turn 1 / P of the arm that was drawn has the mean 1 in every arm, whatever was before. So its sum
    over the cases of an arm less the number of all cases is a martingale that ends at 0 on average (Horvitz and
    Thompson 1952; Hall and Heyde 1980, Martingale Limit Theory); ``p`` is that of the largest z among the arms
    times their number (Bonferroni), and ``expected`` the cases that would make the sum fit. The variance is
    at least that under the arm's own probability: the sum is small just when its own estimate is.

    Raises:
        GateError: as in ``sample_ratio``.
    """
    counts = {key: each.cases for key, each in executed.items()}
    plain = sample_ratio(arms, counts)
    n = sum(counts.values())
    largest = 0.0
    expected = {}
    for arm in arms:
        one = executed.get(arm.key, Executed(0, 0.0, 0.0))
        variance = max(one.variance, n * float(1 / arm.probability - 1))
        largest = max(largest, abs(one.inverse - n) / math.sqrt(variance) if variance else 0.0)
        expected[arm.key] = one.cases * n / one.inverse if one.cases else n * float(arm.probability)
    p = min(1.0, len(arms) * math.erfc(largest / math.sqrt(2)))
    return SampleRatio(observed=plain.observed, expected=expected, p=p, mismatch=p < THRESHOLD)


def homogeneity(whole: Mapping[str, int], reached: Mapping[str, int], effect: float = 1.0) -> SampleRatio:
    """Whether the cases that reached a stage are the same share of every arm: chi-square of the 2 x K table.

    Cases of clusters that were assigned as a whole are alike; the statistic is divided by the design ``effect``
    then (Donald and Donner 1987, Statistics in Medicine 6, 491-499).

    Where fewer than ``FEWEST`` of an arm are expected to reach it, or not to, p is from tables drawn with both
    margins fixed (Patefield 1981, Applied Statistics 30, 91-97), the same for the same counts.
    """
    keys = [key for key, count in whole.items() if count]
    cases, there = (np.array([counts.get(key, 0) for key in keys], dtype=np.int64) for counts in (whole, reached))
    share = there.sum() / cases.sum()
    expected = cases * share
    told = {key: float(expected[keys.index(key)]) if key in keys else 0.0 for key in whole}
    counts = {key: reached.get(key, 0) for key in whole}
    spread = cases * share * (1 - share)
    if len(keys) < 2 or share in (0.0, 1.0):
        return SampleRatio(observed=counts, expected=told, p=1.0, mismatch=False)
    statistic = float(((there - expected) ** 2 / spread).sum()) / effect
    if min(expected.min(), (cases - expected).min()) < FEWEST:
        rng = randomness.stream("homogeneity", *map(str, [*cases.tolist(), int(there.sum())]))
        drawn = rng.multivariate_hypergeometric(cases, int(there.sum()), SAMPLES)
        larger = (((drawn - expected) ** 2 / spread).sum(axis=1) >= statistic * (1 - 1e-9)).sum()
        p = float((1 + larger) / (1 + SAMPLES))
    else:
        p = upper_tail(statistic, len(keys) - 1)
    return SampleRatio(observed=counts, expected=told, p=p, mismatch=p < THRESHOLD)


def _expected(arms: list[Arm], observed: Mapping[str, int]) -> Iterator[tuple[Arm, float]]:
    """The cases that each of these arms would have of those that they have together."""
    cases = sum(observed.get(arm.key, 0) for arm in arms)
    whole = sum(arm.probability for arm in arms)
    for arm in arms:
        yield arm, cases * float(arm.probability / whole) if whole else 0.0


def _simulated(statistic: float, expected: Sequence[NDArray[np.float64]]) -> float:
    rng = randomness.stream("sample ratio", *(str(share) for part in expected for share in part.tolist()))
    larger = 0
    for size in [SAMPLES // 20] * 20:  # a twentieth at a time: a large design has many arms
        drawn = np.zeros(size)
        for part in expected:
            counts = rng.multinomial(round(part.sum()), part / part.sum(), size)
            drawn += ((counts - part) ** 2 / part).sum(axis=1)
        larger += int((drawn >= statistic * (1 - 1e-9)).sum())
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
