"""Every sampling scheme in the folder keeps the contract of the folder."""

import os
import re
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from surveylab import registry
from surveylab.errors import SurveylabError
from surveylab.randomness import stream
from surveylab.sampling import FrameView, Pairwise, Sample, joint

SIZE = 24
DRAWS = int(os.environ.get("SURVEYLAB_DRAWS", "4000"))
"""With 200,000, which takes minutes, a probability that is wrong by half a percent is found."""
PLACE = np.arange(SIZE)
EXAMPLES: dict[str, Any] = {
    "n": 7,
    "p": 0.3,
    "strata": ("region",),
    "size": "income",
    "cluster": "site",
    "clusters": 3,
    "units": 2,
}
"""What a field of Settings that has no default is set to here; a scheme with a new one adds it."""
CHOICES: dict[str, list[dict[str, Any]]] = {
    "systematic": [{}, {"sort": ("region", "income")}],
    "stratified": [{}, {"allocation": "equal"}],
    "pps": [{}, {"method": "systematic"}, {"method": "systematic", "sort": ("region",)}, {"size": "skewed"}],
    "cluster": [
        {},
        {"method": "sampford"},
        {"method": "systematic", "size": "income"},
        {"clusters": 4, "strata": ("half",)},
    ],
    "two_stage": [
        {"units": 2},
        {"share": 0.3},
        {"units": 2, "method": "sampford"},
        {"units": 2, "method": "sampford", "self_weighting": True, "size": "income"},
        {"units": 2, "method": "systematic"},
        {"clusters": 4, "units": 2, "strata": ("half",)},
    ],
}
"""The settings beside its examples with which a scheme is tested; one that is not here is tested with none."""

schemes = pytest.mark.parametrize("scheme", registry.names("sampling"))
chosen = pytest.mark.parametrize(
    ("scheme", "more"),
    [(scheme, more) for scheme in registry.names("sampling") for more in CHOICES.get(scheme, [{}])],
    ids=lambda each: each if isinstance(each, str) else "-".join(f"{key}={value}" for key, value in each.items()),
)


def frame() -> FrameView:
    """24 units with fields to stratify by, five sites in two halves of the land, and numbers to size by."""
    ids = np.array([f"unit-{each:03}" for each in PLACE])
    site = np.searchsorted([4, 8, 13, 18], PLACE * 7 % SIZE, side="right")
    return FrameView(
        ids,
        {
            "region": np.where(PLACE % 3 == 0, "south", "north"),
            "income": (PLACE % 5 + 1) * 10.0,
            "skewed": 2.0 ** (PLACE % 7),
            "site": np.array(["a", "b", "c", "d", "e"])[site],
            "half": np.where(site < 3, "west", "east"),
        },
    )


def settings_of(module: Any, more: dict[str, Any]) -> Any:
    """Settings of a scheme with every required field set, and these."""
    required = [
        field.name for field in fields(module.Settings) if field.default is MISSING and field.default_factory is MISSING
    ]
    return module.Settings(**{**{name: EXAMPLES[name] for name in required}, **more})


def an_example(scheme: str) -> tuple[Any, Any]:
    """A scheme and its first settings."""
    module = registry.load("sampling", scheme)
    return module, settings_of(module, CHOICES.get(scheme, [{}])[0])


def drawn(scheme: str, seed: str, units: FrameView | None = None) -> Sample:
    """One sample of a scheme with its first settings."""
    module, settings = an_example(scheme)
    return module.draw(frame() if units is None else units, settings, stream(seed))


def pairs_of(scheme: str, settings: Any) -> np.ndarray | None:
    """The joint probabilities of the whole frame; None where the scheme, or these settings, have none."""
    try:
        return joint(scheme, frame(), settings, PLACE)
    except SurveylabError as error:
        if "no joint inclusion probabilities" not in str(error):
            raise
        return None


def hold_against_draws(scheme: str, more: dict[str, Any], draws: int, z: float) -> None:
    """Units and pairs come as often in these draws as their probabilities say, each within ``z``."""
    module, units, rng = registry.load("sampling", scheme), frame(), stream("frequencies", scheme, str(more))
    settings = settings_of(module, more)
    taken = np.zeros((draws, SIZE), dtype=np.float32)
    p = np.full(SIZE, np.nan)
    for row in taken:
        sample = module.draw(units, settings, rng)
        row[sample.positions] = 1
        assert np.all(np.isnan(p[sample.positions]) | (p[sample.positions] == sample.probability))
        p[sample.positions] = sample.probability
    seen = taken.T.astype(np.float64) @ taken
    sizes = taken.sum(axis=1)
    assert np.isnan(p).all() != module.PROBABILITY
    if not module.PROBABILITY:
        assert not isinstance(module, Pairwise)
        return
    assert not np.isnan(p).any(), "every unit of the frame has a chance"
    assert np.all(np.abs(np.diag(seen) - draws * p) <= z * np.sqrt(draws * p * (1 - p)) + 1e-9)
    fixed = sizes.min() == sizes.max()
    if fixed:
        assert p.sum() == pytest.approx(sizes[0], abs=1e-9)
    pairs = pairs_of(scheme, settings)
    if pairs is None:
        return
    np.testing.assert_allclose(np.diag(pairs), p, atol=1e-12)
    np.testing.assert_allclose(pairs, pairs.T, atol=1e-12)
    assert np.all(pairs >= -1e-12)
    assert np.all(pairs <= np.minimum(p[:, None], p[None, :]) + 1e-12)
    bounded = np.clip(pairs, 0, 1)
    assert np.all(np.abs(seen - draws * bounded) <= z * np.sqrt(draws * bounded * (1 - bounded)) + 1e-6)
    if fixed:
        np.testing.assert_allclose(pairs.sum(axis=1), sizes[0] * p, atol=1e-9)


def test_there_are_schemes() -> None:
    """The folder is found, so that the tests below are not empty."""
    assert {"srs", "stratified", "pps", "two_stage"} <= set(registry.names("sampling"))


@schemes
def test_the_contract(scheme: str) -> None:
    """The module has what the Protocol asks for, a source, and frozen Settings; it names fields it needs."""
    module, settings = an_example(scheme)
    assert re.search(r"\b(1[89]|20)\d\d\b", module.__doc__), "the docstring names its source with a year"
    assert is_dataclass(module.Settings)
    assert module.Settings.__dataclass_params__.frozen
    assert module.Settings.__doc__
    assert set(module.needs(settings)) <= set(frame().fields)


@chosen
def test_a_scheme_reads_what_it_needs(scheme: str, more: dict[str, Any]) -> None:
    """A frame with the fields that it names, and no other, is enough."""
    module = registry.load("sampling", scheme)
    settings, units = settings_of(module, more), frame()
    only = FrameView(units.ids, {name: units.fields[name] for name in module.needs(settings)})
    one, other = (module.draw(each, settings, stream("needs")) for each in (units, only))
    assert one.positions.tolist() == other.positions.tolist()


@chosen
def test_the_shape_of_a_sample(scheme: str, more: dict[str, Any]) -> None:
    """Positions ascend without repeats, probabilities are in (0, 1] or unknown, all arrays of one length and type."""
    module = registry.load("sampling", scheme)
    sample = module.draw(frame(), settings_of(module, more), stream("shape"))
    assert np.all(np.diff(sample.positions) > 0)
    assert sample.positions.min() >= 0
    assert sample.positions.max() < SIZE
    known = sample.probability[~np.isnan(sample.probability)]
    assert known.size in (0, len(sample.positions))
    assert np.all((known > 0) & (known <= 1))
    assert sample.positions.dtype == np.intp
    assert sample.probability.dtype == np.float64
    for labels in (sample.stratum, sample.cluster):
        assert labels.shape == sample.probability.shape == sample.positions.shape
        assert labels.dtype.kind == "U"


@chosen
def test_probabilities_are_those_of_the_draws(scheme: str, more: dict[str, Any]) -> None:
    """Units and pairs of the draws, at z = 5; a stored probability never changes; fixed sizes add up."""
    hold_against_draws(scheme, more, DRAWS, 5.0)


@schemes
def test_the_same_seed_draws_the_same_sample(scheme: str) -> None:
    """Equal streams give equal bytes; over five other seeds some sample differs."""
    one, again = drawn(scheme, "seed"), drawn(scheme, "seed")
    for field in fields(Sample):
        assert getattr(one, field.name).tobytes() == getattr(again, field.name).tobytes()
    others = [drawn(scheme, f"other {number}").positions.tolist() for number in range(5)]
    assert any(other != one.positions.tolist() for other in others)


@schemes
def test_the_frame_is_not_touched(scheme: str) -> None:
    """A scheme reads arrays that cannot be written, and draws the same from them."""
    units = frame()
    for array in (units.ids, *units.fields.values()):
        array.flags.writeable = False
    assert drawn(scheme, "locked", units).positions.tolist() == drawn(scheme, "locked").positions.tolist()


@schemes
def test_an_empty_frame_is_refused(scheme: str) -> None:
    """One clear error, whatever the scheme."""
    module, settings = an_example(scheme)
    nobody = FrameView(np.array([], dtype=np.str_), {name: np.array([]) for name in frame().fields})
    with pytest.raises(SurveylabError, match="The frame has no eligible unit"):
        module.draw(nobody, settings, stream("empty"))
