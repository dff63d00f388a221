"""Simple random sampling: all sets are equally likely, and the draw repeats."""

import hashlib
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import chisquare

from surveylab.errors import SurveylabError
from surveylab.randomness import stream
from surveylab.sampling import FrameView
from surveylab.sampling.srs import Settings, draw, needs

AT_Z_4 = 6.3e-5
"""The two-sided p of z = 4."""
GOLDEN = "669510a4bd32306a376df7b8667911b8f1c4e988bc43ce6105cdb7c5b86dcd44"
"""SHA-256 of a stored result."""


def frame(size: int) -> FrameView:
    """A frame of units without fields."""
    return FrameView(np.array([f"u{place:06}" for place in range(size)], dtype=np.str_), {})


def test_every_set_is_equally_likely() -> None:
    """Chi-square of 30,000 draws of 3 of 6 over the 20 sets, at z = 4."""
    rng, six = stream("srs"), frame(6)
    seen = Counter(tuple(draw(six, Settings(3), rng).positions.tolist()) for _ in range(30_000))
    assert chisquare([seen[each] for each in combinations(range(6), 3)]).pvalue > AT_Z_4


def test_inclusion_of_units_and_pairs() -> None:
    """Units are in 4/10 and pairs in 4 x 3 / (10 x 9) of 20,000 draws, each within z = 4."""
    rng, ten, draws = stream("pairs"), frame(10), 20_000
    inside = np.zeros((draws, 10))
    for row in inside:
        row[draw(ten, Settings(4), rng).positions] = 1
    together = inside.T @ inside
    for share, expected in (
        (np.diag(together), 0.4),
        (together[np.triu_indices(10, 1)], 4 * 3 / (10 * 9)),
    ):
        z = (share - draws * expected) / np.sqrt(draws * expected * (1 - expected))
        assert np.abs(z).max() < 4


def test_the_probability_is_n_over_size() -> None:
    """Every drawn unit carries n/N and no stratum."""
    sample = draw(frame(7), Settings(2), stream("p"))
    assert sample.probability.tolist() == [2 / 7, 2 / 7]
    assert sample.stratum.tolist() == ["", ""]
    assert needs(Settings(2)) == ()


def test_the_whole_frame_can_be_drawn() -> None:
    """A sample of n = N takes everybody with certainty."""
    sample = draw(frame(5), Settings(5), stream("all"))
    assert sample.positions.tolist() == [0, 1, 2, 3, 4]
    assert sample.probability.tolist() == [1.0] * 5


def test_a_draw_repeats_byte_for_byte() -> None:
    """The same seed gives these very bytes; a change of the algorithm is noticed here."""
    one, other = (draw(frame(1_000), Settings(100), stream(seed)).positions for seed in ("golden", "other"))
    assert hashlib.sha256(one.astype("<i8").tobytes()).hexdigest() == GOLDEN
    assert one.tolist() != other.tolist()


@pytest.mark.parametrize(
    ("size", "n", "message"),
    [
        (0, 3, r"no eligible unit\. Load units"),
        (2, 3, r"asks for 3 units and the frame has 2 .* Lower sampling `n`"),
    ],
)
def test_a_frame_that_is_too_small(size: int, n: int, message: str) -> None:
    """An empty or a short frame is refused with a way out."""
    with pytest.raises(SurveylabError, match=message):
        draw(frame(size), Settings(n), stream("short"))


def test_a_sample_has_at_least_one_unit() -> None:
    """A sample of n = 0 is refused where the settings are made."""
    with pytest.raises(ValueError, match="n is 0"):
        Settings(0)
