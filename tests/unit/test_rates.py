"""Outcome rates: by hand, by the identities that hold between them, and with what is not known of e."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveylab import rates as aapor
from surveylab.design.results import as_json
from surveylab.errors import SurveylabError
from surveylab.rates import FRAME_KNOWN, Sums, rates

HAND = Sums(i=400, p=50, r=150, nc=100, o=20, uh=200, uo=60, ur=20, ne=80)
"""D5 = 720, U = 280, D1 = 1000, reached 620, e = 720 / 800 = 0.9, D3 = 972."""

_sum = st.one_of(st.just(0.0), st.integers(0, 5_000).map(float), st.floats(0.01, 1e6))
some = st.builds(Sums, *[_sum] * 9)
"""Counts and weighted sums, with zeros anywhere."""
shares = st.floats(0, 1)


def test_every_rate_by_hand() -> None:
    """Each numerator over its denominator."""
    found = rates(HAND)
    assert found.e == aapor.Eligibility("proportional", 0.9)
    expected = {
        "rr1": 400 / 1000,
        "rr2": 450 / 1000,
        "rr3": 400 / 972,
        "rr4": 450 / 972,
        "rr5": 400 / 720,
        "rr6": 450 / 720,
        "coop1": 400 / 620,
        "coop2": 450 / 620,
        "coop3": 400 / 600,
        "coop4": 450 / 600,
        "ref1": 150 / 1000,
        "ref2": 150 / 972,
        "ref3": 150 / 720,
        "con1": 620 / 1000,
        "con2": 620 / 972,
        "con3": 620 / 720,
    }
    told = {name: value for name, value in asdict(found).items() if name in expected}
    assert told == pytest.approx(expected, rel=1e-12)
    assert not found.all_known


def test_a_frame_that_proves_eligibility_makes_the_unknown_eligible() -> None:
    """What has no result is an eligible non-interview: e is 1."""
    found = rates(HAND, FRAME_KNOWN)
    assert (found.rr3, found.rr4, found.ref2, found.con2) == (found.rr1, found.rr2, found.ref1, found.con1)


def test_the_tenth_edition_leaves_every_rate_as_it_was() -> None:
    """UR has left UO, and one e is for both."""
    assert rates(replace(HAND, uo=HAND.uo + HAND.ur, ur=0)) == rates(HAND)


@settings(max_examples=150, deadline=None)
@given(some, shares)
def test_identities(sums: Sums, e: float) -> None:
    """What holds between the rates whatever the counts (methodology 1.1)."""
    found, all_in, none_in = (rates(sums, aapor.given(each)) for each in (e, 1, 0))
    near = 1 + 1e-9
    if found.rr1 is not None and found.rr3 is not None and found.rr5 is not None:
        assert found.rr1 <= found.rr3 * near
        assert found.rr3 <= found.rr5 * near
    assert (all_in.rr3, all_in.rr4, all_in.ref2, all_in.con2) == (found.rr1, found.rr2, found.ref1, found.con1)
    assert (none_in.rr3, none_in.rr4, none_in.ref2, none_in.con2) == (found.rr5, found.rr6, found.ref3, found.con3)
    pairs = (found.rr1, found.rr2), (found.rr3, found.rr4), (found.rr5, found.rr6)
    for odd, even in (*pairs, (found.coop1, found.coop2), (found.coop3, found.coop4)):
        assert (odd is None) == (even is None)
        assert odd is None or even is None or odd <= even
    if found.rr2 is not None and found.coop2 is not None and found.con1 is not None:
        assert found.rr2 == pytest.approx(found.con1 * found.coop2)
        assert found.rr4 is None or found.con2 is None or found.rr4 == pytest.approx(found.con2 * found.coop2)
    assert all(value is None or 0 <= value <= near for value in list(asdict(found).values())[:16])


@settings(max_examples=100, deadline=None)
@given(some, _sum)
def test_the_ineligible_enter_no_rate_but_those_with_an_e_from_them(sums: Sums, ne: float) -> None:
    """RR3 and its kin may change with NE by proportional allocation; nothing else does."""
    one, other = asdict(rates(sums)), asdict(rates(replace(sums, ne=ne)))
    for name in ("rr3", "rr4", "ref2", "con2", "e", "all_known"):
        del one[name], other[name]
    assert one == other


def test_by_proportional_allocation_the_ineligible_raise_rr3() -> None:
    """Fewer of the unknown are taken to be eligible."""
    more = rates(replace(HAND, ne=720))
    assert more.e.value == 0.5
    assert more.rr3 == 400 / 860


@pytest.mark.parametrize(
    ("sums", "none"),
    [
        (Sums(), 16),
        (Sums(ne=5), 16),
        (Sums(uh=3), 12),  # over D1 all are 0; nothing says what e is, and D5 is 0
        (Sums(nc=4), 4),  # nobody was reached: no cooperation
        (Sums(o=4), 2),  # reached, and neither an interview nor a refusal
        (Sums(i=1), 0),
    ],
)
def test_a_denominator_of_zero_is_none(sums: Sums, none: int) -> None:
    """No exception, and no NaN in JSON."""
    found = rates(sums)
    values = [value for name, value in asdict(found).items() if name[-1].isdigit()]
    assert len(values) == 16
    assert values.count(None) == none
    json.dumps(as_json(found), allow_nan=False)


def test_without_anybody_unknown_e_is_not_needed() -> None:
    """RR3 is RR5 then, and RR5 is legitimate; also where the unknown are known to be ineligible."""
    found = rates(Sums(i=3, r=1))
    assert (found.rr1, found.rr3, found.rr5, found.all_known) == (0.75, 0.75, 0.75, True)
    assert rates(Sums(i=3, uh=1), aapor.given(0)).all_known
    assert not rates(Sums(i=3, uh=1), FRAME_KNOWN).all_known


def test_weights_in_place_of_counts() -> None:
    """Two strata, one sampled at a tenth of the other's rate."""
    letters, weights = ["I", "R", "NE", "I", "UH"], [1.0, 1.0, 1.0, 10.0, 10.0]
    sums = Sums.counted(letters, weights)
    assert sums == Sums(i=11, r=1, uh=10, ne=1)
    assert rates(sums).rr1 == 11 / 22
    assert rates(Sums.counted(letters)).rr1 == 2 / 4


def test_what_is_not_known_of_e_goes_through_to_the_rates() -> None:
    """The moments of Beta(721, 81); RR3 falls in e, so its interval is that of e turned round; weights add no cases."""
    found = aapor.propagated(HAND, HAND, np.random.default_rng(7), 20_000)
    a, b = 721, 81
    sd = math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    assert found.e.mean == pytest.approx(a / (a + b), abs=4 * sd / math.sqrt(20_000))
    assert found.e.sd == pytest.approx(sd, rel=4 / math.sqrt(2 * 20_000))
    assert found.rr3 is not None
    low, high = found.e.interval
    assert found.rr3.interval == pytest.approx((400 / (720 + high * 280), 400 / (720 + low * 280)), rel=1e-6)
    scaled = Sums(**{name: 10 * value for name, value in asdict(HAND).items()})
    weighted = aapor.propagated(scaled, HAND, np.random.default_rng(7), 20_000)
    assert weighted.rr3 is not None
    assert weighted.rr3.sd == pytest.approx(found.rr3.sd)
    assert found.con2 is not None
    assert found.con2.mean == pytest.approx(620 / 400 * found.rr3.mean)


def test_nothing_sampled_has_a_prior_of_e_and_no_rates() -> None:
    """Beta(1, 1), and None for what has no denominator."""
    found = aapor.propagated(Sums(), Sums(), np.random.default_rng(1))
    assert (found.rr3, found.rr4, found.ref2, found.con2) == (None, None, None, None)
    assert found.e.mean == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("wrong", [{"X": 1.0}, {"I": -1.0}, {"I": math.nan}, {"NE": math.inf}])
def test_sums_that_cannot_be(wrong: dict[str, float]) -> None:
    """Each is told by name."""
    with pytest.raises(SurveylabError, match=next(iter(wrong))):
        Sums.of(wrong)


@pytest.mark.parametrize("e", [-0.1, 1.1, math.nan])
def test_e_is_a_share(e: float) -> None:
    """From 0 to 1."""
    with pytest.raises(SurveylabError, match="from 0 to 1"):
        aapor.given(e)
