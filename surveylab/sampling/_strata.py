"""The strata of a frame, and the numbers about them that an allocation needs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from surveylab.crossing import Crossing
from surveylab.errors import SurveylabError, hint
from surveylab.sampling import FrameView
from surveylab.sampling._requests import numeric

Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class Strata:
    """A frame with the classification of its units. Every list has one number per stratum, in stratum order."""

    frame: FrameView
    crossing: Crossing

    def given(self, key: str, numbers: Mapping[str, Number]) -> list[Number]:
        """The numbers of a mapping stratum -> number.

        Raises:
            SurveylabError: it names strata that the frame does not have, lacks some, or holds
                a number that is negative or not finite.
        """
        labels = self.crossing.labels
        faults = [f"no stratum {name!r}.{hint(name, labels)}" for name in numbers if name not in labels]
        faults += [f"nothing is said of {label!r}." for label in labels if label not in numbers]
        faults += [f"{name!r} has {x}." for name, x in numbers.items() if not (math.isfinite(x) and x >= 0)]
        if faults:
            raise SurveylabError(
                f"`{key}` does not fit the strata of the frame: {' '.join(faults)} "
                f"Give a number of 0 or more to each of: {'; '.join(labels)}."
            )
        return [numbers[label] for label in labels]

    def deviations(self, sd: str | Mapping[str, float]) -> list[float]:
        """S_h: as given, or the standard deviation (divisor N_h - 1) of a field within each stratum.

        A stratum of one unit does not vary: 0.
        """
        if isinstance(sd, Mapping):
            return self.given("sd", sd)
        return [_deviation(values) for values in self._values(sd)]

    def variations(self, cv: str | Mapping[str, float]) -> list[float]:
        """CV_h: as given, or sd / |mean| of a field within each stratum.

        Raises:
            SurveylabError: also where a stratum's mean is zero, as it has no CV then.
        """
        if isinstance(cv, Mapping):
            return self.given("cv", cv)
        found = []
        for label, values in zip(self.crossing.labels, self._values(cv), strict=True):
            mean = math.fsum(values) / len(values)
            if mean == 0:
                raise SurveylabError(f"The mean of {cv!r} is 0 in stratum {label!r}: no CV. Give `cv` as a mapping.")
            found.append(_deviation(values) / abs(mean))
        return found

    def totals(self, size: str) -> list[float]:
        """X_h: the total of a field in each stratum. SurveylabError where one is negative."""
        totals = [math.fsum(values) for values in self._values(size)]
        for label, total in zip(self.crossing.labels, totals, strict=True):
            if total < 0:
                raise SurveylabError(f"The total of {size!r} is {total} in stratum {label!r}. A size is 0 or more.")
        return totals

    def costs(self, cost: str | Mapping[str, float]) -> list[float]:
        """c_h: what a unit of each stratum costs, as given or as the mean of a field. SurveylabError at 0 or less."""
        if isinstance(cost, Mapping):
            found = self.given("cost", cost)
        else:
            found = [math.fsum(values) / len(values) for values in self._values(cost)]
        for label, each in zip(self.crossing.labels, found, strict=True):
            if each <= 0:
                raise SurveylabError(f"A unit of stratum {label!r} costs {each:g} by `cost`. Give what is above 0.")
        return found

    def _values(self, name: str) -> list[list[float]]:
        """The values of a numeric field, by stratum.

        Lists, for ``math.fsum``: its sums are exact, whatever the order, so that a stored
        draw is repeated on every machine.
        """
        values = numeric(self.frame, name)[np.argsort(self.crossing.code, kind="stable")]
        return [part.tolist() for part in np.split(values, np.cumsum(self.crossing.sizes)[:-1])]


def _deviation(values: list[float]) -> float:
    if len(values) == 1:
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
