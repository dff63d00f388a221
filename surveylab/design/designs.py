"""Which combinations of levels are arms: all of them, a fraction, or those of a list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, Literal

from surveylab.design.aliasing import Aliasing
from surveylab.design.factors import Arm, Factor, full_factorial
from surveylab.design.fractions import (
    Generator,
    Rows,
    array,
    defining_words,
    least_aberration,
    regular,
    smallest_orthogonal,
    smallest_regular,
)

DEFAULT_RESOLUTION = 4
"""What a fraction of two-level factors has at least: no main effect shares a word with two others."""
LARGEST_ARRAY = 256
"""Arms of an array that is looked for; of more than these a full factorial is the better answer."""


@dataclass(frozen=True)
class FractionOf:
    """Some of the combinations, with equal probabilities (design.fractions). At most one of the three is given.

    Without any: two-level factors at resolution IV or above, else the smallest orthogonal array found.
    """

    resolution: int | None = None
    """The least number of factors in a word: 3 keeps main effects apart, 4 also from two-factor interactions."""
    runs: int | None = None
    """The number of arms."""
    generators: tuple[str, ...] = ()
    """Which factor is which product, ``reminders = channel * wording``, in codes -1 (first level) and +1."""


Design = Literal["full"] | FractionOf | tuple[Arm, ...]


def arms_of(factors: Sequence[Factor], design: Design) -> tuple[Arm, ...]:
    """The arms of a design, a fraction's in the order of the full factorial.

    Raises:
        ValueError: the factors do not allow the fraction; the text says why, and behind ";" what to do.
    """
    if design == "full":
        return full_factorial(factors)
    if not isinstance(design, FractionOf):
        return design
    rows = _rows(factors, design)
    arms: dict[tuple[int, ...], Fraction] = {}
    for row in sorted(rows):
        arms[row] = arms.get(row, Fraction(0)) + Fraction(1, len(rows))
    return tuple(
        Arm(
            tuple((factor.name, factor.level_names[level]) for factor, level in zip(factors, row, strict=True)),
            share,
        )
        for row, share in arms.items()
    )


def generators_of(factors: Sequence[Factor], design: Design) -> tuple[Generator, ...]:
    """The generators of a regular fraction; none for all other designs."""
    levels = tuple(len(factor.levels) for factor in factors)
    if not isinstance(design, FractionOf) or set(levels) != {2}:
        return ()
    if design.generators:
        return _written(factors, design.generators)
    if design.runs is None:
        return smallest_regular(len(factors), design.resolution or DEFAULT_RESOLUTION)
    free = design.runs.bit_length() - 1
    is_regular = design.runs == 1 << free and free < len(factors)
    return least_aberration(len(factors), free) if is_regular and design.runs > len(factors) else ()


@dataclass(frozen=True)
class Described:
    """A design as ``surveylab design`` tells it. Probabilities and shares are fractions, written as text."""

    experiment: str
    design: str
    """full, fraction or arms."""
    arms: tuple[Mapping[str, Any], ...]
    """``levels`` {factor: level} and ``probability`` of each."""
    resolution: int | None
    """The factors in the shortest word of up to four; None where there is none."""
    defining_relation: tuple[str, ...]
    """Of a regular fraction: every product of factors that is constant, in codes -1 (first level) and +1."""
    aliases: tuple[Mapping[str, Any], ...]
    """``effect`` and ``with``, which share ``share`` (squared correlation), and ``sign`` where they are one."""


def described(experiment: str, factors: Sequence[Factor], design: Design) -> Described:
    """What a design keeps apart."""
    arms = arms_of(factors, design)
    aliasing = Aliasing(arms, {factor.name: factor.level_names[0] for factor in factors})
    names = [factor.name for factor in factors]
    words = sorted(
        defining_words(generators_of(factors, design)).items(), key=lambda each: (len(each[0]), sorted(each[0]))
    )
    return Described(
        experiment=experiment,
        design="full" if design == "full" else "fraction" if isinstance(design, FractionOf) else "arms",
        arms=tuple({"levels": dict(arm.levels), "probability": str(arm.probability)} for arm in arms),
        resolution=aliasing.resolution,
        defining_relation=tuple(
            f"I = {'-' if sign < 0 else ''}{' * '.join(names[place] for place in sorted(word))}" for word, sign in words
        ),
        aliases=tuple(
            {
                "effect": " * ".join(each.effect),
                "with": " * ".join(each.other),
                "share": str(each.share),
                "sign": each.sign,
            }
            for each in aliasing.aliases()
        ),
    )


def _rows(factors: Sequence[Factor], design: FractionOf) -> Rows:
    levels = tuple(len(factor.levels) for factor in factors)
    two_levels = set(levels) == {2}
    if design.generators and not two_levels:
        raise ValueError("generators are of factors with two levels; give runs, or list the arms")
    if design.resolution is not None and design.resolution > 3 and not two_levels:
        raise ValueError("a resolution above 3 is looked for among factors with two levels only; give runs instead")
    if design.runs is not None:
        _refuse_runs(levels, design.runs)
    generators = generators_of(factors, design)
    if generators or (two_levels and design.runs is None):
        return regular(len(factors), generators)
    return array(levels, design.runs) if design.runs is not None else smallest_orthogonal(levels)


def _refuse_runs(levels: Sequence[int], runs: int) -> None:
    least, most = 1 + sum(each - 1 for each in levels), prod(levels)
    if runs < least:
        raise ValueError(f"{runs} runs are too few for {least - 1} effects of single levels; give at least {least}")
    if runs >= most:
        raise ValueError(f"the {most} combinations are no more than {runs} runs; write `design: full`")
    uneven = sorted({size for size in levels if runs % size})
    if uneven:
        raise ValueError(f"{runs} runs cannot be shared equally among {uneven[0]} levels; give a multiple of it")
    if runs > LARGEST_ARRAY and runs & (runs - 1):
        raise ValueError(f"{runs} runs are more than the {LARGEST_ARRAY} that are looked through; give fewer")


def _written(factors: Sequence[Factor], texts: Sequence[str]) -> tuple[Generator, ...]:
    names = [factor.name for factor in factors]
    made: dict[int, Generator] = {}
    for text in texts:
        found = re.fullmatch(r"\s*(\w+)\s*=\s*(-?)\s*(\w+(?:\s*\*\s*\w+)+)\s*", text)
        if not found:
            raise ValueError(f"the generator {text!r} is no product; write it as in `reminders = channel * wording`")
        name, sign, words = found[1], found[2], re.split(r"\s*\*\s*", found[3].strip())
        for each in (name, *words):
            if each not in names:
                raise ValueError(f"the generator {text!r} names {each!r}, which is no factor; name {', '.join(names)}")
        place, of = names.index(name), [names.index(each) for each in words]
        if place in made or place in of or len(set(of)) < len(of):
            raise ValueError(f"the generator {text!r} names a factor twice; give each factor one product of others")
        made[place] = Generator(place, tuple(of), -1 if sign else 1)
    for text, each in zip(texts, made.values(), strict=True):
        if made.keys() & set(each.of):
            raise ValueError(f"the generator {text!r} multiplies a factor that is generated; use the free ones only")
    return tuple(made.values())
