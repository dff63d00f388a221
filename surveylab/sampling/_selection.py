"""Three ways to select n of N without replacement, with first- and second-order inclusion probabilities.

They select units of a frame, or its clusters. With sizes x and their total X the probability is
n x/X; a unit for which that reaches 1 is certain, is taken out with its size and its place, and
the others are looked at again until none is (Särndal, Swensson and Wretman 1992, section 3.6.2).
Sizes are whole numbers here, so that shares, certainty and overlaps are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from surveylab.errors import SurveylabError
from surveylab.randomness import below, first, order, words

BELOW_ONE = 1 - 2.0**-53
"""The largest probability of a unit that is not certain."""
VANISHED = 50
"""A transform of exp(-50) adds nothing to one of 1."""
WORDS = 2**15
"""Random words of several attempts that are drawn in one go."""


class Selection(Protocol):
    """How some of N are selected, with the probability of each, shape (N,)."""

    @property
    def probability(self) -> NDArray[np.float64]:
        """First-order inclusion probabilities, shape (N,)."""

    def take(self, rng: np.random.Generator) -> NDArray[np.intp]:
        """The places of the selected, ascending, shape (n,)."""

    def pairs(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """Second-order inclusion probabilities of these places, shape (m, m), first-order on the diagonal."""


@dataclass(frozen=True)
class Equal:
    """Every set of ``n`` of ``size`` is equally likely (Cochran 1977, chapter 2)."""

    size: int
    n: int

    @property
    def probability(self) -> NDArray[np.float64]:
        """n/N."""
        return np.full(self.size, self.n / self.size)

    def take(self, rng: np.random.Generator) -> NDArray[np.intp]:
        """The first n of a random order."""
        return first(rng, self.size, self.n) if self.n else np.zeros(0, dtype=np.intp)

    def pairs(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """n(n-1)/(N(N-1))."""
        found = np.full((len(places), len(places)), self.n * (self.n - 1) / max(self.size * (self.size - 1), 1))
        np.fill_diagonal(found, self.n / self.size)
        return found


@dataclass(frozen=True, eq=False)
class _Sized:
    """``n`` of N with probability proportional to ``sizes``, whole numbers above 0 of shape (N,)."""

    sizes: NDArray[np.int64]
    n: int

    @cached_property
    def certain(self) -> NDArray[np.bool_]:
        """Whether a unit is taken with certainty, shape (N,)."""
        certain = np.zeros(len(self.sizes), dtype=bool)
        total, left = int(self.sizes.sum()), self.n
        while left:
            more = ~certain & (self.sizes >= -(-total // left))
            if not more.any():
                break
            certain |= more
            total -= int(self.sizes[more].sum())
            left -= int(np.count_nonzero(more))
        return certain

    @cached_property
    def left(self) -> int:
        """How many are selected by chance."""
        return self.n - int(np.count_nonzero(self.certain))

    @cached_property
    def probability(self) -> NDArray[np.float64]:
        """Min(1, n x/X), the certain ones taken out of n and X."""
        return self.at(np.arange(len(self.sizes)))

    def at(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """The probabilities of these places only, shape (m,)."""
        by_chance = int(self.sizes.sum()) - int(self.sizes[self.certain].sum())
        share = self.sizes[places] / max(by_chance, 1) * self.left
        return np.where(self.certain[places], 1.0, np.minimum(share, BELOW_ONE))


def points(rng: np.random.Generator, total: int, n: int) -> NDArray[np.int64]:
    """Floor((r + j total) / n) for j = 0..n-1 and one uniform start r of 0..total-1; shape (n,), n > 0."""
    step, over = divmod(total, n)
    each = np.arange(n)
    return each * step + (below(rng, total) + each * over) // n


@dataclass(frozen=True, eq=False)
class Systematic(_Sized):
    """Equal steps from a random start along the cumulated sizes (Madow 1949, Ann. Math. Stat. 20, 333-354).

    Along a given list, or along an order that is drawn first (Goodman and Kish 1950, JASA 45,
    350-372). The step X/n need not be whole: with cumulated sizes C, start r of 0..X-1 and the
    points (r + jX)/n, the unit with C_(i-1) <= (r + jX)/n < C_i is selected, for j = 0..n-1.
    """

    listed: NDArray[np.intp] | None = None
    """The units in the order of the list, shape (N,); None for a random order."""

    def take(self, rng: np.random.Generator) -> NDArray[np.intp]:
        """The certain ones, and those in which a point falls."""
        rest = self._rest(order(rng, len(self.sizes)) if self.listed is None else self.listed)
        fixed = np.flatnonzero(self.certain)
        if not self.left:
            return fixed
        cumulated = np.cumsum(self.sizes[rest])
        hit = np.searchsorted(cumulated, points(rng, int(cumulated[-1]), self.left), side="right")
        return np.sort(np.concatenate([fixed, rest[hit]]))

    def pairs(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """The share of all starts that select both: the overlap of two arcs on a circle as long as the step.

        Raises:
            SurveylabError: the order is random; its pairs are a mean over all N! lists.
        """
        if self.listed is None:
            raise SurveylabError(
                "Systematic selection in a random order has no joint inclusion probabilities that can be computed. "
                "Use the method sampford, or list the units by `sort`."
            )
        rest = self._rest(self.listed)
        before = np.zeros(len(self.sizes), dtype=np.int64)
        before[rest] = np.cumsum(self.sizes[rest]) - self.sizes[rest]
        total = int(self.sizes[rest].sum()) or 1
        # Everything n times over, so that the step is the whole number X; Python's integers do not overflow.
        begin = np.array([start * self.left % total for start in before[places].tolist()], dtype=np.int64)
        length = np.where(self.certain[places], total, self.left * self.sizes[places])
        ahead = (begin[None, :] - begin[:, None]) % total
        mine, theirs = length[:, None], length[None, :]
        shared = np.clip(np.minimum(mine - ahead, theirs), 0, None) + np.clip(
            np.minimum(mine, ahead + theirs - total), 0, None
        )
        fixed = self.certain[places]
        shared = np.where(fixed[:, None], theirs, np.where(fixed[None, :], mine, shared))
        return np.asarray(shared / total)

    def _rest(self, listed: NDArray[np.intp]) -> NDArray[np.intp]:
        return listed[~self.certain[listed]] if self.certain.any() else listed


@dataclass(frozen=True, eq=False)
class Sampford(_Sized):
    """Sampford's design: p(s) proportional to prod_s w_i times sum_s (1 - pi_i), with w = pi/(1 - pi).

    Its inclusion probabilities are exactly pi = n x/X (Sampford 1967, Biometrika 54, 499-513). Drawn
    as a first unit and a Poisson sample of n - 1 others, which is kept when it has that size (the
    Poisson form in Bondesson, Traat and Lundqvist 2006, Scand. J. Statist. 33, 699-720): with the first
    unit k proportional to pi_k (1 - pi_k) and each other i with pi_i, a kept set has k and the
    others t with probability proportional to pi_k prod_t w_i, which sums to p(s) over k. The first
    unit never fails, and the size is right with probability near 1/sqrt(2 V pi), V = sum pi_i (1 - pi_i):
    about 140 vectorised attempts for n = 3,000, whatever the sizes.
    """

    def take(self, rng: np.random.Generator) -> NDArray[np.intp]:
        """The certain ones, and Sampford's sample of the rest."""
        rest, fixed = np.flatnonzero(~self.certain), np.flatnonzero(self.certain)
        if not self.left:
            return fixed
        p = self.probability[rest]
        spread = np.cumsum(p * (1 - p))
        bound = np.ldexp(p, 64).astype(np.uint64)
        attempts = min(64, max(1, WORDS // len(rest)))
        while True:
            point = np.ldexp(words(rng, attempts).astype(np.float64), -64) * spread[-1]
            first = np.minimum(np.searchsorted(spread, point, side="right"), len(rest) - 1)
            taken = words(rng, attempts * len(rest)).reshape(attempts, -1) < bound
            taken[np.arange(attempts), first] = True
            kept = np.flatnonzero(np.count_nonzero(taken, axis=1) == self.left)
            if kept.size:
                return np.sort(np.concatenate([fixed, rest[taken[kept[0]]]]))

    def pairs(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """pi_ij = E[1_i 1_j A; S = n] / E[A; S = n], with A = sum_s (1 - pi_k), over Poisson samples s of size S.

        Both expectations are means over the frequencies of the discrete Fourier transform of S
        (Fernandez and Williams 2010, IEEE Trans. Aerosp. Electron. Syst. 46, 803-817), without the
        alternating sums of Sampford's equation (1967, section 5), which lose digits as n grows.
        As many frequencies as S has values that occur with more than 1e-20 (Bernstein's inequality), without those
        at which its transform is below e^-50, as |E exp(i t S)| <= exp(-V (1 - cos t)): some thirty are left.
        """
        found = np.outer(self.probability[places], self.probability[places])
        chance = np.flatnonzero(~self.certain[places])
        if chance.size:
            found[np.ix_(chance, chance)] = self._by_chance(self.probability[places[chance]])
        np.fill_diagonal(found, self.probability[places])
        return found

    def _by_chance(self, p: NDArray[np.float64]) -> NDArray[np.float64]:
        """The pairs of units with these first-order probabilities, shape (m,); the diagonal is of no use."""
        every, count = np.unique(self.probability[~self.certain], return_counts=True)
        spread = float(count @ (every * (1 - every)))
        reach = 10 * sqrt(spread) + 40
        size = int(min(count.sum() + 1, 2 * reach)) | 1  # odd: no frequency of pi, at which a p of 1/2 has no quotient
        frequency = 2 * np.pi * np.arange(size // 2 + 1) / size
        frequency = frequency[spread * (1 - np.cos(frequency)) <= VANISHED]
        log, ahead = np.zeros(len(frequency), dtype=complex), np.zeros(len(frequency), dtype=complex)
        for start in range(0, len(every), 4096):
            some, times = every[start : start + 4096], count[start : start + 4096]
            log += times @ np.log(1 - some[:, None] + some[:, None] * np.exp(1j * frequency))
            ahead += (times * (1 - some)) @ _present(some, frequency)
        weight = np.exp(log - 1j * frequency * self.left)
        weight[1:] *= 2  # the other half of the frequencies is the conjugate of this one
        g = _present(p, frequency)
        alone = (g * (weight * ahead)) @ g.T
        beside = ((1 - p)[:, None] * g * (1 - g) * weight) @ g.T
        return np.asarray((alone + beside + beside.T).real / (weight @ ahead).real)


def _present(p: NDArray[np.float64], frequency: NDArray[np.float64]) -> NDArray[np.complex128]:
    """The factor by which a unit's presence changes the transform of S, shape (units, frequencies)."""
    turned = p[:, None] * np.exp(1j * frequency)
    return np.asarray(turned / (1 - p[:, None] + turned))
