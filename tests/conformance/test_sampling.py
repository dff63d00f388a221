"""Every sampling scheme in the folder keeps the contract of the folder."""

import re
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from surveylab import registry
from surveylab.randomness import stream
from surveylab.sampling import FrameView, Sample

SIZE, DRAWS = 24, 3_000
EXAMPLES: dict[str, Any] = {"n": 7, "p": 0.3, "strata": ("region",)}
"""What a field of Settings that has no default is set to here; a scheme with a new one adds it."""

schemes = pytest.mark.parametrize("scheme", registry.names("sampling"))


def frame() -> FrameView:
    """Units with a field to stratify by and numbers to size by."""
    place = np.arange(SIZE)
    ids = np.array([f"unit-{each:03}" for each in place])
    region = np.where(place % 3 == 0, "south", "north")
    return FrameView(ids, {"region": region, "income": (place % 5 + 1) * 10.0})


def an_example(module: Any) -> Any:
    """Settings of a scheme with every required field set."""
    required = [
        field.name for field in fields(module.Settings) if field.default is MISSING and field.default_factory is MISSING
    ]
    return module.Settings(**{name: EXAMPLES[name] for name in required})


def drawn(scheme: str, seed: str, units: FrameView | None = None) -> Sample:
    """One sample of a scheme with its example settings."""
    module = registry.load("sampling", scheme)
    return module.draw(frame() if units is None else units, an_example(module), stream(seed))


def test_there_are_schemes() -> None:
    """The folder is found, so that the tests below are not empty."""
    assert {"srs", "stratified"} <= set(registry.names("sampling"))


@schemes
def test_the_contract(scheme: str) -> None:
    """The module has what the Protocol asks for, a source, and frozen Settings; it names fields it needs."""
    module = registry.load("sampling", scheme)
    assert re.search(r"\b(1[89]|20)\d\d\b", module.__doc__), "the docstring names its source with a year"
    assert is_dataclass(module.Settings)
    assert module.Settings.__dataclass_params__.frozen
    assert module.Settings.__doc__
    assert set(module.needs(an_example(module))) <= set(frame().fields)


@schemes
def test_the_shape_of_a_sample(scheme: str) -> None:
    """Positions ascend without repeats, probabilities are in (0, 1], all arrays are of one length and type."""
    sample = drawn(scheme, "shape")
    assert np.all(np.diff(sample.positions) > 0)
    assert sample.positions.min() >= 0
    assert sample.positions.max() < SIZE
    assert np.all((sample.probability > 0) & (sample.probability <= 1))
    assert len(sample.positions) == len(sample.probability) == len(sample.stratum)
    assert sample.positions.dtype == np.intp
    assert sample.probability.dtype == np.float64
    assert sample.stratum.dtype.kind == "U"


@schemes
def test_probabilities_are_those_of_the_draws(scheme: str) -> None:
    """A unit's stored probability never changes, is its share of 3,000 draws (z = 4.5), and they add to n."""
    module, units, rng = registry.load("sampling", scheme), frame(), stream("frequencies", scheme)
    seen, sizes = np.zeros(SIZE), []
    stored: dict[int, set[float]] = {}
    for _ in range(DRAWS):
        sample = module.draw(units, an_example(module), rng)
        seen[sample.positions] += 1
        sizes.append(len(sample.positions))
        for place, probability in zip(sample.positions.tolist(), sample.probability.tolist(), strict=True):
            stored.setdefault(place, set()).add(probability)
    assert sorted(stored) == list(range(SIZE)), "every unit of the frame has a chance"
    assert all(len(each) == 1 for each in stored.values())
    p = np.array([stored[place].copy().pop() for place in range(SIZE)])
    spread = np.sqrt(DRAWS * p * (1 - p))
    assert np.all(np.abs(seen - DRAWS * p) <= 4.5 * spread + 1e-9)
    if len(set(sizes)) == 1:  # a scheme of fixed size
        assert p.sum() == pytest.approx(sizes[0], abs=1e-9)


@schemes
def test_the_same_seed_draws_the_same_sample(scheme: str) -> None:
    """Equal streams give equal bytes; over five other seeds some sample differs."""
    one, again = drawn(scheme, "seed"), drawn(scheme, "seed")
    for name in ("positions", "probability", "stratum"):
        assert getattr(one, name).tobytes() == getattr(again, name).tobytes()
    others = [drawn(scheme, f"other {number}").positions.tolist() for number in range(5)]
    assert any(other != one.positions.tolist() for other in others)


@schemes
def test_the_frame_is_not_touched(scheme: str) -> None:
    """A scheme reads arrays that cannot be written, and draws the same from them."""
    units = frame()
    for array in (units.ids, *units.fields.values()):
        array.flags.writeable = False
    assert drawn(scheme, "locked", units).positions.tolist() == drawn(scheme, "locked").positions.tolist()
