"""A design tells what is wrong with it when it is written down, and what its weights cost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from surveylab.errors import SurveylabError
from surveylab.weighting import Design, base_weights, cluster_deff, mean, spread


def test_base_weights_are_the_inverse_of_the_inclusion_probability() -> None:
    """1 / pi, on the index of the data."""
    data = pd.DataFrame({"inclusion_probability": [0.5, 0.25, 1.0]}, index=[7, 8, 9])
    found = base_weights(data)
    assert found.tolist() == [2.0, 4.0, 1.0]
    assert found.index.tolist() == [7, 8, 9]


@pytest.mark.parametrize(
    ("probabilities", "said"),
    [
        ([0.5, None], r"missing in 1 row \(1\): this is not a probability sample"),
        ([0.5, float("nan"), float("nan")], "missing in 2 rows"),
        ([0.0, 0.5], r"not above 0 and up to 1 in 1 row \(0\)"),
        ([0.5, 1.2], r"not above 0 and up to 1 in 1 row \(1\)"),
        ([-0.1], "not above 0"),
        (["half"], "has to be numbers"),
    ],
)
def test_what_is_no_inclusion_probability_is_refused(probabilities: list[object], said: str) -> None:
    """A unit without a chance, or with an impossible one, has no weight."""
    with pytest.raises(SurveylabError, match=said):
        base_weights(pd.DataFrame({"inclusion_probability": probabilities}))


def test_kish() -> None:
    """Weights 1, 1, 1, 1, 4: deff = 5 * 20 / 64, and the effective n is 64 / 20."""
    found = spread(np.array([1.0, 1, 1, 1, 4, 0]))
    assert (found.n, found.total, found.ratio) == (5, 8.0, 4.0)
    assert found.deff == pytest.approx(5 * 20 / 64)
    assert found.effective_n == pytest.approx(64 / 20)
    assert found.deff == pytest.approx(1 + np.var([1, 1, 1, 1, 4]) / 1.6**2)


def test_clusters_cost_by_their_size_and_correlation() -> None:
    """1 + (m - 1) rho."""
    assert cluster_deff(11, 0.05) == pytest.approx(1.5)


def test_degrees_of_freedom_are_units_less_strata(people: pd.DataFrame) -> None:
    """48 sites less 4 regions; without clusters, rows less strata."""
    assert Design(people, "w", strata="region", cluster="site").df == 44
    assert Design(people, "w", strata="region").df == 236
    assert Design(people, "w").df == 239


def test_clusters_are_nested_in_strata(people: pd.DataFrame) -> None:
    """Sites that are numbered anew in each region are other sites."""
    anew = people.assign(site=people["site"] % 12)
    first, second = (Design(each, "w", strata="region", cluster="site", fpc="sites") for each in (people, anew))
    assert mean(first, "score").frame["se"][0] == mean(second, "score").frame["se"][0]


def test_sampling_fractions_are_population_sizes(people: pd.DataFrame) -> None:
    """Fpc in fractions says the same as in numbers."""
    fractions = people.assign(f=12 / people["sites"])
    given = [Design(people, "w", "region", "site", "sites"), Design(fractions, "w", "region", "site", "f")]
    one, other = (mean(design, "score").frame["se"][0] for design in given)
    assert one == pytest.approx(other, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "arguments", "said"),
    [
        ({}, {"weight": "weigth"}, r"no column 'weigth'\. Did you mean 'weight'\?"),
        ({}, {"strata": "regio", "cluster": "sit"}, "no column 'regio'.*no column 'sit'"),
        ({"weight": [1.0, 0.0, 2, 2]}, {}, r"zero in 1 row \(1\)"),
        ({"weight": [1.0, -1.0, -2, 2]}, {}, r"negative in 2 rows \(1, 2\)"),
        ({"weight": [1.0, None, 2, 2]}, {}, r"missing in 1 row \(1\)"),
        ({"weight": [1.0, float("inf"), 2, 2]}, {}, "infinite in 1 row"),
        ({"region": ["a", None, "b", "b"]}, {}, r"'region' \(strata\) is missing in 1 row \(1\)"),
        ({"site": [1, 2, None, 4]}, {"cluster": "site"}, r"'site' \(cluster\) is missing"),
        ({"N": [3, 4, 9, 9]}, {"fpc": "N"}, "several values within one stratum"),
        ({"N": [1, 1, 9, 9]}, {"fpc": "N"}, "has 1.* units, and 2 of them"),
        ({"N": [0, 0, 9, 9]}, {"fpc": "N"}, "zero or less"),
        ({}, {"lonely": "remove"}, "lonely is one of fail, certainty, adjust, average"),
        ({}, {"fpc": ["N", "M"]}, "no column 'M'"),
        ({}, {"cluster": ["site", "site", "site"]}, "one stage or of two"),
    ],
)
def test_what_is_wrong_with_a_design_is_told(
    change: dict[str, object], arguments: dict[str, object], said: str
) -> None:
    """Where, what, and mostly how to mend it."""
    data = pd.DataFrame(
        {"weight": [1.0, 1, 2, 2], "region": ["a", "a", "b", "b"], "site": [1, 2, 3, 4], "N": [5, 5, 9, 9]}
    ).assign(**change)
    with pytest.raises(SurveylabError, match=said):
        Design(data, **{"weight": "weight", "strata": "region", **arguments})  # type: ignore[arg-type]


def test_weights_of_zero_are_taken_when_it_is_said(people: pd.DataFrame) -> None:
    """They count as sampled: the same as a domain of the others."""
    zero = people.assign(w=people["w"] * people["answered"])
    kept = Design(zero, "w", "region", "site", "sites", zero_weights="keep")
    whole = Design(people, "w", "region", "site", "sites")
    one, other = mean(kept, "score").frame, mean(whole, "score", where="answered").frame
    assert one["estimate"][0] == pytest.approx(other["estimate"][0], rel=1e-13)
    assert one["se"][0] == pytest.approx(other["se"][0], rel=1e-12)


def test_no_rows_is_no_sample() -> None:
    """An empty table is refused."""
    with pytest.raises(SurveylabError, match="no rows"):
        Design(pd.DataFrame({"w": []}), "w")
