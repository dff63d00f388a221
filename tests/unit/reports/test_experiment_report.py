"""The report: its geometry, its words, and that it loads nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from surveylab import registry, spec
from surveylab.design.results import Analysis, Decision, Diagnostics, Estimate, SampleRatio, Summary
from surveylab.reports._forest import level, number, panels, probability

ROOT = Path(__file__).parents[3]


def estimate(scale: str = "risk_difference", mean: float = 0.05, low: float = 0.01, high: float = 0.09) -> Estimate:
    """An estimate with these numbers."""
    levels = {"short": Summary(0.5, 0.01, (0.48, 0.52)), "long": Summary(0.45, 0.01, (0.43, 0.47))}
    return Estimate(
        inquiry="length_on_response",
        outcome="response",
        scale=scale,
        mean=mean,
        sd=0.02,
        interval=(low, high),
        level=0.95,
        p_positive=0.99,
        p_above={"0.02": 0.9},
        levels=levels,
        expected_loss={"short": 0.0, "long": 0.05},
        p_best={"short": 0.99, "long": 0.01},
        engine="nuts",
        diagnostics=Diagnostics(1.001, 2000.0, 0),
        n={"short": 1000, "long": 1000},
        within={},
    )


def analysis(*estimates: Estimate, reason: str = "adopt_if holds.") -> Analysis:
    """An analysis of the shipped experiment."""
    return Analysis(
        experiment="nps_wording_length",
        title="Title",
        design_hash="d" * 64,
        data_hash="e" * 64,
        code_version="0",
        at="2026-03-02T09:00:00+00:00",
        n={"sampled": 2000, "arms": {}},
        sample_ratio=SampleRatio({"a": 1}, {"a": 1.0}, 0.5, mismatch=False),
        estimates=estimates,
        refused={"wording_on_nps": "the fit did not converge"},
        decision=Decision("adopt", reason, {}, {}),
    )


def rendered(given: Analysis) -> str:
    """The page of an analysis of the shipped experiment."""
    study = spec.read(ROOT / "experiments" / "nps_wording_length.yaml")
    flow = [{"arm": "standard, long", "sampled": 1500, "started": 300}]
    page: str = registry.load("reports", "experiment").render({"study": study, "analysis": given, "flow": flow})
    return page


def test_the_axis_holds_every_interval_and_the_null() -> None:
    """Means lie between their bounds, all within the axis, in the order of their values."""
    (panel,) = panels([estimate(), replace(estimate(), mean=-0.2, interval=(-0.3, -0.1), within={"region": "north"})])
    first, second = panel.rows
    for row in panel.rows:
        assert 0 < row.x_low < row.x < row.x_high < 100
    assert second.x < panel.null < first.x_low
    assert (first.pooled, second.pooled) == (True, False)
    assert [tick.x for tick in panel.ticks] == sorted(tick.x for tick in panel.ticks)


def test_ratios_stand_on_a_logarithmic_axis() -> None:
    """Half and double lie equally far from one."""
    (panel,) = panels([estimate("ratio", 2.0, 1.9, 2.1), estimate("ratio", 0.5, 1 / 2.1, 1 / 1.9)])
    double, half = panel.rows
    assert double.x - panel.null == pytest.approx(panel.null - half.x, abs=1e-2)


def test_panels_follow_the_order_of_the_file() -> None:
    """The first inquiry's outcome comes first, whatever the alphabet says."""
    late, early = replace(estimate(), outcome="response"), replace(estimate(), outcome="break_off")
    assert [panel.title for panel in panels([late, early, late])] == ["response", "break off"]


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [(0.42615, "risk_difference", "42.6 %"), (-0.29, "difference", "−0.29"), (105.93, "ratio", "105.9")],
)
def test_level_means_are_told_on_their_scale(value: float, scale: str, text: str) -> None:
    """Shares in per cent, everything else in its own unit."""
    assert level(value, scale) == text


def test_outcomes_have_panels_of_their_own() -> None:
    """Estimates of other units never share an axis."""
    assert len(panels([estimate(), replace(estimate("ratio", 1.1, 1.0, 1.2), outcome="completion_time")])) == 2


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (0.0512, "risk_difference", "+5.1"),
        (-0.0512, "risk_difference", "−5.1"),
        (-0.0001, "risk_difference", "0.0"),
        (1.234, "ratio", "1.23"),
        (-3.14159, "difference", "−3.14"),
    ],
)
def test_numbers_are_told_on_their_scale(value: float, scale: str, text: str) -> None:
    """Shares in points with a sign, ratios with two places, no minus before a zero."""
    assert number(value, scale) == text


@pytest.mark.parametrize(("value", "text"), [(0.0, "< 0.001"), (1.0, "> 0.999"), (0.95, "0.950")])
def test_no_probability_is_certain(value: float, text: str) -> None:
    """A share of draws is told without claiming certainty."""
    assert probability(value) == text


def test_the_page_says_everything_and_loads_nothing() -> None:
    """Decision, refusal, levels, flow, effect and hashes are there; no address of another file is."""
    page = rendered(analysis(estimate()))
    for words in (
        "Adopt",
        "the fit did not converge",
        "Thinking of your last experience",
        "1,500",
        "+5.0 [+1.0, +9.0]",
        "d" * 16,
    ):
        assert words in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "url(" not in page


def test_what_comes_from_outside_is_escaped() -> None:
    """A reason with a tag in it is text on the page."""
    assert "<script>alert" not in rendered(analysis(reason="<script>alert(1)</script>"))


def test_checks_of_chance_are_told_in_words_where_there_are_some() -> None:
    """The stage with its exposure and what it means, the leaks, and how far the arms are apart; escaped."""
    ratio = {"stage": "submitted", "exposure": "after", "observed": {"a": 900, "b": 700}, "p": 0.0001}
    line = {"field": "age<b>", "value": None, "arm": "a", "mean": 41.25, "others": 40.5, "smd": 0.0484}
    watched = {
        "stages": [{**ratio, "verdict": "effect"}],
        "leaks": {"exposures": 1600, "other_arm": 1, "no_arm": 1},
        "balance": {"differences": [line], "statistic": 1.25, "degrees": 1, "p": 0.264},
    }
    study = spec.read(ROOT / "experiments" / "nps_wording_length.yaml")
    content = {"study": study, "analysis": analysis(), "flow": []}
    page = registry.load("reports", "experiment").render({**content, "watched": watched})
    for words in ("1,600", "the arms differ: an effect", "2 of 1,600 exposures", "+0.048", "p = 0.264", "age&lt;b&gt;"):
        assert words in page
    assert "Checks of chance" not in registry.load("reports", "experiment").render(content)
