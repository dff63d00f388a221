"""Hashed assignment: the published vectors, the declared probabilities, and no unit moves another."""

import hashlib
import json
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2_contingency, chisquare

from surveylab.assignment import CaseView
from surveylab.assignment.hashed import ARRIVALS, Settings, assign, chooser, needs, thresholds
from surveylab.design.factors import Arm, Factor, Level, full_factorial
from surveylab.errors import SurveylabError
from surveylab.randomness import stream

AT_Z_4 = 6.3e-5
"""The two-sided p of z = 4."""
GOLDEN = "27059921abc0a6dd3c16ce934cd0d2b8467cb80584ce1193a9f105b6cefec046"
"""SHA-256 of a stored result."""
PAGE = Path(__file__).parents[3] / "docs" / "assignment.md"


def arms(*probabilities: str) -> list[Arm]:
    """Arms with these probabilities, written as fractions."""
    return [Arm((("f", str(place)),), Fraction(text)) for place, text in enumerate(probabilities)]


def vectors() -> list[tuple[str, str, list[str], str, int]]:
    """The rows of the page's table: seed, unit, probabilities, hash, arm."""
    rows = [
        line.strip("|").split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith('| `"')
    ]
    cells = [[cell.strip().strip("`") for cell in row] for row in rows]
    return [(json.loads(s), json.loads(u), p.split(), h, int(a)) for s, u, p, h, a in cells]


def ids(n: int) -> np.ndarray:
    """``n`` ids as a frame has them."""
    return np.array([f"customer-{place:06}" for place in range(n)])


def test_the_page_holds_ten_vectors_worth_testing() -> None:
    """Ten rows, with ids beyond ASCII, unequal weights and more than one seed among them."""
    rows = vectors()
    assert len(rows) == 10
    assert sum(not unit.isascii() for _, unit, *_ in rows) >= 3
    assert sum(len(set(probabilities)) > 1 for _, _, probabilities, *_ in rows) >= 3
    assert len({seed for seed, *_ in rows}) > 1


@pytest.mark.parametrize(("seed", "unit", "probabilities", "hashed", "arm"), vectors())
def test_a_published_vector(seed: str, unit: str, probabilities: list[str], hashed: str, arm: int) -> None:
    """Each row follows from the page's words with bare hashlib and fractions, and the scheme agrees."""
    message = b""
    for field in ("surveylab.assignment", seed, unit):
        data = field.encode("utf-8")
        message += len(data).to_bytes(8, "big") + data
    first = hashlib.sha256(message).digest()[:8]
    assert first.hex() == hashed
    point = Fraction(int.from_bytes(first, "big"), 2**64)
    sums = list(accumulate(map(Fraction, probabilities)))
    assert next(place for place, total in enumerate(sums) if point < total) == arm
    assert chooser(arms(*probabilities), seed)(unit) == arm


def test_100_000_assignments_follow_the_declared_probabilities() -> None:
    """Chi-square of 100,000 ids over arms of 1/2, 1/3 and 1/6, at z = 4."""
    chosen = arms("1/2", "1/3", "1/6")
    found = assign(CaseView(ids(100_000), {}), chosen, Settings(), stream(""), "seed").arm
    expected = [100_000 * float(arm.probability) for arm in chosen]
    assert chisquare(np.bincount(found, minlength=3), expected).pvalue > AT_Z_4


def test_factors_seeds_and_the_list_are_independent() -> None:
    """2 x 3 full factorial of 60,000: factors, another experiment's arms, and tenths of the list, at z = 4."""
    channel = Factor("channel", (), (Level("email", (), Fraction(1, 2)), Level("sms", (), Fraction(1, 2))))
    wording = Factor("wording", (), tuple(Level(name, (), Fraction(1, 3)) for name in "abc"))
    six, view = full_factorial((channel, wording)), CaseView(ids(60_000), {})
    one, other = (assign(view, six, Settings(), stream(""), seed).arm for seed in ("one", "other"))
    assert chi2_contingency(np.bincount(one, minlength=6).reshape(2, 3)).pvalue > AT_Z_4
    assert chi2_contingency(np.bincount(one * 6 + other, minlength=36).reshape(6, 6)).pvalue > AT_Z_4
    assert chi2_contingency([np.bincount(part, minlength=6) for part in np.split(one, 10)]).pvalue > AT_Z_4


def test_adding_or_reordering_units_moves_nobody() -> None:
    """A unit's arm is the same alone, in a longer list, and in another order."""
    chosen = arms("1/2", "1/3", "1/6")
    long, short = ids(400), ids(200)
    of_long = assign(CaseView(long, {}), chosen, Settings(), stream("a"), "seed").arm
    of_short = assign(CaseView(short, {}), chosen, Settings(), stream("b"), "seed").arm
    backwards = assign(CaseView(long[::-1], {}), chosen, Settings(), stream("c"), "seed").arm
    assert of_long[:200].tolist() == of_short.tolist()
    assert backwards[::-1].tolist() == of_long.tolist()
    assert [chooser(chosen, "seed")(unit) for unit in short.tolist()] == of_short.tolist()


def test_an_assignment_repeats_byte_for_byte() -> None:
    """The same seed gives these very bytes; a change of the algorithm is noticed here."""
    view = CaseView(ids(500), {})
    one, other = (assign(view, arms("1/2", "1/3", "1/6"), Settings(), stream(""), seed) for seed in ("golden", "other"))
    assert hashlib.sha256(one.arm.astype("<i8").tobytes()).hexdigest() == GOLDEN
    assert one.arm.tolist() != other.arm.tolist()
    assert one.position.tolist() == list(range(500))


def test_an_arm_of_probability_zero_is_never_chosen() -> None:
    """Wherever it stands, first, middle or last."""
    found = {chooser(arms("0", "1/2", "0", "1/2", "0"), "seed")(unit) for unit in ids(500).tolist()}
    assert found == {1, 3}


def test_weights_of_any_denominator() -> None:
    """A probability of 1 - 10^-30 takes everybody, without overflow."""
    choose = chooser(arms(f"1/{10**30}", f"{10**30 - 1}/{10**30}"), "seed")
    assert {choose(unit) for unit in ids(200).tolist()} == {1}


@pytest.mark.parametrize(("parts", "whole"), [([1, 1], 2), ([3, 2, 1], 6), ([0, 1, 6], 7), ([5, 10**30 - 5], 10**30)])
def test_thresholds_are_the_rule_in_integers(parts: list[int], whole: int) -> None:
    """At a threshold ``h W < c 2^64`` no longer holds, and just below it does; the last is 2^64."""
    found = thresholds(parts, whole)
    for bound, total in zip(found, accumulate(parts), strict=True):
        assert bound * whole >= total << 64
        assert bound == 0 or (bound - 1) * whole < total << 64
    assert found[-1] == 1 << 64


def test_what_the_scheme_needs() -> None:
    """No field; it assigns people who were not listed; weights make a distribution."""
    assert needs(Settings()) == ()
    assert ARRIVALS
    with pytest.raises(SurveylabError, match="add to exactly 1"):
        chooser(arms("1/2", "1/3"), "seed")
