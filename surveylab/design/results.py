"""What an analysis says: values with their provenance. JSON of ``analyse --json`` is ``as_json`` of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from math import isfinite
from typing import Any


@dataclass(frozen=True)
class SampleRatio:
    """Pearson's chi-square of the arm counts against the stored probabilities.

    ``mismatch`` is p < 0.001 (methodology 4, hard rule 3).
    """

    observed: Mapping[str, int]
    expected: Mapping[str, float]
    p: float
    mismatch: bool


@dataclass(frozen=True)
class Summary:
    """A posterior in three numbers; ``interval`` is central and of the estimate's ``level``."""

    mean: float
    sd: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Diagnostics:
    """What the convergence gate looks at (Vehtari et al. 2021): rank R-hat, bulk ESS, divergences."""

    rhat_max: float
    ess_bulk_min: float
    divergences: int


@dataclass(frozen=True)
class Estimate:
    """The answer to one inquiry, or to one inquiry within one stratum (``within``: field -> value)."""

    inquiry: str
    outcome: str
    scale: str
    mean: float
    sd: float
    interval: tuple[float, float]
    level: float
    p_positive: float
    p_above: Mapping[str, float]
    """Threshold -> P(estimate > threshold); thresholds are those of the decision rule."""
    levels: Mapping[str, Summary]
    expected_loss: Mapping[str, float]
    p_best: Mapping[str, float]
    engine: str
    diagnostics: Diagnostics
    n: Mapping[str, int]
    """Level -> cases behind it."""
    within: Mapping[str, str]


@dataclass(frozen=True)
class Decision:
    """What the rule says, and why. ``action`` is adopt, drop or the rule's ``otherwise``."""

    action: str
    reason: str
    evidence: Mapping[str, float]
    """Each P(...) of the rule -> its value."""
    rule: Mapping[str, str]


@dataclass(frozen=True)
class Analysis:
    """All estimates of one look at one experiment."""

    experiment: str
    title: str
    design_hash: str
    data_hash: str
    code_version: str
    at: str
    n: Mapping[str, Any]
    """``sampled`` and ``arms`` (arm -> cases)."""
    sample_ratio: SampleRatio | None
    """None where the data came as cells of others and no assignment is stored."""
    estimates: tuple[Estimate, ...]
    refused: Mapping[str, str]
    """Inquiry -> why its fit was refused; it has no estimate."""
    decision: Decision | None


@dataclass(frozen=True)
class Scored:
    """One score of one sample: everybody who started, or those of one arm (``within``: factor -> level).

    ``value`` is None where nobody's answers sufficed; ``standard_error`` and ``interval`` also where one person's did.
    """

    score: str
    instrument: str
    rule: str
    within: Mapping[str, str]
    n: int
    """Respondents whose answers sufficed."""
    value: float | None
    standard_error: float | None
    interval: tuple[float, float] | None
    bands: Mapping[str, int]
    """Band -> respondents in it."""
    missing: Mapping[str, int]
    """Reason of the first answer that lacks -> respondents without a score."""


@dataclass(frozen=True)
class Scores:
    """The official scores of the instruments of one experiment, unweighted, over all arms and by arm."""

    experiment: str
    title: str
    design_hash: str
    weighted: bool
    level: float
    """Of the intervals."""
    sources: Mapping[str, tuple[str, ...]]
    """Instrument -> where its questions and their scoring come from."""
    scores: tuple[Scored, ...]


@dataclass(frozen=True)
class ArmWeights:
    """The sample and the weights of one arm (``arm``: factor -> level)."""

    arm: Mapping[str, str]
    n: int
    """Sampled cases."""
    respondents: int
    """Complete and partial interviews."""
    response_rate: float
    """Base weights of respondents over those of all cases that are not ineligible."""
    deff: float
    """Of the final weights of respondents: 1 + CV^2 (Kish)."""
    effective_n: float
    minimum: float
    median: float
    maximum: float
    r: float | None
    """R-indicator, bias-adjusted; None where ``refused`` says why."""
    r_se: float | None
    cv: float | None
    """Coefficient of variation of the response propensities, bias-adjusted."""
    cv_se: float | None
    refused: str | None


@dataclass(frozen=True)
class WeightedScore:
    """The weighted mean of one score in one arm."""

    score: str
    arm: Mapping[str, str]
    n: int
    """Respondents with a value."""
    value: float
    standard_error: float | None
    interval: tuple[float, float] | None
    df: int


@dataclass(frozen=True)
class ScoreDifference:
    """The weighted mean of one score in one arm, less that in the reference arm."""

    score: str
    arm: Mapping[str, str]
    reference: Mapping[str, str]
    value: float
    standard_error: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Merged:
    """A weighting class that was merged with another of its arm."""

    name: str
    into: str


@dataclass(frozen=True)
class Weights:
    """The weights of a drawn experiment, and what its respondents say when they are weighted."""

    experiment: str
    title: str
    design_hash: str
    by: tuple[str, ...]
    """The fields of nonresponse classes, of margins and of response models."""
    population: int
    """Eligible units of the frame."""
    calibrated: bool
    """Whether the weights add up to the frame's margins of these fields."""
    variance: str
    """How standard errors were found."""
    level: float
    """Of the intervals."""
    arms: tuple[ArmWeights, ...]
    merged: tuple[Merged, ...]
    scores: tuple[WeightedScore, ...]
    differences: tuple[ScoreDifference, ...]


def analysis_from_json(stored: Mapping[str, Any]) -> Analysis:
    """The analysis that ``as_json`` wrote down."""
    ratio, decision = stored["sample_ratio"], stored["decision"]
    return Analysis(
        **{
            **stored,
            "sample_ratio": SampleRatio(**ratio) if ratio else None,
            "estimates": tuple(_estimate(each) for each in stored["estimates"]),
            "decision": Decision(**decision) if decision else None,
        }
    )


def _estimate(stored: Mapping[str, Any]) -> Estimate:
    levels = {name: _summary(each) for name, each in stored["levels"].items()}
    diagnostics = Diagnostics(**stored["diagnostics"])
    interval = (stored["interval"][0], stored["interval"][1])
    return Estimate(**{**stored, "levels": levels, "diagnostics": diagnostics, "interval": interval})


def _summary(stored: Mapping[str, Any]) -> Summary:
    return Summary(stored["mean"], stored["sd"], (stored["interval"][0], stored["interval"][1]))


def as_json(value: Any) -> Any:
    """A result as plain JSON values, with the field names of the dataclasses.

    Raises:
        ValueError: a number is not finite; JSON has no such numbers.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(each) for each in value]
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(f"{value} is not a number that JSON has")
    return value
