"""Chance that can be repeated: named streams from a seed, and random orders from raw bits.

NumPy keeps the raw stream of a bit generator stable across versions, and nothing else; so
every draw here takes raw 64-bit words and sorts or compares them (NumPy NEP 19).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surveylab.digests import digest

ALGORITHM = "philox-sha256-1"
"""Stored with every draw and assignment; it changes when a stream would."""


def stream(seed: str, *labels: str) -> np.random.Generator:
    """The generator of one stage of one experiment: Philox keyed by ``digest(seed, *labels)``."""
    key = np.frombuffer(digest(seed, *labels)[:16], dtype=">u8").astype(np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


def words(rng: np.random.Generator, n: int) -> NDArray[np.uint64]:
    """``n`` independent uniform 64-bit words, shape (n,)."""
    return np.asarray(rng.bit_generator.random_raw(n), dtype=np.uint64).reshape(n)


def order(rng: np.random.Generator, n: int) -> NDArray[np.intp]:
    """A uniform random permutation of 0..n-1: the stable order of ``n`` random words."""
    return _ascending(words(rng, n))


def first(rng: np.random.Generator, n: int, some: int) -> NDArray[np.intp]:
    """The first ``some`` of ``order(rng, n)``, in ascending order, without ordering the others; 0 < some <= n."""
    keys = words(rng, n)
    last = np.partition(keys, some - 1)[some - 1]
    taken = np.flatnonzero(keys <= last)
    if len(taken) > some:  # the last key comes several times: in a stable order the later ones are out
        taken = np.delete(taken, np.flatnonzero(keys[taken] == last)[some - len(taken) :])
    return taken


def order_within(rng: np.random.Generator, group: NDArray[np.integer]) -> NDArray[np.intp]:
    """Positions sorted by group, in a uniform random order within each group.

    Args:
        rng: the stream; one word per position is taken.
        group: shape (n,), numbers 0..groups-1.

    Returns:
        Shape (n,), a permutation of 0..n-1.
    """
    mixed = _ascending(words(rng, len(group)))
    narrow = group.astype(np.min_scalar_type(group.max(initial=0)))  # NumPy sorts short integers by radix
    return mixed[np.argsort(narrow[mixed], kind="stable")]


def below(rng: np.random.Generator, bound: int) -> int:
    """A uniform integer of 0..bound-1, exactly, for a bound of any size.

    Words above the last whole multiple of ``bound`` are drawn again: a bare remainder would
    favour the small numbers.
    """
    count = -(-bound.bit_length() // 64)
    limit = (1 << 64 * count) // bound * bound
    while True:
        value = 0
        for word in words(rng, count).tolist():
            value = value << 64 | word
        if value < limit:
            return value % bound


def each_below(rng: np.random.Generator, bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each bound a uniform integer of 0..bound-1, exactly; shape as ``bounds`` (n,), all > 0."""
    wide = bounds.astype(np.uint64)
    last = ~((~wide + np.uint64(1)) % wide)  # 2^64 - 1 - (2^64 mod bound): the last word that is kept
    drawn = words(rng, len(wide))
    while (again := np.flatnonzero(drawn > last)).size:
        drawn[again] = words(rng, again.size)
    return (drawn % wide).astype(np.int64)


def _ascending(keys: NDArray[np.uint64]) -> NDArray[np.intp]:
    """The stable order of 64-bit keys: by the upper 32 bits, and the few ties of these by the whole key.

    NumPy sorts 16-bit integers by radix, so that two passes of it are the fastest way.
    """
    upper = keys >> np.uint64(32)
    ranked = np.argsort((upper & np.uint64(0xFFFF)).astype(np.uint16), kind="stable")
    ranked = ranked[np.argsort((upper >> np.uint64(16)).astype(np.uint16)[ranked], kind="stable")]
    same = np.flatnonzero(np.diff(upper[ranked]) == 0)
    if same.size:
        tied = np.union1d(same, same + 1)
        among = ranked[tied]
        ranked[tied] = among[np.lexsort((among, keys[among]))]
    return ranked
