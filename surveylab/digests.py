"""SHA-256 over several texts, with the standard library only."""

from __future__ import annotations

import hashlib


def prefixed(field: str) -> bytes:
    """A field as UTF-8 behind its length in bytes (8, big-endian)."""
    data = field.encode("utf-8")
    return len(data).to_bytes(8, "big") + data


def hasher(*fields: str) -> hashlib._Hash:
    """SHA-256 fed with the prefixed fields; a copy of it can be fed with more.

    The lengths keep ("ab", "c") and ("a", "bc") apart.
    """
    return hashlib.sha256(b"".join(map(prefixed, fields)))


def digest(*fields: str) -> bytes:
    """SHA-256 over the fields as UTF-8, each behind its length in bytes (8, big-endian)."""
    return hasher(*fields).digest()
