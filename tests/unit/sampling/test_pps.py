"""Probability proportional to size: certainty step by step, Sampford's pairs by enumeration and by his formula."""

from itertools import combinations
from math import prod

import numpy as np
import pytest

from surveylab.errors import SurveylabError
from surveylab.randomness import stream
from surveylab.sampling import FrameView
from surveylab.sampling._requests import whole
from surveylab.sampling.pps import Settings, draw, joint
from surveylab.weighting import sen_yates_grundy


def frame(sizes: object) -> FrameView:
    """Units of these sizes."""
    values = np.asarray(sizes)
    return FrameView(np.array([f"u{each:04}" for each in range(len(values))]), {"size": values})


def sets_of(sizes: list[float], n: int) -> dict[tuple[int, ...], float]:
    """Every set of n units with its probability: prod w_i sum (1 - pi_i), normalised (Sampford 1967)."""
    pi = [n * x / sum(sizes) for x in sizes]
    odds = [p / (1 - p) for p in pi]
    weight = {s: prod(odds[i] for i in s) * sum(1 - pi[i] for i in s) for s in combinations(range(len(sizes)), n)}
    total = sum(weight.values())
    return {s: each / total for s, each in weight.items()}


def sampfords_pairs(pi: np.ndarray, n: int) -> np.ndarray:
    """Sampford 1967, section 5: pi_ij = K l_i l_j sum_t (t - pi_i - pi_j) L_(n-t)(ij) / n^(t-2), t = 2..n."""
    p = pi / n
    lam = p / (1 - pi)

    def symmetric(values: np.ndarray) -> list[float]:
        sums = [1.0] + [0.0] * n
        for value in values.tolist():
            for order in range(n, 0, -1):
                sums[order] += value * sums[order - 1]
        return sums

    whole_list = symmetric(lam)
    scale = 1 / sum(t * whole_list[n - t] / n**t for t in range(1, n + 1))
    found = np.diag(pi)
    for i, j in combinations(range(len(pi)), 2):
        rest = symmetric(np.delete(lam, [i, j]))
        terms = ((t - pi[i] - pi[j]) * rest[n - t] / n ** (t - 2) for t in range(2, n + 1))
        found[i, j] = found[j, i] = scale * lam[i] * lam[j] * sum(terms)
    return found


def test_sampfords_pairs_are_those_of_all_samples() -> None:
    """N = 6, n = 3: the 20 sets enumerated give pi and pi_ij to 14 digits; draws give the sets (z = 4.5)."""
    sizes, rng, draws = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], stream("sets"), 10_000
    every = sets_of(sizes, 3)
    pairs = np.zeros((6, 6))
    for s, chance in every.items():
        pairs[np.ix_(s, s)] += chance
    np.testing.assert_allclose(np.diag(pairs), [3 * x / 21 for x in sizes], rtol=1e-14)
    np.testing.assert_allclose(joint(frame(sizes), Settings(3, "size"), np.arange(6)), pairs, rtol=1e-13)
    seen = dict.fromkeys(every, 0)
    for _ in range(draws):
        seen[tuple(draw(frame(sizes), Settings(3, "size"), rng).positions.tolist())] += 1
    for s, chance in every.items():
        assert abs(seen[s] - draws * chance) <= 4.5 * np.sqrt(draws * chance * (1 - chance)), s


def test_the_variance_from_pairs_is_unbiased() -> None:
    """Over all 20 sets the mean of Sen, Yates and Grundy's estimates is the variance of the weighted total."""
    sizes, y = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0])
    pi = 3 * np.array(sizes) / 21
    expected = variance = 0.0
    for s, chance in sets_of(sizes, 3).items():
        units = np.array(s)
        pairs = joint(frame(sizes), Settings(3, "size"), units)
        found = sen_yates_grundy(y[units], pi[units], pairs)
        expected += chance * found.variance
        variance += chance * (found.estimate - y.sum()) ** 2
    assert expected == pytest.approx(variance, rel=1e-12)


@pytest.mark.parametrize("n", [2, 3, 7])
def test_sampfords_pairs_are_those_of_his_formula(n: int) -> None:
    """Twenty units of unequal sizes, against the recursion of the paper."""
    sizes = np.arange(1, 21) ** 1.2 + 10
    ours = joint(frame(sizes), Settings(n, "size"), np.arange(20))
    np.testing.assert_allclose(ours, sampfords_pairs(n * sizes / sizes.sum(), n), rtol=1e-12)


def test_sampfords_pairs_of_a_large_sample_keep_their_sums() -> None:
    """With n = 300 of 1,000: sum_j pi_ij = n pi_i to 10 digits; Yates and Grundy's differences are not negative."""
    units = frame(np.linspace(1, 9, 1_000))
    pairs = joint(units, Settings(300, "size"), np.arange(1_000))
    pi = np.diag(pairs)
    np.testing.assert_allclose(pairs.sum(axis=1), 300 * pi, rtol=1e-10)
    assert np.all(np.outer(pi, pi) - pairs + np.diag(pi) > 0)


def test_a_pair_needs_no_other_units() -> None:
    """The pairs of some units are a part of the pairs of all."""
    units, some = frame(np.arange(1, 31)), np.array([2, 17, 29])
    every = joint(units, Settings(8, "size"), np.arange(30))
    np.testing.assert_allclose(joint(units, Settings(8, "size"), some), every[np.ix_(some, some)], rtol=1e-13)


@pytest.mark.parametrize("method", ["sampford", "systematic"])
def test_certain_units_are_taken_out_step_by_step(method: str) -> None:
    """Four of sizes 100, 10, 3, 2, 2, 1, 1, 1: first 100; then 3 x 10/20 is over 1; then 2 are shared by 10.

    Only the third step leaves all below 1: 2 x 3/10 = 0.6, 0.4, 0.4, 0.2, 0.2, 0.2.
    """
    units = frame([100, 10, 3, 2, 2, 1, 1, 1])
    chosen = Settings(4, "size", method, sort=() if method == "systematic" else None)  # type: ignore[arg-type]
    pairs = joint(units, chosen, np.arange(8))
    np.testing.assert_allclose(np.diag(pairs), [1, 1, 0.6, 0.4, 0.4, 0.2, 0.2, 0.2])
    np.testing.assert_allclose(pairs[0], np.diag(pairs))
    np.testing.assert_allclose(pairs.sum(axis=1), 4 * np.diag(pairs))
    for seed in "abcdefgh":
        sample = draw(units, chosen, stream(seed))
        assert sample.positions[:2].tolist() == [0, 1]
        assert sample.probability[:2].tolist() == [1.0, 1.0]
        assert len(sample.positions) == 4


def test_a_unit_is_certain_where_its_probability_is_just_one() -> None:
    """Two of sizes 2, 1, 1: the first is certain, and the others share one place."""
    sample = draw(frame([2, 1, 1]), Settings(2, "size"), stream("one"))
    assert sample.probability.tolist() == [1.0, 0.5]


def test_nearly_certain_units_do_not_hang() -> None:
    """Two giants and a dwarf, of sizes 10^9 and 1: rejection with replacement would try for years."""
    units = frame([1e9, 1e9, 1])
    sample = draw(units, Settings(2, "size"), stream("giants"))
    assert sample.positions.tolist() == [0, 1]
    assert sample.probability[0] == pytest.approx(2e9 / (2e9 + 1), abs=1e-15)


def test_systematic_overlaps_by_hand() -> None:
    """Two of sizes 1, 2, 3, 2 along the ids, step 4: starts 0 1 2 3 take {0,2} {1,2} {1,3} {2,3}."""
    units, chosen = frame([1, 2, 3, 2]), Settings(2, "size", "systematic", sort=())
    pairs = joint(units, chosen, np.arange(4)) * 4
    np.testing.assert_allclose(pairs, [[1, 0, 1, 0], [0, 2, 1, 1], [1, 1, 3, 1], [0, 1, 1, 2]], atol=1e-15)
    rng = stream("overlaps")
    seen = {tuple(draw(units, chosen, rng).positions.tolist()) for _ in range(200)}
    assert seen == {(0, 2), (1, 2), (1, 3), (2, 3)}


def test_a_random_order_has_no_joint_probabilities() -> None:
    """They would be a mean over all orders; the error says what has them."""
    with pytest.raises(SurveylabError, match=r"random order has no joint inclusion probabilities.*sampford"):
        joint(frame([1, 2, 3]), Settings(2, "size", "systematic"), np.arange(3))


def test_sizes_become_whole_numbers_in_the_same_proportions() -> None:
    """Whole ones stay; halves are multiplied; the smallest is not lost."""
    assert whole(np.array([3.0, 5.0])).tolist() == [3, 5]
    assert np.unique(whole(np.array([0.5, 1.5, 1.0])) / np.array([0.5, 1.5, 1.0])).size == 1
    assert whole(np.array([1e-30, 1e30])).tolist()[0] == 1
    assert 2**58 < int(whole(np.array([1e200, 1e200])).sum()) <= 2**61


@pytest.mark.parametrize(
    ("sizes", "n", "message"),
    [
        ([1, 0, 2, 0], 2, "Unit 'u0001' and 1 more have a size of 0 or less: 'size' is 0."),
        ([1, -2, 2, 1], 2, "Unit 'u0001' has a size of 0 or less: 'size' is -2."),
        (np.array([1, None, 2, 1], dtype=object), 2, "Unit 'u0001' has None for 'size'"),
        ([1.0, 2.0, np.nan, 1.0], 2, "Unit 'u0002' has nan for 'size'"),
        ([1.0, 2.0, np.inf, 1.0], 2, "Unit 'u0002' has inf for 'size'"),
        (["1", "2", "big", "1"], 2, "Unit 'u0000' has '1' for 'size', which must be a number"),
        ([1, 2, 3, 4], 5, "asks for 5 units and the frame has 4"),
    ],
)
def test_sizes_that_are_none(sizes: object, n: int, message: str) -> None:
    """Zero, negative, missing, infinite or no number: one error names the unit and what it has."""
    with pytest.raises(SurveylabError) as caught:
        draw(frame(sizes), Settings(n, "size"), stream("bad"))
    assert message in str(caught.value)


def test_a_size_that_no_unit_has() -> None:
    """An unknown field is told with its nearest name."""
    with pytest.raises(SurveylabError, match=r"No unit has a field 'sise'\. Did you mean 'size'\?"):
        draw(frame([1, 2]), Settings(1, "sise"), stream("bad"))


@pytest.mark.parametrize(
    ("given", "message"),
    [({"n": 0}, "n is 0"), ({"n": 2, "sort": ()}, "sort is not read by the method sampford")],
)
def test_settings_that_make_no_sense(given: dict[str, object], message: str) -> None:
    """They are refused when the file is read."""
    with pytest.raises(ValueError, match=message):
        Settings(size="size", **given)  # type: ignore[arg-type]
