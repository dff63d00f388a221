"""What is measured on every case: an outcome, of an item where it needs one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from surveylab.design.experiment import Experiment, Inquiry

_KEY = re.compile(r"(?P<outcome>\w+)(?:\((?P<item>\w+)\))?")


@dataclass(frozen=True)
class Measure:
    """An outcome and its item. ``key`` is how it is written and stored: ``nps(recommend)``."""

    outcome: str
    item: str | None = None

    @property
    def key(self) -> str:
        """``outcome`` or ``outcome(item)``."""
        return f"{self.outcome}({self.item})" if self.item else self.outcome


def parse_measure(key: str) -> Measure:
    """The measure that a key says. ValueError where it is not one."""
    match = _KEY.fullmatch(key.strip())
    if match is None:
        raise ValueError(f"{key!r} is not an outcome or outcome(item)")
    return Measure(match["outcome"], match["item"])


def measure_of(inquiry: Inquiry) -> Measure:
    """The measure that an inquiry is about."""
    return Measure(inquiry.outcome, inquiry.item)


def measures(experiment: Experiment) -> tuple[Measure, ...]:
    """Those of the inquiries and of ``measurement.outcomes``, each once, in that order."""
    also = experiment.measurement.outcomes if experiment.measurement else ()
    return tuple(dict.fromkeys([*map(measure_of, experiment.inquiries), *map(parse_measure, also)]))
