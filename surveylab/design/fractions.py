"""Fractional factorials: fewer arms than combinations of levels, chosen so that main effects stay apart.

Two-level factors get a regular fraction: a full factorial in some of the factors, the others being
products of these (Box and Hunter 1961, Technometrics 3, 311-351). Without generators of one's own
those with the least aberration are looked for (Fries and Hunter 1980, Technometrics 22, 601-608).

Factors of mixed numbers of levels get an array of balanced columns with the least J2, which is an
orthogonal array wherever its lower bound is reached (Xu 2002, Technometrics 44, 356-368).

Levels are numbers here, 0 for the reference; the reference arm is in every fraction that is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import combinations, product
from math import comb, lcm, prod

Rows = tuple[tuple[int, ...], ...]
"""One tuple of level numbers for each arm."""

TRIED = 3_000
"""Sets of generators that are compared one by one; of more, one generator after the other is chosen."""
STARTS, COLUMN_STARTS = 8, 24
"""Random starts of an array, and of each of its columns."""


@dataclass(frozen=True)
class Generator:
    """One factor as the product of others; ``sign`` is that of the product in codes -1 (reference) and +1."""

    factor: int
    of: tuple[int, ...]
    sign: int


def containing_reference(factor: int, of: Sequence[int]) -> Generator:
    """The generator with the sign that keeps the all-reference arm in the design."""
    return Generator(factor, tuple(of), -1 if len(of) % 2 == 0 else 1)


def defining_words(generators: Sequence[Generator]) -> dict[frozenset[int], int]:
    """The defining relation: every product of the generators' words, and its sign."""
    words: dict[frozenset[int], int] = {}
    for each in generators:
        word = frozenset((each.factor, *each.of))
        made = {word: each.sign}
        for other, sign in words.items():
            made[word ^ other] = sign * each.sign
        words |= made
    return words


def regular(factors: int, generators: Sequence[Generator]) -> Rows:
    """The arms of a regular fraction of two-level factors, the last free factor moving fastest."""
    made = {each.factor: each for each in generators}
    free = [factor for factor in range(factors) if factor not in made]
    rows = []
    for levels in product((0, 1), repeat=len(free)):
        row = dict(zip(free, levels, strict=True))
        for each in generators:
            ones = sum(row[factor] for factor in each.of)
            code = each.sign * (-1) ** (len(each.of) - ones)
            row[each.factor] = 1 if code > 0 else 0
        rows.append(tuple(row[factor] for factor in range(factors)))
    return tuple(rows)


def smallest_regular(factors: int, resolution: int) -> tuple[Generator, ...]:
    """Generators of the smallest fraction with at least this resolution; none where that is the full factorial."""
    for free in range((factors).bit_length(), factors):
        generators = least_aberration(factors, free)
        if min(map(len, defining_words(generators))) >= resolution:
            return generators
    return ()


@cache
def least_aberration(factors: int, free: int) -> tuple[Generator, ...]:
    """Generators of 2^free arms whose short words are fewest, the shortest first.

    All sets of generators are compared where they are at most ``TRIED``; else each generator is the
    best beside those before it.
    """
    wanted = factors - free
    candidates = [of for size in range(free, 1, -1) for of in combinations(range(free), size)]
    if comb(len(candidates), wanted) <= TRIED:
        sets: Iterator[tuple[tuple[int, ...], ...]] = combinations(candidates, wanted)
        best = min(sets, key=lambda some: _pattern(_generators(some, free), factors))
        return _generators(best, free)
    chosen: tuple[tuple[int, ...], ...] = ()
    for _ in range(wanted):
        left = (of for of in candidates if of not in chosen)
        chosen = min(((*chosen, of) for of in left), key=lambda some: _pattern(_generators(some, free), factors))
    return _generators(chosen, free)


def _generators(products: Sequence[tuple[int, ...]], free: int) -> tuple[Generator, ...]:
    return tuple(containing_reference(free + place, of) for place, of in enumerate(products))


def _pattern(generators: Sequence[Generator], factors: int) -> tuple[int, ...]:
    """How many words of each length there are, from 1 on."""
    counts = [0] * (factors + 1)
    for word in defining_words(generators):
        counts[len(word)] += 1
    return tuple(counts[1:])


def orthogonal_step(levels: Sequence[int]) -> int:
    """What the number of arms of an orthogonal array of these numbers of levels is a multiple of."""
    return lcm(*levels, *(one * other for one, other in combinations(levels, 2)))


def smallest_orthogonal(levels: tuple[int, ...]) -> Rows:
    """The smallest array found in which all pairs of factors are orthogonal; the full factorial at last."""
    step, least = orthogonal_step(levels), 1 + sum(each - 1 for each in levels)
    for runs in range(-(-least // step) * step, prod(levels), step):
        rows = array(levels, runs)
        if _excess(rows, levels) == 0:
            return rows
    return tuple(product(*map(range, levels)))


@cache
def array(levels: tuple[int, ...], runs: int) -> Rows:
    """``runs`` arms (a multiple of every number of levels) with balanced columns that are as orthogonal as found.

    Columns are added one by one, the one with most levels first; each begins at ``COLUMN_STARTS``
    random orders, and pairs of its entries are exchanged as long as J2 becomes smaller. The same
    levels and runs always give the same array.
    """
    best: tuple[int, Rows] | None = None
    for start in range(STARTS):
        rows = _built(levels, runs, start)
        excess = _excess(rows, levels)
        if best is None or excess < best[0]:
            best = excess, rows
        if excess == 0:
            break
    assert best is not None
    return tuple(sorted(best[1]))


def _built(levels: tuple[int, ...], runs: int, start: int) -> Rows:
    order = sorted(range(len(levels)), key=lambda place: (-levels[place], place))
    alike = [[0] * runs for _ in range(runs)]
    columns: dict[int, list[int]] = {}
    for place in order:
        size = levels[place]
        starts = (_shuffled(size, runs, f"{levels} {runs} {start} {place} {i}") for i in range(COLUMN_STARTS))
        column = min((_exchanged(each, size, alike) for each in starts), key=lambda each: _shared(each, alike))
        # Which level is called the reference is free: let the first arm have it everywhere.
        columns[place] = [(level - column[0]) % size for level in column]
        for i, j in product(range(runs), repeat=2):
            if i != j and column[i] == column[j]:
                alike[i][j] += size
    return tuple(zip(*(columns[place] for place in range(len(levels))), strict=True))


def _shuffled(size: int, runs: int, label: str) -> list[int]:
    """A balanced column in an order that follows from the label."""
    order = sorted(range(runs), key=lambda row: sha256(f"{label} {row}".encode()).digest())
    return [order[row] % size for row in range(runs)]


def _shared(column: Sequence[int], alike: Sequence[Sequence[int]]) -> int:
    """What the column adds to J2, as far as its order decides it: the likeness of arms that it makes alike."""
    return sum(alike[i][j] for i, j in combinations(range(len(column)), 2) if column[i] == column[j])


def _exchanged(column: list[int], size: int, alike: Sequence[Sequence[int]]) -> list[int]:
    """The column with pairs of entries exchanged until no exchange makes J2 smaller."""
    runs = len(column)
    likeness = [[0] * size for _ in range(runs)]
    for i, j in product(range(runs), repeat=2):
        likeness[i][column[j]] += alike[i][j]
    better = True
    while better:
        better = False
        for i, j in combinations(range(runs), 2):
            mine, other = column[i], column[j]
            if mine == other:
                continue
            gain = likeness[i][mine] + likeness[j][other] - likeness[i][other] - likeness[j][mine] + 2 * alike[i][j]
            if gain > 0:
                column[i], column[j] = other, mine
                for row in range(runs):
                    moved = alike[row][j] - alike[row][i]
                    likeness[row][mine] += moved
                    likeness[row][other] -= moved
                better = True
    return column


def _excess(rows: Rows, levels: Sequence[int]) -> int:
    """J2 above its lower bound, in natural weights: 0 just for an orthogonal array (Xu 2002, theorem 1)."""
    runs = len(rows)
    j2 = sum(
        sum(size for size, a, b in zip(levels, one, other, strict=True) if a == b) ** 2
        for one, other in combinations(rows, 2)
    )
    bound = (runs * len(levels)) ** 2 + sum((each - 1) * runs**2 for each in levels) - runs * sum(levels) ** 2
    return 2 * j2 - bound
