"""A sampling scheme as a level: parts of the frame, weights up to the whole of it, arms that cross, an audit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surveylab import spec
from surveylab.assignment import complete
from surveylab.design.experiment import Study
from surveylab.errors import SpecError, SurveylabError
from surveylab.fieldwork import recruit
from surveylab.fieldwork.replicates import drawn, replicates
from surveylab.sampling import FrameView, Sample
from surveylab.store import assignments, experiments, snapshots
from surveylab.store.ledger import Ledger

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAME = "nps_wording_length"
SHIPPED = "sampling: {scheme: stratified, strata: [region], allocation: proportional, n: 2000}"
THREE = """    scheme:
      varies: sampling
      levels:
        srs: {scheme: srs, n: 20}
        stratified: {scheme: stratified, strata: [region], allocation: equal, n: 16}
        pps: {scheme: pps, size: spent, n: 12}
      weights: {srs: 1/2, stratified: 1/4, pps: 1/4}
"""
SIZE = 120
PLACE = np.arange(SIZE)
FIELDS = {
    "region": np.where(PLACE % 3 == 0, "south", "north"),
    "age": 20 + PLACE % 10,
    "spent": 1.0 + PLACE % 7,
    "site": np.array([f"s{number}" for number in PLACE // 6]),
}
VIEW = FrameView(np.array([f"c{number:03d}" for number in PLACE]), FIELDS)


def study(factor: str = THREE, *changes: tuple[str, str]) -> Study:
    """The shipped experiment with a factor more, and its text changed."""
    documents = spec.read(ROOT / "experiments" / f"{NAME}.yaml").documents
    text = documents[f"{NAME}.yaml"]
    given = (SHIPPED, "sampling: {scheme: srs, n: 20}"), ("  factors:\n", f"  factors:\n{factor}"), *changes
    for old, new in given:
        assert old in text
        text = text.replace(old, new, 1)
    return spec.read_documents({**documents, f"{NAME}.yaml": text}, f"{NAME}.yaml")


def draw(given: Study, seed: str) -> tuple[Sample, Any]:
    """One sample and assignment under another seed."""
    return drawn(replace(given.experiment, seed=seed), VIEW, replicates(given))


def levels_of(given: Study, assigned: Any, factor: str) -> np.ndarray:
    """The level of a factor that each case has."""
    return np.array([arm.mapping[factor] for arm in given.experiment.arms])[assigned.arm]


@pytest.fixture
def loaded(ledger: Ledger) -> Ledger:
    """A ledger with the frame."""
    columns = {name: values.tolist() for name, values in FIELDS.items()}
    units = [
        (unit, {name: values[place] for name, values in columns.items()}, None)
        for place, unit in enumerate(VIEW.ids.tolist())
    ]
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "digest", units, NOW)
    return ledger


def test_each_scheme_draws_from_its_own_part() -> None:
    """20, 16 and 12 cases of parts of 60, 30 and 30; nobody twice, strata where the scheme has them."""
    given = study()
    sample, assigned = draw(given, "parts")
    scheme = levels_of(given, assigned, "scheme")
    assert Counter(scheme.tolist()) == {"srs": 20, "stratified": 16, "pps": 12}
    assert np.all(np.diff(sample.positions) > 0)
    assert set(sample.stratum[scheme == "stratified"].tolist()) == {"region=north", "region=south"}
    assert set(sample.stratum[scheme != "stratified"].tolist()) == {""}
    np.testing.assert_allclose(sample.probability[scheme == "srs"], 20 / 120)


def test_the_other_factors_cross_within() -> None:
    """Four arms in each part: wordings and lengths are as equal there as blocks of regions allow."""
    given = study()
    _, assigned = draw(given, "cross")
    scheme = levels_of(given, assigned, "scheme")
    for factor in ("wording", "length"):
        names = levels_of(given, assigned, factor)
        for level in ("srs", "stratified", "pps"):
            one, other = Counter(names[scheme == level].tolist()).values()
            assert abs(one - other) <= 2, (factor, level)


def test_weights_within_a_part_add_up_to_the_frame() -> None:
    """1/p: exactly N for srs; of pps the sizes as if all were as its part; of strata N on the average."""
    given = study()
    for seed in "abcde":
        sample, assigned = draw(given, seed)
        scheme = levels_of(given, assigned, "scheme")
        weight = 1 / sample.probability
        assert weight[scheme == "srs"].sum() == pytest.approx(SIZE)
        assert weight[scheme == "stratified"].sum() == pytest.approx(SIZE)
        mine = weight[scheme == "pps"] * FIELDS["spent"][sample.positions[scheme == "pps"]]
        assert mine.sum() == pytest.approx(mine[0] * 12)


def test_every_arm_estimates_the_totals_of_the_frame() -> None:
    """Over 800 seeds the means of weighted counts and sums are N and the frame's totals in each arm, at z = 4.5."""
    factor = THREE.replace("n: 20", "n: 10").replace("n: 16", "n: 8").replace("n: 12", "n: 9")
    given, draws = study(factor), 800
    unblocked = replace(given.experiment.assignment, scheme="complete", settings=complete.Settings())
    given = replace(given, experiment=replace(given.experiment, assignment=unblocked))
    y = np.column_stack([np.ones(SIZE), FIELDS["age"], FIELDS["region"] == "south", FIELDS["spent"] ** 2])
    levels = ("srs", "stratified", "pps")
    found = np.empty((draws, len(levels), y.shape[1]))
    for number, row in enumerate(found):
        sample, assigned = draw(given, f"seed {number}")
        scheme = levels_of(given, assigned, "scheme")
        weighted = y[sample.positions] / sample.probability[:, None]
        row[:] = [weighted[scheme == level].sum(axis=0) for level in levels]
    off = np.abs(found.mean(axis=0) - y.sum(axis=0))
    assert np.all(off <= 4.5 * found.std(axis=0) / np.sqrt(draws) + 1e-6)
    assert np.all(found.std(axis=0)[:, 3] > 0)


def test_clusters_are_dealt_out_whole() -> None:
    """Where one level draws sites, every site lies in one part, also for the level that draws people."""
    factor = """    scheme:
      varies: sampling
      levels:
        people: {scheme: srs, n: 10}
        sites: {scheme: cluster, cluster: site, clusters: 3}
"""
    given = study(factor)
    for seed in "abcdefgh":
        sample, assigned = draw(given, seed)
        scheme = levels_of(given, assigned, "scheme")
        site = FIELDS["site"][sample.positions]
        assert not set(site[scheme == "people"].tolist()) & set(site[scheme == "sites"].tolist())
        assert Counter(site[scheme == "sites"].tolist()) == dict.fromkeys(set(site[scheme == "sites"].tolist()), 6)
        np.testing.assert_allclose(sample.probability[scheme == "sites"], 10 / 20 * 3 / 10)


def test_different_clusters_are_refused() -> None:
    """A unit has one place: two fields of clusters would cut each other."""
    factor = """    scheme:
      varies: sampling
      levels:
        sites: {scheme: cluster, cluster: site, clusters: 3}
        ages: {scheme: cluster, cluster: age, clusters: 3}
"""
    with pytest.raises(SurveylabError, match=r"scheme draw clusters of different fields \(age, site\)"):
        draw(study(factor), "torn")


def test_a_part_that_is_too_small_is_named() -> None:
    """The scheme's own refusal, with the level it is about."""
    factor = "    size: {varies: sampling.n, levels: {few: 5, many: 61}}\n"
    with pytest.raises(SurveylabError, match=r"In the part of the frame for size=many: .* asks for 61 units .* has 60"):
        draw(study(factor), "small")


@pytest.mark.parametrize(
    "factor",
    [
        THREE,
        "    size: {varies: sampling.n, levels: {few: 5, many: 40}}\n",
        "    size: {varies: sampling, levels: {a: {scheme: srs, n: 5}, b: {scheme: quota, strata: [region], n: 40}}}\n",
    ],
)
def test_a_draw_by_schemes_is_stored_and_audited(loaded: Ledger, factor: str) -> None:
    """The ledger holds what the seed gives, and another probability is found."""
    given = study(factor)
    done = recruit.draw(loaded, given, NOW)
    assert done.cases == (48 if factor == THREE else 45)
    assert recruit.audit(loaded, NAME).differences == ()
    with loaded.read() as conn:
        row = experiments.experiment(conn, NAME)
        assert row is not None
        kept = assignments.assignments(conn, row.id)
    known = kept.probability[~np.isnan(kept.probability)]
    assert len(known) == (5 if "quota" in factor else done.cases)
    assert np.all((known > 0) & (known < 1))


def test_an_audit_finds_a_case_of_another_part(loaded: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A level of the sampling factor that was changed is told by its name."""
    recruit.draw(loaded, study(), NOW)
    honest = assignments.assignments

    def changed(conn: Any, experiment: int) -> assignments.StoredAssignments:
        kept = honest(conn, experiment)
        level = kept.factors["scheme"].level.copy()
        level[0] = "pps" if level[0] == "srs" else "srs"
        return replace(kept, factors={**kept.factors, "scheme": replace(kept.factors["scheme"], level=level)})

    monkeypatch.setattr(assignments, "assignments", changed)
    assert recruit.audit(loaded, NAME).differences == ("the levels of scheme differ",)


def test_an_experiment_without_such_a_factor_is_one_part() -> None:
    """The whole frame, by the streams that it always had."""
    (part,) = replicates(study(""))
    assert (part.levels, part.share, part.names) == ((), 1, ())


def test_without_a_frame_there_is_nothing_to_divide() -> None:
    """The fault stands where the factor names its path."""
    documents = spec.read(ROOT / "experiments" / f"{NAME}.yaml").documents
    text = documents[f"{NAME}.yaml"].replace(SHIPPED, "sampling: {scheme: bernoulli, p: 0.5}")
    text = "\n".join(line for line in text.split("\n") if not line.startswith("frame:"))
    text = text.replace("  factors:\n", "  factors:\n    p: {varies: sampling.p, levels: {a: 0.1, b: 0.2}}\n")
    with pytest.raises(SpecError) as caught:
        spec.read_documents({**documents, f"{NAME}.yaml": text}, f"{NAME}.yaml")
    assert any(each.code == "SL424" and "no frame to divide" in each.what for each in caught.value.faults)
