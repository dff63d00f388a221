"""Stratified sampling: exact probabilities in every stratum, four allocations, clear refusals."""

import hashlib
from collections import Counter
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from scipy.stats import chisquare

from surveylab.errors import SurveylabError
from surveylab.randomness import stream
from surveylab.sampling import FrameView, Sample
from surveylab.sampling.stratified import Settings, draw, needs

AT_Z_4 = 6.3e-5
"""The two-sided p of z = 4."""
GOLDEN = "de204205bc9e6e810e06b5f7543bd1acf86f572d883da34b76570314a443f20f"
"""SHA-256 of a stored result."""


def frame(sizes: dict[str, int], **fields: Any) -> FrameView:
    """Units of regions of these sizes, interleaved as a hash would, with further fields."""
    region = np.repeat(list(sizes), list(sizes.values()))
    ids = np.array([f"u{place:06}" for place in range(len(region))], dtype=np.str_)
    mixed = np.argsort(np.arange(len(region)) * 7_919 % 104_729, kind="stable")
    return FrameView(ids, {"region": region[mixed], **{name: np.asarray(v)[mixed] for name, v in fields.items()}})


def taken(sample: Sample) -> dict[str, int]:
    """Stratum -> number of units drawn."""
    return dict(sorted(Counter(sample.stratum.tolist()).items()))


def drawn(frame: FrameView, seed: str = "s", **settings: Any) -> Sample:
    """A sample by region with these settings."""
    return draw(frame, Settings(strata=("region",), **settings), stream(seed))


def test_every_set_with_the_strata_sizes_is_equally_likely() -> None:
    """2 of 4 and 1 of 3: chi-square of 20,000 draws over the 6 x 3 sets, at z = 4."""
    rng, small = stream("sets"), frame({"a": 4, "b": 3})
    chosen = Settings(("region",), {"region=a": 2, "region=b": 1}, "fixed")
    seen = Counter(tuple(draw(small, chosen, rng).positions.tolist()) for _ in range(20_000))
    a, b = (np.flatnonzero(small.fields["region"] == name).tolist() for name in "ab")
    every = [tuple(sorted((*two, one))) for two, one in product(combinations(a, 2), b)]
    assert set(seen) == set(every)
    assert chisquare([seen[each] for each in every]).pvalue > AT_Z_4


def test_inclusion_of_units_and_pairs() -> None:
    """Pairs: n(n-1)/(N(N-1)) within a stratum, the product across; 8,000 draws, each within z = 4.5."""
    rng, both, draws = stream("pairs"), frame({"a": 6, "b": 4}), 8_000
    chosen = Settings(("region",), {"region=a": 2, "region=b": 3}, "fixed")
    inside = np.zeros((draws, 10))
    for row in inside:
        row[draw(both, chosen, rng).positions] = 1
    in_a = both.fields["region"] == "a"
    unit = np.where(in_a, 2 / 6, 3 / 4)
    pair = np.outer(unit, unit)
    pair[np.ix_(in_a, in_a)] = 2 * 1 / (6 * 5)
    pair[np.ix_(~in_a, ~in_a)] = 3 * 2 / (4 * 3)
    np.fill_diagonal(pair, unit)
    z = (inside.T @ inside - draws * pair) / np.sqrt(draws * pair * (1 - pair))
    assert np.abs(z).max() < 4.5


def test_the_probability_is_exactly_that_of_the_stratum() -> None:
    """Each unit carries n_h/N_h and the label of its own stratum, in the order of the frame."""
    units = frame({"a": 30, "b": 70})
    sample = drawn(units, n=10)
    assert taken(sample) == {"region=a": 3, "region=b": 7}
    assert set(sample.probability.tolist()) == {3 / 30}
    assert np.all(np.diff(sample.positions) > 0)
    assert sample.stratum.tolist() == [f"region={name}" for name in units.fields["region"][sample.positions]]


def test_crossed_strata() -> None:
    """Two fields cross; a stratum is named by both."""
    ids = np.array(list("abcdefgh"))
    both = FrameView(ids, {"region": np.array(["n", "s"] * 4), "age": np.array(["old"] * 4 + ["young"] * 4)})
    sample = draw(both, Settings(("region", "age"), 4), stream("x"))
    assert taken(sample) == {f"region={r},age={a}": 1 for r in "ns" for a in ("old", "young")}


def test_neyman_by_given_deviations() -> None:
    """n_h proportional to N_h S_h: 100 x 1 against 50 x 8 shares 50 units as 10 and 40."""
    sd = {"region=a": 1.0, "region=b": 8.0}
    assert taken(drawn(frame({"a": 100, "b": 50}), n=50, allocation="neyman", sd=sd)) == {
        "region=a": 10,
        "region=b": 40,
    }


def test_neyman_by_a_field() -> None:
    """A field that varies four times as much in b (0 and 8 against 0 and 2) gives b four times as many."""
    income = np.concatenate([np.tile([0.0, 2.0], 20), np.tile([0.0, 8.0], 20)])
    sample = drawn(frame({"a": 40, "b": 40}, income=income), n=20, allocation="neyman", sd="income")
    assert taken(sample) == {"region=a": 4, "region=b": 16}


def test_neyman_takes_a_full_stratum_whole() -> None:
    """A small stratum that varies much is taken with certainty and the rest goes to the others."""
    sd = {"region=a": 1.0, "region=b": 100.0}
    sample = drawn(frame({"a": 95, "b": 5}), n=20, allocation="neyman", sd=sd)
    assert taken(sample) == {"region=a": 15, "region=b": 5}
    assert set(sample.probability[sample.stratum == "region=b"].tolist()) == {1.0}


def test_power_allocation() -> None:
    """Bankier: X_h^q CV_h. Totals 400 and 100 at q = 1/2 share as 2 to 1, and with CV 1 and 4 as 1 to 2."""
    units = frame({"a": 40, "b": 40}, staff=[10] * 40 + [2.5] * 40)
    assert taken(drawn(units, n=30, allocation="power", size="staff")) == {"region=a": 20, "region=b": 10}
    cv = {"region=a": 1.0, "region=b": 4.0}
    assert taken(drawn(units, n=30, allocation="power", size="staff", cv=cv)) == {"region=a": 10, "region=b": 20}
    assert taken(drawn(units, n=30, allocation="power", size="staff", power=1.0)) == {"region=a": 24, "region=b": 6}
    by_size = drawn(frame({"a": 90, "b": 10}), n=12, allocation="power")
    assert taken(by_size) == {"region=a": 9, "region=b": 3}


def test_power_with_the_variation_of_a_field() -> None:
    """CV_h may come from a field: 0.5 against 1 shares 30 units of equal totals as 10 and 20."""
    turnover = np.concatenate([np.tile([1.0, 3.0], 20), np.tile([0.0, 4.0], 20)])
    units = frame({"a": 40, "b": 40}, turnover=turnover)
    sample = drawn(units, n=30, allocation="power", size="turnover", cv="turnover")
    assert taken(sample) == {"region=a": 10, "region=b": 20}


def test_the_minimum_is_kept() -> None:
    """A stratum with a share of 0.2 units gets one, and two where two are wanted."""
    units = frame({"a": 98, "b": 2})
    assert taken(drawn(units, n=10))["region=b"] == 1
    assert taken(drawn(units, n=10, minimum=2))["region=b"] == 2
    assert "region=b" not in taken(drawn(units, n=10, minimum=0))


def test_a_fixed_allocation_may_leave_a_stratum_out() -> None:
    """0 is a number one may give; nothing else is drawn there."""
    sample = drawn(frame({"a": 5, "b": 5}), n={"region=a": 3, "region=b": 0}, allocation="fixed")
    assert taken(sample) == {"region=a": 3}


def test_what_is_read_from_the_frame() -> None:
    """The strata, and the fields of the allocation in use, each once."""
    assert needs(Settings(("region", "age"), 10)) == ("region", "age")
    assert needs(Settings(("region",), 10, "neyman", sd="income")) == ("region", "income")
    assert needs(Settings(("region",), 10, "neyman", sd={"region=a": 1.0})) == ("region",)
    assert needs(Settings(("region",), 10, "power", size="staff", cv="staff")) == ("region", "staff")


def test_a_draw_repeats_byte_for_byte() -> None:
    """The same seed gives these very bytes; a change of the algorithm is noticed here."""
    units = frame({"a": 400, "b": 350, "c": 250})
    one, other = (drawn(units, seed, n=100).positions for seed in ("golden", "other"))
    assert hashlib.sha256(one.astype("<i8").tobytes()).hexdigest() == GOLDEN
    assert one.tolist() != other.tolist()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n": 101}, "asks for 101 units and the frame has 100"),
        ({"n": {"region=a": 3, "regoin=b": 2}, "allocation": "fixed"}, "'regoin=b'. Did you mean 'region=b'"),
        ({"n": {"region=a": 3}, "allocation": "fixed"}, "nothing is said of 'region=b'"),
        (
            {"n": {"region=a": 91, "region=b": 11}, "allocation": "fixed"},
            r"region=a \(91 of 90\); region=b \(11 of 10\)",
        ),
        ({"n": 5, "allocation": "neyman", "sd": {"region=a": 0, "region=b": 0}}, "`sd` is zero in every stratum"),
        ({"n": 5, "allocation": "neyman", "sd": {"region=a": 1}}, "`sd` does not fit .* nothing is said of 'region=b'"),
        ({"n": 5, "allocation": "power", "cv": {"region=a": 0, "region=b": 0}}, "`size or cv` is zero in every"),
        ({"n": 5, "allocation": "neyman", "sd": "incom"}, "No unit has a field 'incom'"),
    ],
)
def test_settings_that_do_not_fit_the_frame(settings: dict[str, Any], message: str) -> None:
    """Each is refused with what is wrong and the way out."""
    with pytest.raises(SurveylabError, match=message):
        drawn(frame({"a": 90, "b": 10}), **settings)


def test_an_empty_frame() -> None:
    """No eligible unit is said as such, whatever the allocation."""
    empty = FrameView(np.zeros(0, dtype=np.str_), {"region": np.zeros(0, dtype=np.str_)})
    for settings in ({"n": 3}, {"n": {"region=a": 1}, "allocation": "fixed"}):
        with pytest.raises(SurveylabError, match="no eligible unit"):
            drawn(empty, **settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"strata": (), "n": 1}, "names no field"),
        ({"strata": ("r",), "n": 0}, "n is 0"),
        ({"strata": ("r",), "n": {"r=a": -1, "r=b": 2}}, "negative"),
        ({"strata": ("r",), "n": {"r=a": 0}}, "no unit at all"),
        ({"strata": ("r",), "n": 1, "power": 1.5}, "power is 1.5"),
        ({"strata": ("r",), "n": 1, "minimum": -1}, "minimum is -1"),
        ({"strata": ("r",), "n": {"r=a": 1}}, "just where the allocation is fixed"),
        ({"strata": ("r",), "n": 5, "allocation": "fixed"}, "just where the allocation is fixed"),
        ({"strata": ("r",), "n": 5, "allocation": "neyman"}, "neyman needs sd"),
        ({"strata": ("r",), "n": 5, "sd": "income"}, "sd is not read by the allocation proportional"),
        ({"strata": ("r",), "n": 5, "allocation": "neyman", "sd": "x", "cv": "x"}, "cv is not read by the allocation"),
        ({"strata": ("r",), "n": 5, "size": "staff"}, "size is not read .* say allocation: power"),
    ],
)
def test_settings_that_can_never_work(settings: dict[str, Any], message: str) -> None:
    """They are refused where they are made, so that `check` finds them."""
    with pytest.raises(ValueError, match=message):
        Settings(**settings)


def test_equal_allocation() -> None:
    """Nine units over three strata are three each, whatever their sizes; a small one is taken whole."""
    assert taken(drawn(frame({"a": 100, "b": 10, "c": 40}), n=9, allocation="equal")) == {
        "region=a": 3,
        "region=b": 3,
        "region=c": 3,
    }
    assert taken(drawn(frame({"a": 100, "b": 2}), n=10, allocation="equal")) == {"region=a": 8, "region=b": 2}


def test_optimal_allocation_by_hand() -> None:
    """N S / sqrt(c) = 40 x 3/1, 40 x 3/3, 20 x 6/3: 120, 40, 40 share 20 units as 12, 4, 4."""
    given: dict[str, Any] = {
        "n": 20,
        "allocation": "optimal",
        "sd": {"region=a": 3.0, "region=b": 3.0, "region=c": 6.0},
    }
    units = frame({"a": 40, "b": 40, "c": 20}, price=[1] * 40 + [9] * 60)
    by_hand = {"region=a": 12, "region=b": 4, "region=c": 4}
    assert taken(drawn(units, **given, cost={"region=a": 1, "region=b": 9, "region=c": 9})) == by_hand
    assert taken(drawn(units, **given, cost="price")) == by_hand
    assert needs(Settings(("region",), **given, cost="price")) == ("region", "price")
    with pytest.raises(SurveylabError, match="A unit of stratum 'region=b' costs 0"):
        drawn(units, **given, cost={"region=a": 1, "region=b": 0, "region=c": 9})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"allocation": "optimal", "sd": "x"}, "allocation optimal needs cost"),
        ({"allocation": "optimal", "cost": "x"}, "allocation optimal needs sd"),
        ({"allocation": "neyman", "sd": "x", "cost": "y"}, "cost is not read by the allocation neyman"),
        ({"allocation": "equal", "sd": "x"}, "say allocation: neyman or optimal"),
    ],
)
def test_an_allocation_gets_what_it_reads(given: dict[str, Any], message: str) -> None:
    """What it needs and nothing else."""
    with pytest.raises(ValueError, match=message):
        Settings(("region",), 10, **given)
