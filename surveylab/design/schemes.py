"""What a comparison of sampling schemes says: of each, how it was answered, how precise it is, and how far off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldEstimate:
    """The mean of a field that the frame knows of everybody, estimated from the cases of one scheme.

    ``standard_error`` and ``worth`` are of the respondents' mean, None for a sample that is none of probability
    or where fewer than two answered.
    """

    field: str
    truth: float
    """The mean over the eligible frame."""
    cases: float
    """The weighted mean of all cases: what the draw alone is off by."""
    respondents: float | None
    """The weighted mean of the respondents: what draw and nonresponse are off by together."""
    error: float | None
    """Respondents less truth, in standard deviations of the field on the frame."""
    standard_error: float | None
    worth: float | None
    """Precision per contact: units of a simple random sample with replacement that one contact is worth."""


@dataclass(frozen=True)
class SchemeResult:
    """One sampling scheme, as the levels of the factors that vary the sampling name it."""

    levels: Mapping[str, str]
    scheme: str
    cases: int
    contacts: int
    """How often something was sent; the cases where nothing was yet."""
    respondents: int
    response_rate: float | None
    """RR2 (AAPOR) with base weights; unweighted for a sample that is none of probability."""
    response_se: float | None
    contacts_per_respondent: float | None
    """What a respondent costs, in contacts."""
    deff: float | None
    """Kish's design effect of the base weights."""
    r: float | None
    """R-indicator on ``on``, adjusted for bias (methodology 3.3); None where it cannot be had, see ``notes``."""
    r_se: float | None
    fields: tuple[FieldEstimate, ...]
    notes: tuple[str, ...]
    """What could not be estimated, and why."""


@dataclass(frozen=True)
class SchemeComparison:
    """All sampling schemes of one experiment, on one frame."""

    experiment: str
    title: str
    design_hash: str
    eligible: int
    """Units on the eligible frame."""
    on: tuple[str, ...]
    """The fields that the R-indicators are about."""
    schemes: tuple[SchemeResult, ...]
