"""The report of one experiment, as one HTML page that loads nothing: question, design, flow, effects, decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveylab.design.experiment import Study
from surveylab.design.factors import Factor
from surveylab.design.results import Analysis
from surveylab.reports._forest import label, level, measure, panels, probability, told
from surveylab.templating import render as render_template


def render(content: Mapping[str, Any]) -> str:
    """The page from ``study`` (Study), ``analysis`` (Analysis) and ``flow`` (rows by arm, or none).

    A row of ``flow`` maps ``arm`` to its name and each stage to a count of cases.
    """
    study: Study = content["study"]
    analysis: Analysis = content["analysis"]
    return render_template(
        "report/experiment.html",
        experiment=study.experiment,
        analysis=analysis,
        flow=content["flow"],
        factors=[(factor, _levels(factor)) for factor in study.experiment.assignment.factors],
        panels=panels(analysis.estimates),
        label=label,
        level=level,
        measure=measure,
        told=told,
        probability=probability,
    )


def _levels(factor: Factor) -> list[tuple[str, str, str]]:
    """Name, share and setting of each level, for people."""
    return [(level.name, f"{float(level.weight):.0%}", _setting(level.sets)) for level in factor.levels]


def _setting(sets: tuple[tuple[str, Any], ...]) -> str:
    return "; ".join(f"{path}: {_plain(value)}" if len(sets) > 1 else _plain(value) for path, value in sets)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return " / ".join(_plain(each) for each in value.values())
    if isinstance(value, tuple):
        return ", ".join(_plain(each) for each in value) or "none"
    return str(value)
