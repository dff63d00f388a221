"""Resume codes: what a person who came unlisted types in to go on later, or on another device.

A code is twelve signs of Crockford's alphabet of 32 (figures and letters without I, L, O and
U), in three groups: ``7QKM-2XWT-9BDC``. It is drawn at random, so it has 12 x 5 = 60 bits.

Why tries are not counted: with a million codes in the ledger (2^20) a try hits one of them with
probability 2^20 / 2^60 = 2^-40, so the first hit is expected after 2^40 = 1.1e12 tries. Every
try is one POST with one look-up, right or wrong, for which the server takes the better part of
a millisecond: at 1,000 tries a second, around the clock, that is 35 years, for one interview of
somebody unknown. A count of tries for each address would be one count in each process, and would
lock out everybody behind the address of an office for the tries of one; a pause for each try
would hold the threads that serve the others. The length does it alone, and locks out nobody.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
GROUP = 4
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = str.maketrans(dict.fromkeys("-‐‑‒–—−_. \t\u00a0"))
"""What people and text programs put between groups."""


def draw() -> str:
    """A new code as it is kept: twelve signs, 60 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """A code as people read it: in groups."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def typed(text: str) -> str | None:
    """The code that was typed in, or None where it can be none.

    Small letters, and spaces or hyphens in any place, make no difference; O is read as 0, and I
    and L as 1.
    """
    code = text.translate(_BETWEEN).upper().translate(_ALIKE)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
