"""Outcome rates of the AAPOR Standard Definitions: response, cooperation, refusal and contact.

Everything is computed from the sums of a sample by letter: counts of cases, or sums of their base weights, which are
needed where cases had different inclusion probabilities. With

    D5 = (I + P) + (R + NC + O)      cases known to be eligible
    U  = UH + UO + UR                cases of unknown eligibility; UR is in use from the 10th edition on
    D1 = D5 + U                      as if all of U were eligible
    D3 = D5 + e U                    as if the share e of U were

the rates are those of the 9th edition (2016), and the same in the 10th (2023): there UR has left UO, and one e for all
of U leaves every rate as it was. A rate whose denominator is 0 is None.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surveylab.design.results import Summary
from surveylab.errors import SurveylabError

LEVEL = 0.95
DRAWS = 4_000
"""Draws of e; the Monte Carlo error of a mean is 1/63 of its standard deviation."""


@dataclass(frozen=True)
class Sums:
    """Counts of cases, or sums of their weights, by letter."""

    i: float = 0.0
    """Complete interviews."""
    p: float = 0.0
    """Partial interviews."""
    r: float = 0.0
    """Refusals and break-offs."""
    nc: float = 0.0
    """Non-contacts, known to be eligible."""
    o: float = 0.0
    """Other eligible cases without an interview."""
    uh: float = 0.0
    """Unknown whether eligible."""
    uo: float = 0.0
    """Unknown, other."""
    ur: float = 0.0
    """Unknown, no screener completed (10th edition)."""
    ne: float = 0.0
    """Not eligible."""

    def __post_init__(self) -> None:
        """Counts are finite and not below 0."""
        wrong = {name: value for name, value in asdict(self).items() if not (math.isfinite(value) and value >= 0)}
        if wrong:
            told = ", ".join(f"{name.upper()} = {value}" for name, value in wrong.items())
            raise SurveylabError(f"{told}: a count of cases, or a sum of weights, is a finite number from 0 on.")

    @classmethod
    def of(cls, by_letter: Mapping[str, float]) -> Sums:
        """The sums of a mapping letter -> sum; letters that it has not are 0.

        Raises:
            SurveylabError: a letter that there is not, or a sum that cannot be.
        """
        known = {field.name for field in fields(cls)}
        strange = sorted(letter for letter in by_letter if letter.lower() not in known)
        if strange:
            there = ", ".join(name.upper() for name in sorted(known))
            raise SurveylabError(f"No letter of AAPOR's: {', '.join(map(repr, strange))}. There are {there}.")
        return cls(**{letter.lower(): float(value) for letter, value in by_letter.items()})

    @classmethod
    def counted(cls, letters: Iterable[str], weights: Iterable[float] | None = None) -> Sums:
        """The sums of one letter per case, each counted once or by its weight."""
        found: dict[str, float] = {}
        if weights is None:
            for letter in letters:
                found[letter] = found.get(letter, 0.0) + 1.0
        else:
            for letter, weight in zip(letters, weights, strict=True):
                found[letter] = found.get(letter, 0.0) + weight
        return cls.of(found)

    @property
    def interviews(self) -> float:
        """I + P."""
        return self.i + self.p

    @property
    def eligible(self) -> float:
        """D5: the cases that are known to be eligible."""
        return self.interviews + self.r + self.nc + self.o

    @property
    def unknown(self) -> float:
        """U: the cases of which it is not known."""
        return self.uh + self.uo + self.ur

    @property
    def contacted(self) -> float:
        """(I + P) + R + O: the eligible cases that were reached."""
        return self.interviews + self.r + self.o


@dataclass(frozen=True)
class Eligibility:
    """The share e of the cases of unknown eligibility that is taken to be eligible, and where it comes from.

    ``value`` None: no case says it, and rates that need it are None.
    """

    method: Literal["proportional", "given", "frame"]
    value: float | None


FRAME_KNOWN = Eligibility("frame", 1.0)
"""A frame that proves eligibility, such as a list of customers: cases without a result are eligible non-interviews."""


def proportional(sums: Sums) -> Eligibility:
    """The share among the cases of which it is known (AAPOR's calculator, 4.0): e = (I+P+R+NC+O) / (I+P+R+NC+O+NE).

    It hangs on NE, and with it RR3, RR4, REF2 and CON2.
    """
    return Eligibility("proportional", _over(sums.eligible, sums.eligible + sums.ne))


def given(value: float) -> Eligibility:
    """An e that was found elsewhere.

    Raises:
        SurveylabError: it is no share.
    """
    if not 0 <= value <= 1:
        raise SurveylabError(f"e = {value}: the share of eligible cases among the unknown is from 0 to 1.")
    return Eligibility("given", float(value))


@dataclass(frozen=True)
class Rates:
    """Every outcome rate of one set of sums; None where its denominator is 0.

    ``all_known`` says that no case is of unknown eligibility: only then do RR5, RR6, REF3 and CON3, which leave such
    cases out, tell of the sample (or where all of them are known to be ineligible, e = 0). A report names that.
    """

    rr1: float | None
    rr2: float | None
    rr3: float | None
    rr4: float | None
    rr5: float | None
    rr6: float | None
    coop1: float | None
    coop2: float | None
    coop3: float | None
    coop4: float | None
    ref1: float | None
    ref2: float | None
    ref3: float | None
    con1: float | None
    con2: float | None
    con3: float | None
    e: Eligibility
    all_known: bool


def rates(sums: Sums, e: Eligibility | None = None) -> Rates:
    """The rates of the AAPOR Standard Definitions, 9th edition 2016 (see the module for D1, D3 and D5).

    RR1, RR3, RR5 are I, and RR2, RR4, RR6 I + P, over D1, D3, D5; REF1 to REF3 are R, and CON1 to CON3
    (I+P)+R+O over the same. COOP1 and COOP2 are I and I + P over (I+P)+R+O, COOP3 and COOP4 over (I+P)+R.

    Args:
        sums: counts or sums of weights.
        e: the share of eligible cases among the unknown; by proportional allocation where none is named.
    """
    e = e or proportional(sums)
    d1, d5 = sums.eligible + sums.unknown, sums.eligible
    d3 = None if e.value is None else d5 + e.value * sums.unknown
    reached, agreed = sums.contacted, sums.interviews + sums.r
    return Rates(
        rr1=_over(sums.i, d1),
        rr2=_over(sums.interviews, d1),
        rr3=_over(sums.i, d3),
        rr4=_over(sums.interviews, d3),
        rr5=_over(sums.i, d5),
        rr6=_over(sums.interviews, d5),
        coop1=_over(sums.i, reached),
        coop2=_over(sums.interviews, reached),
        coop3=_over(sums.i, agreed),
        coop4=_over(sums.interviews, agreed),
        ref1=_over(sums.r, d1),
        ref2=_over(sums.r, d3),
        ref3=_over(sums.r, d5),
        con1=_over(reached, d1),
        con2=_over(reached, d3),
        con3=_over(reached, d5),
        e=e,
        all_known=not sums.unknown or e.value == 0,
    )


@dataclass(frozen=True)
class Propagated:
    """The posterior of e, and of the rates that hang on it; None where a denominator is 0."""

    e: Summary
    rr3: Summary | None
    rr4: Summary | None
    ref2: Summary | None
    con2: Summary | None


def propagated(sums: Sums, counts: Sums, rng: np.random.Generator, draws: int = DRAWS) -> Propagated:
    """What not knowing e does to RR3, RR4, REF2 and CON2.

    e ~ Beta(1 + eligible, 1 + NE): a uniform prior and the cases whose eligibility is known. Each draw of e gives a
    denominator D3. This is the uncertainty about eligibility only, not that of the sample.

    Args:
        sums: what the rates are of: counts, or sums of weights.
        counts: the same cases, counted: they are what is known of e. Weights do not make more cases of them.
        rng: where the draws come from.
        draws: how many.
    """
    e = rng.beta(1 + counts.eligible, 1 + counts.ne, draws)
    d3 = sums.eligible + e * sums.unknown

    def of(numerator: float) -> Summary | None:
        return _summary(numerator / d3) if sums.eligible + sums.unknown > 0 else None

    return Propagated(_summary(e), of(sums.i), of(sums.interviews), of(sums.r), of(sums.contacted))


def _summary(values: NDArray[np.float64]) -> Summary:
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Summary(float(values.mean()), float(values.std(ddof=1)), (float(low), float(high)))


def _over(numerator: float, denominator: float | None) -> float | None:
    return numerator / denominator if denominator else None
