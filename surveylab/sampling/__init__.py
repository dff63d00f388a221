"""Sampling schemes, a file each: who is asked, and with which inclusion probability."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from surveylab import registry
from surveylab.design import rules
from surveylab.errors import SurveylabError


@dataclass(frozen=True)
class FrameView:
    """The eligible units of a frame in the order of their ids.

    ``ids``: shape (N,), text, strictly increasing. ``fields``: name -> shape (N,).
    """

    ids: NDArray[np.str_]
    fields: Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Sample:
    """The drawn units, in the order of the frame; all arrays have shape (n,).

    ``positions`` index the frame. ``probability`` is the first-order inclusion probability, not a
    number where chance did not choose. ``stratum`` is the stratum within which the first stage was
    drawn and ``cluster`` the primary sampling unit; each is "" where the scheme has none.
    """

    positions: NDArray[np.intp]
    probability: NDArray[np.float64]
    stratum: NDArray[np.str_]
    cluster: NDArray[np.str_]

    @classmethod
    def of(
        cls,
        positions: NDArray[np.intp],
        probability: NDArray[np.float64],
        stratum: NDArray[np.str_] | None = None,
        cluster: NDArray[np.str_] | None = None,
    ) -> Sample:
        """A sample whose labels are "" where they are not given."""
        none = np.zeros(len(positions), dtype=np.str_)
        return cls(positions, probability, none if stratum is None else stratum, none if cluster is None else cluster)


@runtime_checkable
class Contract(Protocol):
    """What a sampling scheme is."""

    Settings: type[Any]
    """Frozen dataclass of what YAML may say under ``sampling`` beside ``scheme``."""

    PROBABILITY: bool
    """Whether every unit has a known chance above zero; else ``Sample.probability`` is not a number."""

    def needs(self, settings: Any) -> tuple[str, ...]:
        """The frame fields that the scheme reads."""

    def draw(self, frame: FrameView, settings: Any, rng: np.random.Generator) -> Sample:
        """Draw the sample. SurveylabError, with a remedy, where the frame does not allow it."""


@runtime_checkable
class OneByOne(Protocol):
    """What a scheme has beside the contract that can decide about people as they arrive, unlisted.

    The decision about an id is the one that ``draw`` would take with the same stream.
    """

    def probability(self, settings: Any) -> float:
        """The inclusion probability of whoever arrives."""

    def chooser(self, settings: Any, rng: np.random.Generator) -> Callable[[str], bool]:
        """A function from the id of a unit to whether it is in the sample."""

    def hashing(self, settings: Any, rng: np.random.Generator) -> tuple[str, int]:
        """The key and the bound of the same function, for a browser (docs/surfaces.md): taken just when h < bound."""


@runtime_checkable
class Pairwise(Protocol):
    """What a scheme has beside the contract whose second-order inclusion probabilities are known."""

    def joint(self, frame: FrameView, settings: Any, positions: NDArray[np.intp]) -> NDArray[np.float64]:
        """The probability that two units are both in the sample, for every pair of the units at ``positions``.

        Shape (m, m), symmetric; a unit's own inclusion probability is on the diagonal. The units need
        not be a sample. SurveylabError as in ``draw``, and where these settings have none.
        """


def joint(scheme: str, frame: FrameView, settings: Any, positions: NDArray[np.intp]) -> NDArray[np.float64]:
    """``Pairwise.joint`` of a scheme by its name. SurveylabError where the scheme has no joint probabilities."""
    module = registry.load("sampling", scheme)
    if not isinstance(module, Pairwise):
        able = [name for name in registry.names("sampling") if isinstance(registry.load("sampling", name), Pairwise)]
        raise SurveylabError(
            f"The sampling scheme {scheme} has no joint inclusion probabilities. These have: {', '.join(able)}."
        )
    return module.joint(frame, settings, positions)


def eligible(view: FrameView, rule: rules.Rule | None, suppressed: frozenset[str] = frozenset()) -> FrameView:
    """The units for which a rule holds, without those that are suppressed. SurveylabError where it holds for none."""
    if suppressed:
        view = _kept(view, ~np.isin(view.ids, sorted(suppressed)))
    if rule is None:
        return view
    keep = np.fromiter(_holds(rule, view), dtype=bool, count=len(view.ids))
    if not keep.any():
        raise SurveylabError(f"No unit of the frame is eligible: {rule} holds for none of {len(view.ids):,}.")
    return _kept(view, keep)


def _kept(view: FrameView, keep: NDArray[np.bool_]) -> FrameView:
    return FrameView(view.ids[keep], {name: values[keep] for name, values in view.fields.items()})


def _holds(rule: rules.Rule, view: FrameView) -> Iterator[bool]:
    """Whether the rule holds for each unit; units with equal values are looked at once."""
    names = tuple(dict.fromkeys(rules.names(rule.tree)))
    if not names:
        return repeat(rules.evaluate(rule, {}), len(view.ids))
    units = list(zip(*(view.fields[name].tolist() for name in names), strict=True))
    verdict = {values: rules.evaluate(rule, dict(zip(names, values, strict=True))) for values in set(units)}
    return map(verdict.__getitem__, units)
