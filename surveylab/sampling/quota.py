"""Quota sampling: whoever comes is taken until the cell is full. No probability sample.

The units of the frame come in a random order, and each is taken while its cell has room (Moser and
Stuart 1953, JRSS A 116, 349-405). Who is taken when a respondent replaces another is not by known
chance: no inclusion probability is stored, and there are no weights and no errors that follow from
a design. Estimates rest on a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from surveylab.crossing import cross
from surveylab.randomness import order_within
from surveylab.sampling import FrameView, Sample, stratified
from surveylab.sampling._requests import enough
from surveylab.sampling._strata import Strata

PROBABILITY = False


@dataclass(frozen=True)
class Settings:
    """What YAML says of a quota sample.

    ``strata``: the fields whose crossed values are the cells. ``n``: a mapping cell -> number that names
    every cell, such as ``region=north,age=old``; or the total, which is shared in proportion to the frame.
    """

    strata: tuple[str, ...]
    n: int | Mapping[str, int]

    def __post_init__(self) -> None:
        _shared(self)


def needs(settings: Settings) -> tuple[str, ...]:
    """The fields of the cells."""
    return settings.strata


def draw(frame: FrameView, settings: Settings, rng: np.random.Generator) -> Sample:
    """Fill the cells in a random order; ``stratum`` names the cell, ``probability`` is not a number.

    Raises:
        SurveylabError: an empty frame; a field, a cell or a value that is not there; more units asked
            for than there are.
    """
    enough(frame, settings.n if isinstance(settings.n, int) else 0)
    cells = Strata(frame, cross(frame.ids, frame.fields, settings.strata))
    room = np.array(stratified.allocation(cells, _shared(settings)), dtype=np.intp)
    sizes = cells.crossing.sizes
    coming = order_within(rng, cells.crossing.code)
    place = np.arange(len(coming)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    positions = np.sort(coming[place < np.repeat(room, sizes)])
    labels = cells.crossing.named(cells.crossing.code[positions])
    return Sample.of(positions, np.full(len(positions), np.nan), labels)


def _shared(settings: Settings) -> stratified.Settings:
    """The sizes of the cells, as those of strata. ValueError where they make no sense."""
    given = isinstance(settings.n, Mapping)
    return stratified.Settings(settings.strata, settings.n, "fixed" if given else "proportional", minimum=0)
