"""Sampling schemes on the frame that they were drawn from: response, representativeness, precision, error, cost.

What the frame knows of everybody is the truth that each scheme is held against. A case is weighted by 1 over
its stored inclusion probability, which restores the whole frame from each scheme's part of it
(docs/decisions/0009-replicates.md); standard errors are linearised over strata and clusters of the sample, without
a finite population correction, so that with large sampling fractions they are too large and never too small.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from surveylab import weighting
from surveylab.analysis.drawn import as_drawn
from surveylab.analysis.measure import measure_all
from surveylab.design.experiment import Experiment, Study
from surveylab.design.measures import measures
from surveylab.design.schemes import FieldEstimate, SchemeComparison, SchemeResult
from surveylab.errors import SurveylabError
from surveylab.sampling import FrameView, eligible
from surveylab.store import datasets, experiments, frames, suppressions
from surveylab.store.ledger import Connection, Ledger

MOST_CATEGORIES = 20
"""Distinct values up to which a text is a covariate of the R-indicator; names and addresses have more."""
OUTCOME = "response"


def compare(ledger: Ledger, study: Study) -> SchemeComparison:
    """Compare the levels of the factors that vary the sampling; one result where none does.

    Raises:
        SurveylabError: the experiment was not drawn from a frame that is kept, or does not measure response.
    """
    with ledger.read() as conn:
        found = experiments.experiment(conn, study.experiment.slug)
    if found is None or found.drawn_at is None or study.experiment.frame is None:
        raise SurveylabError(f"{study.experiment.slug} was not drawn from a frame; run surveylab draw first.")
    study = as_drawn(found, study)
    exp = study.experiment
    if OUTCOME not in {each.key for each in measures(exp)}:
        raise SurveylabError(f"{exp.slug} does not measure {OUTCOME}; add it to `measurement: {{outcomes: […]}}`.")
    measure_all(ledger, study, found.id)
    with ledger.read() as conn:
        frame = _frame(conn, exp, found)
        cases = datasets.sampled(conn, found.id, OUTCOME)
    on = tuple(name for name, values in frame.items() if _is_category(values))
    numbers = tuple(name for name, values in frame.items() if values.dtype.kind in "iuf")
    own = [tuple((name, each[name]) for name in exp.sampled_by) for each in cases["levels"]]
    order = dict.fromkeys(tuple(pair for pair in arm.levels if pair[0] in exp.sampled_by) for arm in exp.arms)
    results = []
    for levels in order:
        rows = cases[[each == levels for each in own]].reset_index(drop=True)
        if len(rows):
            arm = next(arm for arm in exp.arms if set(levels) <= set(arm.levels))
            sampling = study.plan(arm).sampling
            assert sampling is not None
            results.append(_Scheme(rows, frame, numbers, on).result(dict(levels), sampling.scheme))
    units = len(next(iter(frame.values()))) if frame else 0
    return SchemeComparison(exp.slug, exp.title, study.digest, units, on, tuple(results))


def _frame(conn: Connection, exp: Experiment, drawn: experiments.StoredExperiment) -> Mapping[str, Any]:
    """The fields of the eligible units, as the sample was drawn from them."""
    assert exp.frame is not None
    on_frame = frames.drawn_from(conn, drawn.snapshot_id)
    if on_frame is None:
        raise SurveylabError(f"The frame that {exp.slug} was drawn from is not kept; its schemes cannot be compared.")
    ids, fields = frames.units(conn, on_frame, on_frame.fields)
    suppressed = suppressions.taken_off(conn, drawn.id)
    return eligible(FrameView(ids, fields), exp.frame.eligible, suppressed).fields


def _is_category(values: Any) -> bool:
    return values.dtype.kind in "Ub" and 1 < len(set(values.tolist())) <= MOST_CATEGORIES


class _Scheme:
    """The cases of one scheme, with weights where it is a probability sample."""

    def __init__(
        self, rows: pd.DataFrame, frame: Mapping[str, Any], numbers: Sequence[str], on: tuple[str, ...]
    ) -> None:
        known = pd.DataFrame(rows["fields"].tolist())
        self.frame, self.numbers, self.on = frame, numbers, on
        self.rows = rows
        self.data = known[[*numbers, *on]].copy()
        self.data["answered"] = (rows["value"] == 1).astype(int)
        self.data["asked"] = rows["value"].notna().astype(int)
        self.by_chance = bool(rows["probability"].notna().all())
        self.data["weight"] = weighting.base_weights(rows, "probability") if self.by_chance else 1.0
        self.data["stratum"], self.data["psu"] = rows["stratum"], rows["psu"]
        self.notes: list[str] = []

    def result(self, levels: Mapping[str, str], scheme: str) -> SchemeResult:
        """Everything that the cases say."""
        respondents = int(self.data["answered"].sum())
        contacts = int(self.rows["contacts"].sum()) or len(self.rows)
        if not self.by_chance:
            self.notes.append("no probability sample: unweighted, and without design-based errors")
        rate, rate_se = self._mean("answered", "asked")
        r, r_se = self._representativity()
        return SchemeResult(
            levels=levels,
            scheme=scheme,
            cases=len(self.rows),
            contacts=contacts,
            respondents=respondents,
            response_rate=rate,
            response_se=rate_se,
            contacts_per_respondent=contacts / respondents if respondents else None,
            deff=weighting.spread(self.data["weight"].to_numpy()).deff if self.by_chance else None,
            r=r,
            r_se=r_se,
            fields=tuple(self._field(name, contacts) for name in self.numbers),
            notes=tuple(dict.fromkeys(self.notes)),
        )

    def _design(self) -> weighting.Design:
        """Strata and clusters where the sample has them; a lonely cluster counts by its distance from all."""
        labels = {name: name if (self.data[name] != "").any() else None for name in ("stratum", "psu")}
        return weighting.Design(
            self.data, weight="weight", strata=labels["stratum"], cluster=labels["psu"], lonely="adjust"
        )

    def _mean(self, name: str, where: str) -> tuple[float | None, float | None]:
        """The weighted mean of a column over rows that another marks, and its standard error."""
        marked = self.data[where] == 1
        if not marked.any():
            return None, None
        if not self.by_chance or marked.sum() < 2:
            return float(np.average(self.data[name][marked], weights=self.data["weight"][marked])), None
        try:
            found = weighting.mean(self._design(), name, where=where).frame.iloc[0]
        except SurveylabError as error:
            self.notes.append(f"no standard error of {name}: {error}")
            return float(np.average(self.data[name][marked], weights=self.data["weight"][marked])), None
        return float(found["estimate"]), _number(found["se"])

    def _representativity(self) -> tuple[float | None, float | None]:
        if not self.by_chance or not self.on:
            return None, None
        try:
            found = weighting.representativity(self._design(), "answered", self.on).frame.iloc[0]
        except SurveylabError as error:
            self.notes.append(f"no R-indicator: {error}")
            return None, None
        return _number(found["r"]), _number(found["r_se"])

    def _field(self, name: str, contacts: int) -> FieldEstimate:
        everybody = np.asarray(self.frame[name], dtype=np.float64)
        truth, sd = float(everybody.mean()), float(everybody.std())
        mean, se = self._mean(name, "answered")
        return FieldEstimate(
            field=name,
            truth=truth,
            cases=float(np.average(self.data[name], weights=self.data["weight"])),
            respondents=mean,
            error=(mean - truth) / sd if mean is not None and sd else None,
            standard_error=se,
            worth=sd**2 / (se**2 * contacts) if se else None,
        )


def _number(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None
