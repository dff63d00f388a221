"""The report of one experiment, as one HTML page that loads nothing: question, design, flow, effects, decision."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from surveylab.design.experiment import Study
from surveylab.design.factors import Factor, marginals
from surveylab.design.results import Analysis
from surveylab.reports._forest import label, level, measure, panels, probability, told
from surveylab.templating import render as render_template

VERDICTS = {"fits": "as randomised", "gate": "mismatch: nothing is estimated", "effect": "the arms differ: an effect"}


def render(content: Mapping[str, Any]) -> str:
    """The page from ``study`` (Study), ``analysis`` (Analysis), ``flow`` (rows by arm, or none) and ``watched``.

    A row of ``flow`` maps ``arm`` to its name and each stage to a count of cases. ``watched`` is what
    ``surveylab monitor --json`` prints, or None.
    """
    study: Study = content["study"]
    analysis: Analysis = content["analysis"]
    shares = marginals(study.experiment.arms)
    return render_template(
        "report/experiment.html",
        experiment=study.experiment,
        analysis=analysis,
        flow=content["flow"],
        watched=content.get("watched"),
        verdicts=VERDICTS,
        factors=[(factor, _levels(factor, shares)) for factor in study.experiment.assignment.factors],
        panels=panels(analysis.estimates),
        label=label,
        level=level,
        measure=measure,
        told=told,
        probability=probability,
    )


def _levels(factor: Factor, shares: Mapping[tuple[str, str], Fraction]) -> list[tuple[str, str, str]]:
    """Name, share over all arms and setting of each level, for people."""
    return [
        (level.name, f"{float(shares[factor.name, level.name]):.0%}", _setting(level.sets)) for level in factor.levels
    ]


def _setting(sets: tuple[tuple[str, Any], ...]) -> str:
    return "; ".join(f"{path}: {_plain(value)}" if len(sets) > 1 else _plain(value) for path, value in sets)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return " / ".join(_plain(each) for each in value.values())
    if isinstance(value, tuple):
        return ", ".join(_plain(each) for each in value) or "none"
    return str(value)
