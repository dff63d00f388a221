"""Draw, audit and messages: what is stored is what the seed gives, and what is sent is what the arm says."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surveylab import spec
from surveylab.design.experiment import Study
from surveylab.errors import SurveylabError
from surveylab.fieldwork import progress, recruit
from surveylab.fieldwork.studies import Studies
from surveylab.fieldwork.worker import Worker
from surveylab.store import allocations, assignments, cases, experiments, snapshots, suppressions
from surveylab.store.ledger import Ledger
from surveylab.store.migrations import immutability
from surveylab.store.suppressions import Suppression

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAME = "nps_wording_length"


def study(*changes: tuple[str, str]) -> Study:
    """The shipped experiment with 40 cases, its text changed."""
    shipped = spec.read(ROOT / "experiments" / f"{NAME}.yaml")
    text = shipped.documents[f"{NAME}.yaml"]
    for old, new in (("n: 2000", "n: 40"), *changes):
        assert old in text
        text = text.replace(old, new, 1)
    return spec.read_documents({**shipped.documents, f"{NAME}.yaml": text}, f"{NAME}.yaml")


SCHEMES = (
    "{scheme: systematic, n: 40, sort: [region, age]}",
    "{scheme: pps, n: 40, size: spent}",
    "{scheme: pps, n: 40, size: spent, method: systematic, sort: []}",
    "{scheme: cluster, cluster: age, clusters: 3, method: sampford}",
    "{scheme: two_stage, cluster: age, clusters: 4, units: 5}",
    "{scheme: two_stage, cluster: branch, clusters: 4, units: 2, strata: [region]}",
    "{scheme: quota, strata: [region], n: {region=north: 20, region=south: 20}}",
    "{scheme: stratified, strata: [region], allocation: equal, n: 40}",
    "{scheme: stratified, strata: [region], allocation: optimal, sd: spent, cost: age, n: 40}",
)
SHIPPED = "sampling: {scheme: stratified, strata: [region], allocation: proportional, n: 40}"


def people() -> Iterator[tuple[str, dict[str, Any], dict[str, str] | None]]:
    """A hundred customers; those of 17 are not eligible, and every other one has a name."""
    for number in range(100):
        fields = {
            "region": ("north", "south")[number % 2],
            "age": 17 + number % 10,
            "spent": number / 2 if number else 3,
            "branch": number % 8,
        }
        yield f"c{number:03d}", fields, {"first_name": f"Ann{number}"} if number % 2 else None


@pytest.fixture
def loaded(ledger: Ledger) -> Ledger:
    """A ledger with the frame of customers."""
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "digest", people(), NOW)
    return ledger


def test_a_draw_is_written_as_it_was_made(loaded: Ledger) -> None:
    """Cases, eligible units and arms are counted; each case keeps what the frame knew of its unit."""
    drawn = recruit.draw(loaded, study(), NOW)
    assert (drawn.frame, drawn.eligible, drawn.cases) == (100, 90, 40)
    assert sum(drawn.arms.values()) == 40
    known = {unit: fields for unit, fields, _ in people()}
    with loaded.read() as conn:
        row = experiments.experiment(conn, NAME)
        assert row is not None
        stored = list(cases.tokens(conn, row.id))
    assert len(stored) == 40
    assert all(case.fields == known[case.unit] and case.fields["age"] >= 18 for case in stored)


def test_a_draw_is_made_once(loaded: Ledger) -> None:
    """The second is refused and leaves the first alone."""
    recruit.draw(loaded, study(), NOW)
    with pytest.raises(SurveylabError, match="drawn already"):
        recruit.draw(loaded, study(), NOW)
    assert recruit.audit(loaded, NAME).cases == 40


@pytest.mark.parametrize(
    ("varies", "levels"),
    [
        ("contact.reminders", "{a: [], b: [P3D]}"),
        ("contact.send_at", '{a: "09:00", b: "19:00"}'),
    ],
)
def test_a_factor_that_fieldwork_does_not_carry_out_is_not_drawn(loaded: Ledger, varies: str, levels: str) -> None:
    """All of its levels would get the same, and the effect of nothing would be estimated."""
    given = study(("  factors:\n", f"  factors:\n    idle: {{varies: {varies}, levels: {levels}}}\n"))
    with pytest.raises(SurveylabError, match=rf"'idle' varies {varies}, .* for an arm at least: console"):
        recruit.draw(loaded, given, NOW)
    with loaded.read() as conn:
        assert experiments.experiment(conn, NAME) is None


def test_factors_that_fieldwork_carries_out_are_drawn(loaded: Ledger) -> None:
    """Channel, message and template differ between arms."""
    factors = (
        "  factors:\n"
        "    way: {varies: contact.channel, levels: {link: link, console: console}}\n"
        "    words: {varies: messages.invitation.subject, levels: {a: One, b: Two}}\n"
    )
    assert len(recruit.draw(loaded, study(("  factors:\n", factors)), NOW).arms) == 16


def test_an_experiment_closes_with_its_last_arm(loaded: Ledger) -> None:
    """Each arm closes by its own plan; what is written down is when nobody can answer any more."""
    varied = "  factors:\n    close: {varies: contact.closes, levels: {week: P7D, month: P30D}}\n"
    recruit.draw(loaded, study(("  factors:\n", varied)), NOW)
    with loaded.read() as conn:
        row = experiments.experiment(conn, NAME)
    assert row is not None
    assert row.closes_at == NOW + timedelta(days=30)


def test_an_audit_finds_nothing_in_an_honest_ledger(loaded: Ledger) -> None:
    """Everything that is stored follows from the seed."""
    recruit.draw(loaded, study(), NOW)
    assert recruit.audit(loaded, NAME) == recruit.Audited(40, 80, ())


def test_an_audit_reads_the_frame_of_then(loaded: Ledger) -> None:
    """Loaded anew with other ages and other people since, the draw is still derived from its own snapshot."""
    drawn = recruit.draw(loaded, study(), NOW)
    others = [(unit, {**fields, "age": 20, "region": "north"}, None) for unit, fields, _ in people()][10:]
    with loaded.write() as conn:
        newer = snapshots.replace_frame(conn, "customers", "another", others, NOW)
    assert newer.digest != drawn.snapshot
    assert recruit.audit(loaded, NAME) == recruit.Audited(40, 80, ())


def test_who_is_suppressed_is_not_drawn(loaded: Ledger) -> None:
    """They are taken off before the draw, are told and written down; who is suppressed later changes no audit."""
    off = [f"c{number:03d}" for number in range(1, 60)]
    with loaded.write() as conn:
        entries = [Suppression("unit", unit, "asked", NOW) for unit in [*off, "nobody"]]
        suppressions.suppress(conn, entries)
    drawn = recruit.draw(loaded, study(("n: 40", "n: 20")), NOW)
    assert (drawn.frame, drawn.suppressed, drawn.eligible) == (100, 59, 36)
    with loaded.write() as conn:
        row = experiments.experiment(conn, NAME)
        assert row is not None
        assert not {case.unit for case in cases.tokens(conn, row.id)} & set(off)
        suppressions.suppress(conn, [Suppression("unit", f"c{number:03d}", "asked", NOW) for number in range(60, 99)])
        suppressions.lift(conn, "unit", "c001")
    assert recruit.audit(loaded, NAME).differences == ()


@pytest.mark.parametrize("factor", ["length", "wording"])
@pytest.mark.parametrize(
    ("column", "what"),
    [
        ("level", "levels"),
        ("chance", "probabilities"),
        ("block", "blocks"),
        ("position", "seed positions"),
        ("algorithm", "algorithms"),
    ],
)
def test_an_audit_looks_at_every_column_of_every_factor(
    loaded: Ledger, monkeypatch: pytest.MonkeyPatch, factor: str, column: str, what: str
) -> None:
    """One value that differs in one factor is told by its name."""
    recruit.draw(loaded, study(), NOW)
    honest = assignments.assignments

    def changed(conn: Any, experiment: int) -> assignments.StoredAssignments:
        kept = honest(conn, experiment)
        values = list(getattr(kept.factors[factor], column))
        values[0] = values[0] + (1 if column in ("chance", "position") else "x")
        new = tuple(values) if column == "chance" else np.array(values)
        return replace(kept, factors={**kept.factors, factor: replace(kept.factors[factor], **{column: new})})

    monkeypatch.setattr(assignments, "assignments", changed)
    assert recruit.audit(loaded, NAME).differences == (f"the {what} of {factor} differ",)


def test_what_was_sampled_and_what_was_assigned_as_a_whole_are_two_things(loaded: Ledger) -> None:
    """Ages are assigned within branches that are sampled: both are stored, and the audit compares both."""
    given = study(
        (SHIPPED, "sampling: {scheme: two_stage, cluster: branch, clusters: 6, units: 5, strata: [region]}"),
        ("  scheme: blocked\n  blocks: [region]", "  scheme: cluster\n  cluster: age"),
    )
    recruit.draw(loaded, given, NOW)
    assert recruit.audit(loaded, NAME).differences == ()
    with loaded.write() as conn:
        row = experiments.experiment(conn, NAME)
        assert row is not None
        kept = assignments.assignments(conn, row.id)
        for statement in immutability.lift(conn.dialect.name, "sampled_case"):
            conn.exec_driver_sql(statement)
        conn.exec_driver_sql(f"UPDATE sampled_case SET psu = 'elsewhere' WHERE id = {kept.case[0]}")
    assert len(set(kept.psu.tolist())) == 6
    assert len(set(kept.cluster.tolist())) > 6
    assert recruit.audit(loaded, NAME).differences == ("the sampled clusters differ",)


@pytest.mark.parametrize("sampling", SCHEMES)
def test_every_scheme_is_drawn_stored_and_audited(loaded: Ledger, sampling: str) -> None:
    """From YAML to the ledger and back, with strata, clusters and probabilities as they were drawn."""
    given = study((SHIPPED, f"sampling: {sampling}"))
    assert given.experiment.sampling is not None
    drawn = recruit.draw(loaded, given, NOW)
    assert recruit.audit(loaded, NAME).differences == ()
    with loaded.read() as conn:
        row = experiments.experiment(conn, NAME)
        assert row is not None
        kept = assignments.assignments(conn, row.id)
    scheme, settings = given.experiment.sampling.scheme, given.experiment.sampling.settings
    assert len(kept.unit) == drawn.cases > 0
    assert np.isnan(kept.probability).all() == (scheme == "quota")
    (flow,) = progress.versions(loaded, Studies(loaded), NAME, NOW)
    assert flow.sampled == (scheme != "quota")
    field = getattr(settings, "cluster", None)
    known = {unit: fields for unit, fields, _ in people()}
    clusters = [f"{field}={known[unit][field]}" if field else "" for unit in kept.unit.tolist()]
    assert kept.cluster.tolist() == kept.psu.tolist() == clusters
    strata = getattr(settings, "strata", ())
    assert kept.stratum.tolist() == [
        ",".join(f"{name}={known[unit][name]}" for name in strata) for unit in kept.unit.tolist()
    ]


@pytest.mark.parametrize(
    ("column", "what"), [("stratum", "strata"), ("cluster", "clusters"), ("probability", "inclusion probabilities")]
)
def test_an_audit_looks_at_every_column_of_the_sample(
    loaded: Ledger, monkeypatch: pytest.MonkeyPatch, column: str, what: str
) -> None:
    """One value that differs is told by its name."""
    recruit.draw(loaded, study((SHIPPED, f"sampling: {SCHEMES[5]}")), NOW)
    honest = assignments.assignments

    def changed(conn: Any, experiment: int) -> assignments.StoredAssignments:
        kept = honest(conn, experiment)
        values = getattr(kept, column).copy()
        values[0] = 0.9 if column == "probability" else "x"
        return replace(kept, **{column: values})

    monkeypatch.setattr(assignments, "assignments", changed)
    assert recruit.audit(loaded, NAME).differences == (f"the {what} differ",)


def test_a_message_knows_the_person(loaded: Ledger, tmp_path: Path) -> None:
    """The name comes from where it is kept apart; who has none is spoken to as the template says."""
    recruit.draw(loaded, study(), NOW)
    target = tmp_path / "links.csv"
    assert Worker(loaded, "http://x", lambda: NOW).hand_over(NAME, target) == 40
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        number = int(row["unit"][1:])
        assert row["body"].startswith(f"Dear Ann{number}," if number % 2 else "Dear customer,")
        assert row["link"] in row["body"]


@pytest.mark.parametrize(
    "scheme",
    ["cluster\n  cluster: region", "cluster\n  batch: 7", "minimisation\n  covariates: [region]", "permuted_blocks"],
)
def test_what_a_scheme_executed_is_stored_and_derived_again(loaded: Ledger, scheme: str) -> None:
    """Clusters as a whole, probabilities at each turn; the audit finds every row again, and what was changed."""
    blocked = "scheme: blocked\n  blocks: [region]"
    drawn = study((blocked, f"scheme: {scheme}"))
    recruit.draw(loaded, drawn, NOW)
    assert recruit.audit(loaded, NAME).differences == ()
    with loaded.read() as conn:
        row = experiments.experiment(conn, NAME)
        assert row is not None
        kept = assignments.assignments(conn, row.id)
        turns = allocations.history(conn, row.id)
    levels = zip(*(each.level for each in kept.factors.values()), strict=True)
    arms = dict(zip(kept.unit, levels, strict=True))
    if scheme.startswith("cluster"):
        of_cluster = {(cluster, arms[unit]) for cluster, unit in zip(kept.cluster, kept.unit, strict=True)}
        assert len(of_cluster) == len(set(kept.cluster)) == (2 if "region" in scheme else 6)
    if scheme.startswith("minimisation"):
        assert [each.sequence for each in turns] == list(range(40))
        assert len({each.probability for each in turns}) > 1
        assert {sum(chance) for chance in zip(*(each.chance for each in kept.factors.values()), strict=True)} != {1}
