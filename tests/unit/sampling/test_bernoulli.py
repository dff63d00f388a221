"""Bernoulli sampling: known hashes, exact bounds, the same decision with and without a list, the declared share."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import numpy as np
import pytest

from surveylab.randomness import stream
from surveylab.sampling import FrameView, OneByOne, bernoulli
from surveylab.sampling.bernoulli import Settings, chooser, draw, hashing

SURFACES = Path(__file__).parents[3] / "docs" / "surfaces.md"


def threshold(settings: Settings) -> int:
    """The bound of h, which no stream changes."""
    return hashing(settings, stream("s"))[1]


def key(rng: np.random.Generator) -> str:
    """The key of a stream, which no probability changes."""
    return hashing(Settings(0.5), rng)[0]


def frame(n: int) -> FrameView:
    """Units without fields."""
    return FrameView(np.array([f"person-{number:06}" for number in range(n)]), {})


def test_a_scheme_for_people_who_arrive() -> None:
    """It has what a scheme needs to decide one by one."""
    assert isinstance(bernoulli, OneByOne)


@pytest.mark.parametrize("p", [0.2, 1e-9, 0.5, 1.0, 1 / 3])
def test_the_bound_is_exact(p: float) -> None:
    """A share of p of all h lies below it, to within one of 2^64; with p = 1 every h does."""
    assert 0 <= threshold(Settings(p)) - p * 2**64 < 1 + 2**64 * p * 1e-15
    assert threshold(Settings(1.0)) == 2**64
    assert threshold(Settings(0.5)) == 2**63


@pytest.mark.parametrize("p", [0, -0.1, 1.1, math.nan, 1e-12])
def test_a_probability_is_asked_for(p: float) -> None:
    """Anything else is refused when the file is read."""
    with pytest.raises(ValueError, match="a probability above 0"):
        Settings(p)


def test_the_hash_is_the_documented_one() -> None:
    """Computed here by hand from the description: label, key and id, each behind its length in 8 bytes."""
    secret = key(stream("seed", "sampling"))
    taken = chooser(Settings(0.4), stream("seed", "sampling"))
    for unit in ("a", "person-7", "Zoë", ""):
        data = b"".join(len(x.encode()).to_bytes(8, "big") + x.encode() for x in ("surveylab.sampling", secret, unit))
        h = int.from_bytes(hashlib.sha256(data).digest()[:8], "big")
        assert taken(unit) == (h < 0.4 * 2**64)


def test_the_documented_key_is_the_one_in_use() -> None:
    """docs/surfaces.md gives the key of a seed and decisions by it; they hold."""
    page = SURFACES.read_text(encoding="utf-8")
    assert key(stream("app_nps", "sampling")) in page
    rows = [line.split("|")[1:4] for line in page.splitlines() if line.startswith("| `app-")]
    assert len(rows) >= 4
    for unit, p, verdict in ([cell.strip().strip("`") for cell in row] for row in rows):
        assert chooser(Settings(float(p)), stream("app_nps", "sampling"))(unit) == (verdict == "yes"), unit


def test_a_list_gives_the_decisions_that_arrivals_get() -> None:
    """Unit by unit; what the list holds besides changes nothing."""
    whole = draw(frame(5_000), Settings(0.2), stream("s", "sampling"))
    taken = chooser(Settings(0.2), stream("s", "sampling"))
    assert whole.positions.tolist() == [n for n, unit in enumerate(frame(5_000).ids.tolist()) if taken(unit)]
    fewer = draw(frame(50), Settings(0.2), stream("s", "sampling"))
    assert fewer.positions.tolist() == [n for n in whole.positions.tolist() if n < 50]


@pytest.mark.parametrize("p", [0.2, 0.01, 0.93])
def test_the_share_is_the_declared_one(p: float) -> None:
    """Of 200,000 ids, with |z| <= 4; and two keys decide independently, with |z| <= 4."""
    n = 200_000
    one, other = (chooser(Settings(p), stream(seed, "sampling")) for seed in ("one", "other"))
    first, second = (np.array([each(f"app-{i:x}") for i in range(n)]) for each in (one, other))
    assert abs(first.sum() - n * p) <= 4 * math.sqrt(n * p * (1 - p))
    both = p * p
    assert abs((first & second).sum() - n * both) <= 4 * math.sqrt(n * both * (1 - both))


def test_a_sample_may_be_empty() -> None:
    """With a small p nobody may be taken: a draw that is not empty would not be Bernoulli."""
    sample = draw(frame(5), Settings(1e-9), stream("s"))
    assert [len(each) for each in (sample.positions, sample.probability, sample.stratum)] == [0, 0, 0]
    assert sample.stratum.dtype.kind == "U"
