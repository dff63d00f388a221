"""Weigh a drawn experiment: every arm stands for the frame, and its scores are estimated with design-based errors.

An arm is a random part of the sample, so its cases have the base weights 1 / (pi P(arm)); where the sampling is varied,
P is among the arms of one way of sampling, since pi includes the share of the frame that it drew from. Respondents take
over the weights of nonrespondents of their class, and the arm is raked to the margins of the frame. There are no finite
population corrections: two arms of a full census still differ by chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from surveylab import spec
from surveylab.analysis.case_table import ARM, CLUSTER, PROBABILITY, STRATUM, CaseTable, case_table
from surveylab.design import rules
from surveylab.design.experiment import Study
from surveylab.design.results import ArmWeights, Merged, ScoreDifference, WeightedScore, Weights
from surveylab.errors import SurveylabError, hint
from surveylab.sampling import FrameView, eligible
from surveylab.store import experiments, frames, suppressions
from surveylab.store.experiments import StoredExperiment
from surveylab.store.ledger import Connection, Ledger
from surveylab.weighting import Collapse, Design, Estimates, Rake, ResponseClasses, base_weights, mean, representativity
from surveylab.weighting.design import Lonely
from surveylab.weighting.margins import Margins
from surveylab.weighting.spread import spread

CATEGORIES = 50
"""Values that a field may have to make classes and margins."""


def weigh(
    ledger: Ledger,
    slug: str,
    by: Sequence[str] = (),
    *,
    calibrate: bool = True,
    replicates: int = 0,
    lonely: Lonely = "fail",
    collapse: Collapse = Collapse(),  # noqa: B008 - frozen
) -> Weights:
    """The weights of the running version of an experiment, and its weighted scores.

    Args:
        ledger: where it was drawn.
        slug: its name.
        by: fields of the frame for classes, margins and response models; those of its strata and
            blocks where none are named.
        calibrate: rake each arm to the frame's margins of these fields.
        replicates: bootstrap replicates for standard errors; 0 for linearisation.
        lonely: what a stratum with one case adds to a variance.
        collapse: when a weighting class is merged with another of its arm.

    Raises:
        SurveylabError: it was not drawn from a frame, the frame has changed, a field is unknown or
            makes no classes, nobody answered in an arm, or margins do not fit.
    """
    with ledger.read() as conn:
        stored = _drawn(conn, slug)
        study = spec.read_documents(stored.documents, f"{slug}.yaml", frozen=True)
        fields = tuple(dict.fromkeys(by)) or study.experiment.strata
        if not fields:
            raise SurveylabError(f"{slug} has no strata and no blocks; name fields of its frame with --by.")
        table = case_table(conn, study, stored.id)
        view = _frame(conn, study, stored, fields)
    data = _prepared(table, study, fields)
    design = Design(data, "base_weight", strata=STRATUM, cluster=CLUSTER, lonely=lonely)
    names = [f"unit.{field}" for field in fields]
    adjusted = design.adjust(ResponseClasses("known", names, collapse, within=ARM))
    report = adjusted.adjustments[0].report
    if calibrate:
        adjusted = adjusted.adjust(Rake(_margins(view, data[ARM].unique(), fields)))
    if replicates:
        adjusted = adjusted.with_replicates("bootstrap", replicates, seed=_seed(study))
    estimated = [
        (name, mean(adjusted, f"score.{name}", by=ARM, where=f"asked.{name}", missing="drop"))
        for name in table.scores
        if data[f"asked.{name}"].any()
    ]
    merged = report[report["merged_into"] != ""]
    return Weights(
        experiment=slug,
        title=study.experiment.title,
        design_hash=stored.digest,
        by=fields,
        population=len(view.ids),
        calibrated=calibrate,
        variance=estimated[0][1].variance if estimated else "",
        level=0.95,
        arms=tuple(_arm(adjusted, study, key, names) for key in _in_order(data[ARM].unique(), study)),
        merged=tuple(Merged(row["class"], row["merged_into"]) for row in merged.to_dict("records")),
        scores=tuple(each for name, found in estimated for each in _scores(name, found, study)),
        differences=tuple(each for name, found in estimated for each in _differences(name, found, study)),
    )


def _drawn(conn: Connection, slug: str) -> StoredExperiment:
    stored = experiments.experiment(conn, slug)
    if stored is None or stored.drawn_at is None:
        raise SurveylabError(f"{slug} was not drawn; run surveylab draw first.")
    if stored.frame_digest is None:
        raise SurveylabError(
            f"{slug} has no frame: people arrived unlisted, so no case has an inclusion probability, and weights "
            "cannot be had from its design."
        )
    return stored


def _frame(conn: Connection, study: Study, stored: StoredExperiment, fields: Sequence[str]) -> FrameView:
    """The units that the experiment was drawn from: eligible and not suppressed, as the frame was then."""
    assert study.experiment.frame is not None
    source, rule = study.experiment.frame.source, study.experiment.frame.eligible
    found = frames.drawn_from(conn, stored.snapshot_id)
    if found is None:
        raise SurveylabError(
            f"The frame {source!r} is not kept as it was when {stored.slug} was drawn, so it has no margins to be "
            "weighed to."
        )
    unknown = [field for field in fields if field not in found.fields]
    if unknown:
        raise SurveylabError(
            " ".join(f"The frame {source!r} has no field {field!r}.{hint(field, found.fields)}" for field in unknown)
        )
    asked = rules.names(rule.tree) if rule else ()
    ids, values = frames.units(conn, found, tuple(dict.fromkeys([*fields, *asked])))
    return eligible(FrameView(ids, values), rule, suppressions.taken_off(conn, stored.id))


def _prepared(table: CaseTable, study: Study, fields: Sequence[str]) -> pd.DataFrame:
    """The table with base weights by arm, classes that are categories, and clusters for cases that have none."""
    data = table.data.copy()
    arms = study.experiment.arms
    part = {arm.key: "".join(f"{name}={arm.mapping[name]}," for name in study.experiment.sampled_by) for arm in arms}
    shares: dict[str, Fraction] = defaultdict(Fraction)
    for arm in arms:
        shares[part[arm.key]] += arm.probability
    chance = data[ARM].map({arm.key: float(arm.probability / shares[part[arm.key]]) for arm in arms if arm.probability})
    data[STRATUM] = data[ARM].map(part) + data[STRATUM]
    data["base_weight"] = base_weights(data, PROBABILITY) / chance
    data["known"] = ((data["responded"] == 1) | (data["ineligible"] == 1)).astype(int)
    single = data[CLUSTER] == ""
    data.loc[single, CLUSTER] = [f"case {number}" for number in np.flatnonzero(single)]
    for field in fields:
        name = f"unit.{field}"
        if name not in data:
            raise SurveylabError(f"No case has a field {field!r}.{hint(field, _fields(data))}")
        values = data[name].nunique()
        if values > CATEGORIES:
            raise SurveylabError(f"{field!r} has {values:,} values; a field of up to {CATEGORIES} makes classes.")
        data[name] = data[name].map(_text, na_action="ignore")
    for score in table.scores:
        counts = data[f"score.{score}"].notna().groupby(data[ARM]).transform("sum")
        data[f"asked.{score}"] = (counts > 0).astype(int)
    silent = [key for key, rows in data.groupby(ARM, sort=False) if not rows["responded"].any()]
    if silent:
        raise SurveylabError(f"Nobody has answered in {'; '.join(map(str, silent))} yet; there is nobody to weigh.")
    return data


def _fields(data: pd.DataFrame) -> list[str]:
    return [str(name).removeprefix("unit.") for name in data.columns if str(name).startswith("unit.")]


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _margins(view: FrameView, arms: Iterable[str], fields: Sequence[str]) -> Margins:
    """Each arm by itself adds up to the frame: arm x value -> units."""
    margins: dict[str | tuple[str, ...], dict[tuple[str, str], float]] = {}
    for field in fields:
        counts = pd.Series(view.fields[field].tolist(), dtype=object).dropna().map(_text).value_counts()
        margins[ARM, f"unit.{field}"] = {
            (arm, str(value)): float(count) for arm in arms for value, count in counts.items()
        }
    return margins


def _seed(study: Study) -> int:
    """A seed for the bootstrap that is the experiment's own."""
    return int.from_bytes(study.experiment.seed.encode()[:7].ljust(7, b"0"), "big")


def _arm(design: Design, study: Study, key: str, names: Sequence[str]) -> ArmWeights:
    rows = (design.data[ARM] == key).to_numpy()
    data = design.data[rows]
    answered = data["responded"].to_numpy() == 1
    eligible_weight = data["base_weight"].where(data["ineligible"] == 0, 0.0).sum()
    found = spread(design.weights[rows][answered])
    refused, indicators = None, dict.fromkeys(("r", "r_se", "cv", "cv_se"))
    part = data[data["ineligible"] == 0]
    try:
        single = Design(part, "base_weight", strata=STRATUM, cluster=CLUSTER, lonely="certainty")
        row = representativity(single, "responded", names).frame.iloc[0]
        indicators = {name: float(row[name]) if isfinite(row[name]) else None for name in indicators}
    except SurveylabError as error:
        refused = str(error)
    return ArmWeights(
        arm=_levels(study, key),
        n=len(data),
        respondents=int(answered.sum()),
        response_rate=float(data["base_weight"][answered].sum() / eligible_weight),
        deff=found.deff,
        effective_n=found.effective_n,
        minimum=found.minimum,
        median=found.median,
        maximum=found.maximum,
        **indicators,
        refused=refused,
    )


def _in_order(keys: Iterable[str], study: Study) -> list[str]:
    """Keys of arms in the order of the file."""
    there = set(keys)
    return [arm.key for arm in study.experiment.arms if arm.key in there]


def _levels(study: Study, key: str) -> dict[str, str]:
    return dict(next(arm for arm in study.experiment.arms if arm.key == key).levels)


def _scores(name: str, found: Estimates, study: Study) -> Iterator[WeightedScore]:
    rows = {row[ARM]: row for row in found.frame.to_dict("records")}
    for key in _in_order(rows, study):
        row = rows[key]
        error, limits = _error(row)
        arm = _levels(study, row[ARM])
        yield WeightedScore(name, arm, int(row["n"]), float(row["estimate"]), error, limits, int(row["df"]))


def _differences(name: str, found: Estimates, study: Study) -> Iterator[ScoreDifference]:
    if len(found) < 2:
        return
    first, *others = _in_order(found.frame[ARM], study)
    rows = {row[ARM]: row for row in found.differences(ARM, reference=first).frame.to_dict("records")}
    for key in others:
        row = rows[key]
        error, limits = _error(row)
        yield ScoreDifference(
            name, _levels(study, row[ARM]), _levels(study, first), float(row["estimate"]), error, limits
        )


def _error(row: Mapping[Hashable, Any]) -> tuple[float | None, tuple[float, float] | None]:
    """The standard error and the interval of a row; None where there are none."""
    error, limits = float(row["se"]), (float(row["lower"]), float(row["upper"]))
    return error if isfinite(error) else None, limits if all(map(isfinite, limits)) else None
