"""Stratified random sampling: a simple random sample of n_h of the N_h units of each stratum.

The inclusion probability is n_h/N_h exactly (Cochran 1977, Sampling Techniques, chapter 5). Allocations:

- proportional: n_h proportional to N_h (Cochran 1977, section 5.5).
- equal: the same n_h in every stratum, for comparing the strata with each other.
- neyman: n_h proportional to N_h S_h, the least variance of a mean for a given n (Neyman
  1934, JRSS 97, 558-625; Cochran 1977, equation 5.26).
- optimal: n_h proportional to N_h S_h / sqrt(c_h), the least variance of a mean for a given
  cost when a unit of stratum h costs c_h (Cochran 1977, section 5.5).
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
from numpy.typing import NDArray

from surveylab.crossing import cross
from surveylab.errors import SurveylabError
from surveylab.randomness import order_within
from surveylab.sampling import FrameView, Sample
from surveylab.sampling._allocation import allocate
from surveylab.sampling._requests import enough
from surveylab.sampling._strata import Strata

PROBABILITY = True


@dataclass(frozen=True)
class Settings:
    """What YAML says of a stratified sample.

    ``strata``: fields whose crossed values are the strata. ``n``: the total; with ``allocation:
    fixed`` a mapping stratum -> n_h that names every stratum, such as ``region=north,age=old``.
    ``allocation``: how n is shared among the strata; each reads its own keys only.
    ``sd`` (neyman, optimal): stratum -> S_h, or the numeric field whose sd within each stratum is S_h.
    ``cost`` (optimal): stratum -> c_h, above 0, or the numeric field whose mean within each stratum it is.
    ``size`` (power): the numeric field whose stratum totals are X_h; without it X_h is N_h.
    ``cv`` (power): stratum -> CV_h, or the numeric field whose coefficient of variation it is;
    without it all are equal. ``power``: the exponent q. ``minimum``: units wanted in every stratum.
    """

    strata: tuple[str, ...]
    n: int | Mapping[str, int]
    allocation: Literal["proportional", "equal", "neyman", "optimal", "power", "fixed"] = "proportional"
    sd: str | Mapping[str, float] | None = None
    cost: str | Mapping[str, float] | None = None
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
        for key, readers in READERS.items():
            if getattr(self, key) is not None and self.allocation not in readers:
                raise ValueError(
                    f"{key} is not read by the allocation {self.allocation}; "
                    f"leave it out, or say allocation: {' or '.join(readers)}."
                )
        for key in ("sd", "cost"):
            if self.allocation in READERS[key] and getattr(self, key) is None:
                raise ValueError(
                    f"allocation {self.allocation} needs {key}; give a numeric field, or a mapping stratum -> number."
                )


READERS = {"sd": ("neyman", "optimal"), "cost": ("optimal",), "size": ("power",), "cv": ("power",)}
"""Key -> the allocations that read it."""


def needs(settings: Settings) -> tuple[str, ...]:
    """The fields of the strata, and those that the allocation reads."""
    read = (settings.sd, settings.cost, settings.size, settings.cv)
    return tuple(dict.fromkeys((*settings.strata, *(name for name in read if isinstance(name, str)))))


def draw(frame: FrameView, settings: Settings, rng: np.random.Generator) -> Sample:
    """Draw n_h units of each stratum.

    Raises:
        SurveylabError: an empty frame; a field, a stratum or a value that is not there; more
            units asked for than there are; numbers that allocate nothing.
    """
    strata = _strata(frame, settings)
    code, sizes = strata.crossing.code, strata.crossing.sizes
    taken = np.array(allocation(strata, settings), dtype=np.intp)
    by_stratum = order_within(rng, code)
    place = np.arange(len(code)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    positions = np.sort(by_stratum[place < np.repeat(taken, sizes)])
    own = code[positions]
    return Sample.of(positions, (taken / sizes)[own], strata.crossing.named(own))


def joint(frame: FrameView, settings: Settings, positions: NDArray[np.intp]) -> NDArray[np.float64]:
    """n_h(n_h-1)/(N_h(N_h-1)) within a stratum, the product of both across. SurveylabError as in ``draw``."""
    strata = _strata(frame, settings)
    sizes, taken = strata.crossing.sizes, np.array(allocation(strata, settings), dtype=np.intp)
    own = strata.crossing.code[positions]
    probability = (taken / sizes)[own]
    within = taken * (taken - 1) / np.maximum(sizes * (sizes - 1), 1)
    pairs = np.where(own[:, None] == own[None, :], within[own][:, None], np.outer(probability, probability))
    np.fill_diagonal(pairs, probability)
    return pairs


def _strata(frame: FrameView, settings: Settings) -> Strata:
    enough(frame, settings.n if isinstance(settings.n, int) else 0)
    return Strata(frame, cross(frame.ids, frame.fields, settings.strata))


def allocation(strata: Strata, settings: Settings) -> list[int]:
    """The n_h of each stratum, in stratum order.

    Raises:
        SurveylabError: as ``draw``.
    """
    if isinstance(settings.n, Mapping):
        return _fixed(strata, settings.n)
    return allocate(_measure(strata, settings), strata.crossing.sizes.tolist(), settings.n, settings.minimum)


def _measure(strata: Strata, settings: Settings) -> list[float]:
    """What the units are allocated in proportion to, one number per stratum."""
    sizes = [float(size) for size in strata.crossing.sizes.tolist()]
    if settings.allocation == "equal":
        return [1.0] * len(sizes)
    if settings.sd is not None:
        measure = _products("sd", sizes, strata.deviations(settings.sd))
        costs = [1.0] * len(sizes) if settings.cost is None else strata.costs(settings.cost)
        return [each / math.sqrt(cost) for each, cost in zip(measure, costs, strict=True)]
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
