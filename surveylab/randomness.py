"""Chance that can be repeated: named streams from a seed, and random orders from raw bits.

NumPy keeps the raw stream of a bit generator stable across versions, and nothing else; so
every draw here takes raw 64-bit words and sorts or compares them (NumPy NEP 19).
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

ALGORITHM = "philox-sha256-1"
"""Stored with every draw and assignment; it changes when a stream would."""


def digest(*fields: str) -> bytes:
    """SHA-256 over the fields as UTF-8, each behind its length in bytes (8, big-endian).

    The lengths keep ("ab", "c") and ("a", "bc") apart.
    """
    hashed = hashlib.sha256()
    for field in fields:
        data = field.encode("utf-8")
        hashed.update(len(data).to_bytes(8, "big"))
        hashed.update(data)
    return hashed.digest()


def stream(seed: str, *labels: str) -> np.random.Generator:
    """The generator of one stage of one experiment: Philox keyed by ``digest(seed, *labels)``."""
    key = np.frombuffer(digest(seed, *labels)[:16], dtype=">u8").astype(np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


def words(rng: np.random.Generator, n: int) -> NDArray[np.uint64]:
    """``n`` independent uniform 64-bit words, shape (n,)."""
    return np.asarray(rng.bit_generator.random_raw(n), dtype=np.uint64).reshape(n)


def order(rng: np.random.Generator, n: int) -> NDArray[np.intp]:
    """A uniform random permutation of 0..n-1: the stable order of ``n`` random words."""
    return np.argsort(words(rng, n), kind="stable")
