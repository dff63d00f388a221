"""Plug-ins: found by their file, and held against the contract of their folder."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from surveylab import registry
from surveylab.errors import SurveylabError
from surveylab.sampling import srs


def module(**changes: Any) -> ModuleType:
    """A sampling scheme, with some of its parts changed; None takes a part away."""
    made = ModuleType("scheme")
    parts = {name: getattr(srs, name) for name in ("Settings", "PROBABILITY", "needs", "draw")}
    for name, part in {**parts, **changes}.items():
        if part is not None:
            setattr(made, name, part)
    return made


def test_an_unknown_name_is_offered_the_nearest() -> None:
    """The message names the nearest plug-in and all that there are."""
    with pytest.raises(SurveylabError, match=r"called 'stratifed'\. Did you mean 'stratified'\? There are: bern"):
        registry.load("sampling", "stratifed")
    with pytest.raises(SurveylabError, match=r"called 'zzz'\. There are: bernoulli"):
        registry.load("sampling", "zzz")


@pytest.mark.parametrize("name", ["_strata", "../errors", "__init__", ""])
def test_what_is_no_file_of_its_own_is_no_plug_in(name: str) -> None:
    """Files that begin with an underscore and paths elsewhere cannot be named."""
    with pytest.raises(SurveylabError, match="No sampling plug-in"):
        registry.load("sampling", name)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"Settings": None}, ["Settings"]),
        ({"draw": None, "needs": None}, ["draw(frame, settings, rng)", "needs(settings)"]),
        ({"draw": "drawn"}, ["draw(frame, settings, rng)"]),
        ({"draw": lambda frame, rng: None}, ["draw(frame, settings, rng)"]),
        ({"needs": lambda options: ()}, ["needs(settings)"]),
    ],
)
def test_what_a_plug_in_lacks(changes: dict[str, Any], expected: list[str]) -> None:
    """Values must be there, and functions must take the arguments of the contract."""
    assert registry.lacking("sampling", module(**changes)) == expected


def test_a_plug_in_that_lacks_something_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what its contract asks for."""
    contract = registry.import_module
    broken = module(draw=None)
    monkeypatch.setattr(registry, "import_module", lambda name: broken if name.endswith(".half") else contract(name))
    monkeypatch.setattr(registry, "names", lambda kind: ("half",))
    with pytest.raises(SurveylabError, match=r"'half' lacks draw\(frame, settings, rng\), which its contract asks for"):
        registry.load("sampling", "half")
    registry.load.cache_clear()


def test_every_plug_in_keeps_its_contract() -> None:
    """Each module of each kind has all that is asked."""
    found = {
        (kind, name): registry.lacking(kind, registry.load(kind, name))
        for kind in registry.KINDS
        for name in registry.names(kind)
    }
    assert len(found) > 20
    assert {plugin: lacks for plugin, lacks in found.items() if lacks} == {}
