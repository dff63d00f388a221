"""Which effects a set of arms cannot tell apart: words, resolution, aliases, and what can be estimated at all.

Everything follows from the arms and their probabilities, whether they are a regular fraction, an
array or a list. For a set S of factors the generalised word count is

    A(S) = sum over arms r, s of p_r p_s prod over i in S of ([r_i = s_i] / p(r_i) - 1),

with p(r_i) the share of a level: 0 where the factors of S are independent of each other beyond what
their subsets say, 1 where a product of two-level factors is constant (Xu and Wu 2001, Annals of
Statistics 29, 1066-1077; the shares in place of 1/s after Groemping and Xu 2014, Annals of Statistics
42, 918-939). It is computed exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations

from surveylab.design.factors import Arm, marginals

LONGEST = 4
"""Words of more factors are not looked at: they alias no two effects of one or two factors."""


@dataclass(frozen=True)
class Alias:
    """Two effects, each of one or two factors, that the arms do not keep apart.

    ``share`` is the squared correlation of two effects of two levels each; beyond two levels the
    sum of the squared canonical correlations. ``sign`` is that of the correlation where the effects
    are one and the same (share 1, two levels), else None.
    """

    effect: tuple[str, ...]
    other: tuple[str, ...]
    share: Fraction
    sign: int | None


class Aliasing:
    """What the arms of one design keep apart. Arms of probability zero count for nothing.

    ``references``: factor -> the level that codes as -1 in signs; the first that an arm has by default.
    """

    def __init__(self, arms: Sequence[Arm], references: Mapping[str, str] | None = None) -> None:
        self.arms = tuple(arm for arm in arms if arm.probability > 0)
        self.factors = tuple(factor for factor, _ in arms[0].levels) if arms else ()
        self._shares = marginals(self.arms)
        self._references = references or {pair[0]: pair[1] for pair in reversed(self._shares)}
        self._sums: dict[tuple[str, ...], Fraction] = {(): Fraction(1)}

    def word(self, factors: Sequence[str]) -> Fraction:
        """A(S) of the factors in their order in the design."""
        return sum(
            (
                (-1) ** (len(factors) - size) * self._sum(some)
                for size in range(len(factors) + 1)
                for some in combinations(factors, size)
            ),
            Fraction(0),
        )

    @cached_property
    def words(self) -> dict[tuple[str, ...], Fraction]:
        """Every set of 2 to ``LONGEST`` factors that is a word, with its count A(S)."""
        if self.is_product:
            return {}
        sets = (some for size in range(2, LONGEST + 1) for some in combinations(self.factors, size))
        counts = ((some, self.word(some)) for some in sets)
        return {some: count for some, count in counts if count}

    @cached_property
    def is_product(self) -> bool:
        """Whether the levels of all factors are independent: the probabilities of all combinations multiply."""
        used: dict[str, set[str]] = defaultdict(set)
        for factor, level in self._shares:
            used[factor].add(level)
        size = 1
        for levels in used.values():
            size *= len(levels)
        if len({arm.levels for arm in self.arms}) < size:
            return False
        return all(arm.probability == self._expected(arm) for arm in self.arms)

    @property
    def resolution(self) -> int | None:
        """The number of factors in the shortest word; None where none of up to ``LONGEST`` is one."""
        return min(map(len, self.words), default=None)

    def aliases(self) -> Iterator[Alias]:
        """Pairs of effects of one or two factors that share a word: main effects first, and among each other."""
        for word in sorted(self.words, key=lambda each: (len(each), [self.factors.index(name) for name in each])):
            count, sign = self.words[word], self._sign(word)
            if len(word) == 2:
                yield Alias(word[:1], word[1:], count, sign)
            elif len(word) == 3:
                for name in word:
                    yield Alias((name,), tuple(each for each in word if each != name), count, sign)
            else:
                for other in word[1:]:
                    rest = tuple(each for each in word[1:] if each != other)
                    yield Alias((word[0], other), rest, count, sign)

    def estimates(self, factor: str, levels: tuple[str, str]) -> bool:
        """Whether the difference of two levels can be estimated beside the main effects of all other factors."""
        if not all((factor, level) in self._shares for level in levels):
            return False
        if self.is_product:
            return True
        columns = {pair: place for place, pair in enumerate(self._shares)}
        space = _RowSpace(len(columns))
        for arm in self.arms:
            row = [Fraction(0)] * len(columns)
            for pair in arm.levels:
                row[columns[pair]] = Fraction(1)
            space.add(row)
        contrast = [Fraction(0)] * len(columns)
        contrast[columns[factor, levels[0]]], contrast[columns[factor, levels[1]]] = Fraction(1), Fraction(-1)
        return space.has(contrast)

    def _sum(self, factors: tuple[str, ...]) -> Fraction:
        """The sum over combinations of their levels of probability squared over the product of the shares."""
        if factors not in self._sums:
            cells: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
            for arm in self.arms:
                mapping = arm.mapping
                cells[tuple(mapping[name] for name in factors)] += arm.probability
            total = Fraction(0)
            for levels, probability in cells.items():
                share = Fraction(1)
                for pair in zip(factors, levels, strict=True):
                    share *= self._shares[pair]
                total += probability**2 / share
            self._sums[factors] = total
        return self._sums[factors]

    def _expected(self, arm: Arm) -> Fraction:
        product = Fraction(1)
        for pair in arm.levels:
            product *= self._shares[pair]
        return product

    def _sign(self, word: tuple[str, ...]) -> int | None:
        """The sign of a product of two-level factors that is constant."""
        if self.words[word] != 1:
            return None
        signs = set()
        for arm in self.arms:
            references = sum(arm.mapping[name] == self._references[name] for name in word)
            signs.add(-1 if references % 2 else 1)
        return signs.pop() if len(signs) == 1 else None


class _RowSpace:
    """The span of some rows, kept in echelon form."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._rows: dict[int, list[Fraction]] = {}

    def add(self, row: list[Fraction]) -> None:
        left = self._reduced(row)
        pivot = next((place for place, value in enumerate(left) if value), None)
        if pivot is not None:
            self._rows[pivot] = [value / left[pivot] for value in left]

    def has(self, row: list[Fraction]) -> bool:
        return not any(self._reduced(row))

    def _reduced(self, row: list[Fraction]) -> list[Fraction]:
        left = list(row)
        for place in range(self._width):
            if left[place] and place in self._rows:
                factor = left[place]
                left = [value - factor * other for value, other in zip(left, self._rows[place], strict=True)]
        return left
