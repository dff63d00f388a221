"""Replicates: random parts of the frame, each drawn by the sampling scheme of its own arms.

Where a factor varies the sampling, the eligible units are dealt out at random to one part for each
combination of its levels, in the shares of the levels; where some scheme draws clusters, whole clusters
are. Each part is drawn by its own scheme, and the other factors are assigned within it. What is
stored as inclusion probability is the part's share of the units that were dealt out, times the scheme's
probability within the part as it was dealt: 1 over it weights the cases of a part up to the whole frame
(docs/decisions/0009-replicates.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveylab import randomness, registry
from surveylab.assignment import Assigned, CaseView, complete
from surveylab.crossing import cross
from surveylab.design.experiment import Experiment, Sampling, Study
from surveylab.design.factors import Arm
from surveylab.errors import SurveylabError
from surveylab.sampling import FrameView, Sample


@dataclass(frozen=True)
class Replicate:
    """A part of the frame: what it is called, the scheme that draws from it, and the arms within it.

    ``levels`` are those of the factors that vary the sampling, () where none does and the part is the
    frame. ``arms`` are all arms of the design, with the probabilities that they have within the part.
    """

    levels: tuple[tuple[str, str], ...]
    sampling: Sampling
    arms: tuple[Arm, ...]
    share: Fraction

    @property
    def names(self) -> tuple[str, ...]:
        """What tells the part's random streams from those of the others."""
        return tuple(f"{factor}={level}" for factor, level in self.levels)


def replicates(study: Study) -> tuple[Replicate, ...]:
    """The parts of a study's frame, in the order of its arms; one where no factor varies the sampling."""
    exp = study.experiment
    found: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for place, arm in enumerate(exp.arms):
        if arm.probability:
            found.setdefault(_levels(exp, arm), []).append(place)
    return tuple(_replicate(study, levels, places) for levels, places in found.items())


def needs(parts: Iterable[Replicate]) -> Iterator[str]:
    """The fields of the frame that the schemes read."""
    for part in parts:
        yield from registry.load("sampling", part.sampling.scheme).needs(part.sampling.settings)


def drawn(exp: Experiment, view: FrameView, parts: tuple[Replicate, ...]) -> tuple[Sample, Assigned]:
    """The sample of all parts and its assignment, in the order of the frame.

    Raises:
        SurveylabError: a part does not allow its scheme, or schemes draw different clusters.
    """
    samples, assigned = [], []
    together = getattr(exp.assignment.settings, "cluster", None)
    for part, (places, share) in zip(parts, _dealt(exp.seed, view, parts, together), strict=True):
        mine = FrameView(view.ids[places], {name: values[places] for name, values in view.fields.items()})
        sample = _drawn(exp.seed, part, mine, share)
        samples.append(Sample(places[sample.positions], sample.probability, sample.stratum, sample.cluster))
        chosen = {name: values[sample.positions] for name, values in mine.fields.items()}
        cases = CaseView(mine.ids[sample.positions], chosen)
        rng = randomness.stream(exp.seed, "assignment", *part.names)
        scheme = registry.load("assignment", exp.assignment.scheme)
        assigned.append(_apart(part, scheme.assign(cases, part.arms, exp.assignment.settings, rng, exp.seed)))
    order = np.argsort(np.concatenate([sample.positions for sample in samples]))
    return _joined(Sample, samples, order), _joined(Assigned, assigned, order)


def _apart(part: Replicate, assigned: Assigned) -> Assigned:
    """The same with its clusters under names of their own: two parts have batches of one number.

    Raises:
        SurveylabError: probabilities at each turn, which say nothing of the turns in other parts.
    """
    if not part.names:
        return assigned
    if assigned.chances is not None:
        raise SurveylabError(
            "Minimisation within parts of the frame has no probability over all of them; use the scheme blocked."
        )
    if assigned.cluster is None:
        return assigned
    return replace(assigned, cluster=np.char.add(f"{','.join(part.names)},", assigned.cluster))


def _levels(exp: Experiment, arm: Arm) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in arm.levels if pair[0] in exp.sampled_by)


def _replicate(study: Study, levels: tuple[tuple[str, str], ...], places: list[int]) -> Replicate:
    arms = study.experiment.arms
    share = sum((arms[place].probability for place in places), Fraction(0))
    within = tuple(
        Arm(arm.levels, arm.probability / share if place in places else Fraction(0)) for place, arm in enumerate(arms)
    )
    sampling = study.plan(arms[places[0]]).sampling
    assert sampling is not None
    return Replicate(levels, sampling, within, share)


def _dealt(
    seed: str, view: FrameView, parts: tuple[Replicate, ...], together: str | None
) -> Iterator[tuple[NDArray[np.intp], Fraction]]:
    """The units of each part, and its share of what was dealt out: of the units, or of the clusters."""
    if len(parts) == 1:
        yield np.arange(len(view.ids)), Fraction(1)
        return
    group = _groups(view, parts, together)
    ids = np.arange(group.max(initial=-1) + 1).astype(np.str_)
    shares = [Arm(part.levels, part.share) for part in parts]
    rng = randomness.stream(seed, "replicates")
    part_of = complete.assign(CaseView(ids, {}), shares, complete.Settings(), rng, seed).arm
    counts = np.bincount(part_of, minlength=len(parts)).tolist()
    for number, count in enumerate(counts):
        yield np.flatnonzero(part_of[group] == number), Fraction(count, len(ids))


def _groups(view: FrameView, parts: tuple[Replicate, ...], together: str | None) -> NDArray[np.intp]:
    """What is dealt out as a whole, shape (N,): the unit, or its cluster where a scheme draws or assigns clusters."""
    clusters = {together, *(getattr(part.sampling.settings, "cluster", None) for part in parts)} - {None}
    if len(clusters) > 1:
        raise SurveylabError(
            f"The levels of {', '.join(name for name, _ in parts[0].levels)} draw clusters of different fields "
            f"({', '.join(sorted(map(str, clusters)))}), and a unit has only one place in the frame. Use one of them."
        )
    if not clusters:
        return np.arange(len(view.ids))
    return cross(view.ids, view.fields, tuple(map(str, clusters))).code


def _drawn(seed: str, part: Replicate, view: FrameView, share: Fraction) -> Sample:
    scheme = registry.load("sampling", part.sampling.scheme)
    try:
        sample: Sample = scheme.draw(view, part.sampling.settings, randomness.stream(seed, "sampling", *part.names))
    except SurveylabError as error:
        if not part.names:
            raise
        raise SurveylabError(f"In the part of the frame for {', '.join(part.names)}: {error}") from error
    return Sample(sample.positions, sample.probability * float(share), sample.stratum, sample.cluster)


def _joined(kind: type[Any], parts: list[Any], order: NDArray[np.intp]) -> Any:
    """The columns of all parts, one behind the other and then in this order."""
    joined: dict[str, Any] = {}
    for field in fields(kind):
        columns = [getattr(part, field.name) for part in parts]
        if any(column is None for column in columns):
            joined[field.name] = None
        elif isinstance(columns[0], np.ndarray):
            joined[field.name] = np.concatenate(columns)[order]
        else:
            every = [each for column in columns for each in column]
            joined[field.name] = [every[place] for place in order.tolist()]
    return kind(**joined)
