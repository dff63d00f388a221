"""In how many segments a text goes out by SMS: 3GPP TS 23.038 (alphabets) and TS 23.040 (concatenation)."""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The basic alphabet: a septet each (TS 23.038, 6.2.1)."""
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""What stands behind an escape: two septets each (TS 23.038, 6.2.1.1)."""
_SEPTETS = (160, 153)
"""Septets of a message of one segment, and of each of several, which begin with a header of six octets."""
_UNITS = (70, 67)
"""The same in units of UTF-16."""


def segments(text: str) -> int:
    """The number of segments of a text, at least 1.

    In septets where every sign is of the GSM alphabet, else in UCS-2, where a sign beyond the basic plane (an emoji)
    takes two units. A sign that takes two is not parted by the end of a segment. Gateways that replace signs before
    they send (typographic quotation marks by plain ones) may need fewer.
    """
    if set(text) <= _BASIC | _EXTENDED:
        widths, (alone, each) = [2 if sign in _EXTENDED else 1 for sign in text], _SEPTETS
    else:
        widths, (alone, each) = [2 if sign > "\uffff" else 1 for sign in text], _UNITS
    if sum(widths) <= alone:
        return 1
    count, filled = 1, 0
    for width in widths:
        if filled + width > each:
            count, filled = count + 1, 0
        filled += width
    return count
