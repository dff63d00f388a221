"""A list assigned case by case, as arrivals are: each turn reads the tallies of those before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveylab.assignment import Assigned, CaseView, Newcomer, Placed, Tallies, joined
from surveylab.crossing import written


def label(fields: Mapping[str, Any], by: Sequence[str]) -> str:
    """The cell of somebody in the classification by these fields, as ``crossing`` names it."""
    return ",".join(f"{name}={written(fields.get(name))}" for name in by)


def in_turn(
    cases: CaseView,
    turns: NDArray[np.intp],
    margins: Callable[[Mapping[str, Any]], Sequence[str]],
    place: Callable[[Newcomer, Tallies], Placed],
) -> Assigned:
    """Assign the cases in the order of ``turns`` (n,); their place in it is their sequence."""
    columns = {name: values.tolist() for name, values in cases.fields.items()}
    ids = cases.ids.tolist()
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    placed: dict[int, Placed] = {}
    for sequence, case in enumerate(turns.tolist()):
        fields = {name: values[case] for name, values in columns.items()}
        read = {margin: tallies[margin] for margin in margins(fields)}
        placed[case] = place(Newcomer(ids[case], fields, sequence), read)
        for margin, slot in placed[case].tallied:
            tallies[margin][slot] += 1
    return joined([placed[case] for case in range(len(ids))])
