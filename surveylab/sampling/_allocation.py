"""How many of n units each stratum gets: shares, bounds and rounding, in exact fractions.

Exact, because a tie that a rounding error decides is not the same tie on another machine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction


def allocate(measure: Sequence[float], sizes: Sequence[int], n: int, minimum: int) -> list[int]:
    """Whole numbers n_h near n a_h / sum(a), with min(minimum, N_h) <= n_h <= N_h.

    A stratum that would get more units than it has is taken whole and the rest is shared
    again among the others (Cochran 1977, section 5.8); the lower bound works alike. Where n
    does not reach for the minimum everywhere, the minimum is n // strata.

    Args:
        measure: a_h >= 0, one per stratum, in stratum order.
        sizes: N_h > 0.
        n: the total, at most sum(N_h).
        minimum: wanted in each stratum.
    """
    least = min(minimum, n // len(sizes))
    lower = [min(least, size) for size in sizes]
    return largest_remainder(bounded([Fraction(a) for a in measure], lower, sizes, n))


def bounded(measure: Sequence[Fraction], lower: Sequence[int], upper: Sequence[int], n: int) -> list[Fraction]:
    """Shares proportional to ``measure`` and within their bounds, that add to ``n``.

    Strata are settled step by step at the bound that is violated more in total, which ends
    at the one solution (Bitran and Hax 1981, Management Science 27, 431-441).
    """
    shares = [Fraction(0)] * len(upper)
    free, left = list(range(len(upper))), Fraction(n)
    while free:
        total = sum(measure[h] for h in free)
        # Only strata without a share are left: their size is all there is to go by.
        weight = {h: measure[h] if total else Fraction(upper[h]) for h in free}
        rate = left / sum(weight.values())
        shares = [rate * weight[h] if h in weight else share for h, share in enumerate(shares)]
        over = {h for h in free if shares[h] > upper[h]}
        under = {h for h in free if shares[h] < lower[h]}
        excess, lack = sum(shares[h] - upper[h] for h in over), sum(lower[h] - shares[h] for h in under)
        if not over and not under:
            break
        bound, settled = (upper, over) if excess >= lack else (lower, under)
        for h in settled:
            shares[h] = Fraction(bound[h])
        left -= sum(bound[h] for h in settled)
        free = [h for h in free if h not in settled]
    return shares


def largest_remainder(shares: Sequence[Fraction]) -> list[int]:
    """Round shares with a whole total: down, and up again for the largest remainders.

    Ties go to the stratum that comes first (Hamilton's method).
    """
    whole = [math.floor(share) for share in shares]
    lacking = int(sum(shares)) - sum(whole)
    for h in sorted(range(len(shares)), key=lambda h: (whole[h] - shares[h], h))[:lacking]:
        whole[h] += 1
    return whole
