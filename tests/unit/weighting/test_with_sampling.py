"""From a draw to its errors: what the sampling schemes store is what weights and variances need."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from surveylab import randomness
from surveylab.errors import SurveylabError
from surveylab.sampling import FrameView, joint, pps, stratified
from surveylab.weighting import Design, base_weights, mean, sen_yates_grundy, total

SIZE = 40
RNG = np.random.default_rng(6)
SPENT = np.round(RNG.gamma(3.0, 20.0, SIZE) + 5, 2)
FRAME = FrameView(
    np.array([f"u{number:03d}" for number in range(SIZE)]),
    {"spent": SPENT, "region": np.repeat(["north", "south"], SIZE // 2)},
)
SCORE = 3.0 + 0.5 * SPENT + RNG.normal(0, 6, SIZE)


def test_the_variance_of_sampfords_samples_is_unbiased() -> None:
    """800 draws of 8: total and variance are within z = 4 of the truth that the draws themselves show."""
    settings = pps.Settings(n=8, size="spent")
    found = []
    for number in range(800):
        drawn = pps.draw(FRAME, settings, randomness.stream("weights", str(number)))
        pairs = joint("pps", FRAME, settings, drawn.positions)
        found.append(sen_yates_grundy(SCORE[drawn.positions], drawn.probability, pairs))
    totals, variances = (np.array([getattr(each, name) for each in found]) for name in ("estimate", "variance"))
    assert abs(totals.mean() - SCORE.sum()) < 4 * totals.std() / 800**0.5
    squares = (totals - SCORE.sum()) ** 2
    apart = variances - squares
    assert abs(apart.mean()) < 4 * apart.std() / 800**0.5


def test_a_systematic_sample_has_no_such_variance() -> None:
    """Its scheme says so, or its pairs do."""
    settings = pps.Settings(n=8, size="spent", method="systematic", sort=("region",))
    drawn = pps.draw(FRAME, settings, randomness.stream("weights", "x"))
    with pytest.raises(SurveylabError):
        sen_yates_grundy(SCORE[drawn.positions], drawn.probability, joint("pps", FRAME, settings, drawn.positions))


def test_intervals_of_stratified_samples_cover() -> None:
    """200 draws of 12 of 40: 95 % intervals cover the mean so often, within z = 4, and variances are unbiased."""
    settings = stratified.Settings(strata=("region",), n={"region=north": 8, "region=south": 4}, allocation="fixed")
    covered, squares, variances = [], [], []
    for number in range(200):
        drawn = stratified.draw(FRAME, settings, randomness.stream("strata", str(number)))
        data = pd.DataFrame(
            {"y": SCORE[drawn.positions], "inclusion_probability": drawn.probability, "stratum": drawn.stratum, "N": 20}
        )
        design = Design(data.assign(w=base_weights(data)), "w", strata="stratum", fpc="N")
        row = mean(design, "y").frame.iloc[0]
        covered.append(row["lower"] <= SCORE.mean() <= row["upper"])
        squares.append((total(design, "y").frame["estimate"][0] / SIZE - SCORE.mean()) ** 2)
        variances.append(row["se"] ** 2)
    apart = np.array(variances) - np.array(squares)
    assert abs(apart.mean()) < 4 * apart.std() / 200**0.5
    assert np.mean(covered) > 0.95 - 4 * (0.95 * 0.05 / 200) ** 0.5
