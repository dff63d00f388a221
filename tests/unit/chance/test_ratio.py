"""The sample-ratio gate and the leak rule."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import binom, chi2, chi2_contingency, chisquare, fisher_exact

from surveylab.chance.ratio import Executed, executed_ratio, homogeneity, problem, sample_ratio
from surveylab.design.factors import Arm
from surveylab.errors import GateError


def arm(level: str, probability: str) -> Arm:
    """An arm of one factor."""
    return Arm((("f", level),), Fraction(probability))


ARMS = (arm("a", "1/2"), arm("b", "1/3"), arm("c", "1/6"))


def test_p_is_pearsons() -> None:
    """The p-value agrees with an independent chi-square test of the same counts."""
    ratio = sample_ratio(ARMS, {"f=a": 520, "f=b": 310, "f=c": 170})
    assert ratio.p == pytest.approx(chisquare([520, 310, 170], [500, 1000 / 3, 1000 / 6]).pvalue)
    assert not ratio.mismatch
    assert problem(ratio) is None


def test_a_loss_after_randomisation_is_found() -> None:
    """Losing a fifth of one arm of 2,000 is a mismatch, and the message names counts and remedy."""
    ratio = sample_ratio((arm("a", "1/2"), arm("b", "1/2")), {"f=a": 1000, "f=b": 800})
    assert ratio.mismatch
    assert "f=b: 800 for 900.0" in (problem(ratio) or "")


@pytest.mark.parametrize("counts", [{"f=a": 5, "f=z": 1}, {"f=a": 5, "f=none": 1}])
def test_one_case_in_an_impossible_arm_is_an_error(counts: dict[str, int]) -> None:
    """A single leak stops everything: no probability explains it."""
    with pytest.raises(GateError, match=r"Leak: .*probability zero"):
        sample_ratio((*ARMS, arm("none", "0")), counts)


def test_arms_that_expect_few_cases_are_held_against_simulated_samples() -> None:
    """Chi-square with one degree of freedom would say 0.0002 of 8 for 2 expected; the binomial says 0.0011."""
    two = (arm("a", "1/100"), arm("b", "99/100"))
    found = sample_ratio(two, {"f=a": 8, "f=b": 192})
    exact = binom.sf(7, 200, 0.01)
    assert found.p == pytest.approx(exact, abs=4 * (exact / 20_000) ** 0.5)
    assert not found.mismatch
    assert found == sample_ratio(two, {"f=a": 8, "f=b": 192})
    assert sample_ratio(two, {"f=a": 30, "f=b": 170}).mismatch


def both(scheme: str, wording: str) -> Arm:
    """An arm of a sampling scheme and a wording, all equally likely."""
    return Arm((("scheme", scheme), ("wording", wording)), Fraction(1, 4))


FOUR = tuple(both(scheme, wording) for scheme in ("srs", "pps") for wording in ("a", "b"))


def test_schemes_that_draw_unequally_are_no_mismatch() -> None:
    """900 and 100 cases are what two schemes drew; within each the wordings are held against each other."""
    counts = {"scheme=srs·wording=a": 440, "scheme=srs·wording=b": 460}
    counts |= {"scheme=pps·wording=a": 58, "scheme=pps·wording=b": 42}
    assert sample_ratio(FOUR, counts).mismatch
    found = sample_ratio(FOUR, counts, ("scheme",))
    by_hand = chisquare([440, 460]).statistic + chisquare([58, 42]).statistic
    assert found.p == pytest.approx(chi2.sf(by_hand, 2))
    assert found.expected == {
        "scheme=srs·wording=a": 450.0,
        "scheme=srs·wording=b": 450.0,
        "scheme=pps·wording=a": 50.0,
        "scheme=pps·wording=b": 50.0,
    }


def test_a_loss_within_a_scheme_is_found() -> None:
    """Of few cases too, where p is simulated: 30 against 2 in one scheme, 20 against 20 in the other."""
    counts = {"scheme=srs·wording=a": 20, "scheme=srs·wording=b": 20}
    counts |= {"scheme=pps·wording=a": 30, "scheme=pps·wording=b": 2}
    assert sample_ratio(FOUR, counts, ("scheme",)).mismatch
    few = {"scheme=srs·wording=a": 500, "scheme=srs·wording=b": 500, "scheme=pps·wording=a": 4}
    assert not sample_ratio(FOUR, few, ("scheme",)).mismatch


def test_a_factor_of_sampling_alone_leaves_nothing_to_compare() -> None:
    """Each scheme is an arm by itself: how many it has says nothing."""
    assert sample_ratio(ARMS, {"f=a": 60, "f=b": 4}, ("f",)).p == 1.0


def test_an_arm_without_cases_counts_as_none() -> None:
    """An arm that nobody is in is observed zero times."""
    assert sample_ratio(ARMS, {"f=a": 60, "f=b": 40}).observed["f=c"] == 0


def test_shares_that_reach_a_stage_are_compared_with_the_sampled_ones() -> None:
    """The chi-square of the 2 x K table, as SciPy has it; with few cases the exact distribution of the table."""
    found = homogeneity({"a": 500, "b": 300}, {"a": 120, "b": 40})
    assert found.p == pytest.approx(chi2_contingency([[120, 380], [40, 260]], correction=False).pvalue)
    assert found.mismatch
    few = homogeneity({"a": 10, "b": 10}, {"a": 6, "b": 1})
    exact = fisher_exact([[6, 4], [1, 9]]).pvalue
    assert few.p == pytest.approx(exact, abs=4 * (exact / 20_000) ** 0.5)
    assert homogeneity({"a": 10, "b": 10}, {"a": 10, "b": 10}).p == 1


def executed(cases: list[tuple[str, float]]) -> dict[str, Executed]:
    """The sums of cases with their arm and its executed probability."""
    keys = {key for key, _ in cases}
    chances = {key: np.array([p for other, p in cases if other == key]) for key in keys}
    return {k: Executed(len(p), float((1 / p).sum()), float(((1 / p - 1) / p).sum())) for k, p in chances.items()}


def test_cases_are_held_against_the_probabilities_that_they_had() -> None:
    """Two thirds in b are no mismatch where b had two thirds at each turn, and are one where it had a half."""
    two = (arm("a", "1/2"), arm("b", "1/2"))
    drawn = ["f=b" if number % 3 else "f=a" for number in range(900)]
    fits = executed_ratio(two, executed([(key, 2 / 3 if key == "f=b" else 1 / 3) for key in drawn]))
    assert not fits.mismatch
    assert fits.expected["f=b"] == pytest.approx(600)
    assert executed_ratio(two, executed([(key, 0.5) for key in drawn])).mismatch


def test_false_alarms_over_executed_probabilities_are_rare() -> None:
    """Probabilities that wander with the balance: of 1,000 runs at most 1 in 100 is below 0.01 (Bonferroni)."""
    rng = np.random.default_rng(6)
    two = (arm("a", "1/2"), arm("b", "1/2"))
    low = 0
    for _ in range(1_000):
        cases, lead = [], 0
        for _ in range(200):
            p = 0.5 if not lead else 0.3 if lead > 0 else 0.7
            in_a = rng.random() < p
            cases.append(("f=a", p) if in_a else ("f=b", 1 - p))
            lead += 1 if in_a else -1
        low += executed_ratio(two, executed(cases)).p < 0.01
    assert low <= 20


def test_cases_of_clusters_are_not_so_many_draws() -> None:
    """With a design effect of 4 the statistic is a quarter: 120 of 500 against 40 of 300 is no mismatch any more."""
    plain, clustered = (homogeneity({"a": 500, "b": 300}, {"a": 120, "b": 40}, effect) for effect in (1.0, 4.0))
    assert chi2.isf(clustered.p, 1) == pytest.approx(chi2.isf(plain.p, 1) / 4)
    assert plain.mismatch
    assert not clustered.mismatch
