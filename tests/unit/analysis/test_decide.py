"""The decision rule on draws whose probabilities are known."""

from __future__ import annotations

import numpy as np
import pytest

from surveylab.analysis.decide import decide, missing, thresholds
from surveylab.design.experiment import DecisionRule
from surveylab.design.rules import parse
from surveylab.errors import SurveylabError

DRAWS = {"gain": np.linspace(-0.1, 0.9, 1001), "harm": np.linspace(0.0, 1.0, 1001)}


def rule(adopt: str, drop: str | None = None, guard: str | None = None) -> DecisionRule:
    """A rule from its texts."""
    return DecisionRule(parse(adopt), parse(drop) if drop else None, parse(guard) if guard else None)


@pytest.mark.parametrize(
    ("stated", "action"),
    [
        (rule("P(gain > 0) >= 0.85"), "adopt"),
        (rule("P(gain > 0) >= 0.95"), "continue"),
        (rule("P(gain > 0) >= 0.95", "P(gain > 0) <= 0.92"), "drop"),
        (rule("P(gain > 0) >= 0.85", guard="P(harm > 0.5) <= 0.2"), "continue"),
        (rule("P(gain > 0) >= 0.85", guard="P(harm > 0.5) <= 0.6"), "adopt"),
        (rule("P(gain > 0) >= 0.85", "P(harm > 0.9) <= 0.2", "P(harm > 0.5) <= 0.2"), "drop"),
        (rule("P(gain > 0 and harm > 0.5) >= 0.45"), "adopt"),
        (rule("P(gain - harm < 0) == 1"), "adopt"),
    ],
)
def test_the_rule_acts_as_written(stated: DecisionRule, action: str) -> None:
    """Guard before adoption, adoption before dropping, otherwise what the file says."""
    assert decide(stated, DRAWS).action == action


def test_the_reason_shows_the_evidence() -> None:
    """Each P(...) of the rule is in the evidence with its value, and in the reason."""
    decision = decide(rule("P(gain > 0.4) >= 0.85"), DRAWS)
    assert decision.evidence == {"P(gain > 0.4)": pytest.approx(0.4995, abs=1e-3)}
    assert "adopt_if does not hold" in decision.reason
    assert "P(gain > 0.4) is 0.500" in decision.reason


def test_an_inquiry_without_estimate_is_named() -> None:
    """A rule about an inquiry that has no draws decides nothing."""
    stated = rule("P(gain > 0) >= 0.5", guard="P(absent > 0) <= 0.5")
    assert missing(stated, DRAWS) == ("absent",)
    with pytest.raises(SurveylabError, match="'absent'"):
        decide(stated, DRAWS)


def test_evidence_keeps_the_parentheses_that_matter() -> None:
    """Two conditions that differ in parentheses alone have evidence of their own."""
    texts = (
        "P((gain - harm) * 2 > 0.5 - 1)",
        "P(gain - harm * 2 > 0.5 - 1)",
        "P(not (gain > 0 or harm > 0.5))",
        "P(-(gain - 1) > 1)",
    )
    first, second, third, fourth = texts
    stated = rule(f"{first} >= 0 or {second} >= 0 or {third} >= 0 or {fourth} >= 0")
    assert list(decide(stated, DRAWS).evidence) == list(texts)
    assert decide(stated, DRAWS).evidence[first] != decide(stated, DRAWS).evidence[second]


def test_posteriors_of_different_lengths_are_paired_over_all_of_the_longer() -> None:
    """A fit that needed a second run has more draws; a joint statement uses them evenly spaced."""
    uneven = {"gain": DRAWS["gain"], "harm": np.repeat(DRAWS["harm"], 2)}
    stated = rule("P(gain - harm < 0) >= 0.5 and P(gain > 0 and harm > 0.5) >= 0.5")
    assert decide(stated, uneven).evidence == decide(stated, DRAWS).evidence


def test_an_inquiry_may_be_compared_with_another() -> None:
    """Such a comparison has no threshold; a number on the left, and one behind ``and``, is one."""
    stated = rule("P(gain > harm) >= 0.5", "P(-2 < gain) <= 0.1", "P(gain > 0.1 and not harm > 1 - 0.5) >= 0.5")
    assert thresholds(stated, "gain") == (-2.0, 0.1)
    assert thresholds(stated, "harm") == (0.5,)
    assert thresholds(rule("P(gain - 1 > 0) >= 0.5"), "gain") == ()


def test_thresholds_are_those_of_the_rule() -> None:
    """p_above is told at the numbers that the rule compares with, each once."""
    stated = rule("P(gain > 0.01) >= 0.95", "P(gain > 0.01) <= 0.1", "P(gain < -5) <= 0.2")
    assert thresholds(stated, "gain") == (0.01, -5.0)
    assert thresholds(stated, "harm") == ()
    assert thresholds(None, "gain") == ()
