"""Write the report of an analysis, with the flow of cases behind it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from surveylab.analysis.drawn import as_drawn
from surveylab.design.cases import STAGES
from surveylab.design.experiment import Study
from surveylab.design.factors import Arm
from surveylab.design.results import Analysis
from surveylab.reports import experiment as experiment_report
from surveylab.store import datasets, experiments, histories
from surveylab.store.ledger import Ledger


def write_report(
    ledger: Ledger, study: Study, analysis: Analysis, target: Path, watched: Mapping[str, Any] | None = None
) -> None:
    """Write the report to ``target``, making its folder; it shows the design that was analysed.

    ``watched`` is what ``surveylab monitor --json`` prints, where somebody watched the fieldwork.
    """
    with ledger.read() as conn:
        found = experiments.experiment(conn, study.experiment.slug)
    if found is not None and not study.experiment.data:
        study = as_drawn(found, study)
    content = {"study": study, "analysis": analysis, "flow": flow(ledger, study), "watched": watched}
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(experiment_report.render(content), encoding="utf-8")


def flow(ledger: Ledger, study: Study) -> list[dict[str, Any]]:
    """Cases by arm and stage, a row for each arm; none for data that were fielded elsewhere."""
    if study.experiment.data:
        return []
    with ledger.read() as conn:
        found = experiments.experiment(conn, study.experiment.slug)
        if found is None:
            return []
        reached = histories.reached(conn, found.id)
        responses = datasets.cells(conn, found.id, "response")
    kinds = [kind for kind in STAGES if any(kind in counts for counts in reached.values())]
    return [
        {
            "arm": ", ".join(level for _, level in arm.levels),
            **{STAGES[kind]: reached.get(frozenset(arm.levels), {}).get(kind, 0) for kind in kinds},
            **_response(responses, arm),
        }
        for arm in study.experiment.arms
    ]


def _response(cells: pd.DataFrame, arm: Arm) -> dict[str, str]:
    """RR2 of an arm (outcomes.response), in per cent; nothing before anything was measured."""
    for factor, level in arm.levels if not cells.empty else ():
        cells = cells[cells[factor] == level]
    return {} if cells.empty else {"RR2": f"{cells['total'].sum() / cells['n'].sum():.1%}"}
