"""Simulated experiments through the real draw, assignment, ledger, outcomes and analysis: do intervals cover?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from surveylab import simulate, spec
from surveylab.analysis.analyse import fit_all, ready_data
from surveylab.design.cases import Answer
from surveylab.design.experiment import Study
from surveylab.fieldwork import recruit
from surveylab.store import cases, experiments, responses, snapshots
from surveylab.store.ledger import Connection, Ledger, open_ledger
from surveylab.store.steps import Paradata, Sent

ROOT = Path(__file__).parents[2]
EXPERIMENTS = 200
PEOPLE = 800
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
INQUIRIES = ("length_on_response", "wording_on_response")


def variation(documents: Mapping[str, str], number: int, rng: np.random.Generator) -> Study:
    """The shipped experiment under another name and seed, with effects drawn anew."""
    text = documents["nps_wording_length.yaml"]
    length, wording, base = rng.normal(0, 0.3), rng.normal(0, 0.3), rng.uniform(0.15, 0.6)
    effects = f"{{base: {base:.4f}, length.short: {length:.4f}, wording.experience: {wording:.4f}}}"
    text, replaced = re.subn(r"(?m)^  response: \{.*?\}", f"  response: {effects}", text)
    assert replaced == 1
    kept = "|".join(INQUIRIES)
    text = re.sub(rf"(?m)^  (?!{kept})\w+: \{{outcome: .*\}}\n", "", text)
    text = re.sub(r"(?ms)^decision:.*\Z", "", text).replace("n: 2000", f"n: {PEOPLE // 2}")
    text = text.replace("outcomes: [item_nonresponse]", "outcomes: []")
    name = f"experiment_{number}.yaml"
    return spec.read_documents({**documents, name: f"{text}seed: s{number}\n"}, name)


def fielded(ledger: Ledger, study: Study, send: Callable[[Connection, int, Sent, datetime], None]) -> None:
    """Draw and assign through the ledger, and write down what each case's behaviour leads to."""
    recruit.draw(ledger, study, NOW)
    plans = {arm: study.plan(arm).instrument for arm in study.experiment.arms}
    with ledger.write() as conn:
        row = experiments.experiment(conn, study.experiment.slug)
        assert row is not None
        for case in list(cases.tokens(conn, row.id)):
            arm = study.experiment.arm_of(case.levels)
            instrument = plans[arm]
            assert instrument is not None
            how = simulate.behaviour(study, arm, instrument, case.unit)
            if how.starts:
                responses.append_event(conn, case.id, NOW, "started", key=f"{case.id}:started")
            if how.starts and how.leaves_at is None:
                columns = [(item.id, column) for item in instrument.items for column in item.columns]
                given = [Answer(item, column, 5, place) for place, (item, column) in enumerate(columns, start=1)]
                send(conn, case.id, Sent("all", "1", given, Paradata(NOW), "i"), NOW)
                responses.append_event(conn, case.id, NOW, "submitted", key=f"{case.id}:submitted")


@pytest.mark.recovery
def test_intervals_cover_the_truth_through_the_whole_chain(
    tmp_path: Path, send: Callable[[Connection, int, Sent, datetime], None]
) -> None:
    """Of 200 experiments with two contrasts each, the 95 % intervals cover the truth in 91 to 98 %."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'recovery.db'}")
    rng = np.random.default_rng(20260302)
    documents = spec.read(ROOT / "experiments" / "nps_wording_length.yaml").documents
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "synthetic", simulate.frame(PEOPLE, "recovery"), NOW)
    covered = total = 0
    errors = 0.0
    for number in range(EXPERIMENTS):
        study = variation(documents, number, rng)
        fielded(ledger, study, send)
        fitted, refused = fit_all(ledger, ready_data(ledger, study))
        assert not refused
        for name in INQUIRIES:
            (estimate,) = fitted[name].estimates
            true = simulate.truth(study, study.experiment.inquiry(name))
            assert true is not None
            covered += estimate.interval[0] <= true <= estimate.interval[1]
            errors += estimate.mean - true
            total += 1
    ledger.close()
    assert 0.91 <= covered / total <= 0.98, f"{covered} of {total} intervals cover"
    assert abs(errors / total) < 0.005, f"mean error {errors / total:+.4f}"
