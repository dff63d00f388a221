"""Unbiased rounding: targets become counts that are the floor or the ceiling, right on average.

All numbers are integers over a common denominator (``whole``), so that expectations are
exact, and the chance behind each step is a uniform integer, not a rounded float.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveylab.randomness import below, each_below, order, words

Graph = dict[int, dict[int, None]]
"""The cells that are still fractions. Row r and column a are the vertices r and ~a (negative);
the inner dictionary is a set that keeps its order."""


def systematic(parts: NDArray[Any], whole: NDArray[Any], start: NDArray[Any]) -> NDArray[Any]:
    """Round each row by equal steps of ``whole`` from a start (Madow 1949, Ann. Math. Stat. 20, 333-354).

    Where ``start`` is uniform on 0..whole-1, the mean of a count is part/whole exactly.

    Args:
        parts: shape (rows, arms), integers >= 0.
        whole: shape (rows,), the denominators.
        start: shape (rows,), 0..whole-1.

    Returns:
        Shape (rows, arms): floor or ceiling of parts/whole; so is the sum of a row.
    """
    edges = (np.cumsum(parts, axis=1) + start[:, None]) // whole[:, None]
    return np.diff(edges, axis=1, prepend=0)


def counts(targets: Sequence[int], whole: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """One list of targets/whole rounded systematically in a random order of the arms, shape (arms,)."""
    mixed = order(rng, len(targets))
    parts = np.array([[targets[arm] for arm in mixed]], dtype=object)  # Python's integers have no limit
    rounded = np.empty(len(targets), dtype=np.int64)
    rounded[mixed] = systematic(parts, np.array([whole], dtype=object), np.array([below(rng, whole)], dtype=object))[0]
    return rounded


def controlled(parts: Sequence[Sequence[int]], whole: int, rng: np.random.Generator) -> list[list[int]]:
    """Round a table of fractions to 0 and 1 so that its margins are rounded too, and no mean moves.

    Unbiased controlled rounding (Cox 1987, JASA 82, 520-524) by dependent rounding on the
    graph of the cells that are fractions (Gandhi, Khuller, Parthasarathy and Srinivasan 2006,
    J. ACM 53, 324-360). A further row completes the column sums to whole numbers, so that
    every vertex of the graph has no edge or two and a walk ends in a cycle; a cycle of A
    columns at most is found in O(A) steps, and each removes a cell.

    Args:
        parts: rows x arms, integers 0..whole-1; every row adds to a multiple of ``whole``.
        whole: the denominator.
        rng: the stream.

    Returns:
        Rows x arms of 0 and 1: row sums as before, column sums their floor or ceiling, and
        the mean of each cell is part/whole.
    """
    cells = [list(row) for row in parts]
    cells.append([-sum(column) % whole for column in zip(*parts, strict=True)])
    graph = _graph(cells, rng)
    for row in range(len(cells)):
        while graph[row]:
            _shift(cells, _cycle(graph, row), whole, rng, graph)
    return [[cell // whole for cell in row] for row in cells[:-1]]


def spread(totals: NDArray[np.int64], rows: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Distribute the totals of groups of equal rows over their rows, 0 or 1 in each cell.

    A group is halved again and again. A half gets its share of every total, rounded down or
    up with the share as the mean, so the mean of a cell is total/rows after every halving
    (a martingale), and neighbouring rows share an arm's remainder between them.

    Args:
        totals: shape (groups, arms), 0..rows of the group; each sums to a multiple of its rows.
        rows: shape (groups,), > 0.
        rng: the stream.

    Returns:
        Shape (sum of rows, arms): 0 and 1, with equal row sums within a group and ``totals``
        as column sums.
    """
    while rows.max(initial=1) > 1:
        left = rows // 2
        shares = totals * left[:, None]
        first = shares // rows[:, None] + _mixed(shares % rows[:, None], rows, rng)
        totals = np.stack([first, totals - first], axis=1).reshape(-1, totals.shape[1])
        rows = np.stack([left, rows - left], axis=1).reshape(-1)
        totals, rows = totals[rows > 0], rows[rows > 0]
    return totals


def _mixed(parts: NDArray[np.int64], whole: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """``systematic`` with its own random start and its own random order of the arms in each row."""
    mixed = np.argsort(words(rng, parts.size).reshape(parts.shape), axis=1, kind="stable")
    rounded = systematic(np.take_along_axis(parts, mixed, axis=1), whole, each_below(rng, whole))
    result = np.empty_like(parts)
    np.put_along_axis(result, mixed, rounded, axis=1)
    return result


def _graph(cells: list[list[int]], rng: np.random.Generator) -> Graph:
    """The fractional cells, in a random order, so that no arm is treated as the first."""
    graph: Graph = {vertex: {} for vertex in (*range(len(cells)), *(~arm for arm in range(len(cells[0]))))}
    arms = order(rng, len(cells[0])).tolist()
    for row in order(rng, len(cells)).tolist():
        for arm in arms:
            if cells[row][arm]:
                graph[row][~arm] = graph[~arm][row] = None
    return graph


def _cycle(graph: Graph, start: int) -> list[int]:
    """The vertices of a cycle, found by walking from ``start`` and never straight back."""
    path, place, before = [start], {start: 0}, start
    while True:
        here = path[-1]
        after = next(vertex for vertex in graph[here] if vertex != before)
        if after in place:
            return path[place[after] :]
        place[after], before = len(path), here
        path.append(after)


def _shift(cells: list[list[int]], cycle: list[int], whole: int, rng: np.random.Generator, graph: Graph) -> None:
    """Raise and lower the cells along a cycle in turn, as far as they go, in one of two directions.

    The directions' probabilities are such that no cell's mean changes. Settled cells leave the graph.
    """
    edges = [(max(pair), ~min(pair)) for pair in pairwise([*cycle, cycle[0]])]
    rising, falling = ([cells[row][arm] for row, arm in edges[turn::2]] for turn in (0, 1))
    up = min(whole - max(rising), *falling)
    down = min(*rising, whole - max(falling))
    step = up if below(rng, up + down) < down else -down
    for turn, (row, arm) in enumerate(edges):
        cells[row][arm] += -step if turn % 2 else step
        if cells[row][arm] in (0, whole):
            del graph[row][~arm], graph[~arm][row]
