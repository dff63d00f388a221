"""Stratified random sampling: a simple random sample of n_h of the N_h units of each stratum.

The inclusion probability is n_h/N_h exactly (Cochran 1977, Sampling Techniques, chapter 5). Allocations:

- proportional: n_h proportional to N_h (Cochran 1977, section 5.5).
- neyman: n_h proportional to N_h S_h, the least variance of a mean for a given n (Neyman
  1934, JRSS 97, 558-625; Cochran 1977, equation 5.26).
- power: n_h proportional to X_h^q CV_h, between equal precision of all strata (q = 0) and
  of the whole (q = 1) (Bankier 1988, The American Statistician 42, 174-177).
- fixed: n_h as given.

Numbers are rounded by largest remainder, ties in stratum order; a stratum is never asked for
more than it has, and gets ``minimum`` units where n allows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from surveylab.crossing import cross
from surveylab.errors import SurveylabError
from surveylab.randomness import order_within
from surveylab.sampling import FrameView, Sample
from surveylab.sampling._allocation import allocate
from surveylab.sampling._strata import Strata


@dataclass(frozen=True)
class Settings:
    """What YAML says of a stratified sample.

    ``strata``: fields whose crossed values are the strata. ``n``: the total; with ``allocation:
    fixed`` a mapping stratum -> n_h that names every stratum, such as ``region=north,age=old``.
    ``allocation``: how n is shared among the strata; each reads its own keys only.
    ``sd`` (neyman): stratum -> S_h, or the numeric field whose sd within each stratum is S_h.
    ``size`` (power): the numeric field whose stratum totals are X_h; without it X_h is N_h.
    ``cv`` (power): stratum -> CV_h, or the numeric field whose coefficient of variation it is;
    without it all are equal. ``power``: the exponent q. ``minimum``: units wanted in every stratum.
    """

    strata: tuple[str, ...]
    n: int | Mapping[str, int]
    allocation: Literal["proportional", "neyman", "power", "fixed"] = "proportional"
    sd: str | Mapping[str, float] | None = None
    size: str | None = None
    cv: str | Mapping[str, float] | None = None
    power: float = 0.5
    minimum: int = 1

    def __post_init__(self) -> None:
        if not self.strata:
            raise ValueError("strata names no field; name at least one, or use the scheme srs.")
        if isinstance(self.n, int) and self.n < 1:
            raise ValueError(f"n is {self.n}; a sample has at least one unit.")
        if isinstance(self.n, Mapping) and (min(self.n.values(), default=0) < 0 or not any(self.n.values())):
            raise ValueError("n holds a negative number or no unit at all; give each stratum 0 or more.")
        if not 0 <= self.power <= 1:
            raise ValueError(f"power is {self.power}; it lies between 0 and 1.")
        if self.minimum < 0:
            raise ValueError(f"minimum is {self.minimum}; it is 0 or more.")
        self._check_allocation()

    def _check_allocation(self) -> None:
        """ValueError where the allocation lacks what it needs, or is given what it does not read."""
        if isinstance(self.n, Mapping) != (self.allocation == "fixed"):
            raise ValueError(
                "n is a number for each stratum just where the allocation is fixed; "
                "give the total as one number, or say allocation: fixed with a mapping."
            )
        if self.allocation == "neyman" and self.sd is None:
            raise ValueError("allocation neyman needs sd; give a numeric field, or a mapping stratum -> S_h.")
        for key, reader in (("sd", "neyman"), ("size", "power"), ("cv", "power")):
            if getattr(self, key) is not None and self.allocation != reader:
                raise ValueError(
                    f"{key} is not read by the allocation {self.allocation}; leave it out, or say allocation: {reader}."
                )


def needs(settings: Settings) -> tuple[str, ...]:
    """The fields of the strata, and those that the allocation reads."""
    read = (settings.sd, settings.size, settings.cv)
    return tuple(dict.fromkeys((*settings.strata, *(name for name in read if isinstance(name, str)))))


def draw(frame: FrameView, settings: Settings, rng: np.random.Generator) -> Sample:
    """Draw n_h units of each stratum.

    Raises:
        SurveylabError: an empty frame; a field, a stratum or a value that is not there; more
            units asked for than there are; numbers that allocate nothing.
    """
    if not len(frame.ids):
        raise SurveylabError("The frame has no eligible unit. Load units, or widen `eligible`.")
    strata = Strata(frame, cross(frame.ids, frame.fields, settings.strata))
    code, sizes = strata.crossing.code, strata.crossing.sizes
    taken = np.array(allocation(strata, settings), dtype=np.intp)
    by_stratum = order_within(rng, code)
    place = np.arange(len(code)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    positions = np.sort(by_stratum[place < np.repeat(taken, sizes)])
    own = code[positions]
    return Sample(positions, (taken / sizes)[own], strata.crossing.named(own))


def allocation(strata: Strata, settings: Settings) -> list[int]:
    """The n_h of each stratum, in stratum order.

    Raises:
        SurveylabError: as ``draw``.
    """
    if isinstance(settings.n, Mapping):
        return _fixed(strata, settings.n)
    total = len(strata.frame.ids)
    if settings.n > total:
        raise SurveylabError(
            f"The sample asks for {settings.n} units and the frame has {total} that are eligible. "
            "Lower sampling `n`, widen `eligible` or load more units."
        )
    return allocate(_measure(strata, settings), strata.crossing.sizes.tolist(), settings.n, settings.minimum)


def _measure(strata: Strata, settings: Settings) -> list[float]:
    """What the units are allocated in proportion to, one number per stratum."""
    sizes = [float(size) for size in strata.crossing.sizes.tolist()]
    if settings.sd is not None:
        return _products("sd", sizes, strata.deviations(settings.sd))
    if settings.allocation == "power":
        totals = sizes if settings.size is None else strata.totals(settings.size)
        spread = [1.0] * len(sizes) if settings.cv is None else strata.variations(settings.cv)
        return _products("size or cv", [math.pow(total, settings.power) for total in totals], spread)
    return sizes


def _products(key: str, left: list[float], right: list[float]) -> list[float]:
    """One measure per stratum; SurveylabError where they are all zero, as nothing can be shared by them."""
    measure = [a * b for a, b in zip(left, right, strict=True)]
    if not any(measure):
        raise SurveylabError(
            f"`{key}` is zero in every stratum, which allocates nothing. Use `allocation: proportional`."
        )
    return measure


def _fixed(strata: Strata, numbers: Mapping[str, int]) -> list[int]:
    wanted = strata.given("n", numbers)
    pairs = zip(strata.crossing.labels, wanted, strata.crossing.sizes.tolist(), strict=True)
    over = [f"{label} ({n} of {size})" for label, n, size in pairs if n > size]
    if over:
        raise SurveylabError(
            f"The allocation asks for more units than these strata have: {'; '.join(over)}. Lower their `n`."
        )
    return wanted
