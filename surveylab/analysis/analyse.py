"""Analyse one experiment: gates, one fit for each outcome, one estimate for each inquiry, the decision."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveylab import __version__, models
from surveylab.analysis import load, measure
from surveylab.analysis.cells import Shares, cells_of, labels_by
from surveylab.analysis.decide import decide, missing, thresholds
from surveylab.analysis.drawn import as_drawn
from surveylab.chance import ratio
from surveylab.design.experiment import Inquiry, Study
from surveylab.design.measures import Measure, measure_of
from surveylab.design.results import Analysis, Decision, Estimate, SampleRatio, analysis_from_json, as_json
from surveylab.digests import digest
from surveylab.errors import SurveylabError
from surveylab.models import Cells
from surveylab.store import allocations, assignments, datasets, experiments, runs
from surveylab.store.ledger import Ledger

LEVEL = 0.95
FEWEST_CLUSTERS = 10
"""In each arm, for a decision."""
Draws = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """The posterior of an inquiry: the estimates told, the draws that the decision reads, the fit behind them."""

    estimates: tuple[Estimate, ...]
    draws: Draws
    fit: models.Fit


@dataclass(frozen=True)
class Ready:
    """The data of an experiment as they stand, and whether chance was what it should have been."""

    study: Study
    """What is analysed; see ``drawn.as_drawn``."""
    experiment: int
    counts: Mapping[str, int]
    """Arm -> cases."""
    sample_ratio: SampleRatio | None
    shares: Shares
    cells_hash: str
    clusters: Mapping[str, int]
    """Arm -> clusters, where these were assigned as a whole; else empty."""

    @property
    def data_hash(self) -> str:
        """SHA-256 of everything that an analysis reads: the cells, the cases of each arm, the shares of strata."""
        read = json.dumps([self.cells_hash, self.counts, self.shares], sort_keys=True)
        return digest(read).hex()


def analyse(
    ledger: Ledger, study: Study, progress: Callable[[int], None] | None = None, held: Sequence[str] = ()
) -> Analysis:
    """Every inquiry of a study on the data as they are now.

    ``held`` says why nothing may be estimated, where whoever watched the fieldwork found that chance did not
    run as designed (fieldwork.monitor).

    An analysis of the same design, data and code that was recorded before is given again. With
    a sample ratio that does not fit there are no estimates, and ``refused`` says why.

    Raises:
        GateError: a case stands in an arm of probability zero.
        SurveylabError: there are no data, or the file is not the design that was drawn.
    """
    ready = ready_data(ledger, study)
    study = ready.study
    with ledger.read() as conn:
        known = runs.latest(conn, ready.experiment, "analysis", study.digest, ready.data_hash)
    if known and not held and known.result["code_version"] == __version__:
        return analysis_from_json(known.result)
    broken = (ratio.problem(ready.sample_ratio) if ready.sample_ratio else None) or " ".join(held)
    if broken:
        fitted: dict[str, Fitted] = {}
        refused = {inquiry.name: broken for inquiry in study.experiment.inquiries}
    else:
        fitted, refused = fit_all(ledger, ready, progress)
    analysis = Analysis(
        experiment=study.experiment.slug,
        title=study.experiment.title,
        design_hash=study.digest,
        data_hash=ready.data_hash,
        code_version=__version__,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        n={"sampled": sum(ready.counts.values()), "arms": dict(ready.counts)},
        sample_ratio=ready.sample_ratio,
        estimates=tuple(each for found in fitted.values() for each in found.estimates),
        refused=refused,
        decision=_decision(ready, fitted),
    )
    _record(ledger, ready.experiment, "analysis", analysis, as_json(analysis))
    return analysis


def fit_all(
    ledger: Ledger, ready: Ready, progress: Callable[[int], None] | None = None
) -> tuple[dict[str, Fitted], dict[str, str]]:
    """Inquiry -> its posterior, and inquiry -> why there is none. Inquiries of one outcome share a fit."""
    fitted: dict[str, Fitted] = {}
    refused: dict[str, str] = {}
    done = 0
    for measured, group in _by_measure(ready.study):
        try:
            fitted |= _fit(ledger, ready, measured, group)
        except SurveylabError as error:
            refused |= {inquiry.name: str(error) for inquiry in group}
        done += len(group)
        if progress:
            progress(done)
    return {each.name: fitted[each.name] for each in ready.study.experiment.inquiries if each.name in fitted}, refused


def record_decision(ledger: Ledger, study: Study, analysis: Analysis) -> None:
    """Write the decision of an analysis down, with the hashes that it rests on."""
    with ledger.read() as conn:
        found = experiments.experiment(conn, study.experiment.slug)
    assert found is not None, "what was analysed is registered"
    _record(ledger, found.id, "decision", analysis, as_json(analysis.decision))


def ready_data(ledger: Ledger, study: Study) -> Ready:
    """Measure what is new, or load what others fielded, and hold the arms against their probabilities.

    Raises:
        GateError: a case stands in an arm of probability zero.
        SurveylabError: the experiment was not drawn, or with another design, or has no data file.
    """
    if study.experiment.data:
        run = load.ensure_loaded(ledger, study)
        experiment = run.experiment_id
        with ledger.read() as conn:
            counts = {_key(study, levels): count for levels, count in datasets.cell_counts(conn, experiment)}
            seen = datasets.data_hash(conn, experiment)
        return Ready(study, experiment, counts, None, run.result["shares"], seen, {})
    with ledger.read() as conn:
        found = experiments.experiment(conn, study.experiment.slug)
        if found is None:
            raise SurveylabError(f"{study.experiment.slug} has no cases yet; run surveylab draw first.")
        study = as_drawn(found, study)
        counts = {_key(study, levels): count for levels, count in assignments.arm_counts(conn, found.id)}
        executed = {_key(study, dict(arm)): each for arm, each in allocations.executed(conn, found.id).items()}
        sizes = assignments.cluster_sizes(conn, found.id) if study.experiment.assigns_clusters else {}
    clusters = {_key(study, dict(arm)): len(each) for arm, each in sizes.items()}
    arms = study.experiment.arms
    sample_ratio = (
        ratio.executed_ratio(arms, executed)
        if executed
        else ratio.sample_ratio(arms, clusters or counts, study.experiment.sampled_by)
    )
    measure.measure_all(ledger, study, found.id)
    with ledger.read() as conn:
        shares = datasets.shares(conn, found.id, study.experiment.strata)
        return Ready(study, found.id, counts, sample_ratio, shares, datasets.data_hash(conn, found.id), clusters)


def _key(study: Study, levels: Mapping[str, str]) -> str:
    """The key of an arm; of what is no arm of the design, its levels, so that the leak rule finds it."""
    try:
        return study.experiment.arm_of(levels).key
    except KeyError:
        return str(dict(levels))


def _record(ledger: Ledger, experiment: int, kind: str, analysis: Analysis, result: Any) -> None:
    hashes = analysis.design_hash, analysis.data_hash
    with ledger.write() as conn:
        runs.record(conn, experiment, kind, *hashes, result=result, at=datetime.now(UTC))


def _fit(ledger: Ledger, ready: Ready, measured: Measure, group: list[Inquiry]) -> dict[str, Fitted]:
    """One fit for the inquiries of one measure."""
    study = ready.study
    with ledger.read() as conn:
        table = datasets.cells(conn, ready.experiment, measured.key, measure.logged(study, measured))
    if table.empty:
        raise SurveylabError(f"No case has a value of {measured.key} yet; collect or load data first.")
    levels = {factor.name: factor.level_names for factor in study.experiment.assignment.factors}
    data = replace(cells_of(table, study.experiment.arms, ready.shares), levels=levels)
    estimator = study.experiment.estimator(group[0].name)
    fit = models.fit(
        estimator.model or measure.family_of(study, measured),
        data,
        estimator.priors,
        heterogeneity=_heterogeneity(group) if "stratum" in data.groups else (),
        seed=int.from_bytes(digest(ready.data_hash, measured.key)[:4], "big"),
    )
    return {inquiry.name: _answer(study, inquiry, fit, data) for inquiry in group}


def _heterogeneity(group: list[Inquiry]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((each.factor, "stratum") for each in group if each.by))


def _by_measure(study: Study) -> Iterator[tuple[Measure, list[Inquiry]]]:
    """Inquiries that one fit answers: of one measure, with one estimator's model and priors."""

    def shared(inquiry: Inquiry) -> str:
        estimator = study.experiment.estimator(inquiry.name)
        return f"{measure_of(inquiry).key}|{estimator.model}|{estimator.priors}"

    for _, group in groupby(sorted(study.experiment.inquiries, key=shared), key=shared):
        inquiries = list(group)
        yield measure_of(inquiries[0]), inquiries


def _answer(study: Study, inquiry: Inquiry, fit: models.Fit, data: Cells) -> Fitted:
    labels = data.groups["stratum"][0] if "stratum" in data.groups else ()
    strata = labels_by(inquiry.by, study.experiment.strata, labels) if inquiry.by else {}
    places = [_Place({}, None), *(_Place({str(inquiry.by): v}, ("stratum", tuple(own))) for v, own in strata.items())]
    estimates = tuple(_estimate(study, inquiry, fit, data, place) for place in places)
    return Fitted(estimates, _contrast(inquiry, fit, places[0]), fit)


@dataclass(frozen=True)
class _Place:
    """Where an estimate is taken: the whole frame, or the strata in which a field has a value."""

    told: Mapping[str, str]
    within: tuple[str, tuple[str, ...]] | None


def _contrast(inquiry: Inquiry, fit: models.Fit, place: _Place) -> Draws:
    level, reference = inquiry.contrast
    return models.contrast(fit, inquiry.factor, level, reference, inquiry.scale, place.within)


def _estimate(study: Study, inquiry: Inquiry, fit: models.Fit, data: Cells, place: _Place) -> Estimate:
    levels = study.experiment.factor(inquiry.factor).level_names
    means = {level: fit.level_mean(inquiry.factor, level, place.within) for level in levels}
    draws = _contrast(inquiry, fit, place)
    if not np.isfinite(draws).all():
        raise SurveylabError(
            f"The {inquiry.scale} of {inquiry.name} is not finite in every draw; ask for a difference."
        )
    measured = measure_of(inquiry)
    sign = measure.better(study, measured)
    summary = models.summary(draws, LEVEL)
    limits = thresholds(study.experiment.decision, inquiry.name)
    return Estimate(
        inquiry=inquiry.name,
        outcome=measured.key,
        scale=str(inquiry.scale),
        mean=summary.mean,
        sd=summary.sd,
        interval=summary.interval,
        level=LEVEL,
        p_positive=float(np.mean(draws > inquiry.scale.null)),
        p_above={f"{limit:.12g}": float(np.mean(draws > limit)) for limit in limits},
        levels={name: models.summary(each, LEVEL) for name, each in means.items()},
        expected_loss=models.expected_loss(means, sign),
        p_best=models.p_best(means, sign),
        engine=fit.engine,
        diagnostics=fit.diagnostics,
        n={level: _cases(data, inquiry.factor, level, place) for level in levels},
        within=place.told,
    )


def _cases(data: Cells, factor: str, level: str, place: _Place) -> int:
    """Cases behind a level in that place, effective ones where they are weighted."""
    inside = np.array([arm.mapping[factor] == level for arm in data.arms])[data.arm]
    if place.within:
        labels, index = data.groups["stratum"]
        inside &= np.isin(index, [labels.index(label) for label in place.within[1]])
    return round(float(data.n[inside].sum()))


def _decision(ready: Ready, fitted: Mapping[str, Fitted]) -> Decision | None:
    """What the rule says; None without a rule, or where an estimate that it needs was refused.

    With fewer than ``FEWEST_CLUSTERS`` in an arm the rule decides nothing: what varies between clusters is not
    known well enough (methodology 4, hard rule 1).
    """
    rule = ready.study.experiment.decision
    draws = {name: each.draws for name, each in fitted.items()}
    if rule is None or missing(rule, draws):
        return None
    decided = decide(rule, draws)
    few = [f"{count} in {arm}" for arm, count in ready.clusters.items() if count < FEWEST_CLUSTERS]
    if not few:
        return decided
    why = f"Not decided: fewer than {FEWEST_CLUSTERS} clusters were assigned to an arm ({', '.join(few)})."
    return replace(decided, action=rule.otherwise, reason=why)
