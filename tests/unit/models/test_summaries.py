"""Summaries of draws, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from surveylab.models import expected_loss, p_best, summary

LEVELS = {"a": np.array([1.0, 2.0, 3.0, 4.0]), "b": np.array([2.0, 1.0, 3.0, 9.0])}


def test_summary_is_mean_sd_and_central_interval() -> None:
    """Of 0..100: mean 50, 90 % between 5 and 95."""
    told = summary(np.arange(101.0), 0.9)
    assert told.mean == 50
    assert told.sd == pytest.approx(np.std(np.arange(101.0), ddof=1))
    assert told.interval == pytest.approx((5, 95))


def test_p_best_shares_ties_and_sums_to_one() -> None:
    """Draws 1 and 4 are won by b, draw 2 by a, and draw 3 is shared."""
    assert p_best(LEVELS) == {"a": 0.375, "b": 0.625}
    assert p_best(LEVELS, -1) == {"a": 0.625, "b": 0.375}


def test_expected_loss_is_what_the_best_has_more() -> None:
    """Losses of a: 1, 0, 0, 5; of b: 0, 1, 0, 0. Less is better: the other way round."""
    assert expected_loss(LEVELS) == {"a": 1.5, "b": 0.25}
    assert expected_loss(LEVELS, -1) == {"a": 0.25, "b": 1.5}
