"""Cluster and two-stage sampling: whole clusters, shares within them, equal weights, clear refusals."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from surveylab.errors import SurveylabError
from surveylab.randomness import stream
from surveylab.sampling import FrameView, cluster, two_stage


def frame(*counts: int, **fields: Any) -> FrameView:
    """Sites a, b, c ... with so many units; ids are in the order of the sites."""
    site = np.repeat(np.array(list("abcdefghij"))[: len(counts)], counts)
    ids = np.array([f"u{each:04}" for each in range(len(site))])
    return FrameView(ids, {"site": site, **{name: np.asarray(values) for name, values in fields.items()}})


def sites(units: FrameView, sample: Any) -> dict[str, int]:
    """Site -> units drawn."""
    return dict(Counter(units.fields["site"][sample.positions].tolist()))


def test_drawn_clusters_are_whole_and_named() -> None:
    """Two of four sites: every unit of them, with probability 1/2; pairs within 1/2, across 2x1/(4x3)."""
    units, chosen = frame(2, 3, 1, 4), cluster.Settings("site", 2)
    sample = cluster.draw(units, chosen, stream("whole"))
    found = sites(units, sample)
    assert len(found) == 2
    assert all(dict(zip("abcd", (2, 3, 1, 4), strict=True))[name] == count for name, count in found.items())
    assert set(sample.probability.tolist()) == {0.5}
    assert sample.cluster.tolist() == [f"site={name}" for name in units.fields["site"][sample.positions]]
    assert set(sample.stratum.tolist()) == {""}
    pairs = cluster.joint(units, chosen, np.arange(10))
    assert pairs[0, 1] == 0.5
    assert pairs[0, 2] == pytest.approx(1 / 6)


def test_clusters_by_their_size() -> None:
    """One of three: by units 3/6, 2/6, 1/6; by what their units earn 30/60, 10/60, 20/60."""
    units = frame(3, 2, 1, earns=[10, 10, 10, 5, 5, 20])
    by_units = cluster.Settings("site", 1, "sampford")
    by_earnings = cluster.Settings("site", 1, "sampford", size="earns")
    np.testing.assert_allclose(np.diag(cluster.joint(units, by_units, np.array([0, 3, 5]))), [3 / 6, 2 / 6, 1 / 6])
    np.testing.assert_allclose(np.diag(cluster.joint(units, by_earnings, np.array([0, 3, 5]))), [0.5, 1 / 6, 1 / 3])


def test_clusters_within_strata() -> None:
    """Four of six sites, shared 2 and 2 over strata of two and four: 1 and 1/2; the stratum is stored."""
    half = ["w"] * 4 + ["e"] * 8
    units = frame(2, 2, 2, 2, 2, 2, half=half)
    sample = cluster.draw(units, cluster.Settings("site", 4, strata=("half",)), stream("strata"))
    by_stratum = dict(zip(sample.stratum.tolist(), sample.probability.tolist(), strict=True))
    assert by_stratum == {"half=w": 1.0, "half=e": 0.5}
    given = cluster.Settings("site", {"half=w": 1, "half=e": 3}, strata=("half",))
    fixed = cluster.draw(units, given, stream("strata"))
    assert dict(zip(fixed.stratum.tolist(), fixed.probability.tolist(), strict=True)) == {"half=w": 0.5, "half=e": 0.75}


def test_a_fixed_number_in_each_cluster() -> None:
    """Two units of each of two of three sites: 2/3 times 2/M_c; pairs within 2/3 x 2x1/(M(M-1))."""
    units, chosen = frame(2, 4, 5), two_stage.Settings("site", 2, units=2)
    sample = two_stage.draw(units, chosen, stream("fixed"))
    assert set(sites(units, sample).values()) == {2}
    assert set(sample.cluster.tolist()) == {f"site={name}" for name in sites(units, sample)}
    pairs = two_stage.joint(units, chosen, np.arange(11))
    np.testing.assert_allclose(pairs[[0, 2, 6], [0, 2, 6]], [2 / 3, 2 / 3 * 2 / 4, 2 / 3 * 2 / 5])
    assert pairs[2, 3] == pytest.approx(2 / 3 * 2 / 12)
    assert pairs[2, 6] == pytest.approx(1 / 3 * 2 / 4 * 2 / 5)
    np.testing.assert_allclose(pairs.sum(axis=1), 4 * np.diag(pairs))


def test_a_share_of_each_cluster_is_kept_exactly() -> None:
    """A fifth of sites of 5, 7 and 12: 1, 1 or 2, 2 or 3 units; everybody's probability is 2/3 x 1/5."""
    units, chosen, rng = frame(5, 7, 12), two_stage.Settings("site", 2, share=0.2), stream("share")
    numbers: dict[str, set[int]] = {}
    for _ in range(200):
        sample = two_stage.draw(units, chosen, rng)
        assert np.allclose(sample.probability, 2 / 15)
        for name, count in sites(units, sample).items():
            numbers.setdefault(name, set()).add(count)
    assert numbers == {"a": {1}, "b": {1, 2}, "c": {2, 3}}


def test_equal_weights_by_size_and_a_fixed_number() -> None:
    """Sites drawn by their number of units give 2 units each, and everybody 2 x 2/20 (Kish 1965)."""
    units = frame(4, 5, 5, 6)
    chosen = two_stage.Settings("site", 2, "sampford", units=2, self_weighting=True)
    for seed in "abcdef":
        sample = two_stage.draw(units, chosen, stream(seed))
        assert set(sites(units, sample).values()) == {2}
        assert sample.probability.tolist() == [0.2] * 4


def test_equal_weights_where_a_cluster_is_certain() -> None:
    """Sizes 18, 3, 3, 3: the first is certain; everybody has f = 2 x 3/27, which takes 4 of the first."""
    units = frame(18, 3, 3, 3)
    chosen = two_stage.Settings("site", 2, "sampford", units=3, self_weighting=True)
    sample = two_stage.draw(units, chosen, stream("certain"))
    assert sites(units, sample)["a"] == 4
    assert set(sample.probability.tolist()) == {2 * 3 / 27}
    np.testing.assert_allclose(np.diag(two_stage.joint(units, chosen, np.arange(27))), 6 / 27)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"clusters": 4}, "asks for 4 clusters and the frame has 3 of 'site'"),
        ({"cluster": "sight"}, "No unit has a field 'sight'. Did you mean 'site'?"),
        ({"cluster": "gap"}, "Unit 'u0001' has no value of 'gap'"),
        ({"strata": ("sex",)}, "The cluster 'site=a' has units in two strata of sex: 'sex=m' and 'sex=f'"),
        ({"clusters": {"half=w": 3, "half=e": 1}, "strata": ("half",)}, "half=w (3 of 2)"),
        ({"clusters": {"half=w": 1}, "strata": ("half",)}, "nothing is said of 'half=e'"),
        ({"method": "sampford", "size": "zero"}, "Unit 'u0000' and 5 more have a size of 0 or less"),
        ({"units": 3}, "The cluster 'site=b' has 1 units and 3 are asked for"),
    ],
)
def test_refusals(given: dict[str, Any], message: str) -> None:
    """Each of these is one clear error, whichever clusters chance would have drawn."""
    units = frame(
        3,
        1,
        2,
        half=["w", "w", "w", "w", "e", "e"],
        sex=["f", "m", "f", "f", "f", "f"],
        zero=[0] * 6,
        gap=["x", "", "x", "x", "x", "x"],
    )
    module = two_stage if "units" in given else cluster
    with pytest.raises(SurveylabError) as caught:
        module.draw(units, module.Settings(**{"cluster": "site", "clusters": 2, **given}), stream("bad"))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"clusters": 0}, "clusters holds a negative number or none"),
        ({"clusters": {"a=b": 1}}, "there are no strata"),
        ({"size": "x"}, "size is not read by the method srs"),
        ({}, "units and share are given both or not at all"),
        ({"units": 1, "share": 0.5}, "units and share are given both or not at all"),
        ({"units": 0}, "units is 0"),
        ({"share": 1.5}, "share is 1.5"),
        ({"share": 0.5, "self_weighting": True}, "self_weighting sets the share"),
    ],
)
def test_settings_that_make_no_sense(given: dict[str, Any], message: str) -> None:
    """They are refused when the file is read."""
    with pytest.raises(ValueError, match=message):
        two_stage.Settings(**{"cluster": "site", "clusters": 2, **given})
