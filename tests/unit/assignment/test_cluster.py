"""Cluster randomisation: nobody of a cluster is in another arm, and it is clusters that are balanced."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from surveylab.assignment import CaseView, cluster
from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError
from surveylab.randomness import stream

ARMS = [Arm((("f", name),), Fraction(share)) for name, share in (("a", "1/2"), ("b", "1/3"), ("c", "1/6"))]
IDS = np.array([f"u{number:03}" for number in range(90)])
HOUSEHOLDS = CaseView(IDS, {"household": np.arange(90) ** 2 // 320})


def test_a_household_has_one_arm_and_clusters_are_counted() -> None:
    """Halves, thirds and sixths of the households, rounded; the label is stored with each case."""
    code = HOUSEHOLDS.fields["household"]
    result = cluster.assign(HOUSEHOLDS, ARMS, cluster.Settings("household"), stream("x"), "x")
    arm_of = dict(zip(code.tolist(), result.arm.tolist(), strict=True))
    assert result.arm.tolist() == [arm_of[each] for each in code.tolist()]
    counts = Counter(arm_of.values())
    assert all(abs(counts[place] - len(arm_of) * arm.probability) < 1 for place, arm in enumerate(ARMS))
    assert result.cluster is not None
    assert result.cluster.tolist() == [f"household={each}" for each in code.tolist()]
    assert sorted(result.position.tolist()) == list(range(90))


def test_batches_are_made_at_random_and_have_one_arm_each() -> None:
    """Of 90 cases nine batches of ten; over 2,000 seeds two cases share one with 9/89, within z = 4."""
    settings = cluster.Settings(batch=10)
    together = 0
    for seed in range(2_000):
        result = cluster.assign(CaseView(IDS, {}), ARMS, settings, stream(str(seed)), "x")
        assert result.cluster is not None
        together += int(result.cluster[0] == result.cluster[1])
    assert set(Counter(result.cluster.tolist()).values()) == {10}
    assert len(set(zip(result.cluster.tolist(), result.arm.tolist(), strict=True))) == 9
    p = 9 / 89
    assert abs(together - 2_000 * p) / np.sqrt(2_000 * p * (1 - p)) < 4


def test_a_case_without_a_cluster_is_told() -> None:
    """It would be a cluster of all who lack one."""
    view = CaseView(IDS[:2], {"household": np.array(["1", ""])})
    with pytest.raises(SurveylabError, match="no value of 'household'"):
        cluster.assign(view, ARMS, cluster.Settings("household"), stream("x"), "x")


@pytest.mark.parametrize("settings", [{}, {"cluster": "household", "batch": 5}, {"batch": 0}])
def test_a_cluster_is_of_a_field_or_a_batch(settings: dict[str, object]) -> None:
    """One of them, and a batch has somebody in it."""
    with pytest.raises(ValueError, match=r"batch"):
        cluster.Settings(**settings)  # type: ignore[arg-type]
