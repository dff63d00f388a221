"""Quota sampling: cells are filled, and nothing is claimed about chances."""

from collections import Counter

import numpy as np
import pytest

from surveylab.errors import SurveylabError
from surveylab.randomness import stream
from surveylab.sampling import FrameView, joint
from surveylab.sampling.quota import Settings, draw

UNITS = FrameView(np.array([f"u{each:02}" for each in range(30)]), {"sex": np.array(["f", "m", "f"] * 10)})


def test_the_cells_are_filled_and_no_probability_is_claimed() -> None:
    """Five of each, whoever comes first; another seed brings others."""
    chosen = Settings(("sex",), {"sex=f": 5, "sex=m": 5})
    one, other = (draw(UNITS, chosen, stream(seed)) for seed in "ab")
    assert Counter(one.stratum.tolist()) == {"sex=f": 5, "sex=m": 5}
    assert np.isnan(one.probability).all()
    assert one.positions.tolist() != other.positions.tolist()


def test_a_total_is_shared_in_proportion_to_the_frame() -> None:
    """Six of twenty women and ten men: four and two."""
    sample = draw(UNITS, Settings(("sex",), 6), stream("total"))
    assert Counter(sample.stratum.tolist()) == {"sex=f": 4, "sex=m": 2}


def test_there_are_no_joint_probabilities() -> None:
    """The error says which schemes have them."""
    with pytest.raises(SurveylabError, match=r"quota has no joint inclusion probabilities. These have: .*pps.*srs"):
        joint("quota", UNITS, Settings(("sex",), 6), np.arange(3))


@pytest.mark.parametrize(
    ("n", "message"),
    [
        ({"sex=f": 5, "sex=m": 11}, "sex=m (11 of 10)"),
        ({"sex=f": 5, "sex=x": 1}, "no stratum 'sex=x'"),
        (31, "asks for 31 units and the frame has 30"),
    ],
)
def test_cells_that_cannot_be_filled(n: object, message: str) -> None:
    """A cell that the frame lacks or cannot fill is told before anybody is asked."""
    with pytest.raises(SurveylabError) as caught:
        draw(UNITS, Settings(("sex",), n), stream("bad"))  # type: ignore[arg-type]
    assert message in str(caught.value)
