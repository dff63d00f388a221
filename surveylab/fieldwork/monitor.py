"""Monitor: while an experiment runs, is its chance the one that was designed, and what became of its cases?

Four looks: the sample ratio at each stage, leaks (who was served another arm than the assigned one), the
balance of the arms in what was known before, and dispositions with their outcome rates. A ratio that does not
fit before anybody met a difference, and leaks beyond ``MOST_LEAKS``, refuse the analysis.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from surveylab import spec
from surveylab.chance import ratio
from surveylab.chance.balance import Balance, balance
from surveylab.chance.stages import StageRatio, stage_ratios
from surveylab.design.cases import STAGES
from surveylab.design.experiment import Experiment, Study
from surveylab.design.factors import Arm
from surveylab.design.results import SampleRatio
from surveylab.errors import SurveylabError
from surveylab.fieldwork.pages import Wording
from surveylab.fieldwork.reading import shown_hash
from surveylab.fieldwork.response_rates import Outcomes, outcomes
from surveylab.store import allocations, assignments, experiments, histories, served
from surveylab.store.ledger import Connection, Ledger
from surveylab.store.served import Text

MOST_LEAKS = Fraction(1, 100)
"""The share of exposures beyond which nothing is estimated: more of it is no slip but another experiment."""


@dataclass(frozen=True)
class Leaks:
    """Exposures that the assignment did not ask for.

    An exposure is a case that answered an item which some arms show in another text; texts that are filled in
    for each person are not looked at. Of these, ``other_arm`` were served the text of another arm and
    ``no_arm`` one of no arm; ``two_arms`` are cases with texts of their own arm and of another.
    """

    exposures: int
    other_arm: int
    no_arm: int
    two_arms: int
    share: float
    most: float


@dataclass(frozen=True)
class Monitored:
    """The state of one version. ``refused`` says why it may not be analysed; nothing, where it may."""

    experiment: str
    version: int
    design_hash: str
    cases: int
    stages: tuple[StageRatio, ...]
    leaks: Leaks
    balance: Balance | None
    outcomes: Outcomes | None
    """None where only what may refuse the analysis was asked for."""
    refused: tuple[str, ...]


def monitor(
    ledger: Ledger, slug: str, *, gates_only: bool = False, progress: Callable[[int], None] | None = None
) -> Monitored:
    """The running version of an experiment; with ``gates_only`` just what may refuse its analysis.

    ``progress`` is told how many cases were read.

    Raises:
        GateError: a case stands in an arm of probability zero, or in none.
        SurveylabError: the experiment is not in the field.
    """
    with ledger.read() as conn:
        row = experiments.experiment(conn, slug)
        if row is None:
            raise SurveylabError(f"{slug} is not in the field; run surveylab draw first.")
        study = spec.read_documents(row.documents, f"{slug}.yaml", frozen=True)
        if study.experiment.data:
            raise SurveylabError(f"{slug} was fielded elsewhere; there is nothing to watch.")
        exp = study.experiment
        counts = _counts(conn, exp, row.id)
        stages = stage_ratios(exp, counts, sampled_ratio(conn, exp, row.id), _design_effect(conn, exp, row.id))
        leaks = leaks_of(conn, study, row.id)
        table = None if gates_only else _balance(conn, study.experiment, row.id)
        became = None if gates_only else outcomes(conn, study, row, progress)
    cases = sum(counts.get("sampled", {}).values())
    return Monitored(slug, row.version, row.digest, cases, stages, leaks, table, became, tuple(_refused(stages, leaks)))


def held(ledger: Ledger, slug: str) -> tuple[str, ...]:
    """Why the running version of an experiment may not be analysed; nothing where it may, or was not fielded here."""
    with ledger.read() as conn:
        row = experiments.experiment(conn, slug)
        fielded = row is not None and assignments.arm_counts(conn, row.id)
    return monitor(ledger, slug, gates_only=True).refused if fielded else ()


def sampled_ratio(conn: Connection, exp: Experiment, experiment_id: int) -> SampleRatio:
    """The sampled cases of each arm, or its clusters, against their stored probabilities."""
    if exp.assigns_clusters:
        sizes = assignments.cluster_sizes(conn, experiment_id)
        return ratio.sample_ratio(
            exp.arms, {_key(exp, dict(arm)): len(each) for arm, each in sizes.items()}, exp.sampled_by
        )
    counts = {_key(exp, levels): count for levels, count in assignments.arm_counts(conn, experiment_id)}
    executed = allocations.executed(conn, experiment_id)
    if not executed:
        return ratio.sample_ratio(exp.arms, counts, exp.sampled_by)
    return ratio.executed_ratio(exp.arms, {_key(exp, dict(levels)): each for levels, each in executed.items()})


def _design_effect(conn: Connection, exp: Experiment, experiment_id: int) -> float:
    """The most that clusters can have: as if all cases of a cluster did the same, sum of squared sizes over the sum."""
    if not exp.assigns_clusters:
        return 1.0
    sizes = [size for each in assignments.cluster_sizes(conn, experiment_id).values() for size in each]
    return sum(size**2 for size in sizes) / sum(sizes) if sizes else 1.0


def leaks_of(conn: Connection, study: Study, experiment_id: int) -> Leaks:
    """Every answer's text against that of the arm which its case was assigned."""
    exp = study.experiment
    texts = {arm: arm_texts(study, arm) for arm in exp.arms}
    arms_of: dict[Text, set[str]] = defaultdict(set)
    shown_in: dict[tuple[str, str], set[str | None]] = defaultdict(set)
    for arm, own in texts.items():
        for place, shown in own.items():
            shown_in[place].add(shown)
            if shown is not None:
                arms_of[*place, shown].add(arm.key)
    differing = {place for place, shown in shown_in.items() if len(shown) > 1 and None not in shown}
    exposures = other = none = 0
    leaking: set[str] = set()
    for each in served.served(conn, experiment_id):
        if each.text[:2] not in differing:
            continue
        exposures += each.cases
        if _key(exp, each.levels) in arms_of[each.text]:
            continue
        leaking.add(each.text[0])
        if arms_of[each.text]:
            other += each.cases
        else:
            none += each.cases
    two = _two_arms(conn, exp, experiment_id, arms_of, differing) if leaking else 0
    share = (other + none) / exposures if exposures else 0.0
    return Leaks(exposures, other, none, two, share, float(MOST_LEAKS))


def arm_texts(study: Study, arm: Arm) -> Mapping[tuple[str, str], str | None]:
    """Item and language -> the hash of its text in an arm; None where it is filled in for each person."""
    instrument = study.plan(arm).instrument
    found: dict[tuple[str, str], str | None] = {}
    if instrument is None:
        return found
    for language in instrument.languages:
        for item in instrument.items:
            words = Wording(language, instrument.languages[0], own=instrument.words)
            shown = shown_hash(words, item)
            found[item.id, language] = None if words.filled else shown
    return found


def _two_arms(
    conn: Connection,
    exp: Experiment,
    experiment_id: int,
    arms_of: Mapping[Text, set[str]],
    differing: set[tuple[str, str]],
) -> int:
    """Cases that answered in the text of their own arm and in that of another."""
    own: set[int] = set()
    strange: set[int] = set()
    for case, levels, text in served.cases_served(conn, experiment_id, {item for item, _ in differing}):
        arms = arms_of.get(text, set()) if text[:2] in differing else set()
        if arms:
            (own if _key(exp, levels) in arms else strange).add(case)
    return len(own & strange)


def _counts(conn: Connection, exp: Experiment, experiment_id: int) -> dict[str, dict[str, int]]:
    """Stage -> arm -> cases. To be delivered is to be sent and not to have bounced."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for levels, kinds in histories.reached(conn, experiment_id).items():
        key = _key(exp, dict(levels))
        for kind, cases in kinds.items():
            counts[STAGES.get(kind, kind)][key] = cases
    bounced = counts.get("bounced", {})
    counts["delivered"] = {key: cases - bounced.get(key, 0) for key, cases in counts.get("sent", {}).items()}
    return counts


def _balance(conn: Connection, exp: Experiment, experiment_id: int) -> Balance:
    """The arms as they were randomised: factors that vary the sampling draw other people by design."""
    arms, clusters, fields = [], [], []
    for each in served.known_before(conn, experiment_id):
        arms.append("·".join(f"{f}={each.levels.get(f)}" for f in _within(exp)))
        clusters.append(each.cluster)
        fields.append(each.fields)
    names = list(dict.fromkeys(name for known in fields for name in known))
    return balance(
        arms, {name: [known.get(name) for known in fields] for name in names}, clusters if exp.assigns_clusters else ()
    )


def _within(exp: Experiment) -> list[str]:
    return [factor.name for factor in exp.assignment.factors if factor.name not in exp.sampled_by]


def _key(exp: Experiment, levels: Mapping[str, str]) -> str:
    """The key of an arm; of what is no arm, its levels."""
    try:
        return exp.arm_of(levels).key
    except KeyError:
        return str(dict(levels))


def _refused(stages: tuple[StageRatio, ...], leaks: Leaks) -> list[str]:
    told = [
        f"Sample ratio mismatch among the {each.stage} cases, before anybody met a difference: p = {each.p:.2g}. "
        "Cases were lost or added after randomisation; run surveylab audit and look at who is missing."
        for each in stages
        if each.verdict == "gate"
    ]
    if leaks.share > leaks.most:
        told.append(
            f"Leak: {leaks.other_arm + leaks.no_arm:,} of {leaks.exposures:,} exposures ({leaks.share:.1%}) were not "
            f"to the text of the assigned arm, more than {leaks.most:.0%}. Find out which pages were served."
        )
    return told
