"""Draws that a ledger may hold already: the same bytes on every machine and with every version of NumPy."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from surveylab import registry
from surveylab.randomness import stream
from surveylab.sampling import FrameView

PLACE = np.arange(500)
FRAME = FrameView(
    np.array([f"unit {number:04}" for number in PLACE]),
    {
        "region": np.array(["north", "south", "west"])[PLACE * 7 % 3],
        "size": (PLACE * 37 % 101 + 0.25) ** 1.5,
        "whole": PLACE * 37 % 101 + 1,
        "site": np.array([f"s{number}" for number in PLACE // 9]),
    },
)
GOLDEN: list[tuple[str, dict[str, Any], str]] = [
    ("systematic", {"n": 61, "sort": ("region", "whole")}, "d5a4313c5d48b322"),
    (
        "stratified",
        {"n": 61, "strata": ("region",), "allocation": "optimal", "sd": "size", "cost": "whole"},
        "7666023b302dc28a",
    ),
    ("pps", {"n": 61, "size": "size"}, "7c7328145036e807"),
    ("pps", {"n": 61, "size": "whole", "method": "systematic", "sort": ()}, "15956e2dd18534ee"),
    ("pps", {"n": 61, "size": "size", "method": "systematic"}, "336dd41559eba9d3"),
    ("cluster", {"cluster": "site", "clusters": 7, "method": "sampford", "size": "whole"}, "9e712930742a58c3"),
    ("two_stage", {"cluster": "site", "clusters": 12, "share": 0.4, "method": "systematic"}, "cc18e68d90c2f705"),
    ("quota", {"n": 61, "strata": ("region",)}, "cf27706724d0879f"),
]
"""Scheme, settings, and the first 16 digits of the SHA-256 of what is stored."""


@pytest.mark.parametrize(("scheme", "given", "digest"), GOLDEN, ids=[f"{each[0]}-{n}" for n, each in enumerate(GOLDEN)])
def test_a_stored_draw_is_repeated(scheme: str, given: dict[str, Any], digest: str) -> None:
    """Units, probabilities, strata and clusters; a change asks for a new randomness.ALGORITHM."""
    module = registry.load("sampling", scheme)
    sample = module.draw(FRAME, module.Settings(**given), stream("golden", scheme))
    written = [sample.positions.tolist(), *(each.tolist() for each in (sample.stratum, sample.cluster))]
    # 15 digits: the last bit of a product may differ where a machine fuses multiplication and addition
    written.append([f"{each:.15g}" for each in sample.probability.tolist()])
    assert hashlib.sha256(repr(written).encode()).hexdigest()[:16] == digest
