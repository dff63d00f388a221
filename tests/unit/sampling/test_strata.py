"""The numbers that an allocation reads about strata: exact, and refused with the unit or stratum named."""

import math

import numpy as np
import pytest

from surveylab.crossing import cross
from surveylab.errors import SurveylabError
from surveylab.sampling import FrameView
from surveylab.sampling._strata import Strata

IDS = np.array(["a", "b", "c", "d", "e"])
REGION = np.array(["n", "s", "n", "s", "z"])


def strata(**fields: object) -> Strata:
    """Five units in three regions, with these further fields."""
    frame = FrameView(IDS, {"region": REGION, **{name: np.asarray(values) for name, values in fields.items()}})
    return Strata(frame, cross(IDS, frame.fields, ["region"]))


def test_numbers_given_by_stratum_come_in_stratum_order() -> None:
    """The order of the mapping does not matter."""
    assert strata().given("sd", {"region=z": 3.0, "region=s": 2.0, "region=n": 0.0}) == [0.0, 2.0, 3.0]


def test_a_mapping_that_does_not_fit_names_every_fault() -> None:
    """A misspelt stratum with its nearest name, one left out, and a negative number, in one message."""
    with pytest.raises(SurveylabError) as caught:
        strata().given("n", {"region=nn": 4, "region=s": -1, "region=z": 1})
    message = str(caught.value)
    assert "no stratum 'region=nn'. Did you mean 'region=n'?" in message
    assert "nothing is said of 'region=n'." in message
    assert "'region=s' has -1." in message
    assert "`n`" in message


def test_the_deviation_has_the_divisor_n_minus_1() -> None:
    """S_h of 1 and 3 is sqrt(2), and of one unit 0."""
    found = strata(income=[1.0, 5.0, 3.0, 5.0, 9.0]).deviations("income")
    assert found == [math.sqrt(2), 0.0, 0.0]


def test_the_variation_is_relative_to_the_mean() -> None:
    """CV_h of -1 and -3 is sqrt(2) / 2; a mean of 0 has none."""
    assert strata(x=[-1.0, 5.0, -3.0, 5.0, 9.0]).variations("x") == [math.sqrt(2) / 2, 0.0, 0.0]
    with pytest.raises(SurveylabError, match="mean of 'x' is 0 in stratum 'region=n'"):
        strata(x=[-1.0, 5.0, 1.0, 5.0, 9.0]).variations("x")


def test_totals_are_exact_sums() -> None:
    """1e100 + 1 - 1e100 is 1; a negative total is no size."""
    assert strata(x=[1e100, 2.0, 1.0, 3.0, 4.0]).totals("x")[1:] == [5.0, 4.0]
    many = np.repeat(["n"], 3)
    ids = np.array(["a", "b", "c"])
    frame = FrameView(ids, {"region": many, "x": np.array([1e100, 1.0, -1e100])})
    assert Strata(frame, cross(ids, frame.fields, ["region"])).totals("x") == [1.0]
    with pytest.raises(SurveylabError, match=r"total of 'x' is -2\.0 in stratum 'region=n'"):
        strata(x=[-3, 2, 1, 3, 4]).totals("x")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([1, 2, None, 3, 4], dtype=object), "'c' has None for 'x', which must be a number"),
        (np.array([1, 2, 3, "four", 4], dtype=object), "'d' has 'four' for 'x'"),
        (np.array([1.0, 2.0, np.nan, 3.0, np.inf]), "'c' has nan for 'x', which must be a finite number"),
    ],
)
def test_a_value_that_is_no_number_names_its_unit(values: np.ndarray, message: str) -> None:
    """None, text and NaN are refused with the unit's id."""
    with pytest.raises(SurveylabError, match=message):
        strata(x=values).deviations("x")


def test_a_field_that_is_not_there() -> None:
    """The nearest name is offered."""
    with pytest.raises(SurveylabError, match=r"'incom'\. Did you mean 'income'"):
        strata(income=[1.0] * 5).deviations("incom")
