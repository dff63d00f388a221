"""Recruit: draw the sample, assign the arms, write both down before anybody is contacted, audit them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveylab import randomness, registry, spec
from surveylab.assignment import Assigned, CaseView
from surveylab.design import rules
from surveylab.design.experiment import Study
from surveylab.design.factors import Arm, marginals, steps
from surveylab.design.orders import Chance
from surveylab.design.presentation import presented
from surveylab.design.terms import Value
from surveylab.errors import SurveylabError
from surveylab.fieldwork import replicates
from surveylab.fieldwork.allocation import Replayed, algorithm, one_by_one, replayed
from surveylab.fieldwork.contacting import by, plan_sample
from surveylab.fieldwork.reach import Version, as_version, excluded, may_ask
from surveylab.fieldwork.synthetic import Invited
from surveylab.sampling import FrameView, Sample, eligible
from surveylab.store import (
    allocations,
    assignments,
    cases,
    experiments,
    frames,
    log,
    presentations,
    suppressions,
)
from surveylab.store.experiments import StoredExperiment
from surveylab.store.ledger import Connection, Ledger

TIMED = ("send_at", "wait", "reminders", "quiet_hours", "days", "holidays", "time_zone", "cap")
"""What of a contact only a worker carries out: a list of links is handed over as a whole."""


@dataclass(frozen=True)
class Drawn:
    """What a draw did: units on the frame, those of them that are suppressed, eligible ones, cases, and cases per arm.

    ``snapshot`` is the digest of the frame as it was drawn from; None without a frame.
    """

    experiment: str
    design_hash: str
    snapshot: str | None
    frame: int
    suppressed: int
    eligible: int
    excluded: dict[str, int]
    """Purpose (fieldwork.reach) -> eligible units that were left out for it before the draw."""
    cases: int
    arms: dict[str, int]
    version: int = 1
    """Of the design: cases of earlier ones keep theirs."""


@dataclass(frozen=True)
class Audited:
    """What an audit compared, and where the ledger differs from its seed."""

    cases: int
    assignments: int
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Recruited:
    """A draw and an assignment as values, before they are stored."""

    view: FrameView
    sample: Sample
    assigned: Assigned
    algorithm: str
    excluded: Mapping[str, int] = field(default_factory=dict)

    @property
    def units(self) -> NDArray[np.str_]:
        """The ids of the drawn units, in the order of the frame; shape (n,)."""
        return self.view.ids[self.sample.positions]

    @property
    def cluster(self) -> NDArray[np.str_]:
        """What was assigned as a whole, else what was sampled as a whole; "" where each case was by itself; (n,)."""
        return self.sample.cluster if self.assigned.cluster is None else self.assigned.cluster

    def cases(self, known: Mapping[str, Mapping[str, Value]], names: Sequence[str]) -> cases.NewCases:
        """The rows to store, with a snapshot of what the frame knows of each unit."""
        of_units = [known[unit] for unit in self.units.tolist()]
        snapshot = {name: np.empty(len(of_units), dtype=object) for name in names}
        for name, column in snapshot.items():
            column[:] = [fields.get(name) for fields in of_units]
        return cases.NewCases(
            unit=self.units,
            probability=self.sample.probability,
            stratum=self.sample.stratum,
            cluster=self.cluster,
            psu=self.sample.cluster,
            block=self.assigned.block,
            arm=self.assigned.arm,
            position=self.assigned.position,
            fields=snapshot,
            chances=self.assigned.chances,
        )


def draw(ledger: Ledger, study: Study, now: datetime, *, new_version: bool = False) -> Drawn:
    """Draw and assign, and write cases, assignments and their probabilities in one transaction.

    An experiment without a frame is opened: its people arrive unlisted, and each becomes a case
    by the hash of an id (fieldwork.arrival). With ``new_version``, a design that was changed since its
    draw is drawn anew, among the people who are no case yet: nobody changes version, and nothing catches up.

    Raises:
        SurveylabError: the experiment was drawn already, its frame is not loaded, the frame does
            not allow the scheme, or a factor varies what is the same in all arms.
    """
    exp = study.experiment
    _refuse_idle(study)
    with ledger.write() as conn:
        running = experiments.experiment(conn, exp.slug)
        if (
            running is not None
            and running.drawn_at is not None
            and not (new_version and running.digest != study.digest)
        ):
            raise SurveylabError(
                f"{exp.slug} was drawn already; a draw is never repeated. Copy the file to a new name, or draw a "
                "changed design among who is no case yet, with --new-version."
            )
        on_frame = _frame(conn, study) if exp.frame else None
        row = experiments.register(conn, exp.slug, study.digest, study.documents, seed=exp.seed, at=now)
        last = max(study.plan(arm).contact.closes for arm in exp.arms)
        if on_frame is None:
            experiments.mark_drawn(conn, row.id, now, now + last, None)
            _tell(conn, row, now, 0)
            nobody = {arm.key: 0 for arm in exp.arms}
            return Drawn(exp.slug, study.digest, None, 0, 0, 0, {}, 0, nobody, row.version)
        suppressed = suppressions.on_frame(conn, on_frame)
        recruited = _recruit(conn, study, on_frame, suppressed, Version(exp.slug, row.version, now))
        suppressions.record(conn, row.id, suppressed)
        new = recruited.cases(frames.unit_fields(conn, on_frame, recruited.units.tolist()), on_frame.fields)
        cases.insert_sample(conn, row.id, new, exp.arms, algorithm=recruited.algorithm, at=now)
        experiments.mark_drawn(conn, row.id, now, now + last, on_frame.digest, snapshot_id=on_frame.snapshot)
        plan_sample(conn, study, row.id, now)
        _tell(conn, row, now, len(recruited.units))
    counts = np.bincount(recruited.assigned.arm, minlength=len(exp.arms))
    return Drawn(
        experiment=exp.slug,
        design_hash=study.digest,
        snapshot=on_frame.digest,
        frame=on_frame.units,
        suppressed=len(suppressed),
        eligible=len(recruited.view.ids) + sum(recruited.excluded.values()),
        excluded=dict(recruited.excluded),
        cases=len(recruited.units),
        arms={arm.key: int(count) for arm, count in zip(exp.arms, counts, strict=True)},
        version=row.version,
    )


def _tell(conn: Connection, row: StoredExperiment, now: datetime, drawn: int) -> None:
    """Write into the log that an experiment, or a later version of it, was drawn."""
    detail = {"experiment": row.slug, "version": row.version, "design_hash": row.digest, "cases": drawn}
    log.record(conn, now, "draw" if row.version == 1 else "new version", detail)


def audit(ledger: Ledger, slug: str) -> Audited:
    """Derive the draws and the assignments of all versions of an experiment again, from what the ledger froze.

    The frame is the snapshot that was drawn from, whatever was loaded since.

    Raises:
        SurveylabError: there is no such draw, or its frame is not kept.
    """
    with ledger.read() as conn:
        drawn = [row for row in experiments.versions(conn, slug) if row.drawn_at is not None]
        if not drawn:
            raise SurveylabError(f"{slug} was not drawn; there is nothing to audit.")
        found = [(row.version, _audited(conn, row)) for row in reversed(drawn)]
    told = [
        f"version {version}: {each}" if len(found) > 1 else each for version, one in found for each in one.differences
    ]
    return Audited(sum(one.cases for _, one in found), sum(one.assignments for _, one in found), tuple(told))


def _audited(conn: Connection, row: StoredExperiment) -> Audited:
    slug = row.slug
    assert row.drawn_at is not None
    study = spec.read_documents(row.documents, f"{row.slug}.yaml", frozen=True)
    kept = assignments.assignments(conn, row.id)
    turns, turned = None, False
    if study.experiment.frame is None:
        exp = as_version(study.experiment, row.version)
        turns = replayed(conn, exp, row.id, kept.unit) if one_by_one(exp) else None
        again = _arrived(study, kept.unit, turns)
    else:
        on_frame = frames.drawn_from(conn, row.snapshot_id)
        if on_frame is None:
            raise SurveylabError(
                f"{slug} was drawn before frames kept their snapshots, and its frame was loaded anew since then; "
                "it cannot be derived again."
            )
        version = Version(slug, row.version, row.drawn_at)
        again = _recruit(conn, study, on_frame, suppressions.taken_off(conn, row.id), version)
    if again.assigned.chances is not None and turns is None:
        stored = {each.unit: each.probability for each in allocations.history(conn, row.id)}
        executed = zip(again.units.tolist(), again.assigned.chances, again.assigned.arm.tolist(), strict=True)
        turned = stored != {unit: chances[arm] for unit, chances, arm in executed}
    shown = list(shown_otherwise(conn, study, row.id))
    strays = assignments.strays(conn, row.id, [arm.mapping for arm in study.experiment.arms])
    differences = _differences(study, kept, again) + [f"case {each.case} is in no arm" for each in strays]
    differences += ["the turns of the cases differ"] if turned or (turns and turns.strays) else []
    differences += [f"the pages of {len(shown)} cases are not in their order"] if shown else []
    return Audited(len(kept.unit), len(kept.unit) * len(kept.factors), tuple(differences))


def _differences(study: Study, kept: assignments.StoredAssignments, again: Recruited) -> list[str]:
    """What the ledger holds and the seed does not give."""
    if not np.array_equal(kept.unit, again.units):
        return ["other units were drawn"]
    compared = {
        "inclusion probabilities": (kept.probability, again.sample.probability),
        "strata": (kept.stratum, again.sample.stratum),
        "clusters": (kept.cluster, again.cluster),
        "sampled clusters": (kept.psu, again.sample.cluster),
        "blocks": (kept.block, again.assigned.block),
    }
    arms = study.experiment.arms
    chosen = again.assigned.arm.tolist()
    shares = _shares(arms, again.assigned)
    for factor, column in sorted(kept.factors.items()):
        names = [arm.mapping[factor] for arm in arms]
        same = column.chance == tuple(own[factor, names[arm]] for own, arm in zip(shares, chosen, strict=True))
        compared[f"levels of {factor}"] = (column.level, np.array(names)[again.assigned.arm])
        compared[f"probabilities of {factor}"] = (np.array(same), np.array(True))
        compared[f"blocks of {factor}"] = (column.block, again.assigned.block)
        compared[f"seed positions of {factor}"] = (column.position, again.assigned.position)
        compared[f"algorithms of {factor}"] = (column.algorithm, np.full(len(chosen), again.algorithm))
    return [f"the {what} differ" for what, (stored, derived) in compared.items() if not _same(stored, derived)]


def _shares(arms: Sequence[Arm], assigned: Assigned) -> list[Mapping[tuple[str, str], Fraction]]:
    """The probability of every level at the turn of each case."""
    if assigned.chances is None:
        return [marginals(arms)] * len(assigned.arm)
    levels = [arm.levels for arm in arms]
    known = {chances: marginals(map(Arm, levels, chances)) for chances in set(assigned.chances)}
    return [known[chances] for chances in assigned.chances]


def shown_otherwise(conn: Connection, study: Study, experiment: int) -> Iterator[str]:
    """The units whose stored orders and item sets are not those that the seed gives."""
    instruments = {frozenset(arm.levels): study.plan(arm).instrument for arm in study.experiment.arms}
    for each in presentations.presentations(conn, experiment):
        armed = instruments.get(frozenset(each.levels.items()))
        if armed is None:
            continue  # no arm: told as such
        draws = presented(armed, Chance(study.experiment.seed, each.unit)).draws
        if {presentations.as_stored(draw) for draw in draws} != each.draws:
            yield each.unit


def _same(stored: NDArray[Any], derived: NDArray[Any]) -> bool:
    """Whether two columns are equal; who arrived without being sampled has no probability in either."""
    return np.array_equal(stored, derived, equal_nan=stored.dtype.kind == "f")


def invited(ledger: Ledger, slug: str) -> list[Invited]:
    """The drawn cases of an experiment, as synthetic respondents are told of them."""
    with ledger.read() as conn:
        return [Invited(case.token, case.unit, case.levels) for case in cases.tokens(conn, _running(conn, slug))]


def _running(conn: Connection, slug: str) -> int:
    row = experiments.experiment(conn, slug)
    if row is None or row.drawn_at is None:
        raise SurveylabError(f"{slug} was not drawn; run surveylab draw first.")
    return row.id


def _refuse_idle(study: Study) -> None:
    """SurveylabError where a factor varies what is the same in all arms when they are fielded."""
    exp = study.experiment
    if any(study.plan(arm).contact.channel in by("worker") for arm in exp.arms):
        return
    for factor in exp.assignment.factors:
        for path in factor.varies:
            if path.startswith("contact.") and steps(path)[1] in TIMED:
                raise SurveylabError(
                    f"The factor {factor.name!r} varies {path}, and no arm goes by a channel that keeps to hours and "
                    f"reminders. Choose one for an arm at least: {', '.join(by('worker'))}."
                )


def _frame(conn: Connection, study: Study) -> frames.StoredFrame:
    """The frame of a study as it is now."""
    assert study.experiment.frame is not None
    name = study.experiment.frame.source
    on_frame = frames.frame(conn, name)
    if on_frame is None:
        raise SurveylabError(f"There is no frame {name!r}; load it: surveylab frame load {name} FILE.")
    return on_frame


def _recruit(
    conn: Connection, study: Study, on_frame: frames.StoredFrame, suppressed: frozenset[str], version: Version
) -> Recruited:
    """What a study's seed draws and assigns on a snapshot, without who is suppressed or out of reach."""
    exp = as_version(study.experiment, version.number)
    assert exp.frame is not None
    parts = replicates.replicates(study)
    assignment = registry.load("assignment", exp.assignment.scheme)
    asked = set(rules.names(exp.frame.eligible.tree)) if exp.frame.eligible else set()
    needed = [
        *replicates.needs(parts),
        *assignment.needs(exp.assignment.settings),
        *exp.strata,
        *sorted(asked),
    ]
    ids, fields = frames.units(conn, on_frame, tuple(dict.fromkeys(needed)))
    view = eligible(FrameView(ids, fields), exp.frame.eligible, suppressed)
    out = excluded(conn, study.experiment, version, view.ids)
    if out:
        view = _only(view, ~np.logical_or.reduce(list(out.values())))
    if out and not len(view.ids):
        raise SurveylabError(f"Nobody is left to be drawn: {_told(out)} of the eligible units are left out.")
    sample, assigned = replicates.drawn(exp, view, parts)
    left_out = {purpose: int(units.sum()) for purpose, units in out.items()}
    return Recruited(view, sample, assigned, algorithm(exp), left_out)


def _told(out: Mapping[str, NDArray[np.bool_]]) -> str:
    return ", ".join(f"{units.sum():,} ({purpose})" for purpose, units in out.items())


def _only(view: FrameView, keep: NDArray[np.bool_]) -> FrameView:
    return FrameView(view.ids[keep], {name: values[keep] for name, values in view.fields.items()})


def _arrived(study: Study, units: NDArray[np.str_], turns: Replayed | None) -> Recruited:
    """The draw and the assignment that a study's seed gives to people who arrived unlisted, under these ids.

    ``turns`` are the assignments where they hang on those before.

    Where a scheme samples the arrivals, those whom it does not take are not among the units.
    """
    exp, n = study.experiment, len(units)
    view = _only(FrameView(units, {}), np.fromiter((may_ask(exp, unit) for unit in units.tolist()), bool, n))
    n = len(view.ids)
    sample = Sample.of(np.arange(n), np.full(n, np.nan))
    if exp.sampling is not None and n:
        scheme = registry.load("sampling", exp.sampling.scheme)
        sample = scheme.draw(view, exp.sampling.settings, randomness.stream(exp.seed, "sampling"))
    if turns is not None:
        return Recruited(view, sample, turns.assigned, algorithm(exp))
    scheme = registry.load("assignment", exp.assignment.scheme)
    rng = randomness.stream(exp.seed, "assignment")
    cases = CaseView(view.ids[sample.positions], {})
    assigned = scheme.assign(cases, exp.arms, exp.assignment.settings, rng, exp.seed)
    return Recruited(view, sample, assigned, algorithm(exp))
