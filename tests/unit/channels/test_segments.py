"""In how many segments a text goes out."""

from __future__ import annotations

import pytest

from surveylab.channels._segments import segments

KNOWN = [
    ("", 1),
    ("a" * 160, 1),
    ("a" * 161, 2),
    ("a" * 306, 2),
    ("a" * 307, 3),
    ("Grüße, ñandù, Δ, å, ¿qué?" + "a" * 135, 1),  # all of it in the basic alphabet
    ("a\nb\r" * 40, 1),
    ("€" * 80, 1),  # two septets each
    ("€" * 81, 2),
    ("{[]}~|^\\€" + "a" * 142, 1),
    ("{[]}~|^\\€" + "a" * 143, 2),
    ("a" * 153 + "€" + "a" * 151, 2),
    ("a" * 152 + "€" + "a" * 152, 3),  # 306 septets: the pair of the sign is not parted by the end of a segment
    ("ж" * 70, 1),
    ("ж" * 71, 2),
    ("ж" * 134, 2),
    ("ж" * 135, 3),
    ("a" * 70 + "ж", 2),  # one sign beyond the alphabet makes all of it UCS-2
    ("ç" * 71, 2),  # the small one is not in the alphabet, the capital is
    ("Ç" * 71, 1),
    ("`" * 71, 2),
    ("😀" * 35, 1),  # two units each
    ("😀" * 36, 2),
    ("😀" * 33 + "ж" + "😀" * 33, 2),
    ("ж" * 66 + "😀" + "ж" * 66, 3),  # 134 units: the pair is not parted either
]


@pytest.mark.parametrize(("text", "count"), KNOWN)
def test_the_count_is_that_of_the_networks(text: str, count: int) -> None:
    """160 septets or 70 units of UTF-16 alone, 153 or 67 in each of several."""
    assert segments(text) == count
